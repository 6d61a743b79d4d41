import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import Testing

/// JSON to OTLP, over the wire, as it is stored, and back: the same text.
@Suite("Zipkin there and back") struct ZipkinRoundTripTests {
    private func back(_ body: String) throws -> String {
        let request = ZipkinMessages.request(
            try ZipkinJSONDecoder.decode(body.bytes), receivedTime: Timestamp(nanoseconds: 1_700_000_000_000_000_000))
        let bytes: [UInt8] = try request.serializedBytes()
        let trace = StoredForm.trace(try OTLPTraceRequest(serializedBytes: bytes))
        return String(decoding: ZipkinJSONEncoder.encode(ZipkinStoredSpans(trace).spans()), as: UTF8.self)
    }

    @Test(
        "every field comes back as it was sent",
        arguments: [
            "", "\"kind\":\"CLIENT\"", "\"kind\":\"SERVER\"", "\"kind\":\"PRODUCER\"", "\"kind\":\"CONSUMER\"",
            "\"name\":\"Get /API ä\"", "\"timestamp\":1556604172355737", "\"timestamp\":1", "\"duration\":1",
            "\"timestamp\":9223372036854774,\"duration\":1", "\"timestamp\":1556604172355737,\"duration\":1431",
            "\"localEndpoint\":{\"serviceName\":\"A b\"}", "\"localEndpoint\":{\"ipv4\":\"1.2.3.4\"}",
            "\"localEndpoint\":{\"ipv6\":\"2001:db8::c001\"}", "\"localEndpoint\":{\"port\":65535}",
            "\"localEndpoint\":{\"serviceName\":\"a\",\"ipv4\":\"1.2.3.4\",\"ipv6\":\"::1\",\"port\":1}",
            "\"remoteEndpoint\":{\"serviceName\":\"a\",\"ipv4\":\"1.2.3.4\",\"ipv6\":\"::1\",\"port\":1}",
            "\"remoteEndpoint\":{\"ipv6\":\"::1\"}", "\"remoteEndpoint\":{\"serviceName\":\"b\"}",
            "\"annotations\":[{\"timestamp\":5,\"value\":\"\"},{\"timestamp\":4,\"value\":\"a\\nb\"}]",
            "\"tags\":{\"z\":\"1\",\"a\":\"\",\"\":\"x\"}", "\"debug\":true", "\"shared\":true",
            "\"debug\":false,\"shared\":false", "\"timestamp\":5,\"tags\":{\"error\":\"boom\"}",
            "\"tags\":{\"error\":\"\"}", "\"tags\":{\"error\":\"false\",\"otel.status_code\":\"ERROR\"}",
            "\"tags\":{\"otel.scope.name\":\"n\",\"otel.scope.version\":\"v\",\"otel.library.name\":\"l\"}",
            "\"tags\":{\"span.kind\":\"internal\",\"service.name\":\"x\"}",
            "\"tags\":{\"zipkin.tags\":\"0\",\"zipkin.shared\":\"true\",\"otel.zipkin.absentField.startTime\":\"true\"}",
        ])
    func fields(members: String) throws {
        let body = "[\(zipkinSpan(members))]"
        #expect(try back(body) == body)
    }

    @Test("tags with the names of other fields stay tags, and the fields stay fields")
    func collisions() throws {
        let names = ["net.host.ip", "net.host.port", "peer.service", "net.peer.ip", "net.peer.port"]
        let tags = "\"tags\":{" + names.map { "\"\($0)\":\"tag\"" }.joined(separator: ",") + "}"
        let endpoints =
            "\"localEndpoint\":{\"serviceName\":\"a\",\"ipv4\":\"1.2.3.4\",\"ipv6\":\"::1\",\"port\":1},"
            + "\"remoteEndpoint\":{\"serviceName\":\"b\",\"ipv4\":\"1.2.3.5\",\"ipv6\":\"::2\",\"port\":2}"
        for members in [tags, "\(endpoints),\(tags)"] {
            let body = "[\(zipkinSpan(members))]"
            #expect(try back(body) == body)
        }
    }

    @Test("a trace id has 32 digits only when it needs them")
    func traceIDs() throws {
        let long = "[{\"traceId\":\"4e441824ec2b6a44ffdc9bb9a6453df3\",\"id\":\"352bff9a74ca9ad2\"}]"
        #expect(try back(long) == long)
        let padded = "[{\"traceId\":\"00000000000000005af7183fb1d4cf5f\",\"id\":\"352bff9a74ca9ad2\"}]"
        #expect(try back(padded) == "[\(zipkinSpan())]")
    }

    @Test("the client's and the server's side of one span are both there")
    func sharedSpans() throws {
        let body =
            "[\(zipkinSpan("\"kind\":\"CLIENT\",\"localEndpoint\":{\"serviceName\":\"a\"}")),"
            + "\(zipkinSpan("\"kind\":\"SERVER\",\"localEndpoint\":{\"serviceName\":\"b\"},\"shared\":true"))]"
        #expect(try back(body) == body)
    }
}
