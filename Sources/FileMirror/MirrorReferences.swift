package import TelemetryModel
package import TelemetryStore

/// What stored rows refer to. Asked when a block names something that came so long ago that it is forgotten.
package protocol MirrorReferences: Sendable {
    func resources(_ ids: Set<UInt64>) async throws -> [UInt64: StoredResource]
    func scopes(_ ids: Set<UInt64>) async throws -> [UInt64: StoredScope]
    func series(_ ids: Set<UInt64>) async throws -> [UInt64: StoredSeries]
}

/// What stored rows refer to, from the store.
package struct StoreReferences: MirrorReferences {
    private let store: TelemetryStore

    package init(_ store: TelemetryStore) { self.store = store }

    package func resources(_ ids: Set<UInt64>) async throws -> [UInt64: StoredResource] {
        try await store.resources(ids)
    }

    package func scopes(_ ids: Set<UInt64>) async throws -> [UInt64: StoredScope] { try await store.scopes(ids) }

    package func series(_ ids: Set<UInt64>) async throws -> [UInt64: StoredSeries] { try await store.series(ids) }
}
