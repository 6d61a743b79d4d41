import GRPCCore
import HTTPSurface
import HTTPTypes
import Ingest
import TelemetryModel
import Testing

@testable import Receivers

@Suite("OTLP errors")
struct OTLPErrorTests {
    private static let mapping: [(ErrorKind, Int, RPCError.Code)] = [
        (.invalid, 400, .invalidArgument), (.unsupported, 415, .unimplemented), (.notFound, 404, .notFound),
        (.tooLarge, 413, .resourceExhausted), (.overLimit, 503, .unavailable), (.overloaded, 503, .unavailable),
        (.timeout, 408, .deadlineExceeded), (.cancelled, 503, .cancelled), (.unavailable, 503, .unavailable),
        (.denied, 403, .permissionDenied), (.internal, 500, .internalError),
    ]

    @Test("each kind has its HTTP status and gRPC code", arguments: mapping)
    func mapped(kind: ErrorKind, status: Int, code: RPCError.Code) {
        let error = IngestError(kind: kind, reason: "r", message: "m")
        #expect(error.httpStatus.code == status)
        #expect(error.grpcCode == code)
    }

    @Test("the table above knows every kind")
    func complete() {
        #expect(Set(Self.mapping.map(\.0)) == Set(ErrorKind.allCases))
    }

    @Test("overload is never 429, and what can be repeated says when", arguments: ErrorKind.allCases)
    func retry(kind: ErrorKind) {
        let error = IngestError(kind: kind, reason: "r", message: "m")
        #expect(error.httpStatus.code != 429)
        #expect(error.retryAfterSeconds == (error.httpStatus.code == 503 ? 1 : nil))
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

    @Test("a status with its message only has field 2 and nothing else", arguments: ["m", "größer", ""])
    func messageOnly(message: String) throws {
        let fields = try Fields(RPCStatus.encode(message: message))
        #expect(fields.texts == [2: Array(message.utf8)])
        #expect(fields.integers.isEmpty)
    }

    /// Spec: google/rpc/status.proto, google/protobuf/any.proto, google/rpc/error_details.proto and
    /// google/protobuf/duration.proto.
    @Test("a status with details nests RetryInfo in Any: code 1, message 2, details 3")
    func retryInfo() throws {
        let status = try Fields(RPCStatus.encode(code: 14, message: "later", retrySeconds: 300))
        #expect(status.integers == [1: 14])
        #expect(status.texts[2] == Array("later".utf8))
        let any = try Fields(try #require(status.texts[3]))
        #expect(any.texts[1] == Array("type.googleapis.com/google.rpc.RetryInfo".utf8))
        let retryInfo = try Fields(try #require(any.texts[2]))
        let delay = try Fields(try #require(retryInfo.texts[1]))
        #expect(delay.integers == [1: 300])
        #expect(delay.texts.isEmpty)
    }

    /// The fields of a protobuf message, varints and length-delimited ones.
    private struct Fields {
        private struct Malformed: Error {}

        var integers: [Int: UInt64] = [:]
        var texts: [Int: [UInt8]] = [:]

        init(_ bytes: [UInt8]) throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                let tag = try Self.varint(&rest)
                let number = Int(tag >> 3)
                switch tag & 7 {
                case 0: integers[number] = try Self.varint(&rest)
                case 2:
                    let count = Int(try Self.varint(&rest))
                    guard count <= rest.count else { throw Malformed() }
                    texts[number] = Array(rest.prefix(count))
                    rest = rest.dropFirst(count)
                default: throw Malformed()
                }
            }
        }

        private static func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard let byte = rest.popFirst() else { throw Malformed() }
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
            }
            throw Malformed()
        }
    }
}
