import TelemetryModel
import Testing
import TraceAnalysis

@testable import martlet

@Suite struct TracePagesTests {
    @Test func `the summary says how many spans there are`() {
        #expect(TracePages.count(ofSummary: Array(#"{"traceId":"a","root":{"spans":3},"spans":7}"#.utf8)) == 7)
        for text in ["", "{}", #"{"spans":0}"#, #"{"spans":-1}"#, #"{"spans":"x"}"#, "<html>"] {
            #expect(TracePages.count(ofSummary: Array(text.utf8)) == nil)
        }
    }

    @Test func `the message of a span's status is found in OTLP JSON`() {
        let text = #"""
            {"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[{"name":"a","status":{"code":1}},
            {"status":{"code":2,"message":"card refused"}},{"status":{"message":"later"}}]}]}]}
            """#
        #expect(TracePages.statusMessage(ofSpans: Array(text.utf8)) == "card refused")
        for text in ["", "{}", #"{"resourceSpans":3}"#, #"{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}"#] {
            #expect(TracePages.statusMessage(ofSpans: Array(text.utf8)) == "")
        }
    }

    @Test func `what the server refuses is said, made harmless`() {
        func text(_ status: Int, _ body: String) -> String {
            APIProblem.text(HTTPAnswer(status: status, body: Array(body.utf8)), url: "http://h:1")
        }
        #expect(
            text(404, #"{"error":{"kind":"notFound","message":"trace \u001b is not stored"}}"#)
                == "trace \\u{1B} is not stored")
        #expect(text(404, "not found").hasPrefix("http://h:1 answers with status 404"))
        #expect(text(500, #"{"error":"x"}"#).hasPrefix("http://h:1 answers with status 500"))
    }

    @Test func `that a trace is not stored is told from an API that is not there`() {
        func text(_ status: Int, _ body: String) -> String {
            TraceCommand.problem(HTTPAnswer(status: status, body: Array(body.utf8)), url: "http://h:1")
        }
        #expect(text(404, "trace 0a not found\n") == "trace 0a not found")
        #expect(text(404, "404 page not found").hasPrefix("http://h:1 answers with status 404"))
        #expect(text(400, "trace id must be hex") == "trace id must be hex")
    }

    @Test func `a trace drawn from its shape has messages by row and no ids`() throws {
        var builder = TraceSkeletonBuilder()
        builder.add(
            id: SpanID(value: 1), parent: .zero, start: 0, duration: 100, service: "shop", operation: "checkout",
            kind: 2, status: 0)
        builder.add(
            id: SpanID(value: 2), parent: SpanID(value: 9), start: 10, duration: 50, service: "shop", operation: "pay",
            kind: 3, status: 2)
        var decoder = TraceSkeletonDecoder()
        try decoder.add(TraceSkeletonEncoder().encode(TraceTree(builder.finish())))
        let tree = try decoder.finish()
        let lines = TraceWaterfallView(tree: tree, messagesOfRows: [1: "card refused"], width: 100).lines
        #expect(lines.contains { $0.hasPrefix("pay  shop — card refused (parent missing)") })
        #expect(lines.contains { $0.hasPrefix("checkout  shop") && !$0.contains("card") })
    }
}
