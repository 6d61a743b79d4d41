import Foundation
import QueryEngines
import TelemetryModel
import Testing
import TraceQL

@testable import QueryAPI

@Suite struct JaegerV3Tests {
    private static let times = [
        ("query.startTimeMin", "1970-01-01T00:00:00Z"), ("query.startTimeMax", "1970-01-01T00:00:01Z"),
    ]

    private func ask(
        _ queries: MemoryTraceQueries, _ path: String, _ parameters: [(String, String)] = [], method: String = "GET",
        body: String = ""
    ) async throws -> (status: Int, text: String) {
        try await JaegerSamples.ask(queries, "/api/v3/" + path, parameters, method: method, body: body)
    }

    private static let queries = MemoryTraceQueries([
        JaegerSamples.trace([
            JaegerSamples.span(1, name: "root", kind: .server),
            JaegerSamples.span(2, parent: 1, service: "db", name: "select", kind: .client, start: 1_000_100),
            JaegerSamples.span(3, parent: 77, service: "db", name: "lost"),
        ])
    ])

    @Test func servicesOperationsAndDependenciesHaveTheirOwnForm() async throws {
        #expect(try await ask(MemoryTraceQueries(), "services").text == #"{"services":[]}"#)
        #expect(try await ask(Self.queries, "services").text == #"{"services":["db","shop"]}"#)
        #expect(
            try await ask(Self.queries, "operations", [("service", "db"), ("spanKind", "client")]).text
                == #"{"operations":[{"name":"select","spanKind":"client"}]}"#)
        let links = MemoryTraceQueries(links: [ServiceDependency(parent: "a", child: "b", calls: 3, errors: 1)])
        let times = [("startTime", "2026-01-01T00:00:00Z"), ("endTime", "2026-01-02T00:00:00Z")]
        #expect(
            try await ask(links, "dependencies", times).text
                == #"{"dependencies":[{"parent":"a","child":"b","callCount":"3"}]}"#)
    }

