import Codecs
import OTLPMessages
import TelemetryModel
import Testing

/// Expectations: OpenTelemetry, "OpenTelemetry to Zipkin Transformation", and the Collector's names.
@Suite("Zipkin to OTLP") struct ZipkinMessagesTests {
    private let arrival = Timestamp(nanoseconds: 1_700_000_000_000_000_123)

    private func request(_ lists: String...) throws -> OTLPTraceRequest {
        let body = "[" + lists.map(zipkinSpan).joined(separator: ",") + "]"
        return ZipkinMessages.request(try ZipkinJSONDecoder.decode(body.bytes), receivedTime: arrival)
    }

    private func span(_ members: String) throws -> OTLPSpan {
        try #require(try request(members).resourceSpans.first?.scopeSpans.first?.spans.first)
    }

    private func attributes(_ attributes: [OTLPKeyValue]) -> [String] {
        attributes.map { "\($0.key)=\(AttributeText($0.value).text)" }
    }

    @Test("ids, name and times")
    func basics() throws {
        let span = try span("\"parentId\":\"1\",\"name\":\"Get\",\"timestamp\":1000001,\"duration\":5")
        #expect(
            [UInt8](span.traceID) == [UInt8](repeating: 0, count: 8) + [0x5a, 0xf7, 0x18, 0x3f, 0xb1, 0xd4, 0xcf, 0x5f])
        #expect([UInt8](span.spanID) == [0x35, 0x2b, 0xff, 0x9a, 0x74, 0xca, 0x9a, 0xd2])
        #expect([UInt8](span.parentSpanID) == [0, 0, 0, 0, 0, 0, 0, 1])
        #expect(span.name == "Get")
        #expect(span.startTimeUnixNano == 1_000_001_000)
        #expect(span.endTimeUnixNano == 1_000_006_000)
        #expect(!span.hasStatus)
    }

    @Test("a root has no parent id")
    func root() throws {
        #expect(try span("").parentSpanID.isEmpty)
    }

    @Test(
        "kinds",
        arguments: [
            ("\"kind\":\"CLIENT\"", .client), ("\"kind\":\"SERVER\"", .server), ("\"kind\":\"PRODUCER\"", .producer),
            ("\"kind\":\"CONSUMER\"", .consumer), ("", .unspecified),
            ("\"tags\":{\"span.kind\":\"internal\"}", .internal),
        ] as [(String, OTLPSpan.SpanKind)])
    func kinds(members: String, kind: OTLPSpan.SpanKind) throws {
        #expect(try span(members).kind == kind)
    }

    @Test("a span without a time starts with its first annotation, else when it came, and says so")
    func noTimestamp() throws {
        let late = try span("\"duration\":2")
        #expect(late.startTimeUnixNano == 1_700_000_000_000_000_123)
        #expect(late.endTimeUnixNano == 1_700_000_000_000_002_123)
        #expect(attributes(late.attributes) == ["zipkin.tags=0", "otel.zipkin.absentField.startTime=true"])
        let annotated = try span(
            "\"annotations\":[{\"timestamp\":9,\"value\":\"b\"},{\"timestamp\":7,\"value\":\"a\"}]")
        #expect(annotated.startTimeUnixNano == 7000)
        #expect(annotated.endTimeUnixNano == 7000)
    }

    @Test("annotations are events")
    func events() throws {
        let span = try span("\"timestamp\":1,\"annotations\":[{\"timestamp\":9,\"value\":\"b\"}]")
        #expect(span.events.map(\.name) == ["b"])
        #expect(span.events.map(\.timeUnixNano) == [9000])
    }

    @Test(
        "error and OpenTelemetry's tags are the status",
        arguments: [
            ("\"error\":\"boom\"", .error, "boom"), ("\"error\":\"\"", .error, ""), ("\"error\":\"true\"", .error, ""),
            ("\"error\":\"false\"", .unset, ""), ("\"otel.status_code\":\"OK\",\"error\":\"x\"", .ok, ""),
            ("\"otel.status_code\":\"ERROR\",\"error\":\"x\"", .error, "x"),
            ("\"otel.status_code\":\"ERROR\",\"otel.status_description\":\"why\",\"error\":\"x\"", .error, "why"),
            ("\"otel.status_code\":\"ERROR\"", .error, ""), ("\"otel.status_code\":\"UNSET\"", .unset, ""),
        ] as [(String, OTLPStatus.StatusCode, String)])
    func status(tags: String, code: OTLPStatus.StatusCode, message: String) throws {
        let span = try span("\"tags\":{\(tags)}")
        #expect(span.status.code == code)
        #expect(span.status.message == message)
    }

    @Test("tags stand first, then what other fields say")
    func attributeOrder() throws {
        let span = try span(
            """
            "timestamp":1,"tags":{"b":"2","a":"1"},"debug":false,"shared":true,
            "localEndpoint":{"serviceName":"s","ipv4":"1.2.3.4","ipv6":"::1","port":80},
            "remoteEndpoint":{"serviceName":"r","ipv6":"::2","port":81}
            """)
        #expect(
            attributes(span.attributes) == [
                "b=2", "a=1", "zipkin.tags=2", "net.host.ip=1.2.3.4", "zipkin.local.ipv6=::1", "net.host.port=80",
                "peer.service=r", "net.peer.ip=::2", "net.peer.port=81", "zipkin.shared=true", "zipkin.debug=false",
            ])
        #expect(span.attributes.first { $0.key == "net.peer.port" }?.value.intValue == 81)
    }

    @Test("a tag keeps its name when a field would have the same one")
    func collision() throws {
        let span = try span(
            "\"timestamp\":1,\"tags\":{\"peer.service\":\"tag\"},\"remoteEndpoint\":{\"serviceName\":\"field\"}")
        #expect(attributes(span.attributes) == ["peer.service=tag", "zipkin.tags=1", "zipkin.peer.service=field"])
    }

    @Test("a resource for each service and a scope for each that the tags name, in order of first appearance")
    func groups() throws {
        let request = try request(
            "\"localEndpoint\":{\"serviceName\":\"b\"},\"name\":\"1\"", "\"name\":\"2\"",
            "\"localEndpoint\":{\"serviceName\":\"b\"},\"name\":\"3\",\"tags\":{\"otel.scope.name\":\"lib\",\"otel.scope.version\":\"1\"}",
            "\"localEndpoint\":{\"serviceName\":\"a\",\"port\":1},\"name\":\"4\"",
            "\"localEndpoint\":{\"serviceName\":\"b\",\"port\":2},\"name\":\"5\"")
        let seen = request.resourceSpans.map { resource in
            (
                attributes(resource.resource.attributes),
                resource.scopeSpans.map { "\($0.scope.name)@\($0.scope.version):\($0.spans.map(\.name).joined())" }
            )
        }
        #expect(seen.map(\.0) == [["service.name=b"], [], ["service.name=a"]])
        #expect(seen.map(\.1) == [["@:15", "lib@1:3"], ["@:2"], ["@:4"]])
    }

    @Test("no spans are an empty request")
    func empty() throws {
        #expect(ZipkinMessages.request([], receivedTime: arrival).resourceSpans.isEmpty)
    }
}
