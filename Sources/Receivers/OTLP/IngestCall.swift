import Codecs
import Ingest
import TelemetryModel

/// A gRPC method that brings telemetry: one message in, stored as a whole or refused.
struct IngestCall: Sendable {
    let service: String
    let method: String
    let signal: Signal
    /// Makes of the message the OTLP request in protobuf that the pipeline takes; nil where it is one already.
    let convert: (@Sendable ([UInt8]) throws(IngestError) -> [UInt8])?
    /// The message that says what was kept.
    let answer: @Sendable (AppendOutcome) throws -> [UInt8]

    /// As the pseudo-header `:path` has it.
    var path: String { "/\(service)/\(method)" }

    /// Export of OTLP.
    static func export(_ signal: Signal) -> IngestCall {
        IngestCall(
            service: signal.grpcService, method: "Export", signal: signal, convert: nil,
            answer: { try signal.protobufResponse($0) })
    }
}
