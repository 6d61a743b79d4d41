import TelemetryModel
package import TraceQL

/// Computes a metrics function over tables that come one after the other; memory grows with the series and intervals,
/// for `quantile_over_time` with the values, and is bounded by `EvaluationLimits`.
///
/// A span counts in the interval in which it starts. One without the number that the function takes is passed over; of
/// several values of a group's attribute the first counts. Exemplars are the first spans of traces, not more than two
/// an interval, the value of a function that counts being that of the sample.
package struct MetricsAggregator {
    package let function: MetricsFunction
    package let grid: IntervalGrid
    /// Spans that have counted so far.
    package private(set) var spans = 0

    private let limits: EvaluationLimits
    private let label: @Sendable (Attribute) -> String
    private var index = GroupIndex()
    private var state: State
    private var exemplars: ExemplarPicker
    /// Held for quantiles, over all groups.
    private var quantileValues = 0

    private enum State {
        case accumulated(Accumulator.Form, [Accumulator])
        case quantile([Double], [QuantileValues])
        case histogram(isDuration: Bool, buckets: [HistogramSeries: Int], [Accumulator])
        case compare(Comparer)
    }

    private struct HistogramSeries: Hashable {
        var group: Int
        var bound: Double
    }

    private struct QuantileValues {
        var intervals: [Int32] = []
        var values: [Double] = []
    }

    /// - Parameters:
    ///   - exemplars: wanted at most.
    ///   - label: the name of an attribute as queries write it.
    package init(
        _ function: MetricsFunction, on grid: IntervalGrid, exemplars: Int = 0, limits: EvaluationLimits = .standard,
        label: @escaping @Sendable (Attribute) -> String = { $0.description }
    ) {
        self.function = function
        self.grid = grid
        self.limits = limits
        self.label = label
        self.exemplars = ExemplarPicker(wanted: exemplars, intervals: grid.count)
        state =
            switch function.kind {
            case .rate, .countOverTime: .accumulated(.count, [])
            case .minimumOverTime: .accumulated(.minimum, [])
            case .maximumOverTime: .accumulated(.maximum, [])
            case .sumOverTime: .accumulated(.sum, [])
            case .averageOverTime: .accumulated(.average, [])
            case .quantileOverTime(_, let quantiles): .quantile(quantiles, [])
            case .histogramOverTime(let operand):
                .histogram(isDuration: operand.isDuration, buckets: [:], [])
            case .compare(let selection, let top, let start, let end):
                .compare(Comparer(selection, top: top, start: start, end: end, grid: grid, limits: limits))
            }
    }

    /// Counts the spans of a table that a pipeline answered.
    ///
    /// - Throws: `.overLimit`, naming the limit; the aggregator is of no use afterwards.
    package mutating func add(
        _ matches: [SpansetMatch], of fields: FieldEvaluator
    ) throws(TraceQLEvaluationError) {
        if case .compare(var comparer) = state {
            state = .accumulated(.count, [])
            defer { state = .compare(comparer) }
            spans += try comparer.add(matches, of: fields, label: label)
            return
        }
        let measure: Measure? = if let operand = function.operand { try Measure(operand, over: fields) } else { nil }
        var groups = RowGroups(function.groups, over: fields)
        exemplars.beginTable()
        let table = fields.table
        for match in matches {
            for row in match.rows {
                let row = Int(row)
                guard let interval = grid.interval(of: table.starts[row]) else { continue }
                spans += 1
                if let measure {
                    try measure.forEach(row: row) { (number) throws(TraceQLEvaluationError) in
                        let group = try groups.group(row: row, in: &index, limit: limits.seriesMax)
                        guard try count(number, group: group, interval: interval) else { return }
                        exemplars.offer(
                            table, trace: match.trace, row: row, group: group, interval: interval, value: number)
                    }
                } else {
                    let group = try groups.group(row: row, in: &index, limit: limits.seriesMax)
                    _ = try count(0, group: group, interval: interval)
                    exemplars.offer(table, trace: match.trace, row: row, group: group, interval: interval, value: 0)
                }
            }
        }
    }

    /// False for a number that is in no bucket.
    private mutating func count(
        _ number: Double, group: Int, interval: Int
    ) throws(TraceQLEvaluationError) -> Bool {
        switch state {
        case .accumulated(let form, var accumulators):
            // Taken out of the state while it changes, so that the arrays have one owner and are not copied.
            state = .quantile([], [])
            defer { state = .accumulated(form, accumulators) }
            while accumulators.count <= group {
                try checkCells(accumulators.count + 1, width: form.width)
                accumulators.append(Accumulator(form, intervals: grid.count))
            }
            accumulators[group].add(number, at: interval)
        case .quantile(let quantiles, var groups):
            state = .accumulated(.count, [])
            defer { state = .quantile(quantiles, groups) }
            while groups.count <= group { groups.append(QuantileValues()) }
            guard quantileValues < limits.quantileValuesMax else {
                throw TraceQLEvaluationError(
                    .overLimit, "quantile_over_time has more values than the limit of \(limits.quantileValuesMax)")
            }
            quantileValues += 1
            groups[group].intervals.append(Int32(truncatingIfNeeded: interval))
            groups[group].values.append(number)
        case .histogram(let isDuration, var buckets, var accumulators):
            guard let bound = HistogramBucket.upperBound(number, isDuration: isDuration) else { return false }
            state = .accumulated(.count, [])
            defer { state = .histogram(isDuration: isDuration, buckets: buckets, accumulators) }
            let key = HistogramSeries(group: group, bound: bound)
            let place: Int
            if let known = buckets[key] {
                place = known
            } else {
                place = accumulators.count
                guard place < limits.seriesMax else {
                    throw TraceQLEvaluationError(
                        .overLimit, "query has more series than the limit of \(limits.seriesMax)")
                }
                try checkCells(place + 1, width: 1)
                buckets[key] = place
                accumulators.append(Accumulator(.count, intervals: grid.count))
            }
            accumulators[place].add(number, at: interval)
        case .compare: break
        }
        return true
    }

    private func checkCells(_ series: Int, width: Int) throws(TraceQLEvaluationError) {
        guard series * width * grid.count <= limits.cellsMax else {
            throw TraceQLEvaluationError(.overLimit, "series have more samples than the limit of \(limits.cellsMax)")
        }
    }
}

