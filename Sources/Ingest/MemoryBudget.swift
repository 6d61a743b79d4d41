import Synchronization

/// Bytes that requests and waiting rows may hold together. Whoever wants memory for telemetry reserves it here first.
///
/// One connection may hold as much as is free besides what it holds: one alone takes half of all at most, and the next
/// one finds as much again (the dynamic threshold of shared-memory switches, Choudhury and Hahne 1998, with factor 1).
///
/// What large bodies become may go past the bound for a moment (`take`). A connection that holds little is let in all
/// the same, up to twice the bound, so that it does not pay for those.
package final class MemoryBudget: Sendable {
    private struct State {
        var used = 0
        var held: [String: Int] = [:]
    }

    /// A connection holds little when it holds less than this part of all: 1 MiB of the default.
    private static let littleShare = 256

    package let bytesMax: Int
    private let state = Mutex(State())

    package init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    package var bytesUsed: Int { state.withLock { $0.used } }

    /// False when the bytes do not fit, or when this connection holds its share; nothing is reserved then.
    package func reserve(_ bytes: Int, for connection: String) -> Bool {
        state.withLock { state in
            let held = state.held[connection, default: 0]
            let isLittle = held + bytes <= bytesMax / Self.littleShare && state.used + bytes <= bytesMax * 2
            guard isLittle || held + bytes <= bytesMax - state.used else { return false }
            state.used += bytes
            state.held[connection] = held + bytes
            return true
        }
    }

    package func release(_ bytes: Int, of connection: String) {
        guard bytes > 0 else { return }
        state.withLock { state in
            state.used -= bytes
            let held = state.held[connection, default: 0] - bytes
            state.held[connection] = held > 0 ? held : nil
        }
    }

    /// Counts memory that is taken already: rows that a body became. It may go past the bound, by what one body can
    /// become; then nothing is reserved until it is released.
    func take(_ bytes: Int) {
        state.withLock { $0.used += bytes }
    }

    func giveBack(_ bytes: Int) {
        state.withLock { $0.used -= bytes }
    }
}
