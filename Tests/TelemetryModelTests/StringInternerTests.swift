import TelemetryModel
import Testing

@Suite struct StringInternerTests {
    @Test func tenThousandTextsKeepTheirIndexes() {
        let interner = StringInterner()
        let texts = (0..<10_000).map { "text-\($0)" }
        for (index, text) in texts.enumerated() { #expect(interner.index(of: text) == Int32(index)) }
        for (index, text) in texts.enumerated().reversed() {
            #expect(interner.index(of: text) == Int32(index))
            #expect(interner.values.string(at: index) == text)
        }
        #expect(interner.values.count == 10_000)
    }

    @Test func repeatsAddNothing() {
        let interner = StringInterner()
        let indexes = ["a", "b", "a", "a", "c", "b"].map { interner.index(of: $0) }
        #expect(indexes == [0, 1, 0, 0, 2, 1])
        #expect(interner.values.count == 3)
        #expect(interner.values.bytes.count == 3)
    }

    @Test func theEmptyTextIsATextLikeOthers() {
        let interner = StringInterner()
        #expect(interner.index(of: "x") == 0)
        #expect(interner.index(of: "") == 1)
        #expect(interner.index(ofUTF8: UnsafeBufferPointer(start: nil, count: 0)) == 1)
        #expect(interner.values.string(at: 1) == "")
    }

    @Test(arguments: [7, 8, 9, 15, 16, 17, 1024, 100_000])
    func textsThatDifferInOneByteAreTwo(length: Int) {
        let interner = StringInterner()
        let text = String(repeating: "x", count: length)
        let last = String(text.dropLast()) + "y"
        let first = "y" + text.dropFirst()
        #expect([text, last, first, text, last, first].map { interner.index(of: $0) } == [0, 1, 2, 0, 1, 2])
        #expect(interner.values.string(at: 1) == last)
    }

    /// Bytes are compared, so texts that Swift calls equal stay two: what a sender wrote comes back as it was.
    @Test func canonicallyEquivalentTextsAreTwo() {
        let interner = StringInterner()
        #expect(interner.index(of: "\u{E9}") == 0)
        #expect(interner.index(of: "e\u{301}") == 1)
    }

    @Test func zeroBytesCount() {
        let interner = StringInterner()
        #expect(["", "\0", "\0\0", "a", "a\0"].map { interner.index(of: $0) } == [0, 1, 2, 3, 4])
    }
}
