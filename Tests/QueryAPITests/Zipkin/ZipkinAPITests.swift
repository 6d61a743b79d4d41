import Codecs
import QueryEngines
import TelemetryModel
import Testing

@testable import QueryAPI

@Suite("Zipkin API") struct ZipkinAPITests {
    private static let now = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    private func ask(
        _ queries: ZipkinMemoryTraces, _ endpoint: ZipkinEndpoint, _ query: String? = nil, id: String = ""
    ) async -> (status: Int, text: String) {
        let api = ZipkinAPI(dependencies: ZipkinDependencies(queries: queries, version: "9.9", now: { Self.now }))
        let answer = await api.answer(.init(endpoint: endpoint, query: query, traceID: id))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    // MARK: Spans

    /// One span of a trace of its own.
    private func trace(
        _ id: UInt64, service: String = "shop", name: String = "get", microsecondsAgo: Int64 = 1_000_000,
        microseconds: Int64 = 100, attributes: [StoredAttribute] = [], _ change: (inout StoredSpan) -> Void = { _ in }
    ) -> StoredTrace {
        var span = StoredSpan()
        span.traceID = TraceID(high: 0, low: id)
        span.spanID = SpanID(value: id)
        span.name = name
        span.service = service
        span.startTime = Timestamp(nanoseconds: Self.now.nanoseconds - microsecondsAgo * 1000)
        span.durationNanoseconds = microseconds * 1000
        span.attributes = attributes
        (span.resourceID, span.scopeID) = (1, 1)
        change(&span)
        return StoredTrace(
            spans: [span],
            resources: [
                1: StoredResource(
                    attributes: [.init(key: "service.name", text: service, type: .string)], droppedAttributes: 0,
                    schemaURL: "", entityRefs: "")
            ],
            scopes: [1: StoredScope(name: "lib", version: "", attributes: [], droppedAttributes: 0, schemaURL: "")])
    }

    private func tag(_ key: String, _ text: String, _ type: AttributeType = .string) -> StoredAttribute {
        StoredAttribute(key: key, text: text, type: type)
    }

    /// The ids of traces in an answer, in order.
    private func ids(_ text: String) -> [UInt64] {
        text.matches(of: /\[\{"traceId":"([0-9a-f]{16})"/).compactMap { UInt64($0.1, radix: 16) }
    }

    // MARK: Traces

    @Test("a trace is a list of spans; an unknown one is 404")
    func oneTrace() async {
        let queries = ZipkinMemoryTraces([trace(1)])
        let known = await ask(queries, .trace, id: "0000000000000001")
        #expect(known.status == 200)
        #expect(
            known.text == "[{\"traceId\":\"0000000000000001\",\"id\":\"0000000000000001\",\"name\":\"get\","
                + "\"timestamp\":1699999999000000,\"duration\":100,\"localEndpoint\":{\"serviceName\":\"shop\"},"
                + "\"tags\":{\"otel.scope.name\":\"lib\"}}]")
        let short = await ask(queries, .trace, id: "1")
        #expect(short.status == 200)
        let unknown = await ask(queries, .trace, id: "ffffffffffffffff")
        #expect(unknown.status == 404)
        #expect(unknown.text == "trace ffffffffffffffff not found\n")
    }

    @Test(
        "an id that is none is 400",
        arguments: ["zz", "", "0", "00000000000000000000000000000000", "A", "0x1", "111111111111111111111111111111111"])
    func badID(id: String) async {
        let answer = await ask(ZipkinMemoryTraces(), .trace, id: id)
        #expect(answer.status == 400)
    }

    @Test("many traces: those that exist, in the order asked")
    func many() async {
        let queries = ZipkinMemoryTraces([trace(1), trace(2), trace(3)])
        let answer = await ask(queries, .traceMany, "traceIds=3,0000000000000001,ff")
        #expect(answer.status == 200)
        #expect(ids(answer.text) == [3, 1])
        let none = await ask(queries, .traceMany, "traceIds=a,b")
        #expect(none.status == 200)
        #expect(none.text == "[]")
    }

    @Test(
        "many traces are at least two different ids",
        arguments: [nil, "traceIds=", "traceIds=1", "traceIds=1,1", "traceIds=1,0001", "traceIds=1,", "traceIds=1,x"])
    func manyBad(query: String?) async {
        let answer = await ask(ZipkinMemoryTraces([trace(1)]), .traceMany, query)
        #expect(answer.status == 400)
    }

    // MARK: Search

    @Test("without parameters: the ten newest of the last day")
    func defaults() async {
        let traces = (1...12).map { trace(UInt64($0), microsecondsAgo: Int64($0) * 1_000_000) }
        let old = trace(99, microsecondsAgo: 86_400_000_001 + 100)
        let queries = ZipkinMemoryTraces(traces.reversed() + [old])
        let answer = await ask(queries, .traces)
        #expect(ids(answer.text) == Array(1...10))
        let all = await ask(queries, .traces, "limit=100")
        #expect(ids(all.text) == Array(1...12))
        #expect(
            queries.asked.searches.first?.range
                == TraceTimeRange(
                    start: Self.now.nanoseconds - 86_400_000_000_000, end: Self.now.nanoseconds + 1))
    }

    @Test("the time is endTs and lookback before it, in milliseconds, both ends in")
    func times() async {
        let queries = ZipkinMemoryTraces([trace(1, microsecondsAgo: 5_000_000, microseconds: 0)])
        for (query, count) in [
            ("endTs=1699999995000&lookback=1", 1), ("endTs=1699999994999&lookback=1000", 0),
            ("endTs=1699999996000&lookback=1000", 1), ("endTs=1699999996000&lookback=999", 0),
            ("endTs=1699999996000", 1), ("lookback=5000", 1), ("lookback=4999", 0),
            ("endTs=9223372036854775807&lookback=9223372036854775807", 1),
        ] {
            let answer = await ask(queries, .traces, query)
            #expect(ids(answer.text).count == count, "\(query)")
        }
    }

    @Test(
        "malformed parameters are 400",
        arguments: [
            "limit=0", "limit=-1", "limit=x", "limit=1.5", "limit=10001", "endTs=0", "endTs=-1", "endTs=now",
            "lookback=0", "lookback=-1", "lookback=1d", "minDuration=0", "minDuration=x", "minDuration=-1",
            "maxDuration=5", "minDuration=5&maxDuration=4", "minDuration=5&maxDuration=x", "endTs=99999999999999999999",
            "serviceName=%zz", "serviceName=%ff",
        ])
    func malformed(query: String) async {
        let answer = await ask(ZipkinMemoryTraces(), .traces, query)
        #expect(answer.status == 400)
        #expect(answer.text.hasSuffix("\n") && answer.text.count > 10)
    }

    @Test("by service and name of spans, whatever their case")
    func names() async {
        let queries = ZipkinMemoryTraces([
            trace(1, service: "Shop", name: "Get /"), trace(2, service: "shop", name: "get /"), trace(3, service: "db"),
        ])
        for (query, expected) in [
            ("serviceName=db", [3]), ("serviceName=DB", [3]), ("serviceName=shop", [2]), ("serviceName=Shop", [1]),
            ("serviceName=SHOP", [1, 2]), ("spanName=get+/", [2]), ("spanName=GET+/", [1, 2]),
            ("serviceName=Shop&spanName=get+/", [1]), ("serviceName=none", []), ("spanName=all", [1, 2, 3]),
            ("serviceName=&spanName=&remoteServiceName=", [1, 2, 3]),
        ] as [(String, [UInt64])] {
            let answer = await ask(queries, .traces, query)
            #expect(ids(answer.text).sorted() == expected, "\(query)")
        }
    }

    @Test("by duration in microseconds, both ends in")
    func durations() async {
        let queries = ZipkinMemoryTraces([
            trace(1, microseconds: 100), trace(2, microseconds: 200),
            trace(3, microseconds: 0) { $0.durationNanoseconds = 500 },
        ])
        for (query, expected) in [
            ("minDuration=100", [1, 2]), ("minDuration=101", [2]), ("minDuration=100&maxDuration=100", [1]),
            ("minDuration=1&maxDuration=99", [3]), ("minDuration=9223372036854775807", []),
            ("minDuration=1&maxDuration=9223372036854775807", [1, 2, 3]),
        ] as [(String, [UInt64])] {
            let answer = await ask(queries, .traces, query)
            #expect(ids(answer.text).sorted() == expected, "\(query)")
        }
    }

    @Test("by tags and annotations; all on one span, exported spans by what is shown of them")
    func annotationQueries() async {
        let queries = ZipkinMemoryTraces([
            trace(1, attributes: [tag("http.path", "/x"), tag("error", ""), tag("zipkin.tags", "2", .int)]),
            trace(
                2, attributes: [tag("http.path", "/x"), tag("http.status_code", "500", .int), tag("ok", "true", .bool)]
            ) {
                $0.statusCode = 2
                $0.statusMessage = "boom"
                $0.events = [.init(time: Self.now, name: "retry now", attributes: [], droppedAttributes: 0)]
            },
            trace(3, attributes: [tag("http.path", "/y"), tag("ratio", "0.5", .double), tag("zipkin.tags", "2", .int)])
            {
                $0.statusCode = 1
            },
        ])
        for (query, expected) in [
            ("http.path=/x", [1, 2]), ("http.path", [1, 2, 3]), ("http.path=", [1, 2, 3]), ("error", [1, 2]),
            ("http.path=/x and error", [1, 2]), ("error=boom", [2]), ("http.status_code=500", [2]), ("ok=true", [2]),
            ("ratio=0.5", [3]), ("retry now", [2]), ("retry now and error=boom and http.path", [2]),
            ("otel.status_code=ERROR", [2]), ("otel.status_code=OK", []), ("otel.status_code", [2]),
            ("otel.scope.name=lib", [2]), ("service.name=shop", [1, 2, 3]), ("nothing", []),
            ("http.path=/x and nothing", []),
            (" http.path=/x  and  error ", [1, 2]), ("", [1, 2, 3]), ("http.path and http.path=/y", [3]),
        ] as [(String, [UInt64])] {
            let escaped = query.map { $0 == " " ? "+" : $0 == "=" ? "%3D" : String($0) }.joined()
            let answer = await ask(queries, .traces, "annotationQuery=\(escaped)")
            #expect(ids(answer.text).sorted() == expected, "\(query)")
        }
    }

    // MARK: Names

    @Test("services, span names and remote services, sorted")
    func lists() async {
        let queries = ZipkinMemoryTraces([
            trace(1, service: "b", name: "x", attributes: [tag("peer.service", "db")]) { $0.kind = 3 },
            trace(2, service: "a", name: "z"),
            trace(3, service: "b", name: "y", attributes: [tag("server.address", "cache")]) { $0.kind = 3 },
            trace(4, service: "b", name: "x", attributes: [tag("server.address", "me")]) { $0.kind = 2 },
            trace(5, service: "b", name: "", attributes: [tag("peer.service", "p"), tag("server.address", "q")]) {
                $0.kind = 3
            },
            trace(6, service: ""),
            trace(7, service: "b", attributes: [tag("server.address", "tag"), tag("zipkin.tags", "1", .int)]) {
                $0.kind = 3
            },
            trace(
                8, service: "b",
                attributes: [tag("peer.service", "t"), tag("zipkin.tags", "1", .int), tag("zipkin.peer.service", "r")]),
        ])
        for (endpoint, query, expected) in [
            (.services, nil, "[\"a\",\"b\"]"), (.spanNames, "serviceName=b", "[\"get\",\"x\",\"y\"]"),
            (.spanNames, "serviceName=B", "[\"get\",\"x\",\"y\"]"), (.spanNames, "serviceName=c", "[]"),
            (.spanNames, "serviceName=", "[]"),
            (.remoteServices, "serviceName=b", "[\"cache\",\"db\",\"p\",\"r\",\"t\"]"),
            (.remoteServices, "serviceName=B", "[\"cache\",\"db\",\"p\",\"r\",\"t\"]"),
            (.remoteServices, "serviceName=a", "[]"), (.remoteServices, "serviceName=", "[]"),
            (.autocompleteKeys, nil, "[\"peer.service\",\"server.address\"]"),
            (.autocompleteValues, "key=peer.service", "[\"db\",\"p\",\"t\"]"), (.autocompleteValues, "key=none", "[]"),
        ] as [(ZipkinEndpoint, String?, String)] {
            let answer = await ask(queries, endpoint, query)
            #expect(answer.status == 200)
            #expect(answer.text == expected, "\(endpoint) \(query ?? "")")
        }
        for (name, expected) in [
            ("db", [1]), ("CACHE", [3]), ("me", []), ("p", [5]), ("q", []), ("r", [8]), ("tag", []),
        ]
            as [(String, [UInt64])]
        {
            let answer = await ask(queries, .traces, "remoteServiceName=\(name)")
            #expect(ids(answer.text) == expected, "\(name)")
        }
    }

    @Test(
        "what is required is asked for",
        arguments: [
            (ZipkinEndpoint.spanNames, "serviceName"), (.remoteServices, "serviceName"), (.autocompleteValues, "key"),
            (.dependencies, "endTs"), (.traceMany, "traceIds"),
        ])
    func required(endpoint: ZipkinEndpoint, name: String) async {
        let answer = await ask(ZipkinMemoryTraces(), endpoint)
        #expect(answer.status == 400)
        #expect(answer.text.contains("parameter \(name) is required"))
    }

    // MARK: Other answers

    @Test("links between services, with the count of errors when there are some")
    func dependencies() async {
        let queries = ZipkinMemoryTraces(links: [
            .init(parent: "a", child: "b", calls: 5, errors: 2), .init(parent: "b", child: "c", calls: 1, errors: 0),
        ])
        let answer = await ask(queries, .dependencies, "endTs=1556604172355&lookback=86400000")
        #expect(
            answer.text == "[{\"parent\":\"a\",\"child\":\"b\",\"callCount\":5,\"errorCount\":2},"
                + "{\"parent\":\"b\",\"child\":\"c\",\"callCount\":1}]")
        #expect(
            queries.asked.dependencies == [
                TraceTimeRange(start: 1_556_517_772_355_000_000, end: 1_556_604_172_355_000_001)
            ])
        for query in ["endTs=0", "endTs=x", "endTs=1&lookback=0", "endTs="] {
            let bad = await ask(queries, .dependencies, query)
            #expect(bad.status == 400, "\(query)")
        }
    }

    @Test("health, information and the page answer without the store")
    func fixed() async {
        let queries = ZipkinMemoryTraces(failure: TraceQueryError(.unavailable, "away"))
        let health = await ask(queries, .health)
        #expect(health.text == "{\"status\":\"UP\",\"zipkin\":{\"status\":\"UP\",\"details\":{}}}")
        let information = await ask(queries, .information)
        #expect(information.text == "{\"martlet\":{\"version\":\"9.9\"}}")
        for endpoint in [ZipkinEndpoint.root, .page] {
            let page = await ask(queries, endpoint)
            #expect(page.status == 200)
        }
    }

    @Test("a server that starts says so")
    func notReady() async {
        let api = ZipkinAPI(
            dependencies: ZipkinDependencies(queries: ZipkinMemoryTraces(), version: "1", isReady: { false }))
        let services = await api.answer(.init(endpoint: .services))
        #expect(services.status == 503)
        #expect(services.retryAfter == 1)
        let health = await api.answer(.init(endpoint: .health))
        #expect(health.status == 503)
    }

    @Test(
        "each kind of failure has its status, never an empty success",
        arguments: [
            (ErrorKind.invalid, 400), (.unsupported, 501), (.notFound, 404), (.tooLarge, 422), (.overLimit, 422),
            (.overloaded, 503), (.timeout, 504), (.cancelled, 499), (.unavailable, 503), (.denied, 403),
            (.internal, 500),
        ])
    func failures(kind: ErrorKind, status: Int) async {
        let queries = ZipkinMemoryTraces(failure: TraceQueryError(kind, "why"))
        for (endpoint, query) in [
            (.services, nil), (.spanNames, "serviceName=a"), (.remoteServices, "serviceName=a"), (.traces, nil),
            (.trace, nil), (.traceMany, "traceIds=1,2"), (.dependencies, "endTs=1"), (.autocompleteKeys, nil),
            (.autocompleteValues, "key=a"),
        ] as [(ZipkinEndpoint, String?)] {
            let answer = await ask(queries, endpoint, query, id: "1")
            #expect(answer.status == status)
            #expect(answer.text == "why\n")
        }
    }
}
