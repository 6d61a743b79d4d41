import ClickHouse
import LogQL
import LogQLEvaluation
import PromQL
import PromQLEvaluation
import PrometheusModel
import SQLSyntax
import TelemetryModel
import TelemetryStore

extension LogEngine {
    package func metrics(_ request: LogMetricsRequest) async throws -> LogMetricsResult {
        try await answering {
            let begin = ContinuousClock.now
            let isInstant = request.start == request.end
            guard
                let grid = isInstant
                    ? StepGrid(at: request.start)
                    : StepGrid(start: request.start, end: request.end, step: request.step)
            else { throw LogQueryError(.invalid, "the end is before the start, or there are too many steps") }
            var statistics = LogQueryStatistics()
            var result = try await evaluate(request.expression, grid, isInstant, &statistics)
            guard result.series.count <= limits.answerSeriesMax else {
                throw LogQueryError(
                    .overLimit,
                    "maximum number of series (\(limits.answerSeriesMax)) reached for a single query; consider "
                        + "aggregating results with functions like sum(), count() or topk()")
            }
            statistics.seconds = Double((ContinuousClock.now - begin).nanoseconds) / 1e9
            result.statistics = statistics
            return result
        }
    }

    private func evaluate(
        _ expression: MetricExpression, _ grid: StepGrid, _ isInstant: Bool, _ statistics: inout LogQueryStatistics
    ) async throws -> LogMetricsResult {
        let plan = try MetricPlan(expression)
        guard isInstant || !plan.isApproximate else {
            throw LogQueryError(.invalid, "approx_topk is only supported on instant queries")
        }
        var ranges: [[RangeResults.Series]] = []
        let shown = ShownLabels(expression)
        for range in plan.ranges { ranges.append(try await evaluate(range, grid, shown, &statistics)) }
        let times = (0..<grid.count).map { Timestamp(nanoseconds: grid.time($0)).milliseconds }
        if plan.onlyRange != nil {
            let series = ranges[0].compactMap { series -> LogMetricsResult.Series? in
                let samples = zip(times, series.values).compactMap { time, value in
                    value.map { LogMetricsResult.Sample(time: time, value: $0) }
                }
                return samples.isEmpty ? nil : LogMetricsResult.Series(labels: series.labels, samples: samples)
            }
            return LogMetricsResult(series: series.sorted { $0.labels.precede($1.labels) })
        }
        var options = EvaluationOptions()
        // A value is one of its step only.
        options.lookback = 1
        options.timeout = limits.timeMax
        // Steps are numbered: their times are nanoseconds, PromQL's milliseconds.
        let steps = Int64(grid.count - 1)
        let engine = PromQLEngine(source: RangeResults(ranges: ranges), options: options)
        let result = try await engine.evaluate(
            plan.expression, text: "\(expression)", start: 0, end: steps, step: isInstant ? nil : 1)
        return Self.result(result.value, isScalar: plan.expression.type == .scalar, times)
    }

    /// - Parameter times: milliseconds of each step, by whose number the value goes.
    private static func result(_ value: QueryValue, isScalar: Bool, _ times: [Int64]) -> LogMetricsResult {
        func time(_ step: Int64) -> Int64 {
            times.indices.contains(Int(clamping: step)) ? times[Int(clamping: step)] : 0
        }
        var series: [LogMetricsResult.Series] = []
        switch value {
        case .scalar(let step, let value):
            series = [.init(labels: [], samples: [.init(time: time(step), value: value)])]
        case .string: break
        case .vector(let samples):
            series = samples.map {
                .init(labels: RangeResults.labels($0.labels), samples: [.init(time: time($0.time), value: $0.value)])
            }
        case .matrix(let set):
            for index in 0..<set.seriesCount {
                series.append(
                    .init(
                        labels: RangeResults.labels(set.labels[index]),
                        samples: (set.bounds[index]..<set.bounds[index + 1]).map {
                            .init(time: time(set.times[$0]), value: set.values[$0])
                        }))
            }
        }
        return LogMetricsResult(isScalar: isScalar, series: series)
    }

