import Codecs
import TelemetryModel
import Testing

/// Expectations: OpenTelemetry, "OpenTelemetry to Zipkin Transformation".
@Suite("OTLP to Zipkin") struct ZipkinStoredSpansTests {
    private func json(_ change: (inout StoredSpan, inout StoredResource, inout StoredScope) -> Void) -> String {
        var span = StoredSpan()
        span.traceID = TraceID(high: 1, low: 2)
        span.spanID = SpanID(value: 3)
        span.startTime = Timestamp(nanoseconds: 1_000_001_999)
        span.durationNanoseconds = 2999
        span.service = "shop"
        (span.resourceID, span.scopeID) = (1, 2)
        var resource = StoredResource(
            attributes: [.init(key: "service.name", text: "shop", type: .string)], droppedAttributes: 0, schemaURL: "",
            entityRefs: "")
        var scope = StoredScope(name: "", version: "", attributes: [], droppedAttributes: 0, schemaURL: "")
        change(&span, &resource, &scope)
        let trace = StoredTrace(spans: [span], resources: [1: resource], scopes: [2: scope])
        let text = String(decoding: ZipkinJSONEncoder.encode(ZipkinStoredSpans(trace).spans()), as: UTF8.self)
        let prefix =
            "[{\"traceId\":\"00000000000000010000000000000002\",\"id\":\"0000000000000003\",\"timestamp\":1000001,"
            + "\"duration\":2,\"localEndpoint\":{\"serviceName\":\"shop\"}"
        guard text.hasPrefix(prefix), text.hasSuffix("}]") else { return text }
        return String(text.dropFirst(prefix.count).dropLast(2))
    }

    private func tags(_ change: (inout StoredSpan) -> Void) -> String {
        json { span, _, _ in change(&span) }
    }

