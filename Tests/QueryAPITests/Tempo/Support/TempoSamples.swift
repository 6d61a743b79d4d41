import QueryEngines
import TelemetryModel
import TraceQL

@testable import QueryAPI

/// Values for the tests of the Tempo API.
enum TempoSamples {
    static let id = TraceID(high: 0, low: 0x00ab_cdef_0123_4567)
    /// 2026-01-01T00:00:00Z
    static let now: Int64 = 1_767_225_600_000_000_000

    static let found = FoundTrace(
        id: id, rootService: "shop", rootName: "GET /", start: 1_684_778_327_699_392_724, duration: 557_000_000,
        services: ["shop": .init(spans: 3, errors: 1), "db \"x\"": .init(spans: 1, errors: 0)],
        spansets: [
            FoundTrace.Spanset(
                attributes: [("by(span.a)", .string("x"))],
                spans: [
                    FoundSpan(
                        id: SpanID(value: 0x563d_623c_7651_4f8e), name: "query", service: "shop",
                        start: 1_684_778_327_735_077_898, duration: 446_979_497,
                        attributes: [
                            ("name", .string("query")), ("duration", .duration(446_979_497)),
                            ("status", .status(.error)), ("kind", .kind(.client)), ("span.count", .int(-5)),
                            ("span.ratio", .double(0.5)), ("span.ok", .bool(true)),
                            ("traceDuration", .duration(1_500_000_000)),
                            ("span.none", .none), ("span.list", .list([.int(1), .string("b")])),
                        ])
                ], matched: 7),
            FoundTrace.Spanset(spans: [], matched: 0),
        ])

    /// Spans 1, 2, … of one trace, each page with a resource and a scope.
    static func page(
        _ spans: Range<UInt64>, resource: [StoredAttribute] = [.init(key: "service.name", text: "shop", type: .string)]
    )
        -> StoredTrace
    {
        StoredTrace(
            spans: spans.map { number in
                var span = StoredSpan()
                span.traceID = id
                span.spanID = SpanID(value: number)
                span.name = "span \(number)"
                span.startTime = Timestamp(nanoseconds: Int64(number))
                span.resourceID = 1
                span.scopeID = 2
                return span
            },
            resources: [
                1: StoredResource(attributes: resource, droppedAttributes: 0, schemaURL: "", entityRefs: "")
            ],
            scopes: [:])
    }

    static func answer(
        _ queries: TempoFakeQueries, _ endpoint: TempoEndpoint, _ parameters: [(String, String)] = [],
        name: String = "",
        accept: String? = nil
    ) async -> (status: Int, type: String, text: String, bytes: [UInt8]) {
        let api = TempoAPI(dependencies: TempoDependencies(queries: queries, now: { now }))
        let answer = await api.answer(
            TempoAPI.Question(endpoint: endpoint, form: TempoForm(parameters), name: name, accept: accept))
        guard case .bytes(let bytes) = answer.body else { return (answer.status, answer.contentType, "a stream", []) }
        return (answer.status, answer.contentType, String(decoding: bytes, as: UTF8.self), bytes)
    }
}
