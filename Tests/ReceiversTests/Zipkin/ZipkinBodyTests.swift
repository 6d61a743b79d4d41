import Codecs
import Ingest
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import Testing

@testable import Receivers

@Suite("bodies with Zipkin's spans") struct ZipkinBodyTests {
    private let time = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    @Test(
        "whatever does not say that it is something else is JSON",
        arguments: [
            nil, "", "application/json", "application/json; charset=utf-8", "Application/JSON", "text/plain",
            "application/x-www-form-urlencoded",
        ])
    func json(contentType: String?) throws {
        #expect(try ZipkinBody(.two, contentType: contentType) == .version2JSON)
        #expect(try ZipkinBody(.one, contentType: contentType) == .version1JSON)
    }

    @Test(
        "protobuf is of the second version",
        arguments: ["application/x-protobuf", "APPLICATION/X-PROTOBUF;a=b", "application/protobuf"])
    func protobuf(contentType: String) throws {
        #expect(try ZipkinBody(.two, contentType: contentType) == .protobuf)
        let error = #expect(throws: IngestError.self) { try ZipkinBody(.one, contentType: contentType) }
        #expect(error?.kind == .unsupported)
    }

    @Test("thrift is refused", arguments: [ZipkinBody.Version.one, .two])
    func thrift(version: ZipkinBody.Version) {
        let error = #expect(throws: IngestError.self) {
            try ZipkinBody(version, contentType: "application/x-thrift")
        }
        #expect(error?.kind == .unsupported)
        #expect(error?.message.contains("thrift") == true)
    }

    @Test("spans become an OTLP request in protobuf")
    func otlp() throws {
        let two = Array("[{\"traceId\":\"1\",\"id\":\"2\",\"name\":\"n\",\"timestamp\":5}]".utf8)
        let one = Array("[{\"traceId\":\"1\",\"id\":\"2\",\"name\":\"n\",\"timestamp\":5,\"annotations\":[]}]".utf8)
        var span = ProtobufWriter()
        span.field(1, [0, 0, 0, 0, 0, 0, 0, 1])
        span.field(3, [0, 0, 0, 0, 0, 0, 0, 2])
        span.field(5, "n".utf8)
        span.fixed64(6, 5)
        var list = ProtobufWriter()
        list.field(1, span.bytes)
        for (format, body) in [(ZipkinBody.version2JSON, two), (.version1JSON, one), (.protobuf, list.bytes)] {
            let request = try OTLPTraceRequest(serializedBytes: try format.otlp(body, receivedTime: time))
            let spans = request.resourceSpans.flatMap(\.scopeSpans).flatMap(\.spans)
            #expect(spans.map(\.name) == ["n"])
            #expect(spans.map(\.startTimeUnixNano) == [5000])
        }
        #expect(try ZipkinBody.version2JSON.otlp(Array("[]".utf8), receivedTime: time).isEmpty)
    }

    @Test("one malformed span refuses the whole list, by its index and field")
    func malformed() {
        let body = Array("[{\"traceId\":\"1\",\"id\":\"2\"},{\"traceId\":\"1\",\"id\":\"x\"}]".utf8)
        let error = #expect(throws: IngestError.self) {
            try ZipkinBody.version2JSON.otlp(body, receivedTime: time)
        }
        #expect(error?.kind == .invalid)
        #expect(error?.reason == "malformed")
        #expect(error?.message.contains("spans[1].id") == true)
    }
}
