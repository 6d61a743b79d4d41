import TelemetryModel
import Testing

@Suite struct StableHashTests {
    /// Stored ids are made of these values: a change of one orphans every resource, scope and series that is stored.
    @Test func valuesNeverChange() {
        #expect(hash("") == 626_274_475_920_742_555)
        #expect(hash("service.name") == 18_033_768_513_732_450_120)
        #expect(
            hash("resource", "checkout", "a text of more than two words of eight bytes") == 10_356_484_878_773_878_729)
    }

    @Test(arguments: [
        (["ab", "c"], ["a", "bc"]),
        (["abc"], ["ab", "c"]),
        (["", "a"], ["a", ""]),
        (["a", "b"], ["b", "a"]),
        (["a"], ["a\0"]),
        (["12345678"], ["12345678\0"]),
        ([], [""]),
        (["12345678", "x"], ["x", "12345678"]),
    ])
    func partsAndTheirOrderCount(left: [String], right: [String]) {
        #expect(hash(of: left) != hash(of: right))
    }

    @Test func oneBitOfAWordChangesTheHash() {
        let hashes = (0..<64).map { bit in
            var hash = StableHash()
            hash.combine(UInt64(1) << UInt64(bit))
            return hash.finalize()
        }
        #expect(Set(hashes).count == 64)
    }

    @Test func everyByteOfAWordAndItsRestCounts() {
        var seen: Set<UInt64> = []
        for position in 0..<19 {
            var bytes = [UInt8](repeating: 0, count: 19)
            bytes[position] = 1
            var hash = StableHash()
            bytes.withUnsafeBytes { hash.combine($0) }
            seen.insert(hash.finalize())
        }
        #expect(seen.count == 19)
    }

    @Test func bytesAndTextOfTheSameBytesAreTheSame() {
        var bytes = StableHash()
        Array("héllo wörld".utf8).withUnsafeBytes { bytes.combine($0) }
        #expect(bytes.finalize() == hash("héllo wörld"))
    }

    @Test func manyNamesDoNotCollideAndAreNeverZero() {
        let hashes = Set((0..<100_000).map { hash("name-\($0)") })
        #expect(hashes.count == 100_000)
        #expect(!hashes.contains(0))
    }

    private func hash(_ texts: String...) -> UInt64 { hash(of: texts) }

    private func hash(of texts: [String]) -> UInt64 {
        var hash = StableHash()
        for text in texts { hash.combine(text) }
        return hash.finalize()
    }
}
