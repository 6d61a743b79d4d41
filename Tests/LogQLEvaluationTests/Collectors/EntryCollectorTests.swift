import LogQLEvaluation
import Testing

@Suite struct EntryCollectorTests {
    private func records(_ count: Int) -> LogRecords {
        var records = TestRecords()
        for index in 0..<count {
            records.add("n=\(index)", stream: ["app": "a", "zone": "\(index % 2)"], time: Int64(index))
        }
        return records.records
    }

    @Test func stopsAtTheLimit() throws {
        var collector = try EntryCollector([], limit: 3)
        try collector.add(records(5))
        let isFull = collector.isFull
        #expect(isFull)
        #expect(collector.entries.map(\.line) == ["n=0", "n=1", "n=2"])
        #expect(collector.lines == 3)
    }

    @Test func takesLinesAnIntervalApart() throws {
        var collector = try EntryCollector([], limit: 10, interval: 3)
        try collector.add(records(8))
        #expect(collector.entries.map(\.time) == [0, 3, 6])
    }

    @Test func streamsAreDistinctSetsOfLabels() throws {
        var collector = try EntryCollector(try TestRecords.stages("| drop zone"), limit: 10)
        try collector.add(records(4))
        #expect(collector.streams.map(TestRecords.text) == ["app=a"])
        #expect(collector.entries.map(\.stream) == [0, 0, 0, 0])
        let taken = collector.take()
        #expect(taken.entries.count == 4)
        try collector.add(records(1))
        #expect(collector.entries.count == 1)
        #expect(collector.streams.count == 1)
    }

    @Test func invalidBytesAreReplaced() throws {
        var records = TestRecords()
        records.add([0x61, 0xFF, 0x00, 0x62])
        var collector = try EntryCollector([], limit: 1)
        try collector.add(records.records)
        #expect(collector.entries.first?.line == "a\u{FFFD}\u{0}b")
    }
}
