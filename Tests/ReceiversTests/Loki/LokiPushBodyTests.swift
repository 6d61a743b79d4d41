import Codecs
import Ingest
import TelemetryModel
import Testing

@testable import Receivers

@Suite struct LokiPushBodyTests {
    @Test(
        arguments: [
            (.one, "application/json", nil, .json, .none),
            (.one, "Application/JSON; charset=utf-8", "gzip", .json, .gzip),
            (.legacy, "application/json", "deflate", .legacyJSON, .deflate),
            (.one, "application/x-protobuf", "snappy", .protobuf, .snappy), (.one, nil, nil, .protobuf, .none),
            (.one, "text/plain", "zstd", .protobuf, .zstd), (.legacy, "application/x-protobuf", "", .protobuf, .none),
        ] as [(LokiPushBody.Version, String?, String?, LokiPush.Format, LokiPushBody.Packing)])
    func headersSayWhatABodyIs(
        version: LokiPushBody.Version, type: String?, encoding: String?, format: LokiPush.Format,
        packing: LokiPushBody.Packing
    ) throws {
        let body = try LokiPushBody(version, contentType: type, contentEncoding: encoding)
        #expect(body.format == format)
        #expect(body.packing == packing)
    }

    @Test func anEncodingThatIsNotKnownIsInvalid() {
        let error = #expect(throws: IngestError.self) {
            try LokiPushBody(.one, contentType: "application/json", contentEncoding: "br")
        }
        #expect(error?.kind == .invalid)
        #expect(error?.message == #"Content-Encoding "br" not supported"#)
    }

    @Test func jsonThatIsNotPackedIsTakenUnderSnappysHeader() throws {
        let body = try LokiPushBody(.one, contentType: "application/json", contentEncoding: "snappy")
        var reserved = 3
        let text = Array(#"{"streams":[]}"#.utf8)
        #expect(try body.unpack(text, bytesMax: 100, reserved: &reserved) { _ in true } == text)
        // A literal of 14 bytes, as snappy writes it.
        #expect(try body.unpack([14, 13 << 2] + text, bytesMax: 100, reserved: &reserved) { _ in true } == text)
        #expect(reserved == 17)
    }
}
