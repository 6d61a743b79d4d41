import ClickHouse
import LogQL
import LogQLEvaluation
import PrometheusModel
import SQLSyntax
import TelemetryModel
import TelemetryStore

/// A range aggregation that counts lines or their bytes, as one statement that counts in buckets of time:
///
/// ```sql
/// SELECT intDiv(toUnixTimestamp64Nano(time) - base - 1, width) AS bucket, detected_level AS g0, resource_id AS stream,
///     count() AS lines, sum(length(body)) AS bytes
/// FROM telemetry.logs WHERE … GROUP BY bucket, g0, stream
/// ```
///
/// Possible where the condition says all of the pipeline, and the labels asked for are known to the columns.
struct CountStatement {
    /// Rows of the answer: buckets of series.
    static let rowsMax = 4_000_000

    let select: Select
    private let buckets: BucketedWindows
    private let operation: RangeAggregation.Operation
    private let matchers: [LabelMatcher]
    private let names: [String]
    /// Which group of the statement may have each name; nil for names that only streams have.
    private let groups: [Int?]
    private let groupCount: Int
    private let readsStreams: Bool
    private let snapshot: LogStreamIndex.Snapshot
    private let condition: RowCondition

    init?(
        _ range: MetricPlan.Range, _ selection: LogSelection, _ windows: RangeWindows, _ condition: RowCondition,
        _ snapshot: LogStreamIndex.Snapshot, _ keys: AttributeKeys
    ) {
        let aggregation = range.aggregation
        guard condition.isExact, aggregation.unwrap == nil, let buckets = BucketedWindows(windows) else { return nil }
        switch aggregation.operation {
        case .countOverTime, .rate, .bytesOverTime, .bytesRate, .absentOverTime: break
        default: return nil
        }
        var names: [String] = []
        if aggregation.operation != .absentOverTime {
            guard let grouping = aggregation.grouping ?? range.grouping, !grouping.isWithout else { return nil }
            for name in grouping.labels where !names.contains(name) { names.append(name) }
        }
        guard selection.stages.allSatisfy({ $0.keeps(names) }) else { return nil }
        var groups: [Int?] = []
        var expressions: [Expression] = []
        var readsStreams = false
        for name in names {
            if snapshot.streams.values.contains(where: { stream in
                stream[name] != nil || stream.metadata.contains { $0.name == name }
            }) {
                readsStreams = true
            }
            switch Self.source(of: name, keys) {
            case .none: groups.append(nil)
            case .expression(let expression):
                groups.append(expressions.count)
                expressions.append(expression)
            case .unknown: return nil
            }
        }
        self.buckets = buckets
        self.groups = groups
        self.names = names
        self.readsStreams = readsStreams
        self.snapshot = snapshot
        self.condition = condition
        operation = aggregation.operation
        matchers = selection.matchers
        groupCount = expressions.count
        let time = Expression.call("toUnixTimestamp64Nano", .column("time"))
        let bucket: Expression =
            buckets.count == 1
            ? .integer(0)
            : .call(
                "intDiv", .call("minus", time, .integer(buckets.base.addingSaturated(1))), .integer(buckets.width))
        var outputs: [Select.Output] = [.init(bucket, as: "bucket")]
        var keyColumns: [Expression] = [.column("bucket")]
        for (index, expression) in expressions.enumerated() {
            outputs.append(.init(expression, as: Identifier("g\(index)")))
            keyColumns.append(.column(Identifier("g\(index)")))
        }
        if readsStreams {
            outputs.append(.init(.column("resource_id"), as: "stream"))
            keyColumns.append(.column("stream"))
        }
        let bytes: Expression =
            operation.countsBytes ? .call("sum", .call("length", .column("body"))) : .integer(0)
        outputs += [.init(.call("count"), as: "lines"), .init(.call("toUInt64", bytes), as: "bytes")]
        select = Select(
            outputs, from: TelemetrySchema.logs.name, where: condition.isAlways ? nil : condition.sql,
            groupBy: keyColumns, limit: Self.rowsMax + 1)
    }

    private enum Source {
        /// No record has it.
        case none
        case expression(Expression)
        /// More than one column, or none that can be grouped by.
        case unknown
    }

