import Codecs
import Ingest
import TelemetryModel
import Testing

@Suite struct IngestErrorTests {
    @Test(
        "a body that cannot be decoded is invalid, too large or not taken at present",
        arguments: [
            (.malformed, .invalid, "malformed"), (.tooDeep, .invalid, "too_deep"), (.tooLarge, .tooLarge, "too_large"),
            (.unsupported, .invalid, "unsupported"), (.noMemory, .overloaded, "no_memory"),
        ] as [(DecodeError.Code, ErrorKind, String)])
    func decoding(code: DecodeError.Code, kind: ErrorKind, reason: String) {
        let error = IngestError(decoding: DecodeError(code: code, message: "what is wrong", offset: 7))
        #expect(error.kind == kind)
        #expect(error.reason == reason)
        #expect(error.message == "what is wrong at byte 7")
        #expect(error.description == error.message)
    }
}
