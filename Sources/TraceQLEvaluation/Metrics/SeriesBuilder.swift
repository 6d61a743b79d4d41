import TelemetryModel
package import TraceQL

/// Makes the series of a metrics function from numbers per group and interval, wherever they were computed.
///
/// - Labels: one for each group under the attribute's name. A group without a value has no label, as in Tempo, unless
///   no group has one: then the first has `.none`. Without `by`, `rate`, `count_over_time` and the functions that keep
///   one number have `__name__`. `quantile_over_time` adds `p`, `histogram_over_time` `__bucket`.
/// - Samples: `rate`, `count_over_time` and `histogram_over_time` are 0 in intervals in which a series that exists has
///   no span; the others have no sample there. A query without any span has no series.
package struct SeriesBuilder: Sendable {
    package let function: MetricsFunction
    package let grid: IntervalGrid
    private let limits: EvaluationLimits
    private let label: @Sendable (Attribute) -> String
    private var places: [Key: Int] = [:]
    private var series: [MetricSeries] = []

    private struct Key: Hashable {
        var groups: [Value]
        var mark: Value
    }

    /// - Parameter label: the name of an attribute as queries write it.
    package init(
        _ function: MetricsFunction, on grid: IntervalGrid, limits: EvaluationLimits = .standard,
        label: @escaping @Sendable (Attribute) -> String = { $0.description }
    ) {
        self.function = function
        self.grid = grid
        self.limits = limits
        self.label = label
    }

    /// Sets one sample.
    ///
    /// - Parameters:
    ///   - groups: as many values as the function has groups.
    ///   - mark: the quantile or the bucket, for the functions that have one; `.none` for the others.
    ///   - value: as the function gives it; of `rate` the number of spans.
    /// - Throws: `.overLimit` past `limits.seriesMax` or `limits.cellsMax`.
    package mutating func set(
        groups: [Value], mark: Value = .none, interval: Int, value: Double
    ) throws(TraceQLEvaluationError) {
        guard (0..<grid.count).contains(interval) else { return }
        let place = try place(groups: groups, mark: mark)
        series[place].values[interval] = function.isRate ? value / grid.seconds : value
    }

    /// Sets the samples of all intervals.
    mutating func set(groups: [Value], mark: Value = .none, values: [Double]) throws(TraceQLEvaluationError) {
        let place = try place(groups: groups, mark: mark)
        let seconds = grid.seconds
        series[place].values = function.isRate ? values.map { $0 / seconds } : values
    }

    package mutating func add(
        _ exemplar: MetricExemplar, groups: [Value], mark: Value = .none
    ) throws(TraceQLEvaluationError) {
        let place = try place(groups: groups, mark: mark)
        series[place].exemplars.append(exemplar)
    }

    /// Sorted by labels.
    package func finish() -> [MetricSeries] { series.finished() }

    private mutating func place(groups: [Value], mark: Value) throws(TraceQLEvaluationError) -> Int {
        let key = Key(groups: groups.map(\.groupKey), mark: mark.groupKey)
        if let place = places[key] { return place }
        guard series.count < limits.seriesMax else {
            throw TraceQLEvaluationError(.overLimit, "query has more series than the limit of \(limits.seriesMax)")
        }
        guard (series.count + 1) * grid.count <= limits.cellsMax else {
            throw TraceQLEvaluationError(.overLimit, "series have more samples than the limit of \(limits.cellsMax)")
        }
        places[key] = series.count
        let empty = function.countsSpans ? 0 : Double.nan
        series.append(
            MetricSeries(
                labels: labels(groups: key.groups, mark: mark),
                values: [Double](repeating: empty, count: grid.count)))
        return series.count - 1
    }

    private func labels(groups: [Value], mark: Value) -> [MetricLabel] {
        var result: [MetricLabel] = []
        for (attribute, value) in zip(function.groups, groups) where !value.isNone {
            result.append(MetricLabel(label(attribute), value))
        }
        switch function.kind {
        case .histogramOverTime: result.append(MetricLabel("__bucket", mark))
        case .quantileOverTime: result.append(MetricLabel("p", mark))
        default: break
        }
        if result.isEmpty {
            if let first = function.groups.first {
                result.append(MetricLabel(label(first), .none))
            } else if let name = function.name {
                result.append(MetricLabel("__name__", .string(name)))
            }
        }
        return result
    }
}

extension MetricsFunction {
    /// The name in a query.
    var name: String? {
        switch kind {
        case .rate: "rate"
        case .countOverTime: "count_over_time"
        case .minimumOverTime: "min_over_time"
        case .maximumOverTime: "max_over_time"
        case .averageOverTime: "avg_over_time"
        case .sumOverTime: "sum_over_time"
        case .quantileOverTime: "quantile_over_time"
        case .histogramOverTime: "histogram_over_time"
        case .compare: nil
        }
    }

    var isRate: Bool {
        if case .rate = kind { true } else { false }
    }

    /// An interval without spans counts 0 rather than having no sample.
    var countsSpans: Bool {
        switch kind {
        case .rate, .countOverTime, .histogramOverTime, .compare: true
        default: false
        }
    }

    /// What the function looks at in each span; nil when it counts spans.
    package var operand: FieldExpression? {
        switch kind {
        case .rate, .countOverTime, .compare: nil
        case .minimumOverTime(let operand), .maximumOverTime(let operand), .averageOverTime(let operand),
            .sumOverTime(let operand), .quantileOverTime(let operand, _), .histogramOverTime(let operand):
            operand
        }
    }
}
