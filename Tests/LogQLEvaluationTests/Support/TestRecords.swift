import LogQL
import LogQLEvaluation
import PrometheusModel
import TelemetryModel

/// Records for tests, and the shortest way through a pipeline.
struct TestRecords {
    var records = LogRecords()

    mutating func add(
        _ line: String, stream: [String: String] = ["app": "a"], metadata: [(String, String)] = [], time: Int64 = 0
    ) {
        add(Array(line.utf8), stream: stream, metadata: metadata, time: time)
    }

    mutating func add(
        _ line: [UInt8], stream: [String: String] = ["app": "a"], metadata: [(String, String)] = [], time: Int64 = 0
    ) {
        let labels = Labels(stream)
        let number = records.streams.firstIndex(of: labels) ?? records.streams.count
        if number == records.streams.count { records.streams.append(labels) }
        records.times.append(time)
        records.streamIndexes.append(Int32(number))
        records.lineBytes += line
        records.lineOffsets.append(records.lineBytes.count)
        for (name, value) in metadata {
            let number = records.names.firstIndex(of: name) ?? records.names.count
            if number == records.names.count { records.names.append(name) }
            records.metadataNames.append(Int32(number))
            records.valueBytes += Array(value.utf8)
            records.valueOffsets.append(records.valueBytes.count)
        }
        records.metadataOffsets.append(records.metadataNames.count)
    }

    /// Stages as they stand behind a selector.
    static func stages(_ text: String) throws -> [Stage] {
        try LogQLParser.parseSelection("{app=\"a\"} " + text).stages
    }

    static func aggregation(_ text: String) throws -> RangeAggregation {
        guard case .metric(.range(let aggregation)) = try LogQLParser.parse(text) else {
            throw LogQLEvaluationError(.invalid, "no range aggregation: \(text)")
        }
        return aggregation
    }

    /// What is left of one line; nil when it is dropped.
    static func run(
        _ stages: String, _ line: String, stream: [String: String] = ["app": "a"], metadata: [(String, String)] = [],
        limits: PipelineLimits = .standard
    ) throws -> Outcome? {
        var records = TestRecords()
        records.add(line, stream: stream, metadata: metadata, time: 1_700_000_000_000_000_000)
        var collector = try EntryCollector(try Self.stages(stages), limit: 10, limits: limits)
        try collector.add(records.records)
        guard let entry = collector.entries.first else { return nil }
        return Outcome(
            line: entry.line, stream: Self.text(collector.streams[entry.stream]), metadata: Self.text(entry.metadata),
            parsed: Self.text(entry.parsed))
    }

    struct Outcome: Equatable {
        var line: String
        var stream: String
        var metadata: String
        var parsed: String
    }

    static func text(_ labels: [Label]) -> String {
        labels.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }
}
