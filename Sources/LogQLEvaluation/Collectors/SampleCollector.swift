package import LogQL
package import PrometheusModel
import TelemetryModel

/// Runs the pipeline of a range aggregation over records and keeps a number for each line that is left, by series.
package struct SampleCollector: ~Copyable {
    package struct Series: Sendable {
        /// Sorted by name; values may be empty (`logfmt --keep-empty`).
        package var labels: [Label]
        /// In the order in which the records came; nanoseconds since the Unix epoch.
        package var times: [Int64] = []
        /// What was unwrapped, the line's bytes for `bytes_…`; empty for operations that only count lines.
        package var values: [Double] = []
        /// What the query fails with when a sample of this series is in one of its windows: the pipeline failed on these
        /// lines and nothing filtered them out.
        package var failure: LogQLEvaluationError?
    }

    package var series: [Series] { sink.series }
    /// Lines that were looked at, and their bytes; lines that were left.
    package private(set) var lines = 0
    package private(set) var bytes = 0
    package var samples: Int { sink.samples }

    private var pipeline: LogPipeline
    private var sink: Sink
    private let aggregation: RangeAggregation
    private let readsAllLabels: Bool
    private let groupingNames: [String]

    /// - Parameters:
    ///   - grouping: of a `sum` right around the aggregation (no labels for `sum(…)`), which needs no other labels then;
    ///     not regarded where that would change the answer, or where the aggregation has a grouping of its own.
    ///   - seriesMax: distinct series; one more is an error.
    package init(
        _ aggregation: RangeAggregation, grouping: Grouping? = nil, seriesMax: Int, now: Int64 = 0,
        limits: PipelineLimits = .standard
    ) throws(LogQLEvaluationError) {
        self.aggregation = aggregation
        let countsBytes = aggregation.operation == .bytesOverTime || aggregation.operation == .bytesRate
        var pipeline = try LogPipeline(
            aggregation.selection.stages, unwrap: aggregation.unwrap, now: now, limits: limits,
            skipsUnreadFormats: !countsBytes)
        let effective = aggregation.grouping ?? (Self.allowsGrouping(aggregation.operation) ? grouping : nil)
        let isNothing =
            aggregation.operation == .absentOverTime
            || effective.map { !$0.isWithout && $0.labels.isEmpty } ?? false
        // A template that reads whatever there is needs all labels.
        if let names = pipeline.readsLabels {
            pipeline.follow(
                LabelHints(
                    reading: names, unwrap: aggregation.unwrap?.label, grouping: effective,
                    isNothingGrouped: isNothing))
        }
        var gone: [String] = []
        let kind: Sink.Grouping
        if isNothing {
            kind = .nothing
        } else if let effective, !effective.isWithout, !effective.labels.isEmpty {
            kind = .by(Self.unique(effective.labels).map { pipeline.state.labels.names.intern($0) })
        } else {
            gone = (effective?.labels ?? []) + (aggregation.unwrap.map { [$0.label] } ?? [])
            kind = .without(Self.unique(gone).map { pipeline.state.labels.names.intern($0) })
        }
        if case .by = kind {
            readsAllLabels = false
            groupingNames = effective?.labels ?? []
        } else {
            readsAllLabels = !isNothing
            groupingNames = []
        }
        let keepsErrors = pipeline.state.labels.hints.keepsErrors
        self.pipeline = pipeline
        sink = Sink(grouping: kind, countsBytes: countsBytes, seriesMax: seriesMax, keepsErrors: keepsErrors)
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    /// Whether series may be put together before the aggregation, when a sum is made of it.
    package static func allowsGrouping(_ operation: RangeAggregation.Operation) -> Bool {
        switch operation {
        case .countOverTime, .rate, .bytesOverTime, .bytesRate, .sumOverTime: true
        default: false
        }
    }

    package var needs: RecordNeeds {
        let pipelineNeeds = pipeline.needs
        return RecordNeeds(
            lines: pipelineNeeds.lines || sink.countsBytes,
            metadata: readsAllLabels ? .all : pipeline.metadataNeeds(besides: groupingNames))
    }

    /// Takes the next records.
    ///
    /// - Throws: `.overLimit` when there are too many series, in Loki's words.
    package mutating func add(_ records: LogRecords) throws(LogQLEvaluationError) {
        let looked = try pipeline.run(records) { state, stream, value throws(LogQLEvaluationError) in
            try sink.add(&state, stream, value)
            return true
        }
        lines += looked.rows
        bytes += looked.bytes
    }

    private struct Sink {
        enum Grouping {
            case nothing
            case by([Int32])
            case without([Int32])
        }

        let grouping: Grouping
        let countsBytes: Bool
        let seriesMax: Int
        let keepsErrors: Bool
        var series: [Series] = []
        var samples = 0
        private var sets = LabelSets()
        private var texts = NameTexts()
        private var parts: [LabelSets.Part] = []
        /// Series by the number of their set.
        private var seriesOfSet: [Int32] = []
        /// The series of all lines that fail the query; which of them is named is no matter, the first is.
        private var failedSeries: Int?

        init(grouping: Grouping, countsBytes: Bool, seriesMax: Int, keepsErrors: Bool) {
            self.grouping = grouping
            self.countsBytes = countsBytes
            self.seriesMax = seriesMax
            self.keepsErrors = keepsErrors
        }

        @inline(__always)
        mutating func add(_ state: inout LineState, _ stream: Int32, _ value: Double?) throws(LogQLEvaluationError) {
            let index: Int
            if state.labels.error.isEmpty {
                index = try seriesIndex(setNumber(&state, stream))
            } else {
                index = try failedIndex(state.labels)
            }
            series[index].times.append(state.time)
            if let value {
                series[index].values.append(value)
            } else if countsBytes {
                series[index].values.append(Double(state.line.count))
            }
            samples += 1
        }

        @inline(__always)
        private mutating func setNumber(_ state: inout LineState, _ stream: Int32) -> Int32 {
            parts.removeAll(keepingCapacity: true)
            var hash: UInt64 = 0
            var owner: Int32 = -1
            switch grouping {
            case .nothing: break
            case .by(let names):
                for name in names {
                    guard let value = state.labels.value(name) else { continue }
                    append(name, value, state.labels, &hash)
                }
            case .without(let gone):
                if state.labels.isBaseWhole {
                    owner = stream
                    hash = ByteHash.mix(UInt64(truncatingIfNeeded: stream) &+ 1)
                } else {
                    for (index, label) in state.labels.base.enumerated()
                    where state.labels.hasBase(index) && !gone.contains(label.name) {
                        parts.append(LabelSets.Part(name: label.name, value: label.value))
                        hash &+= label.hash
                    }
                }
                for label in state.labels.added where label.name >= 0 && !gone.contains(label.name) {
                    append(label.name, label.value, state.labels, &hash)
                }
            }
            return sets.number(stream: owner, added: parts, hash: hash) {
                texts.cover(state.labels.names)
                var labels = parts.map { Label(texts[$0.name], $0.value.text) }
                if owner >= 0, case .without(let gone) = grouping {
                    for label in state.labels.base where !gone.contains(label.name) {
                        labels.append(Label(texts[label.name], label.value.text))
                    }
                }
                return labels.sorted { $0.name < $1.name }
            }
        }

        @inline(__always)
        private mutating func append(_ name: Int32, _ value: ByteSlice, _ labels: LineLabels, _ hash: inout UInt64) {
            parts.append(LabelSets.Part(name: name, value: value))
            hash &+= ByteHash.label(labels.names.entries[Int(name)].hash, value)
        }

        @inline(__always)
        private mutating func seriesIndex(
            _ set: Int32, isFailureWanted: Bool = false
        ) throws(LogQLEvaluationError) -> Int {
            if Int(set) < seriesOfSet.count { return Int(seriesOfSet[Int(set)]) }
            guard series.count < seriesMax else {
                throw LogQLEvaluationError(
                    .overLimit,
                    "maximum number of series (\(seriesMax)) reached for a single query; consider reducing query "
                        + "cardinality by adding more specific stream selectors, reducing the time range, or "
                        + "aggregating results with functions like sum(), count() or topk()")
            }
            // Sets are numbered one after the other.
            seriesOfSet.append(Int32(truncatingIfNeeded: series.count))
            let labels = sets.sets[Int(set)]
            // A line may call one of its own fields so; to Loki that is an error too.
            let error = isFailureWanted ? nil : labels.first { $0.name == LineLabels.errorName }
            series.append(Series(labels: labels, failure: error.map { PipelineFailure.error($0.value, labels) }))
            return series.count - 1
        }

        /// The series of a failed line, which has all its labels, so that the error is seen whatever the grouping.
        private mutating func failedIndex(_ labels: LineLabels) throws(LogQLEvaluationError) -> Int {
            let isWanted = keepsErrors && labels.hasParsingFailed
            if !isWanted, let failedSeries { return failedSeries }
            texts.cover(labels.names)
            var all: [Label] = []
            labels.forEach { name, _, value in
                if !labels.isHidden(name) { all.append(Label(texts[name], value.text)) }
            }
            all.append(Label(LineLabels.errorName, labels.error))
            if !labels.errorDetails.isEmpty { all.append(Label(LineLabels.errorDetailsName, labels.errorDetails)) }
            all.sort { $0.name < $1.name }
            if isWanted {
                let text = all.map { "\($0.name)=\($0.value)\0" }.joined()
                var bytes = text
                let hash = bytes.withUTF8 { ByteHash.hash($0) }
                let made = all
                parts.removeAll(keepingCapacity: true)
                let number = bytes.withUTF8 { text in
                    // Distinct from sets of good lines by the name of none.
                    parts.append(LabelSets.Part(name: NameTable.none, value: text))
                    return sets.number(stream: -1, added: parts, hash: hash) { made }
                }
                return try seriesIndex(number, isFailureWanted: true)
            }
            failedSeries = series.count
            series.append(Series(labels: all, failure: PipelineFailure.error(labels.error, all)))
            return series.count - 1
        }
    }
}

/// What a metric query says that met lines which a stage failed on.
enum PipelineFailure {
    static func error(_ error: String, _ labels: [Label]) -> LogQLEvaluationError {
        let text = labels.map { "\($0.name)=\(LabelName.quoted($0.value))" }.joined(separator: ", ")
        return LogQLEvaluationError(
            .invalid,
            "pipeline error: '\(error)' for series: '{\(text)}'.\n"
                + "Use a label filter to intentionally skip this error. (e.g | __error__!=\"\(error)\").\n"
                + "To skip all potential errors you can match empty errors.(e.g __error__=\"\")\n"
                + "The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__=\"\" )\n")
    }
}