    private static func source(of name: String, _ keys: AttributeKeys) -> Source {
        // The loser of two labels with one name.
        guard keys.isComplete, !name.hasSuffix("_extracted") else { return .unknown }
        guard !keys.names(in: .scope).contains(where: { LogLabelName.sanitized($0) == name }) else { return .unknown }
        let attributes = keys.names(in: .log).filter { LogLabelName.sanitized($0) == name }
        guard !LogRows.columnNames.contains(name) else {
            guard attributes.isEmpty, name == "detected_level" || name == "severity_text" || name == "event_name" else {
                return .unknown
            }
            // Of what a client pushed only the level is shown.
            return name == "detected_level" ? .expression(.column("detected_level")) : .unknown
        }
        switch attributes.count {
        case 0: return .none
        case 1:
            return .expression(.call("arrayElement", .column("attributes"), .parameter(.string(attributes[0]))))
        default: return .unknown
        }
    }

    func run(
        in engine: LogEngine, _ statistics: inout LogQueryStatistics
    ) async throws -> [RangeResults.Series] {
        var series: [[Label]: [Int: BucketedWindows.Bucket]] = [:]
        var rows = 0
        var lines = 0
        var bytes = 0
        if !condition.isNever {
            try await engine.store.engine.query(
                select.statement, access: .own(settings: engine.limits.settings)
            ) { batch in
                rows += batch.rows
                guard rows <= Self.rowsMax else {
                    throw LogQueryError(
                        .overLimit,
                        "the query counts more than \(Self.rowsMax) steps of series; widen its step or group "
                            + "by fewer labels")
                }
                for row in 0..<batch.rows {
                    let bucket = Int(clamping: batch.columns[0].value(at: row).integer ?? 0)
                    let stream =
                        readsStreams
                        ? batch.columns[1 + groupCount].value(at: row).unsignedInteger.flatMap { snapshot.streams[$0] }
                        : nil
                    let labels = zip(names, groups).compactMap { name, group -> Label? in
                        if let value = stream?[name] { return Label(name, value) }
                        if let group {
                            let text = batch.columns[1 + group].text(at: row)
                            if !text.isEmpty { return Label(name, text) }
                        }
                        return stream?.metadata.first { $0.name == name }
                    }.sorted { $0.name < $1.name }
                    let counts = batch.columns.suffix(2).map { $0.value(at: row).unsignedInteger ?? 0 }
                    lines += Int(clamping: counts[0])
                    bytes += Int(clamping: counts[1])
                    let value = Double(operation.countsBytes ? counts[1] : counts[0])
                    var entry =
                        series[labels, default: [:]][bucket] ?? BucketedWindows.Bucket(index: bucket, count: 0)
                    entry.count += counts[0]
                    entry.value += value
                    series[labels, default: [:]][bucket] = entry
                }
            }
        }
        statistics.lines += lines
        statistics.bytes += bytes
        statistics.matched += lines
        if operation == .absentOverTime {
            var absent = AbsentOverTime(buckets.windows)
            for buckets in series.values { absent.observe(steps: evaluate(buckets)) }
            return [.init(labels: AbsentOverTime.labels(of: matchers).entries, values: absent.values)]
        }
        try engine.checkCells(series.count, buckets.windows)
        return series.map { .init(labels: $0.key, values: evaluate($0.value)) }
    }

    private func evaluate(_ found: [Int: BucketedWindows.Bucket]) -> [Double?] {
        buckets.evaluate(operation, hasUnwrap: false, buckets: found.values.sorted { $0.index < $1.index })
    }
}

extension RangeAggregation.Operation {
    fileprivate var countsBytes: Bool { self == .bytesOverTime || self == .bytesRate }
}

extension Stage {
    /// Whether these labels are after the stage what they were before.
    fileprivate func keeps(_ names: [String]) -> Bool {
        switch self {
        case .lineFilter, .labelFilter: true
        case .drop(let selections):
            selections.allSatisfy { selection in
                switch selection {
                case .name(let name): !names.contains(name)
                case .matcher(let matcher): !names.contains(matcher.name)
                }
            }
        case .keep, .parser, .lineFormat, .labelFormat, .decolorize: false
        }
    }
}
