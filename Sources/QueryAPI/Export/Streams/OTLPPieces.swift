import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// Stored items as OTLP, in the two forms of the Collector's file exporter: a JSON object a line, or a message after its
/// length in four bytes, the highest first.
enum OTLPPieces {
    static func spans(_ form: ExportForm) -> @Sendable (StoredTrace) throws -> [UInt8] {
        { trace in
            var request = OTLPTraceRequest()
            request.resourceSpans = StoredTraceMessages.resourceSpans(trace)
            return try piece(request, form) { OTLPJSONEncoder.encode($0, into: &$1) }
        }
    }

    static func logs(_ form: ExportForm) -> @Sendable (StoredLogs) throws -> [UInt8] {
        { logs in
            var request = OTLPLogsRequest()
            request.resourceLogs = StoredLogMessages.resourceLogs(logs)
            return try piece(request, form) { OTLPJSONEncoder.encode($0, into: &$1) }
        }
    }

    static func points(_ form: ExportForm) -> @Sendable (StoredMetrics) throws -> [UInt8] {
        { metrics in
            var request = OTLPMetricsRequest()
            request.resourceMetrics = StoredMetricMessages.resourceMetrics(metrics)
            return try piece(request, form) { OTLPJSONEncoder.encode($0, into: &$1) }
        }
    }

    private static func piece<Request: SwiftProtobuf.Message>(
        _ request: Request, _ form: ExportForm, _ encode: (Request, inout [UInt8]) -> Void
    ) throws -> [UInt8] {
        guard form == .otlpProtobuf else {
            var line: [UInt8] = []
            encode(request, &line)
            line.append(UInt8(ascii: "\n"))
            return line
        }
        let message: [UInt8] = try request.serializedBytes()
        return withUnsafeBytes(of: UInt32(clamping: message.count).bigEndian) { Array($0) } + message
    }
}