    private static let wrongQuestions: [(path: String, parameters: [(String, String)], status: Int, words: String)] = [
        ("traces", [], 400, "query.startTimeMin and query.startTimeMax are required"),
        ("traces", times + [("query.serviceName", "none")], 404, "No traces found"),
        ("traces", times + [("query.durationMin", "ten")], 400, "query.durationMin"),
        ("traces", times + [("query.searchDepth", "-2")], 400, "query.searchDepth"),
        ("traces", times + [("query.attributes", "[]")], 400, "query.attributes"),
        ("traces", times + [("query.filter", "{}")], 400, "query.filter"),
        (
            "traces", times + [("query.serviceName", "a"), ("query.filter", #"{"op":"and","args":[]}"#)], 400,
            "cannot be combined"
        ),
        ("traces", [("query.startTimeMin", "x"), ("query.startTimeMax", "y")], 400, "query.startTimeMin"),
        ("trace-summaries", [], 400, "are required"),
        ("traces/xyz", [], 400, "hexadecimal"),
        ("traces/ff", [], 404, "No traces found"),
        ("traces/1", [("startTime", "x")], 400, "startTime"),
        ("operations", [], 400, "parameter 'service' is required"),
        ("dependencies", [], 400, "parameter 'startTime' is required"),
        ("nothing", [], 404, "no path"),
    ]

    @Test func aWrongQuestionIsAnsweredInTheFormOfTheGateway() async throws {
        for (path, parameters, status, words) in Self.wrongQuestions {
            let answer = try await ask(Self.queries, path, parameters)
            #expect(answer.status == status, "\(path) \(answer.text)")
            #expect(answer.text.hasPrefix(#"{"error":{"httpCode":\#(status),"message":""#))
            #expect(answer.text.contains(words), "\(answer.text)")
        }
    }

    @Test func aTraceComesAsItWasReceived() async throws {
        let (status, text) = try await ask(Self.queries, "traces/00000000000000000000000000000001")
        #expect(status == 200)
        #expect(text.hasPrefix(#"{"result":{"resourceSpans":[{"resource":"#))
        #expect(text.hasSuffix("]}}"))
        #expect(text.contains(#""traceId":"00000000000000000000000000000001","spanId":"0000000000000001""#))
        #expect(try JaegerSamples.json(text)["result"] is [String: Any])
    }

    @Test func largeTracesComeInPagesOfOneList() async throws {
        let spans = (0...JaegerAPI.wholeSpansMax).map { JaegerSamples.span(UInt64($0 + 1)) }
        let queries = MemoryTraceQueries([JaegerSamples.trace(spans)], pageSpans: 4000)
        let (status, text) = try await ask(queries, "traces/1")
        #expect(status == 200)
        let result = try JaegerSamples.json(text)["result"] as? [String: Any]
        #expect((result?["resourceSpans"] as? [Any])?.count == 3)
    }

    @Test func searchesTakeAttributesAndDepth() async throws {
        let parameters =
            Self.times + [
                ("query.service_name", "db"), ("query.attributes", #"{"span.kind":"client"}"#),
                ("query.searchDepth", "5"),
            ]
        #expect(try await ask(Self.queries, "traces", parameters).status == 200)
        let body = #"""
            {"query":{"serviceName":"db","attributes":{"span.kind":"producer"},"searchDepth":5,"rawTraces":true,
            "startTimeMin":"1970-01-01T00:00:00Z","startTimeMax":"1970-01-01T00:00:01Z","durationMin":null}}
            """#
        #expect(try await ask(Self.queries, "traces", method: "POST", body: body).status == 404)
        let other = body.replacing("producer", with: "client")
        #expect(try await ask(Self.queries, "traces", method: "POST", body: other).status == 200)
        #expect(try await ask(Self.queries, "traces", method: "POST", body: "{").status == 400)
    }

    @Test func summariesCountSpansErrorsAndOrphans() async throws {
        let (status, text) = try await ask(Self.queries, "trace-summaries", Self.times)
        #expect(status == 200)
        #expect(
            text == #"{"summaries":[{"traceId":"00000000000000000000000000000001","rootServiceName":"shop","#
                + #""rootOperationName":"root","minStartTimeUnixNano":"1000000","maxEndTimeUnixNano":"1005100","#
                + #""spanCount":3,"errorSpanCount":0,"orphanSpanCount":1,"services":[{"name":"db","spanCount":2,"#
                + #""errorSpanCount":0},{"name":"shop","spanCount":1,"errorSpanCount":0}]}]}"#)
        let none = try await ask(Self.queries, "trace-summaries", Self.times + [("query.serviceName", "none")])
        #expect(none.text == #"{"summaries":[]}"#)
    }

    // MARK: Filters

    private static let span = {
        var span = JaegerSamples.span(
            1, kind: .server, duration: 2_000_000_000,
            attributes: [
                .init(key: "code", text: "500", type: .int), .init(key: "text", text: "500", type: .string),
                .init(key: "flag", text: "true", type: .bool),
            ])
        span.statusCode = 2
        span.events = [
            .init(
                time: span.startTime, name: "retry", attributes: [.init(key: "n", text: "2", type: .int)],
                droppedAttributes: 0)
        ]
        return span
    }()

    private static func attribute(_ key: String, _ level: String = "") -> String {
        #"{"attr":{"key":"\#(key)","level":"\#(level)"}}"#
    }

    private static func scalar(_ value: String, _ type: String = "") -> String {
        #"{"scalar":{"value":"\#(value)","type":"\#(type)"}}"#
    }

    private static func call(_ name: String, _ arguments: String...) -> String {
        #"{"args":[\#(arguments.joined(separator: ","))],"op":"\#(name)"}"#
    }

    private static func field(_ level: String, _ name: String) -> String {
        #"{"field":{"name":"\#(name)","level":"\#(level)"}}"#
    }

    private static let filters: [(filter: String, holds: Bool)] = [
        (call("eq", attribute("code"), scalar("500")), true),
        (call("eq", attribute("code"), scalar("500", "int")), true),
        (call("eq", attribute("code"), scalar("500", "string")), false),
        (call("eq", attribute("text"), scalar("500", "string")), true),
        (call("eq", attribute("code", "resource"), scalar("500")), false),
        (call("eq", attribute("host.name"), scalar("a")), true),
        (call("ne", attribute("code"), scalar("200")), true),
        (call("ne", attribute("code"), scalar("500")), false),
        (call("ne", attribute("absent"), scalar("500")), false),
        (call("gt", attribute("code"), scalar("99")), true),
        (call("lte", attribute("code"), scalar("499.5")), false),
        (call("exists", attribute("flag")), true),
        (call("exists", attribute("absent")), false),
        (call("in", attribute("code"), #"{"list":{"values":["400","500"],"type":"int"}}"#), true),
        (call("not_in", attribute("code"), #"{"list":{"values":["400","500"],"type":"int"}}"#), false),
        (call("gte", field("span", "duration"), scalar("2s")), true),
        (call("gt", field("span", "duration"), scalar("2s")), false),
        (call("eq", field("span", "kind"), scalar("SERVER")), true),
        (call("eq", field("span", "status"), scalar("error")), true),
        (call("eq", field("resource", "service"), scalar("shop")), true),
        (
            call(
                "some", #"{"nested":{"level":"event"}}"#,
                #"{"call":\#(call("eq", field("event", "name"), scalar("retry")))}"#), true
        ),
        (
            call(
                "and", #"{"call":\#(call("exists", attribute("flag")))}"#,
                #"{"call":\#(call("not", #"{"call":\#(call("exists", attribute("absent")))}"#))}"#), true
        ),
        (call("or", #"{"call":\#(call("exists", attribute("absent")))}"#), false),
    ]

    @Test(arguments: filters)
    func aFilterIsAConditionOnOneSpan(filter: String, holds: Bool) throws {
        let condition = try FilterExpression.parse(filter).condition()
        #expect(RowConditions(span: Self.span, trace: JaegerSamples.trace([Self.span])).holds(condition) == holds)
    }

    @Test func whatAFilterCannotSayIsRefusedAloud() {
        let filters: [(String, Int)] = [
            (Self.call("regex", Self.attribute("a"), Self.scalar("b")), 501),
            (Self.call("eq", Self.field("span", "startTime"), Self.scalar("2026-01-01T00:00:00Z")), 501),
            (Self.call("eq", Self.attribute("a")), 400), (Self.call("like", Self.attribute("a")), 400),
            (Self.call("eq", Self.attribute("a", "planet"), Self.scalar("b")), 400),
            (Self.call("eq", Self.attribute("a"), Self.scalar("b", "int")), 400),
            (Self.call("in", Self.attribute("a"), Self.scalar("b")), 400), ("[]", 400), ("", 400),
            (Self.call("and", #"{"planet":{}}"#), 400),
            (String(repeating: #"{"op":"not","args":[{"call":"#, count: 500), 400),
        ]
        for (text, status) in filters {
            #expect(throws: JaegerFailure.self) { try FilterExpression.parse(text).condition() }
            do {
                _ = try FilterExpression.parse(text).condition()
            } catch {
                #expect(error.status == status, "\(text)")
            }
        }
    }
}
