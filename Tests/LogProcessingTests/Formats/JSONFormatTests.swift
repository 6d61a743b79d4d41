import LogProcessing
import TelemetryModel
import Testing

struct JSONFormatTests {
    @Test func theSeedsShapeIsRead() throws {
        let draft = try TestEvents.draft(
            #"{"timestamp":"2024-05-24T23:22:00.000Z","level":"INFO","service":"spacetimedb","module":"core","#
                + #""message":"Starting","version":"1.0.0","trace_id":"0af7651916cd43dd8448eb211c80319c","#
                + #""span_id":"b7ad6b7169203331","module_id":"chat","query_duration_ms":12.5}"#)
        #expect(draft.timeText == "2024-05-24T23:22:00.000Z")
        #expect(draft.severityText == "INFO")
        #expect(draft.severityNumber == 9)
        #expect(draft.body == "Starting")
        #expect(draft.service == .string("spacetimedb"))
        #expect(draft.text("service.version") == "1.0.0")
        #expect(draft.text("module") == "core")
        #expect(draft["query_duration_ms"] == .double(12.5))
        #expect(draft.traceID?.hex == "0af7651916cd43dd8448eb211c80319c")
        #expect(draft.spanID?.hex == "b7ad6b7169203331")
        #expect(draft.text("spacetimedb.module_id") == "chat")
        #expect(draft["trace_id"] == nil)
    }

    @Test(arguments: [
        (#"{"level":30,"time":1716592920123,"pid":1,"hostname":"h","msg":"pino"}"#, "info", Int32(9), "pino"),
        (
            #"{"name":"a","hostname":"h","pid":1,"level":50,"msg":"bunyan","time":"2024-05-24T23:22:00.123Z","v":0}"#,
            "error", 17, "bunyan"
        ),
        (#"{"level":"error","ts":1716592920.123,"caller":"a/b.go:12","msg":"zap"}"#, "error", 17, "zap"),
        (#"{"time":"2024-05-24T23:22:00.123Z","level":"WARN","msg":"slog"}"#, "WARN", 13, "slog"),
        (
            #"{"timestamp":"2024-05-24T23:22:00.123Z","level":"TRACE","fields":{"message":"tracing","a":1},"target":"x::y"}"#,
            "TRACE", 1, "tracing"
        ),
        (#"{"@t":"2024-05-24T23:22:00.123Z","@m":"serilog","@l":"Fatal"}"#, "Fatal", 21, "serilog"),
        (
            #"{"version":"1.1","host":"h","short_message":"gelf","timestamp":1716592920.123,"level":3}"#, "error", 17,
            "gelf"
        ),
        (#"{"event":"structlog","level":"info","timestamp":"2024-05-24T23:22:00.123Z"}"#, "info", 9, "structlog"),
        (#"{"asctime":"2024-05-24 23:22:00,123","levelname":"CRITICAL","message":"python"}"#, "CRITICAL", 18, "python"),
        (
            #"{"severity":"NOTICE","textPayload":"google","timestamp":"2024-05-24T23:22:00.123Z"}"#, "NOTICE", 10,
            "google"
        ),
    ])
    func loggersAreRead(_ line: String, _ level: String, _ number: Int32, _ body: String) throws {
        let draft = try TestEvents.draft(line)
        #expect(draft.timeText == "2024-05-24T23:22:00.123Z")
        #expect(draft.severityText == level)
        #expect(draft.severityNumber == number)
        #expect(draft.body == body)
    }

    @Test func tracingsFieldsLoseTheirPrefix() throws {
        let draft = try TestEvents.draft(
            #"{"timestamp":"2024-05-24T23:22:00Z","level":"INFO","fields":{"message":"m","rows":3},"target":"a::b","filename":"src/x.rs","line_number":5,"threadName":"main"}"#
        )
        #expect(draft["rows"] == .int(3))
        #expect(draft.text("log.logger") == "a::b")
        #expect(draft.text("code.file.path") == "src/x.rs")
        #expect(draft["code.line.number"] == .int(5))
        #expect(draft.text("thread.name") == "main")
    }

    @Test(arguments: [
        (#""trace_id":"0AF7651916CD43DD8448EB211C80319C""#, false),
        (#""traceId":"0af76519-16cd-43dd-8448-eb211c80319c""#, true),
        (#""trace":{"id":"0af7651916cd43dd8448eb211c80319c"}"#, false),
        (#""otelTraceID":"0af7651916cd43dd8448eb211c80319c""#, false),
        (#""dd.trace_id":"0af7651916cd43dd8448eb211c80319c""#, false),
        (#""dd":{"trace_id":"0af7651916cd43dd8448eb211c80319c"}"#, false),
        (#""trace_id":"0af7651916cd43dd8448eb211c80319c0af7651916cd43dd8448eb211c80319c""#, true),
        (#""traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01""#, false),
        (#""logging.googleapis.com/trace":"projects/p/traces/0af7651916cd43dd8448eb211c80319c""#, true),
        (#""message":"x trace_id=0af7651916cd43dd8448eb211c80319c y""#, false),
        (#""message":"x trace_id: 0af7651916cd43dd8448eb211c80319c""#, false),
    ])
    func traceIdsAreFound(_ member: String, _ keepsOriginal: Bool) throws {
        let draft = try TestEvents.draft("{\"level\":\"info\",\(member)}")
        #expect(draft.traceID?.hex == "0af7651916cd43dd8448eb211c80319c")
        let original = draft.attributes.contains {
            $0.name.contains("race") && $0.name != "traceparent" && $0.name != "dd.trace_id"
        }
        #expect(original == keepsOriginal)
    }

    @Test(arguments: ["\"\"", "\"xyz\"", "\"00000000000000000000000000000000\"", "5", "null", "[1]"])
    func whatIsNoIdStaysAnAttribute(_ value: String) throws {
        let draft = try TestEvents.draft("{\"message\":\"m\",\"trace_id\":\(value)}")
        #expect(draft.traceID == nil)
        #expect(draft["trace_id"] != nil)
    }

    @Test func datadogsDecimalsAreIds() throws {
        let draft = try TestEvents.draft(#"{"message":"m","dd.trace_id":"255","dd.span_id":"16"}"#)
        #expect(draft.traceID == TraceID(high: 0, low: 255))
        #expect(draft.spanID == SpanID(value: 16))
    }

    @Test func dockersFrameIsOpened() throws {
        let draft = try TestEvents.draft(
            #"{"log":"{\"level\":\"warn\",\"msg\":\"inner\"}\n","stream":"stderr","time":"2024-05-24T23:22:00.123456789Z"}"#
        )
        #expect(draft.body == "inner")
        #expect(draft.severityText == "warn")
        #expect(draft.timeText == "2024-05-24T23:22:00.123Z")
        #expect(draft.text("log.iostream") == "stderr")
        let plain = try TestEvents.draft(#"{"log":"ERROR: x\r\n","stream":"stdout","time":"2024-05-24T23:22:00Z"}"#)
        #expect(plain.body == "x")
        #expect(plain.severityNumber == 17)
    }

    @Test func oTLPLinesGiveAllTheirRecords() throws {
        let event = try TestEvents.process(
            #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},"scopeLogs":[{"scope":{"name":"s"},"logRecords":["#
                + #"{"timeUnixNano":"1716592920123000000","severityNumber":17,"severityText":"ERROR","body":{"stringValue":"one"},"traceId":"0af7651916cd43dd8448eb211c80319c","attributes":[{"key":"n","value":{"intValue":"5"}}]},"#
                + #"{"observedTimeUnixNano":1716592920123000000,"body":{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":true}}]}}}]}]}]}"#
        )
        let drafts = event.drafts
        try #require(drafts.count == 2)
        #expect(drafts[0].body == "one")
        #expect(drafts[0].service == .string("a"))
        #expect(drafts[0]["n"] == .int(5))
        #expect(drafts[0].text("scope_name") == "s")
        #expect(drafts[0].traceID?.hex == "0af7651916cd43dd8448eb211c80319c")
        #expect(drafts[1].body == #"{"k":true}"#)
        #expect(drafts[1].timeText == "2024-05-24T23:22:00.123Z")
    }

    @Test func brokenJSONIsKeptWholeAndSaidSo() throws {
        let event = try TestEvents.process(#"{"message": "cut"#)
        #expect(event.drafts.first?.body == #"{"message": "cut"#)
        #expect(event.drafts.first?.text("error.type") == "json")
        #expect(event.problems == [LogProblem("json")])
    }

    @Test func theLastOfEqualKeysCounts() throws {
        let draft = try TestEvents.draft(#"{"message":"a","message":"b","x":1,"y":2,"x":3}"#)
        #expect(draft.body == "b")
        #expect(draft["x"] == .int(3))
        #expect(draft.attributes.filter { $0.name == "x" }.count == 1)
    }

    @Test func unusedRolesStayAttributes() throws {
        let draft = try TestEvents.draft(#"{"message":"a","msg":"b","time":"no time","level":{"a":1},"service":null}"#)
        #expect(draft.body == "a")
        #expect(draft.text("msg") == "b")
        #expect(draft.text("time") == "no time")
        #expect(draft["level.a"] == .int(1))
        #expect(draft.service == .string("app"))
    }
}