// MARK: - Results

extension MetricsAggregator {
    /// The series, sorted by labels.
    package func finish() throws(TraceQLEvaluationError) -> [MetricSeries] {
        var builder = SeriesBuilder(function, on: grid, limits: limits, label: label)
        switch state {
        case .compare(let comparer): return try comparer.finish()
        case .accumulated(_, let accumulators):
            for (group, accumulator) in accumulators.enumerated() {
                try builder.set(groups: index.groups[group], values: values(accumulator))
            }
            let counts = function.countsSpans
            for picked in exemplars.picked {
                let value = accumulators[picked.group].value(at: picked.interval)
                try builder.add(
                    picked.exemplar(value: counts ? (function.isRate ? value / grid.seconds : value) : picked.value),
                    groups: index.groups[picked.group])
            }
        case .histogram(let isDuration, let buckets, let accumulators):
            for (series, place) in buckets {
                try builder.set(
                    groups: index.groups[series.group], mark: .double(series.bound),
                    values: values(accumulators[place]))
            }
            for picked in exemplars.picked {
                guard let bound = HistogramBucket.upperBound(picked.value, isDuration: isDuration),
                    let place = buckets[HistogramSeries(group: picked.group, bound: bound)]
                else { continue }
                try builder.add(
                    picked.exemplar(value: accumulators[place].value(at: picked.interval)),
                    groups: index.groups[picked.group], mark: .double(bound))
            }
        case .quantile(let quantiles, let groups):
            try finishQuantiles(quantiles, groups, into: &builder)
        }
        return builder.finish()
    }

    private func values(_ accumulator: Accumulator) -> [Double] {
        (0..<grid.count).map { accumulator.value(at: $0) }
    }

    private func finishQuantiles(
        _ quantiles: [Double], _ groups: [QuantileValues], into builder: inout SeriesBuilder
    ) throws(TraceQLEvaluationError) {
        try checkCells(groups.count * quantiles.count, width: 1)
        var results: [[[Double]]] = []
        for (group, held) in groups.enumerated() {
            var ofGroup = Array(
                repeating: [Double](repeating: .nan, count: grid.count), count: quantiles.count)
            let ordered = Self.ordered(held, intervals: grid.count)
            for interval in 0..<grid.count {
                let values = ordered.values[ordered.offsets[interval]..<ordered.offsets[interval + 1]]
                guard !values.isEmpty else { continue }
                for (place, quantile) in quantiles.enumerated() {
                    ofGroup[place][interval] = Quantile.value(quantile, of: values)
                }
            }
            for (place, quantile) in quantiles.enumerated() {
                try builder.set(groups: index.groups[group], mark: .double(quantile), values: ofGroup[place])
            }
            results.append(ofGroup)
        }
        for picked in exemplars.picked {
            // On the lowest quantile that is not below the exemplar, else on the highest.
            let sorted = quantiles.indices.sorted { quantiles[$0] < quantiles[$1] }
            let place = sorted.first { results[picked.group][$0][picked.interval] >= picked.value } ?? sorted.last
            guard let place else { continue }
            try builder.add(
                picked.exemplar(value: picked.value), groups: index.groups[picked.group],
                mark: .double(quantiles[place]))
        }
    }

    /// The values by interval, those of each ascending.
    private static func ordered(
        _ held: QuantileValues, intervals: Int
    ) -> (values: [Double], offsets: [Int]) {
        var offsets = [Int](repeating: 0, count: intervals + 1)
        for interval in held.intervals { offsets[Int(interval) + 1] += 1 }
        for interval in 0..<intervals { offsets[interval + 1] += offsets[interval] }
        var next = offsets
        var values = [Double](repeating: 0, count: held.values.count)
        for (interval, value) in zip(held.intervals, held.values) {
            values[next[Int(interval)]] = value
            next[Int(interval)] += 1
        }
        for interval in 0..<intervals { values[offsets[interval]..<offsets[interval + 1]].sort() }
        return (values, offsets)
    }
}
