import Synchronization
import TelemetryModel

/// Resources and scopes that were read lately. An id is a hash of the content, so what was read stays right.
final class ReferenceMemory: Sendable {
    /// Of each kind; some kilobytes each at most. Past it everything is forgotten.
    private static let entriesMax = 4_096

    private struct State {
        var resources: [UInt64: StoredResource] = [:]
        var scopes: [UInt64: StoredScope] = [:]
    }

    private let state = Mutex(State())

    func resources(_ ids: Set<UInt64>) -> [UInt64: StoredResource] {
        state.withLock { state in
            var found: [UInt64: StoredResource] = [:]
            for id in ids { found[id] = state.resources[id] }
            return found
        }
    }

    func scopes(_ ids: Set<UInt64>) -> [UInt64: StoredScope] {
        state.withLock { state in
            var found: [UInt64: StoredScope] = [:]
            for id in ids { found[id] = state.scopes[id] }
            return found
        }
    }

    func keep(_ resources: [UInt64: StoredResource]) {
        state.withLock { state in
            if state.resources.count + resources.count > Self.entriesMax { state.resources = [:] }
            if resources.count <= Self.entriesMax { state.resources.merge(resources) { $1 } }
        }
    }

    func keep(_ scopes: [UInt64: StoredScope]) {
        state.withLock { state in
            if state.scopes.count + scopes.count > Self.entriesMax { state.scopes = [:] }
            if scopes.count <= Self.entriesMax { state.scopes.merge(scopes) { $1 } }
        }
    }
}
