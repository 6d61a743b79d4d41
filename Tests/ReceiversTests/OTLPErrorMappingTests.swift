import GRPCCore
import HTTPSurface
import HTTPTypes
import Ingest
import TelemetryModel
import Testing

@testable import Receivers

@Suite struct OTLPErrorMappingTests {
    private static let table: [ErrorKind: (http: Int, grpc: RPCError.Code, retryAfter: Int?)] = [
        .invalid: (400, .invalidArgument, nil), .tooLarge: (413, .resourceExhausted, nil),
        .unsupported: (415, .unimplemented, nil), .timeout: (408, .deadlineExceeded, nil),
        .overloaded: (503, .unavailable, 1), .unavailable: (503, .unavailable, 1), .overLimit: (503, .unavailable, 1),
        .cancelled: (503, .cancelled, 1), .denied: (403, .permissionDenied, nil), .notFound: (404, .notFound, nil),
        .internal: (500, .internalError, nil),
    ]

    @Test("every kind of failure has its status", arguments: ErrorKind.allCases)
    func kinds(kind: ErrorKind) throws {
        let error = IngestError(kind: kind, reason: "reason", message: "message")
        let expected = try #require(Self.table[kind], "\(kind) is not in the table")
        #expect(error.httpStatus.code == expected.http)
        #expect(error.grpcCode == expected.grpc)
        #expect(error.retryAfterSeconds == expected.retryAfter)
        // The clients of the seeds drop what gets a 4xx, 429 included.
        #expect(error.httpStatus != .tooManyRequests)
    }

    /// Spec: OTLP, "Failures": retryable statuses of HTTP are 429, 502, 503 and 504.
    @Test func whatCanSucceedLaterIsRetryable() {
        for kind in [ErrorKind.overloaded, .unavailable, .overLimit] {
            let error = IngestError(kind: kind, reason: "r", message: "m")
            #expect([502, 503, 504].contains(error.httpStatus.code))
            #expect(error.retryAfterSeconds != nil)
        }
    }

    @Test(
        "a body that was not taken says why",
        arguments: [
            (.tooLarge(bytesMax: 77), .tooLarge, "too_large", "77 bytes"),
            (.tooSlow(.seconds(30)), .timeout, "too_slow", "30 s"),
            (.noMemory, .overloaded, "overloaded", "ingest.memory_bytes"),
            (.incomplete, .invalid, "incomplete", "ended early"),
        ] as [(BodyError, ErrorKind, String, String)])
    func bodies(body: BodyError, kind: ErrorKind, reason: String, part: String) {
        let error = IngestError(body: body)
        #expect(error.kind == kind)
        #expect(error.reason == reason)
        #expect(error.message.contains(part))
    }

    /// Spec: RFC 9110, section 8.3.1: media types in any case, with parameters.
    @Test(
        "the encoding follows the media type",
        arguments: [
            ("application/x-protobuf", .protobuf), ("application/json", .json), ("Application/JSON", .json),
            ("application/json; charset=utf-8", .json), ("application/x-protobuf;q=1", .protobuf),
            (" application/json ;charset=utf-8", .json), ("application/protobuf", nil), ("text/plain", nil), ("", nil),
            (nil, nil),
            ("application/jsonx", nil), ("application/json, text/plain", nil), ("application/grpc", nil),
        ] as [(String?, IngestRequest.Encoding?)])
    func encodings(contentType: String?, encoding: IngestRequest.Encoding?) {
        #expect(OTLPHTTPHandler.encoding(contentType) == encoding)
    }
}
