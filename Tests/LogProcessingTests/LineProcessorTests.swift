import LogProcessing
import TelemetryModel
import Testing

struct LineProcessorTests {
    @Test(arguments: [
        ("/data/logs/spacetimedb-test-logs.jsonl", "spacetimedb"), ("/data/logs/spacetimedb.log.1", "spacetimedb"),
        ("/var/log/app.log", "app"), ("/var/log/app-2024-05-24.log", "app"), ("app_20240524.log.gz", "app"),
        ("/x/my-app.1.jsonl", "my-app"), ("/x/2024.log", "2024"), ("", "unknown_service"), ("/x/api.v2.log", "api.v2"),
    ])
    func theFileNamesTheService(_ path: String, _ service: String) {
        #expect(ServiceName.ofFile(path) == service)
    }

    @Test func theLineNamesItsServiceBeforeConfigurationAndFile() throws {
        let source = LogSource(
            path: "/x/a.log", hostName: "h", serviceName: "configured", fields: [LogAttribute("env", .string("dev"))])
        let plain = try #require(try TestEvents.process("x", source: source).drafts.first)
        #expect(
            plain.resource == [
                LogAttribute("service.name", .string("configured")), LogAttribute("host.name", .string("h")),
                LogAttribute("log.file.path", .string("/x/a.log")), LogAttribute("log.file.name", .string("a.log")),
                LogAttribute("env", .string("dev")),
            ])
        for key in ["service", "service.name", "service_name"] {
            let named = try #require(
                try TestEvents.process(#"{"message":"x","\#(key)":"own"}"#, source: source).drafts.first)
            #expect(named.service == .string("own"))
            #expect(named.resource.count == 5)
            #expect(named[key] == nil)
        }
        let nested = try TestEvents.draft(#"{"message":"x","service":{"name":"n","version":"2"}}"#)
        #expect(nested.service == .string("n"))
        #expect(nested.text("service.version") == "2")
    }

    @Test func theSeedsRulesReadTheText() throws {
        let source = LogSource(path: "/data/logs/spacetimedb.log")
        let text =
            "2024-05-24 23:22:00 INFO call module id: chat-1, database=users operation: insert trace_id=0AF7651916CD43DD8448EB211C80319C span_id:b7ad6b7169203331"
        let draft = try #require(try TestEvents.process(text, source: source).drafts.first)
        #expect(draft.text("spacetimedb.module_id") == "chat-1")
        #expect(draft.text("spacetimedb.database_name") == "users")
        #expect(draft.text("spacetimedb.operation") == "insert")
        #expect(draft.traceID?.hex == "0af7651916cd43dd8448eb211c80319c")
        #expect(draft.spanID?.hex == "b7ad6b7169203331")
        #expect(try TestEvents.draft(text)["spacetimedb.module_id"] == nil)
    }

    @Test(arguments: [
        "trace_id=0af7651916cd43dd8448eb211c80319", "trace_id=0af7651916cd43dd8448eb211c80319cc", "trace_id=",
        "trace_id=zzf7651916cd43dd8448eb211c80319c", "trace=0af7651916cd43dd8448eb211c80319c", "trace_id",
        "trace_id=00000000000000000000000000000000",
    ])
    func whatIsNoIdInTheTextIsNone(_ text: String) throws { #expect(try TestEvents.draft(text).traceID == nil) }

    @Test func encodingsAreDecoded() throws {
        func body(_ bytes: [UInt8], _ encoding: TextEncoding) throws -> (String?, [LogProblem]) {
            var options = LineProcessorOptions()
            options.encoding = encoding
            let event = try TestEvents.process(bytes, options)
            return (event.drafts.first?.body, event.problems)
        }
        #expect(try body(Array("a\u{0}b".utf8), .utf8).0 == "a\u{0}b")
        #expect(try body([0xEF, 0xBB, 0xBF, 0x61], .utf8).0 == "a")
        let broken = try body([0x61, 0xFF, 0x62, 0xC3], .utf8)
        #expect(broken.0 == "a\u{FFFD}b\u{FFFD}")
        #expect(broken.1 == [LogProblem("invalid_text", count: 2)])
        #expect(try body([0x61, 0xE4], .latin1).0 == "aä")
        #expect(try body([0x61, 0, 0xE4, 0, 0x3D, 0xD8, 0, 0xDE, 0x0D, 0], .utf16LittleEndian).0 == "aä😀")
        #expect(try body([0xFE, 0xFF, 0, 0x61], .utf16BigEndian).0 == "a")
        #expect(try body([0x61, 0, 0xD8], .utf16LittleEndian).1 == [LogProblem("invalid_text", count: 1)])
        let source = LogSource(path: "/a.log", encoding: .latin1)
        #expect(try TestEvents.process([0xE4], source: source).drafts.first?.body == "ä")
    }

    @Test func lineEndsAreCut() throws {
        #expect(try TestEvents.draft("abc\r").body == "abc")
        #expect(try TestEvents.draft("INFO: a\r\n  b\r\n  c\r").body == "a\n  b\n  c")
        #expect(try TestEvents.process(" \r\n").drafts.isEmpty)
        #expect(try TestEvents.process("").drafts.isEmpty)
    }

    @Test func thePlaceInTheFileIsInTheRecord() throws {
        let event = AssembledEvent(bytes: Array("a\n b".utf8), start: 1234, end: 1239, lines: 2, isTruncated: true)
        let processed = try LineProcessor(LineProcessorOptions()).process(
            event, source: TestEvents.source, readTime: TestEvents.readTime)
        let draft = try #require(processed.drafts.first)
        #expect(draft["log.offset"] == .int(1234))
        #expect(draft["log.file.inode"] == .string("7"))
        #expect(draft["log.flags"] == .list([.string("multiline"), .string("truncated")]))
        #expect(draft.observedTime == TestEvents.readTime)
        #expect(processed.problems == [LogProblem("truncated")])
    }

    @Test func aForcedFormatIsTheOnlyOneLookedFor() throws {
        #expect(try TestEvents.draft("INFO: x", .plain).body == "INFO: x")
        #expect(try TestEvents.draft("not json", .json).text("error.type") == "json")
        #expect(try TestEvents.draft("a=1 b", .logfmt)["b"] == .bool(true))
        #expect(try TestEvents.draft("2024-05-24T23:22:00Z web app: x", .syslog).text("log.syslog.appname") == "app")
        #expect(try TestEvents.draft("2024-05-24 23:22:00 INFO x", .accessLog).body == "2024-05-24 23:22:00 INFO x")
    }

    @Test func theOriginalIsKeptWhenAskedFor() throws {
        let event = try TestEvents.process("INFO: x") { $0.keepsOriginal = true }
        #expect(event.drafts.first?["log.record.original"] == .string("INFO: x"))
    }

    // Only that nothing traps, and that no text is lost.
    @Test func hostileTextsAreKept() throws {
        let million = 1 << 20
        let deep = String(repeating: "{\"a\":", count: 5000) + "1" + String(repeating: "}", count: 5000)
        let texts = [
            String(repeating: "x", count: million), String(repeating: "[", count: million),
            String(repeating: "{\"", count: million / 2), String(repeating: "=", count: million),
            String(repeating: "a=", count: million / 2), String(repeating: "a=b ", count: million / 4),
            String(repeating: "\u{1B}[", count: million / 2), String(repeating: "\u{1B}]", count: 1 << 14),
            String(repeating: "trace_id=", count: million / 9), deep, String(repeating: "9", count: million),
            "2024-05-24T23:22:00Z  INFO " + String(repeating: "{", count: million),
            "2024-05-24T23:22:00Z  INFO a: " + String(repeating: "k=v(", count: million / 4),
            "2024-05-24 23:22:00 INFO " + String(repeating: "[", count: million), "\u{0}\u{0}", "{\"a\":\"\\ud800\"}",
        ]
        for text in texts {
            let event = try TestEvents.process(text)
            let draft = try #require(event.drafts.first)
            #expect(text.hasSuffix(draft.body) || draft.body.hasSuffix("\"}"), "\(text.prefix(40))")
        }
        let array =
            "{\"message\":\"m\",\"a\":" + String(repeating: "[", count: 99) + String(repeating: "]", count: 99) + "}"
        #expect(try TestEvents.draft(array).body == "m")
    }
}
