import ArgumentParser
import Codecs

/// What `martlet export` writes.
enum ExportKind: String, CaseIterable, ExpressibleByArgument {
    case traces, metrics, logs, all
    /// The result of a statement.
    case sql
}

/// How it is written.
enum ExportFileForm: String, CaseIterable, ExpressibleByArgument {
    case otlpLines = "otlp-jsonl"
    case otlpMessages = "otlp-proto"
    case jaegerJSON = "jaeger-json"
    case csv
    case parquet

    /// Behind the name of such a file.
    var ending: String {
        switch self {
        case .otlpLines: ".jsonl"
        case .otlpMessages: ".binpb"
        case .jaegerJSON: ".json"
        case .csv: ".csv"
        case .parquet: ".parquet"
        }
    }

    /// A terminal is no place for it.
    var isBinary: Bool { self == .otlpMessages || self == .parquet }
}

/// How a file is packed.
enum ExportPacking: String, CaseIterable, ExpressibleByArgument {
    case gzip, zstd

    var compression: FileCompression { self == .gzip ? .gzip : .zstd }
}
