/// The forms of files of telemetry.
package enum TelemetryFileForm: String, Sendable, CaseIterable {
    /// One OTLP JSON object a line. Spec: OpenTelemetry, "File Exporter".
    case otlpLines = "otlp-jsonl"
    /// Messages of OTLP, protobuf or JSON, packed by zstd each or not, each behind its length in four bytes, the highest
    /// first: the Collector's file exporter with `format: proto`, and with `compression: zstd`.
    case otlpFrames = "otlp-proto"
    /// JSON over several lines, or one line that is not OTLP's: OTLP, Tempo's answers, Jaeger's.
    case document = "json"
    /// Prometheus' text.
    case prometheus
    /// Nothing in it.
    case empty
}
