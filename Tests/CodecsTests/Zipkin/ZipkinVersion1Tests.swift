import Codecs
import TelemetryModel
import Testing

/// Expectations: zipkin2-api.yaml, `Span.kind`, and what Zipkin's server makes of v1 spans.
@Suite("Zipkin v1 JSON") struct ZipkinVersion1Tests {
    private let frontend = "\"endpoint\":{\"serviceName\":\"frontend\",\"ipv4\":\"127.0.0.1\",\"port\":8080}"
    private let backend = "\"endpoint\":{\"serviceName\":\"backend\",\"ipv4\":\"192.168.99.101\",\"port\":9000}"
    private let front = ZipkinSpan.Endpoint(serviceName: "frontend", ipv4: "127.0.0.1", port: 8080)
    private let back = ZipkinSpan.Endpoint(serviceName: "backend", ipv4: "192.168.99.101", port: 9000)

    private func decode(_ members: String) throws -> [ZipkinSpan] {
        try ZipkinVersion1.decode(zipkinList(members))
    }

    private func annotation(_ time: Int, _ value: String, _ endpoint: String) -> String {
        "{\"timestamp\":\(time),\"value\":\"\(value)\",\(endpoint)}"
    }

    @Test("a client span with its server's address")
    func client() throws {
        let spans = try decode(
            """
            "name":"get","parentId":"1","timestamp":100,"duration":50,"debug":true,
            "annotations":[\(annotation(100, "cs", frontend)),\(annotation(110, "foo", frontend)),
            \(annotation(150, "cr", frontend))],
            "binaryAnnotations":[{"key":"http.path","value":"/api","\(frontend.dropFirst())},
            {"key":"sa","value":true,"\(backend.dropFirst())},{"key":"n","value":5},
            {"key":"ok","value":true,"\(frontend.dropFirst())}]
            """)
        var expected = ZipkinSpan(
            traceID: TraceID(high: 0, low: 0x5af7_183f_b1d4_cf5f), id: SpanID(value: 0x352b_ff9a_74ca_9ad2))
        expected.parentID = SpanID(value: 1)
        expected.kind = .client
        expected.name = "get"
        (expected.timestamp, expected.duration) = (100, 50)
        expected.localEndpoint = front
        expected.remoteEndpoint = back
        expected.annotations = [.init(timestamp: 110, value: "foo")]
        expected.tags = [
            .init(key: "http.path", value: "/api"), .init(key: "n", value: "5"), .init(key: "ok", value: "true"),
        ]
        expected.debug = true
        #expect(spans == [expected])
    }

    @Test("a server span, shared when it leaves the time to the client")
    func server() throws {
        let annotations = "\"annotations\":[\(annotation(100, "sr", backend)),\(annotation(150, "ss", backend))]"
        let address = "\"binaryAnnotations\":[{\"key\":\"ca\",\"value\":true,\(frontend)}]"
        let own = try decode("\"timestamp\":100,\"duration\":50,\(annotations),\(address)")
        #expect(own.map(\.kind) == [.server])
        #expect(own.map(\.shared) == [nil])
        #expect(own.map(\.remoteEndpoint) == [front])
        let shared = try decode(annotations)
        #expect(shared.map(\.shared) == [true])
        #expect(shared.map(\.timestamp) == [100])
        #expect(shared.map(\.duration) == [50])
    }

    @Test("both sides in one span become two", arguments: [false, true])
    func bothSides(isLoopback: Bool) throws {
        let server = isLoopback ? frontend : backend
        let spans = try decode(
            """
            "name":"get","annotations":[\(annotation(100, "cs", frontend)),\(annotation(120, "sr", server)),
            \(annotation(130, "ss", server)),\(annotation(150, "cr", frontend))]
            """)
        #expect(spans.map(\.kind) == [.client, .server])
        #expect(spans.map(\.timestamp) == [100, 120])
        #expect(spans.map(\.duration) == [50, 10])
        #expect(spans.map(\.shared) == [nil, true])
        #expect(spans.map(\.localEndpoint) == [front, isLoopback ? front : back])
        #expect(Set(spans.map(\.id)).count == 1)
    }

    @Test("one end alone gives its time, or stays an annotation")
    func incomplete() throws {
        let start = try decode("\"annotations\":[\(annotation(100, "cs", frontend))]")
        #expect(start.map(\.timestamp) == [100])
        #expect(start.map(\.duration) == [0])
        let end = try decode("\"annotations\":[\(annotation(150, "cr", frontend))]")
        #expect(end.map(\.kind) == [.client])
        #expect(end.map(\.timestamp) == [0])
        #expect(end.map(\.annotations) == [[.init(timestamp: 150, value: "cr")]])
        let derived = try decode(
            "\"timestamp\":100,\"duration\":50,\"annotations\":[\(annotation(150, "cr", frontend))]")
        #expect(derived.map(\.timestamp) == [100])
        #expect(derived.map(\.annotations) == [[]])
    }

