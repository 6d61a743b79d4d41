package import OTLPMessages
import SwiftProtobuf
import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Decodes export requests of OTLP/protobuf into the generated messages.
package enum OTLPProtobufDecoder {
    package static func decodeTraces(_ bytes: [UInt8]) throws(DecodeError) -> OTLPTraceRequest {
        try decode(bytes, .traces)
    }

    package static func decodeMetrics(_ bytes: [UInt8]) throws(DecodeError) -> OTLPMetricsRequest {
        try decode(bytes, .metrics)
    }

    package static func decodeLogs(_ bytes: [UInt8]) throws(DecodeError) -> OTLPLogsRequest { try decode(bytes, .logs) }

    private static func decode<Request: SwiftProtobuf.Message>(
        _ bytes: [UInt8], _ signal: Signal
    ) throws(DecodeError) -> Request {
        try OTLPProtobufScan.check(bytes, signal: signal, messagesMax: Limits.messagesPerRequest)
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = Limits.protobufDepth
        // Fields of a later version of OTLP are not stored, so they need not be kept.
        options.discardUnknownFields = true
        do {
            return try Request(serializedBytes: bytes, options: options)
        } catch BinaryDecodingError.messageDepthLimit {
            throw DecodeError(
                code: .tooDeep, message: "messages are nested deeper than the limit of \(Limits.protobufDepth)")
        } catch BinaryDecodingError.truncated {
            throw DecodeError(code: .malformed, message: "the protobuf message is cut short")
        } catch BinaryDecodingError.invalidUTF8 {
            throw DecodeError(code: .malformed, message: "a protobuf string is not UTF-8")
        } catch {
            throw DecodeError(code: .malformed, message: "the body is not a valid OTLP protobuf message")
        }
    }
}
