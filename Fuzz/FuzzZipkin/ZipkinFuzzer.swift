import Codecs
import FuzzSupport
import OTLPMessages
import TelemetryModel

/// Reads a body as each of Zipkin's formats: what is read has ids and times that can be stored, prints as JSON that is
/// read again, and becomes OTLP with as many spans, annotations and tags.
struct ZipkinFuzzer {
    func seeds() -> [[UInt8]] {
        let ids = "\"traceId\":\"5af7183fb1d4cf5f\",\"id\":\"352bff9a74ca9ad2\""
        let endpoint = "\"endpoint\":{\"serviceName\":\"a\",\"ipv4\":\"127.0.0.1\",\"port\":80}"
        let json = [
            "[]", "[{\(ids)}]",
            "[{\(ids),\"parentId\":\"6b221d5bc9e6496c\",\"kind\":\"CLIENT\",\"name\":\"get /api\",\"timestamp\":1556604172355737,"
                + "\"duration\":1431,\"localEndpoint\":{\"serviceName\":\"a\",\"ipv4\":\"1.2.3.4\",\"ipv6\":\"::1\",\"port\":1},"
                + "\"remoteEndpoint\":{\"serviceName\":\"b\"},\"annotations\":[{\"timestamp\":1,\"value\":\"x\"}],"
                + "\"tags\":{\"error\":\"boom\",\"peer.service\":\"t\"},\"debug\":true,\"shared\":false}]",
            "[{\(ids),\"timestamp\":1,\"duration\":2,\"annotations\":["
                + ["cs", "sr", "ss", "cr", "ms", "mr", "ws", "wr", "foo"].map { value in
                    "{\"timestamp\":1,\"value\":\"\(value)\",\(endpoint)}"
                }.joined(separator: ",")
                + "],\"binaryAnnotations\":[{\"key\":\"sa\",\"value\":true,\(endpoint)},{\"key\":\"k\",\"value\":1}]}]",
        ].map { Array($0.utf8) }
        return json + [protobufSeed()]
    }

    private func protobufSeed() -> [UInt8] {
        var endpoint = ProtobufWriter()
        endpoint.field(1, "a".utf8)
        endpoint.field(2, [1, 2, 3, 4])
        endpoint.field(3, [UInt8](repeating: 1, count: 16))
        endpoint.integer(4, 80)
        var annotation = ProtobufWriter()
        annotation.fixed64(1, 5)
        annotation.field(2, "x".utf8)
        var tag = ProtobufWriter()
        tag.field(1, "k".utf8)
        tag.field(2, "v".utf8)
        var span = ProtobufWriter()
        span.field(1, [UInt8](1...16))
        span.field(2, [UInt8](1...8))
        span.field(3, [UInt8](2...9))
        span.integer(4, 1)
        span.field(5, "n".utf8)
        span.fixed64(6, 1_556_604_172_355_737)
        span.integer(7, 5)
        span.field(8, endpoint.bytes)
        span.field(9, endpoint.bytes)
        span.field(10, annotation.bytes)
        span.field(11, tag.bytes)
        span.integer(12, 1)
        span.integer(13, 1)
        var list = ProtobufWriter()
        list.field(1, span.bytes)
        return list.bytes
    }

    func test(_ input: UnsafeBufferPointer<UInt8>) {
        let body = Array(input)
        if let spans = try? ZipkinJSONDecoder.decode(body) { check(spans) }
        if let spans = try? ZipkinVersion1.decode(body) { check(spans) }
        if let spans = try? ZipkinProtobufDecoder.decode(body) { check(spans) }
    }

    private func check(_ spans: [ZipkinSpan]) {
        for span in spans {
            if span.traceID.isZero || span.id.isZero { LibFuzzer.fail("a span has no id") }
            if span.timestamp < 0 || span.duration < 0 { LibFuzzer.fail("a time is negative") }
            if Set(span.tags.map(\.key)).count != span.tags.count { LibFuzzer.fail("a tag stands there twice") }
        }
        guard let again = try? ZipkinJSONDecoder.decode(ZipkinJSONEncoder.encode(spans)) else {
            LibFuzzer.fail("what was read prints as JSON that is refused")
        }
        if again.count != spans.count { LibFuzzer.fail("\(spans.count) spans print as \(again.count)") }
        for (span, other) in zip(spans, again) where span != other {
            // An address may be one of the other family only by its text.
            if span.localEndpoint == other.localEndpoint, span.remoteEndpoint == other.remoteEndpoint {
                LibFuzzer.fail("\(span) prints as \(other)")
            }
        }
        let request = ZipkinMessages.request(spans, receivedTime: Timestamp(nanoseconds: 1))
        let messages = request.resourceSpans.flatMap(\.scopeSpans).flatMap(\.spans)
        if messages.count != spans.count { LibFuzzer.fail("\(spans.count) spans become \(messages.count)") }
        for message in messages where message.endTimeUnixNano < message.startTimeUnixNano {
            LibFuzzer.fail("a span ends before it starts")
        }
        if messages.reduce(0, { $0 + $1.events.count }) != spans.reduce(0, { $0 + $1.annotations.count }) {
            LibFuzzer.fail("annotations are lost")
        }
    }
}
