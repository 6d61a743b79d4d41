/// The forms in which telemetry is exported.
enum ExportForm: String, CaseIterable, Sendable {
    /// One OTLP JSON object a line, as the Collector's file exporter writes.
    case otlpJSONLines = "otlp-jsonl"
    /// OTLP messages, each after its length in four bytes, the highest first.
    case otlpProtobuf = "otlp-proto"
    /// What Jaeger's page downloads; traces only.
    case jaegerJSON = "jaeger-json"
    /// Rows, with the names of the columns first.
    case csv
    case parquet

    var contentType: String {
        switch self {
        case .otlpJSONLines: "application/x-ndjson"
        case .otlpProtobuf: "application/octet-stream"
        case .jaegerJSON: "application/json"
        case .csv: "text/csv; charset=UTF-8; header=present"
        case .parquet: "application/vnd.apache.parquet"
        }
    }

    static let names = allCases.map(\.rawValue).joined(separator: ", ")
}

/// What is exported.
enum ExportSubject: String, CaseIterable, Sendable {
    case traces, metrics, logs
    /// The result of a statement.
    case sql
}
