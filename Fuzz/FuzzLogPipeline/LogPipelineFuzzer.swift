import FuzzSupport
import LogQL
import LogQLEvaluation
import PrometheusModel

/// Sends a line through pipelines with every stage: none traps, a label's name is never empty and never there twice, and
/// the fields that a reader is told of are those that the parsers then find.
struct LogPipelineFuzzer {
    private static let pipelines = [
        "| json", "| logfmt", "| logfmt --strict --keep-empty", "| unpack | json", "| decolorize | logfmt",
        "| json a=\"b.c[0]\", d=\"[1].e\", f", "| logfmt a, b=\"c\"", "| pattern `<a> <_>=<b>`",
        "| regexp `(?P<a>\\w+).(?P<b>.*)`", "|~ \"(?i)a|b\" |> \"<_>a<_>\" != ip(\"::1\")",
        "| json | line_format `{{.a}}{{__line__}}` | logfmt | keep a, b",
        "| logfmt | json | label_format x=a, y=`{{.b}}` | drop a | x > 1 or y > 1s or z > 1KB or a = ip(\"1.0.0.0/8\")",
    ]

    func seeds() -> [[UInt8]] {
        [
            #"{"a":"b","n":-1.5e3,"o":{"p":[1,{"q":2}],"r":null},"é x":"\u00e9\ud83d\ude00","_entry":"k=v"}"#,
            #"a=1 b="q\"\n" c= d e.f=1.2.3.4:80 g=1.5KB h=2m"#, "1.2.3.4 - [x] \"GET /a=b HTTP/1.1\" 200",
            "\u{1B}[31mred\u{1B}[0m a=b", #"{"b":{"c":["x","y"]},"a":tru"#, "::1 2001:db8::1", "[{\"e\":1},{\"e\":2}]",
        ].map { Array($0.utf8) }
    }

    func test(_ line: UnsafeBufferPointer<UInt8>) {
        for pipeline in Self.pipelines {
            guard let entry = run(pipeline, line) else { continue }
            let names = entry.names
            if names.contains("") { LibFuzzer.fail("a label has no name: \(pipeline)") }
            if Set(names).count != names.count { LibFuzzer.fail("a label is there twice: \(pipeline)") }
        }
        testFields(line)
    }

    private func testFields(_ line: UnsafeBufferPointer<UInt8>) {
        let fields = LineFields().find(in: line)
        guard let parser = fields.first?.parser, let entry = run("| \(parser)", line, stream: Labels()) else { return }
        guard !entry.parsed.contains(where: { $0.name == "__error__" }) else { return }
        let found = fields.map { Label($0.label, $0.value) }.sorted { $0.name < $1.name }
        if found != entry.parsed { LibFuzzer.fail("fields are not what \(parser) finds") }
    }

    private func run(
        _ pipeline: String, _ line: UnsafeBufferPointer<UInt8>, stream: Labels = ["a": "s"]
    ) -> (names: [String], parsed: [Label])? {
        var records = LogRecords()
        records.times = [0]
        records.lineBytes = Array(line)
        records.lineOffsets.append(line.count)
        records.streams = [stream]
        records.streamIndexes = [0]
        records.metadataOffsets.append(0)
        do {
            var collector = try EntryCollector(
                try LogQLParser.parseSelection("{a=\"s\"} \(pipeline)").stages, limit: 1)
            try collector.add(records)
            guard let entry = collector.entries.first else { return nil }
            return ((collector.streams[entry.stream] + entry.metadata + entry.parsed).map(\.name), entry.parsed)
        } catch {
            LibFuzzer.fail("a good pipeline does not run: \(error)")
        }
    }
}
