import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// A message of OTLP in protobuf.
enum ProtobufEntry {
    /// - Parameter hint: the signal that the file's name says; where the message itself tells, it counts.
    /// - Throws: also when the signal cannot be told.
    static func request(_ bytes: [UInt8], hint: Signal?) throws(DecodeError) -> TelemetryRequest {
        guard let signal = RequestSignal.signal(of: bytes) ?? hint else {
            throw DecodeError(
                code: .malformed,
                message: "neither the message nor the file's name tells whether it is of spans, points or logs")
        }
        let isBounded = bytes.withUnsafeBufferPointer {
            OTLPProtobufScan.holds($0, .request, signal, atMost: Limits.messagesPerRequest)
        }
        guard isBounded else {
            throw DecodeError(
                code: .tooLarge, message: "request has more than \(Limits.messagesPerRequest) messages in its lists")
        }
        do {
            return switch signal {
            case .traces: .traces(try OTLPTraceRequest(serializedBytes: bytes))
            case .metrics: .metrics(try OTLPMetricsRequest(serializedBytes: bytes))
            case .logs: .logs(try OTLPLogsRequest(serializedBytes: bytes))
            }
        } catch {
            throw DecodeError(code: .malformed, message: "not a message of OTLP \(signal.rawValue)")
        }
    }
}
