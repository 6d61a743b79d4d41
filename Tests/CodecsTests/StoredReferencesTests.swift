import Codecs
import TelemetryModel
import Testing

@Suite struct StoredReferencesTests {
    private static let day: Int64 = 86_400_000_000_000
    private static let noon = Timestamp(nanoseconds: 20_000 * day + day / 2)

    @Test func anIDIsNewOnce() {
        var references = StoredReferences()
        _ = references.begin(at: Self.noon)
        let answers = [references.isNew(1), references.isNew(1), references.isNew(2)]
        #expect(answers == [true, false, true])
    }

    @Test("a day ends at midnight, UTC", arguments: [(day / 2 - 1, false), (day / 2, true), (-day / 2 - 1, true)])
    func days(shift: Int64, isNew: Bool) {
        var references = StoredReferences()
        _ = references.begin(at: Self.noon)
        _ = references.isNew(1)
        let hasForgotten = references.begin(at: Timestamp(nanoseconds: Self.noon.nanoseconds + shift))
        #expect(hasForgotten == isNew)
        let isNewAgain = references.isNew(1)
        #expect(isNewAgain == isNew)
    }

    @Test func memoryStartsAnewAtTheBound() {
        var references = StoredReferences()
        _ = references.begin(at: Self.noon)
        for id in 1...UInt64(StoredReferences.namesMax) { _ = references.isNew(id) }
        let hasForgotten = references.begin(at: Self.noon)
        #expect(hasForgotten)
        let isNew = references.isNew(1)
        #expect(isNew)
    }
}
