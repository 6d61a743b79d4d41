import LogQL
import LogQLEvaluation
import PrometheusModel
import Testing

/// Lines may hold anything; a stage may fail on them and never traps.
@Suite struct AnyBytesTests {
    private static let pipelines = [
        "| json", "| logfmt", "| logfmt --strict --keep-empty", "| unpack | json", "| decolorize | logfmt",
        #"| json a="b.c[0]", d="[1].e", f"#, #"| logfmt a, b="c""#, "| pattern `<a> <_>=<b>`",
        #"| regexp `(?P<a>\w+).(?P<b>.*)`"#,
        #"|~ "(?i)a|b" |> "<_>a<_>" != ip("::1")"#, "| json | line_format `{{.a}}{{__line__}}` | logfmt | keep a, b",
        "| logfmt | json | label_format x=a, y=`{{.b}}` | drop a | x > 1 or y > 1s or z > 1KB",
    ]
    private static let pieces: [[UInt8]] =
        [
            [0], [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xEF, 0xBF, 0xBD], [0x1B], [0xC2, 0x9B],
        ]
        + [
            "{", "}", "[", "]", "\"", "\\", ":", ",", "=", " ", "\n", "a", "b", "_entry", "\\u", "\\ud83d", "\"a\":",
            "1",
            "true", "null", "é", "-", ".", "::", "1.2.3.4", "\u{1B}[0m", "{\"a\":{\"b\":\"", "b=\"", "a=",
        ].map { Array($0.utf8) }

    @Test(arguments: pipelines) func randomLinesNeverTrap(stages: String) throws {
        var random = SmallRandom(state: UInt64(stages.utf8.count))
        let stages = try TestRecords.stages(stages)
        var collector = try EntryCollector(stages, limit: .max)
        let samples = try TestRecords.aggregation("count_over_time({app=\"a\"} [1m])")
        var aggregation = samples
        aggregation.selection.stages = stages
        var grouped = try SampleCollector(
            aggregation, grouping: Grouping(labels: ["a"], isWithout: false), seriesMax: 1 << 20)
        var all = try SampleCollector(aggregation, seriesMax: 1 << 20)
        for _ in 0..<20 {
            var records = TestRecords()
            for _ in 0..<40 {
                var line: [UInt8] = []
                for _ in 0..<random.below(24) { line += Self.pieces[random.below(Self.pieces.count)] }
                records.add(line, stream: ["app": "a", "b": "\(random.below(2))"], metadata: [("a", "m")])
            }
            try collector.add(records.records)
            try grouped.add(records.records)
            try all.add(records.records)
        }
        #expect(collector.entries.count == all.samples)
        // Names are names, each once.
        for entry in collector.entries {
            let names = (entry.metadata + entry.parsed + collector.streams[entry.stream]).map(\.name)
            #expect(Set(names).count == names.count)
            #expect(!names.contains(""))
        }
    }

    @Test(arguments: pipelines) func aLongLineIsWorkedOn(stages: String) throws {
        var collector = try EntryCollector(try TestRecords.stages(stages), limit: .max)
        var records = TestRecords()
        for piece in ["a", "{\"a\":", "[", "\"", "\\", "a=b ", "a=\"x\\", "{\"k\":1,", "1.2.3.4 ", "\u{1B}["] {
            records.add(String(repeating: piece, count: (1 << 16) / piece.utf8.count))
        }
        records.add("{\"_entry\":\"" + String(repeating: "\\u00e9", count: 1 << 14) + "\"}")
        try collector.add(records.records)
        #expect(collector.lines == 11)
    }

    @Test func aMegabyteIsALine() throws {
        var records = TestRecords()
        records.add("a=\"" + String(repeating: "x\\n", count: 350_000) + "\" b=1")
        var collector = try EntryCollector(try TestRecords.stages("| logfmt | drop a"), limit: 1)
        try collector.add(records.records)
        #expect(collector.entries.first?.parsed.map(\.value) == ["1"])
    }

    @Test func splittingABatchChangesNothing() throws {
        let stages = try TestRecords.stages("| logfmt | drop b")
        var whole = try EntryCollector(stages, limit: 100)
        var split = try EntryCollector(stages, limit: 100)
        var records = TestRecords()
        for index in 0..<50 {
            records.add(
                "a=\(index % 7) b=\(index) app=x", stream: ["app": "a", "n": "\(index % 3)"], time: Int64(index))
            var one = TestRecords()
            one.add("a=\(index % 7) b=\(index) app=x", stream: ["app": "a", "n": "\(index % 3)"], time: Int64(index))
            try split.add(one.records)
        }
        try whole.add(records.records)
        #expect(whole.entries == split.entries)
        #expect(whole.streams == split.streams)
    }
}

/// The same numbers in every run.
struct SmallRandom {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(truncatingIfNeeded: state >> 33) % bound
    }
}
