import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// Items that a server left out of a request that it took. Spec: OTLP, "Partial Success".
struct PartialSuccess: Sendable, Equatable {
    var rejected: Int64 = 0
    var message = ""

    init(rejected: Int64 = 0, message: String = "") {
        self.rejected = rejected
        self.message = message
    }

    init(_ signal: Signal, protobuf body: [UInt8]) throws {
        switch signal {
        case .traces:
            let partial = try OTLPTraceResponse(serializedBytes: body).partialSuccess
            self.init(rejected: partial.rejectedSpans, message: partial.errorMessage)
        case .metrics:
            let partial = try OTLPMetricsResponse(serializedBytes: body).partialSuccess
            self.init(rejected: partial.rejectedDataPoints, message: partial.errorMessage)
        case .logs:
            let partial = try OTLPLogsResponse(serializedBytes: body).partialSuccess
            self.init(rejected: partial.rejectedLogRecords, message: partial.errorMessage)
        }
    }

    /// An empty body is a whole success, too.
    init(json body: [UInt8]) throws(DecodeError) {
        guard !body.isEmpty else { return }
        try body.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
            var reader = JSONReader(buffer)
            var object = try reader.beginObject()
            while let key = try reader.nextKey(&object) {
                if try reader.text(of: key) == "partialSuccess" {
                    try readPartial(&reader)
                } else {
                    try reader.skipValue()
                }
            }
        }
    }

    private mutating func readPartial(_ reader: inout JSONReader) throws(DecodeError) {
        var object = try reader.beginObject()
        while let key = try reader.nextKey(&object) {
            switch try reader.text(of: key) {
            // 64-bit integers are strings in proto3's JSON, and numbers with some servers.
            case "rejectedSpans", "rejectedDataPoints", "rejectedLogRecords": rejected = try reader.readCount()
            case "errorMessage": message = try reader.readString()
            default: try reader.skipValue()
            }
        }
    }
}

extension JSONReader {
    /// A key as text.
    func text(of key: StringToken) throws(DecodeError) -> String {
        try withBytes(of: key) { (bytes) throws(DecodeError) in String(decoding: bytes, as: UTF8.self) }
    }

    /// A whole number, given as a number or as a string; 0 for anything else.
    mutating func readCount() throws(DecodeError) -> Int64 {
        if try nextKind() == .string { return Int64(try readString()) ?? 0 }
        guard case .value(let magnitude, false) = try readNumber().integer else { return 0 }
        return Int64(clamping: magnitude)
    }
}