    /// Evaluates one range aggregation: counted by SQL where that can say all of it, else over its records.
    private func evaluate(
        _ range: MetricPlan.Range, _ grid: StepGrid, _ shown: ShownLabels, _ statistics: inout LogQueryStatistics
    ) async throws -> [RangeResults.Series] {
        let windows = RangeWindows(grid: grid, window: range.aggregation.window, offset: range.aggregation.offset)
        let snapshot = try await streams.snapshot()
        let selection = range.aggregation.selection.normalized
        let bounds = windows.bounds
        // Windows are open at their beginning and closed at their end; times are whole nanoseconds.
        let time = LogTimeRange(start: bounds.lower.addingSaturated(1), end: bounds.upper.addingSaturated(1))
        let condition = condition(of: selection, time, snapshot)
        if let counting = CountStatement(range, selection, windows, condition, snapshot, store.attributeKeys) {
            return try await counting.run(in: self, &statistics)
        }
        return try await evaluate(range, selection, windows, condition, snapshot, shown, &statistics)
    }

    private func evaluate(
        _ range: MetricPlan.Range, _ selection: LogSelection, _ windows: RangeWindows, _ condition: RowCondition,
        _ snapshot: LogStreamIndex.Snapshot, _ shown: ShownLabels, _ statistics: inout LogQueryStatistics
    ) async throws -> [RangeResults.Series] {
        var aggregation = range.aggregation
        aggregation.selection = selection
        var collector = try LogQLEvaluation.SampleCollector(
            aggregation, grouping: range.grouping, seriesMax: limits.seriesMax, now: Timestamp.now().nanoseconds)
        try await read(
            condition, collector.needs, snapshot, shown: shown,
            order: aggregation.operation.dependsOnOrder ? [.init(.column("time"))] : []
        ) { records in
            try collector.add(records)
            guard collector.samples <= limits.samplesMax else {
                throw LogQueryError(
                    .overLimit,
                    "the query holds more than \(limits.samplesMax) samples; narrow it, or its time range")
            }
            return true
        }
        statistics.lines += collector.lines
        statistics.bytes += collector.bytes
        statistics.matched += collector.samples
        if aggregation.operation == .absentOverTime {
            var absent = AbsentOverTime(windows)
            for series in collector.series { absent.observe(series.sorted.times) }
            return [.init(labels: AbsentOverTime.labels(of: selection.matchers).entries, values: absent.values)]
        }
        try checkCells(collector.series.count, windows)
        var results: [RangeResults.Series] = []
        results.reserveCapacity(collector.series.count)
        for series in collector.series {
            let sorted = series.sorted
            let values = windows.evaluate(
                aggregation.operation, parameter: aggregation.parameter, hasUnwrap: aggregation.unwrap != nil,
                times: sorted.times, values: sorted.values)
            if let failure = series.failure, values.contains(where: { $0 != nil }) { throw failure }
            results.append(.init(labels: series.labels, values: values))
        }
        return results
    }
}

extension LogEngine {
    /// - Throws: `.overLimit` when series at all steps would be too many values.
    func checkCells(_ series: Int, _ windows: RangeWindows) throws(LogQueryError) {
        let (cells, overflow) = series.multipliedReportingOverflow(by: windows.grid.count)
        guard !overflow, cells <= limits.cellsMax else {
            throw LogQueryError(
                .overLimit,
                "\(series) series at \(windows.grid.count) steps are more than \(limits.cellsMax) values; widen the step, or "
                    + "group by fewer labels")
        }
    }
}

extension RangeAggregation.Operation {
    /// Whether the order of records of the same time matters.
    fileprivate var dependsOnOrder: Bool { self == .firstOverTime || self == .lastOverTime || self == .rateCounter }
}

extension LogQLEvaluation.SampleCollector.Series {
    /// With the samples in order of time: parts of the table come one after the other.
    fileprivate var sorted: LogQLEvaluation.SampleCollector.Series {
        guard zip(times, times.dropFirst()).contains(where: { $0 > $1 }) else { return self }
        var result = self
        guard values.count == times.count else {
            result.times.sort()
            return result
        }
        let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
        result.times = order.map { times[$0] }
        result.values = order.map { values[$0] }
        return result
    }
}

extension Int64 {
    /// The sum, or the nearest value there is.
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other < 0 ? .min : .max) : sum
    }
}