    @Test("times are microseconds, what took less than one took one, and what has no start has no time")
    func times() {
        #expect(tags { _ in } == "")
        for nanoseconds: Int64 in [0, 1, 999, 1000] {
            #expect(tags { $0.durationNanoseconds = nanoseconds }.contains("\"duration\":1,"))
        }
        #expect(!tags { $0.durationNanoseconds = -5 }.contains("duration"))
        #expect(!tags { $0.startTime = Timestamp(nanoseconds: 0) }.contains("timestamp"))
        #expect(
            !tags { $0.attributes = [.init(key: "otel.zipkin.absentField.startTime", text: "true", type: .bool)] }
                .contains("timestamp"))
    }

    @Test(
        "kinds; what is internal or unknown has none",
        arguments: [(0, nil), (1, nil), (2, "SERVER"), (3, "CLIENT"), (4, "PRODUCER"), (5, "CONSUMER"), (9, nil)]
            as [(Int32, String?)])
    func kinds(kind: Int32, text: String?) {
        let json = tags { $0.kind = kind }
        if let text { #expect(json.contains("\"kind\":\"\(text)\"")) } else { #expect(json == "") }
    }

    @Test("attributes are texts, those of the resource behind those of the span")
    func attributes() {
        let text = json { span, resource, scope in
            span.attributes = [
                .init(key: "s", text: "a", type: .string), .init(key: "i", text: "200", type: .int),
                .init(key: "b", text: "true", type: .bool), .init(key: "l", text: "[1,\"a\"]", type: .array),
                .init(key: "host", text: "span's", type: .string),
            ]
            resource.attributes += [
                .init(key: "host", text: "resource's", type: .string), .init(key: "os", text: "linux", type: .string),
            ]
            (scope.name, scope.version) = ("lib", "1.0")
            span.traceState = "k=v"
            (span.droppedAttributes, span.droppedEvents, span.droppedLinks) = (1, 2, 3)
        }
        #expect(
            text == ",\"tags\":{\"s\":\"a\",\"i\":\"200\",\"b\":\"true\",\"l\":\"[1,\\\"a\\\"]\",\"host\":\"span's\","
                + "\"otel.scope.name\":\"lib\",\"otel.scope.version\":\"1.0\",\"w3c.tracestate\":\"k=v\","
                + "\"otel.dropped_attributes_count\":\"1\",\"otel.dropped_events_count\":\"2\","
                + "\"otel.dropped_links_count\":\"3\",\"os\":\"linux\"}")
    }

    @Test("a failure is the tag error with its message")
    func status() {
        #expect(tags { $0.statusCode = 1 } == ",\"tags\":{\"otel.status_code\":\"OK\"}")
        #expect(tags { $0.statusCode = 2 } == ",\"tags\":{\"otel.status_code\":\"ERROR\",\"error\":\"\"}")
        #expect(
            tags { span in
                span.statusCode = 2
                span.statusMessage = "boom"
                span.attributes = [.init(key: "error", text: "true", type: .bool)]
            } == ",\"tags\":{\"otel.status_code\":\"ERROR\",\"error\":\"boom\"}")
    }

    @Test("events are annotations, with their attributes as JSON")
    func events() {
        let text = tags { span in
            span.events = [
                .init(time: Timestamp(nanoseconds: 5999), name: "plain", attributes: [], droppedAttributes: 0),
                .init(
                    time: Timestamp(nanoseconds: 6000), name: "x",
                    attributes: [
                        .init(key: "k", text: "v\"", type: .string), .init(key: "n", text: "1", type: .int),
                        .init(key: "d", text: "NaN", type: .double), .init(key: "e", text: "", type: .empty),
                    ], droppedAttributes: 0),
            ]
        }
        #expect(
            text == ",\"annotations\":[{\"timestamp\":5,\"value\":\"plain\"},{\"timestamp\":6,\"value\":"
                + "\"\\\"x\\\":{\\\"k\\\":\\\"v\\\\\\\"\\\",\\\"n\\\":1,\\\"d\\\":\\\"NaN\\\",\\\"e\\\":null}\"}]")
    }

    @Test("a link is a tag")
    func links() {
        let text = tags { span in
            span.links = [
                .init(
                    traceID: [1], spanID: [2], traceState: "s", flags: 0,
                    attributes: [.init(key: "k", text: "v", type: .string)], droppedAttributes: 4)
            ]
        }
        #expect(text == ",\"tags\":{\"otlp.link.0\":\"01|02|s|{\\\"k\\\":\\\"v\\\"}|4\"}")
    }

    @Test(
        "the called side is the best of the attributes that name it",
        arguments: [
            (3, ["peer.service": "p", "server.address": "s"], "{\"serviceName\":\"p\"}"),
            (3, ["server.address": "s", "db.name": "d"], "{\"serviceName\":\"s\"}"),
            (
                4, ["net.peer.name": "n", "net.peer.ip": "1.2.3.4", "net.peer.port": "80"],
                "{\"serviceName\":\"n\",\"ipv4\":\"1.2.3.4\",\"port\":80}"
            ),
            (3, ["db.name": "d"], "{\"serviceName\":\"d\"}"), (2, ["server.address": "s"], nil),
            (2, ["peer.service": "p"], "{\"serviceName\":\"p\"}"),
            (2, ["network.peer.address": "::1", "network.peer.port": "9"], "{\"ipv6\":\"::1\",\"port\":9}"),
            (1, ["a": "b"], nil),
        ] as [(Int32, [String: String], String?)])
    func remote(kind: Int32, attributes: [String: String], expected: String?) {
        let text = tags { span in
            span.kind = kind
            span.attributes = attributes.map { .init(key: $0.key, text: $0.value, type: .string) }
        }
        if let expected {
            #expect(text.contains("\"remoteEndpoint\":\(expected)"))
        } else {
            #expect(!text.contains("remoteEndpoint"))
        }
    }

    @Test("a span whose resource is gone keeps its service")
    func noResource() {
        var span = StoredSpan()
        (span.traceID, span.spanID) = (TraceID(high: 0, low: 1), SpanID(value: 1))
        span.service = "shop"
        let spans = ZipkinStoredSpans(StoredTrace(spans: [span], resources: [:], scopes: [:])).spans()
        #expect(spans.map(\.localEndpoint.serviceName) == ["shop"])
    }
}
