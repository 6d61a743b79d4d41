package import TelemetryModel

/// Remembers which resources, scopes and series were given to the store, so that each is written once a day.
///
/// An id counts as stored from the moment its row is in a batch: a batch is stored in the end, whatever happens, because
/// the log holds it, and what comes after it is stored after it. Written again each day, the rows do not go out of
/// retention before what refers to them. The tables keep one row per id when they merge, so a row too many does no harm.
package struct StoredReferences: Sendable {
    /// Names remembered; 16 bytes each, so about 32 MB. Past it the memory starts anew, which costs repeated rows only.
    package static let namesMax = 1_000_000

    private var stored: Set<UInt64> = []
    private var day: Int64 = 0

    package init() {}

    /// Begins a request that arrived at `time`; true when everything is forgotten, because of the day or the number.
    package mutating func begin(at time: Timestamp) -> Bool {
        let today = time.nanoseconds / 86_400_000_000_000
        guard today != day || stored.count >= Self.namesMax else { return false }
        stored.removeAll(keepingCapacity: true)
        day = today
        return true
    }

    /// True when the id must be written with the present batch; from now on it is known.
    package mutating func isNew(_ id: UInt64) -> Bool { stored.insert(id).inserted }
}
