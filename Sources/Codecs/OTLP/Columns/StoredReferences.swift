package import TelemetryModel

/// Knows which resources, scopes and series the store holds already, so that each is written once a day.
///
/// Ids written in a batch count only after the batch is stored: a batch that fails takes its ids with it.
package struct StoredReferences: Sendable {
    /// Names kept at most: 16 bytes each, so about 32 MB. Past it the memory starts anew, which costs repeated rows only.
    package static let namesMax = 1_000_000

    private var stored: Set<UInt64> = []
    private var day: Int64 = 0

    package init() {}

    /// True when the id must be written with the batch whose ids `pending` collects.
    package mutating func isNew(_ id: UInt64, at time: Timestamp, pending: inout Set<UInt64>) -> Bool {
        let today = time.nanoseconds / 86_400_000_000_000
        if today != day || stored.count >= Self.namesMax {
            stored.removeAll(keepingCapacity: true)
            day = today
        }
        return !stored.contains(id) && pending.insert(id).inserted
    }

    /// Called when a batch is stored.
    package mutating func commit(_ ids: Set<UInt64>) {
        stored.formUnion(ids)
    }
}