    @Test("messages have a producer and a consumer, and a broker as the other side")
    func messages() throws {
        let broker = "\"binaryAnnotations\":[{\"key\":\"ma\",\"value\":true,\(backend)}]"
        let sent = try decode(
            "\"annotations\":[\(annotation(100, "ms", frontend)),\(annotation(120, "ws", frontend))],\(broker)")
        #expect(sent.map(\.kind) == [.producer])
        #expect(sent.map(\.timestamp) == [100])
        #expect(sent.map(\.duration) == [20])
        #expect(sent.map(\.remoteEndpoint) == [back])
        let received = try decode(
            "\"annotations\":[\(annotation(100, "wr", frontend)),\(annotation(120, "mr", frontend))],\(broker)")
        #expect(received.map(\.kind) == [.consumer])
        #expect(received.map(\.timestamp) == [100])
        let both = try decode("\"annotations\":[\(annotation(100, "ms", frontend)),\(annotation(120, "mr", backend))]")
        #expect(both.map(\.kind) == [.producer, .consumer])
        #expect(both.map(\.shared) == [nil, true])
        let loopback = try decode(
            "\"annotations\":[\(annotation(100, "ms", frontend)),\(annotation(120, "mr", frontend))]")
        #expect(loopback.map(\.kind) == [.producer, .consumer])
    }

    @Test("a local span has the component's service, and an empty component is no tag")
    func local() throws {
        let spans = try decode(
            "\"timestamp\":1,\"duration\":2,\"binaryAnnotations\":[{\"key\":\"lc\",\"value\":\"\",\(frontend)}]")
        #expect(spans.map(\.localEndpoint) == [front])
        #expect(spans.map(\.kind) == [nil])
        #expect(spans.map(\.tags) == [[]])
        #expect(spans.map(\.duration) == [2])
    }

    @Test("addresses without annotations tell both ends")
    func addressesOnly() throws {
        let both = try decode(
            """
            "binaryAnnotations":[{"key":"ca","value":true,\(frontend)},{"key":"sa","value":true,\(backend)}]
            """)
        #expect(both.map(\.localEndpoint) == [front])
        #expect(both.map(\.remoteEndpoint) == [back])
        let client = try decode("\"binaryAnnotations\":[{\"key\":\"ca\",\"value\":true,\(frontend)}]")
        #expect(client.map(\.kind) == [.server])
        #expect(client.map(\.remoteEndpoint) == [front])
    }

    @Test("annotations of another service make a span of its own")
    func otherService() throws {
        let spans = try decode(
            "\"annotations\":[\(annotation(1, "a", frontend)),\(annotation(2, "b", backend)),{\"timestamp\":3,\"value\":\"cs\"}]"
        )
        #expect(spans.map(\.localEndpoint) == [front, back])
        #expect(spans.map { $0.annotations.map(\.value) } == [["a", "cs"], ["b"]])
        #expect(spans.map(\.kind) == [nil, nil])
    }

    @Test(
        "malformed spans are refused by index and field",
        arguments: [
            ("\"annotations\":[{\"value\":\"cs\"}]", "spans[0].annotations[0].timestamp"),
            ("\"annotations\":[{\"timestamp\":1}]", "spans[0].annotations[0].value"),
            ("\"binaryAnnotations\":[{\"value\":\"a\"}]", "spans[0].binaryAnnotations[0].key"),
            ("\"binaryAnnotations\":[{\"key\":\"a\"}]", "spans[0].binaryAnnotations[0].value"),
            ("\"binaryAnnotations\":[{\"key\":\"a\",\"value\":{}}]", "spans[0].binaryAnnotations[0].value"),
            ("\"binaryAnnotations\":{}", "spans[0].binaryAnnotations"),
            ("\"timestamp\":9223372036854775,\"duration\":9", "spans[0].timestamp"),
            ("\"kind\":\"SERVER\"", "spans[0].kind"), ("\"tags\":{}", "spans[0].tags"), ("\"id\":\"\"", "spans[0].id"),
        ])
    func malformed(members: String, path: String) {
        let error = #expect(throws: DecodeError.self) { try decode(members) }
        #expect(error?.path == path)
    }
}
