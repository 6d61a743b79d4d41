import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// What OTLP says of each signal.
extension Signal {
    /// Spec: OTLP, "OTLP/HTTP Request".
    var httpPath: String { "/v1/\(rawValue)" }

    /// Spec: the package and service names of opentelemetry/proto/collector.
    var grpcService: String {
        switch self {
        case .traces: "opentelemetry.proto.collector.trace.v1.TraceService"
        case .metrics: "opentelemetry.proto.collector.metrics.v1.MetricsService"
        case .logs: "opentelemetry.proto.collector.logs.v1.LogsService"
        }
    }

    /// The body of a success in protobuf; empty when everything was stored.
    func protobufResponse(_ outcome: AppendOutcome) throws -> [UInt8] {
        guard outcome.rejectedCount > 0 else { return [] }
        let rejected = Int64(outcome.rejectedCount)
        let message = outcome.message(noun: itemNoun)
        switch self {
        case .traces:
            var response = OTLPTraceResponse()
            response.partialSuccess.rejectedSpans = rejected
            response.partialSuccess.errorMessage = message
            return try response.serializedBytes()
        case .metrics:
            var response = OTLPMetricsResponse()
            response.partialSuccess.rejectedDataPoints = rejected
            response.partialSuccess.errorMessage = message
            return try response.serializedBytes()
        case .logs:
            var response = OTLPLogsResponse()
            response.partialSuccess.rejectedLogRecords = rejected
            response.partialSuccess.errorMessage = message
            return try response.serializedBytes()
        }
    }

    /// The body of a success in JSON.
    func jsonResponse(_ outcome: AppendOutcome) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        if outcome.rejectedCount > 0 {
            writer.key("partialSuccess")
            writer.open("{")
            switch self {
            case .traces: writer.key("rejectedSpans")
            case .metrics: writer.key("rejectedDataPoints")
            case .logs: writer.key("rejectedLogRecords")
            }
            writer.quotedInteger(outcome.rejectedCount)
            writer.key("errorMessage")
            writer.string(outcome.message(noun: itemNoun))
            writer.close("}")
        }
        writer.close("}")
        return writer.bytes
    }
}
