import FuzzSupport
import LogProcessing
import TelemetryModel

/// Reads a text as a file of log lines, in an encoding that its first byte chooses.
///
/// The events cover the text without gap and overlap, whatever it is; each event that is not white space is a record
/// with the place of the event and a resource; and a run of processors neither traps nor loses it.
struct LogLineFuzzer {
    private let processors: [LineProcessor]
    private let time = Timestamp(nanoseconds: 1_716_595_200_000_000_000)

    init() {
        var processors = LogFormat.allCases.compactMap { format in
            var options = LineProcessorOptions()
            options.format = format
            return try? LineProcessor(options)
        }
        func map(_ name: String, _ members: [(String, ConfigurationTree)]) -> ConfigurationTree {
            let settings = members.map { ConfigurationTree.Member($0.0, $0.1) }
            return .map([.init(name, .map(settings, nil))], nil)
        }
        func text(_ text: String) -> ConfigurationTree { .scalar(text, nil) }
        let kinds = ["api_keys", "cards", "paths", "emails", "phones", "ipv4"].map(text)
        let list = try? LogProcessorConfiguration.list(
            .list(
                [
                    map("strip_ansi", []), map("parse_json", []), map("parse_logfmt", [("target", text("l"))]),
                    map("dissect", [("tokenizer", text("%{a->} %{+b} %{*k}=%{&k}"))]),
                    map("timestamp", [("field", text("dissect.a"))]), map("extract_ids", []),
                    map("mask", [("values", .list(kinds, nil))]), map("truncate", [("max_bytes", text("100"))]),
                ], nil))
        guard let list else { LibFuzzer.fail("the processors are refused") }
        var options = LineProcessorOptions()
        options.processors = list
        if let masking = try? LineProcessor(options) { processors.append(masking) }
        self.processors = processors
    }

    func seeds() -> [[UInt8]] {
        [
            "{\"timestamp\":\"2024-05-24T23:22:00.000Z\",\"level\":\"INFO\",\"service\":\"spacetimedb\",\"message\":\"m\"}\n",
            "{\"log\":\"{\\\"msg\\\":\\\"x\\\"}\\n\",\"stream\":\"stdout\",\"time\":\"2024-05-24T23:22:00.1Z\"}\n",
            "{\n  \"a\": 1\n}\n2024-05-24T23:22:00Z stdout F time=1 level=warn msg=\"a b\" x=y\n",
            "2024-05-24T23:22:00.123456Z  INFO a{b=1}:c: d::e: src/x.rs:12: m key=\"v\" f=Some(1)\n",
            "\u{1B}[2m2024-05-24T23:22:00Z\u{1B}[0m \u{1B}[32m INFO\u{1B}[0m a::b: x\n",
            "2024-05-24 23:22:00,123 - n - ERROR - m\nTraceback (most recent call last):\n  x\nE: y\n",
            "2024-05-24 23:22:00.123  INFO 1 --- [main] c.X : m\njava.lang.X: y\n\tat a.b(C.java:1)\nCaused by: z\n",
            "2024/05/24 23:22:00 [error] 1#2: *3 m\n2024/05/24 23:22:00 x.go:1: m\nI0524 23:22:00.1 1 x.go:1] m a=b\n",
            "1.2.3.4 - u [24/May/2024:23:22:00 +0000] \"GET /a?b HTTP/1.1\" 200 1 \"-\" \"-\"\n",
            "[Fri May 24 23:22:00 2024] [a:error] [pid 1] m\n[2024-05-24T23:22:00Z INFO a] b\n",
            "May 24 23:22:00 h a[1]: trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331 module id: x\n",
            "2024-05-24 23:22:00.1 UTC [1] u@d LOG:  m\n2024.05.24 23:22:00.1 [ 1 ] {q} <Error> L: m\n",
            "thread 'main' panicked at src/x.rs:1:1:\nm\nstack backtrace:\n   0: a\npanic: x\n\ngoroutine 1 [running]:\na.b()\n",
            "{\"resourceLogs\":[{\"resource\":{},\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"a\"}}]}]}]}\n",
            "password=x card 4111 1111 1111 1111 mail a@b.c ip 10.0.0.1 tel +49 30 1234567 /home/u/x Bearer abcdefghi\n",
        ].flatMap { text in (0..<4).map { [$0] + Array(text.utf8) } }
    }

    func test(_ input: UnsafeBufferPointer<UInt8>) {
        guard let first = input.first else { return }
        var options = MultilineOptions()
        options.encoding = TextEncoding.allCases[Int(first & 3)]
        options.linesMax = first & 4 == 0 ? 500 : 3
        options.bytesMax = first & 8 == 0 ? 1 << 20 : 8
        let source = LogSource(path: "/var/log/spacetimedb.log", inode: 1, hostName: "h", encoding: options.encoding)
        for event in assemble(Array(input.dropFirst()), options) {
            for processor in processors {
                check(processor.process(event, source: source, readTime: time), event, source)
            }
        }
    }

    private func assemble(_ text: [UInt8], _ options: MultilineOptions) -> [AssembledEvent] {
        var assembler = MultilineAssembler(options)
        var events: [AssembledEvent] = []
        var start = 0
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let end = start + line.count + 1
            events += assembler.add(line: Array(line), start: start, end: end)
            start = end
        }
        if let last = assembler.flush() { events.append(last) }
        if assembler.pendingStart != nil { LibFuzzer.fail("an event is pending after the flush") }
        var place = 0
        for event in events {
            if event.start != place { LibFuzzer.fail("the event at \(event.start) should begin at \(place)") }
            if event.bytes.count > options.bytesMax { LibFuzzer.fail("an event has \(event.bytes.count) bytes") }
            place = event.end
        }
        if place != start { LibFuzzer.fail("the events end at \(place) of \(start)") }
        return events
    }

    private func check(_ processed: ProcessedEvent, _ event: AssembledEvent, _ source: LogSource) {
        guard case .drafts(let drafts) = processed.outcome else { LibFuzzer.fail("a record was dropped") }
        for draft in drafts {
            if draft.resource.isEmpty { LibFuzzer.fail("a record has no resource") }
            if draft["log.offset"] != .int(Int64(event.start)) { LibFuzzer.fail("a record has lost its place") }
            if draft.traceID?.isZero == true || draft.spanID?.isZero == true { LibFuzzer.fail("an id is zero") }
            if !ECSDocument(draft, source).line.hasPrefix("{") { LibFuzzer.fail("a record has no document") }
        }
    }
}
