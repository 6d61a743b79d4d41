import Codecs
import TelemetryModel
import Testing

@Suite struct StoredReferencesTests {
    private static let day: Int64 = 86_400_000_000_000
    private static let noon = Timestamp(nanoseconds: 20_000 * day + day / 2)

    @Test func anIDIsNewOncePerBatchUntilItIsCommitted() {
        var references = StoredReferences()
        var first: Set<UInt64> = []
        #expect(references.isNew(1, at: Self.noon, pending: &first))
        #expect(!references.isNew(1, at: Self.noon, pending: &first))
        #expect(first == [1])
        // Another batch, while nobody knows what becomes of the first.
        var second: Set<UInt64> = []
        #expect(references.isNew(1, at: Self.noon, pending: &second))
        references.commit(second)
        var third: Set<UInt64> = []
        #expect(!references.isNew(1, at: Self.noon, pending: &third))
        #expect(references.isNew(2, at: Self.noon, pending: &third))
        #expect(third == [2])
    }

    @Test("a day ends at midnight, UTC", arguments: [(day / 2 - 1, false), (day / 2, true), (-day / 2 - 1, true)])
    func days(shift: Int64, isNew: Bool) {
        var references = StoredReferences()
        var pending: Set<UInt64> = []
        _ = references.isNew(1, at: Self.noon, pending: &pending)
        references.commit(pending)
        pending = []
        let later = Timestamp(nanoseconds: Self.noon.nanoseconds + shift)
        #expect(references.isNew(1, at: later, pending: &pending) == isNew)
    }

    @Test func memoryStartsAnewAtTheBound() {
        var references = StoredReferences()
        var pending: Set<UInt64> = []
        _ = references.isNew(1, at: Self.noon, pending: &pending)
        references.commit(Set(1...UInt64(StoredReferences.namesMax)))
        pending = []
        #expect(references.isNew(1, at: Self.noon, pending: &pending))
        #expect(references.isNew(2, at: Self.noon, pending: &pending))
    }
}
