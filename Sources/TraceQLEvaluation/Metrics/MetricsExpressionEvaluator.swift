import TelemetryModel
package import TraceQL

/// The second stage of a metrics query: what is done with the series of its pipelines.
///
/// - Arithmetic pairs series with equal labels, `__name__` left aside; a side that has a series without labels offers
///   it to all of the other side that find no equal one. Series without a partner are dropped. Where one of two
///   samples is missing it counts 0, where both are the result is missing; division by zero gives no sample. The names
///   are joined, `(rate / count_over_time)`, when both sides have one, and dropped otherwise.
/// - A number works on every sample of a series, which keeps its labels. A number by itself is one series.
/// - `topk` and `bottomk` choose at each time; of equal samples the series whose labels sort first is taken.
/// - A comparison keeps the samples for which it is true.
///
/// A series left without a sample is dropped.
package enum MetricsExpressionEvaluator {
    /// The pipelines of an expression in the order they are written; one that occurs twice is there twice.
    package static func pipelines(
        of expression: MetricsExpression
    ) -> [(pipeline: Pipeline, function: MetricsFunction)] {
        // A stack instead of recursion: expressions may be long chains.
        var result: [(pipeline: Pipeline, function: MetricsFunction)] = []
        var pending = [expression]
        while let next = pending.popLast() {
            switch next {
            case .pipeline(let pipeline, let function): result.append((pipeline, function))
            case .number: break
            case .arithmetic(let left, _, let right): pending += [right, left]
            case .ranked(let operand, _), .filtered(let operand, _, _): pending.append(operand)
            }
        }
        return result
    }

    /// - Parameter results: the series of each of `pipelines(of:)`.
    /// - Returns: series sorted by labels.
    package static func evaluate(
        _ expression: MetricsExpression, results: [[MetricSeries]], on grid: IntervalGrid,
        limits: EvaluationLimits = .standard
    ) throws(TraceQLEvaluationError) -> [MetricSeries] {
        var remaining = results[...]
        switch try operand(expression, &remaining, limits: limits, depth: 0) {
        case .series(let series): return series.finished()
        case .number(let number):
            return [MetricSeries(labels: [], values: [Double](repeating: number, count: grid.count))].finished()
        }
    }

    private enum Operand {
        case number(Double)
        case series([MetricSeries])
    }

    private static func operand(
        _ expression: MetricsExpression, _ results: inout ArraySlice<[MetricSeries]>, limits: EvaluationLimits,
        depth: Int
    ) throws(TraceQLEvaluationError) -> Operand {
        guard depth < limits.nestingMax else {
            throw TraceQLEvaluationError(.overLimit, "query is nested deeper than \(limits.nestingMax) levels")
        }
        switch expression {
        case .number(let number): return .number(number)
        case .pipeline: return .series(results.popFirst() ?? [])
        case .arithmetic(let left, let operation, let right):
            let left = try operand(left, &results, limits: limits, depth: depth + 1)
            let right = try operand(right, &results, limits: limits, depth: depth + 1)
            return combined(left, operation, right)
        case .ranked(let inner, let ranking):
            let inner = try operand(inner, &results, limits: limits, depth: depth + 1)
            guard case .series(let series) = inner else { return inner }
            return .series(ranked(series, ranking))
        case .filtered(let inner, let comparison, let bound):
            let inner = try operand(inner, &results, limits: limits, depth: depth + 1)
            return filtered(inner, comparison, bound)
        }
    }
}

// MARK: - Arithmetic

extension MetricsExpressionEvaluator {
    private static func combined(_ left: Operand, _ operation: ArithmeticOperator, _ right: Operand) -> Operand {
        switch (left, right) {
        case (.number(let left), .number(let right)): return .number(Arithmetic.double(left, operation, right))
        case (.series(let series), .number(let number)):
            return .series(mapped(series) { Arithmetic.double($0, operation, number) })
        case (.number(let number), .series(let series)):
            return .series(mapped(series) { Arithmetic.double(number, operation, $0) })
        case (.series(let left), .series(let right)): return .series(joined(left, operation, right))
        }
    }

    private static func mapped(_ series: [MetricSeries], _ transform: (Double) -> Double) -> [MetricSeries] {
        series.map {
            var series = $0
            series.values = series.values.map { $0.isNaN ? .nan : transform($0) }
            return series
        }
    }

    private static func joined(
        _ left: [MetricSeries], _ operation: ArithmeticOperator, _ right: [MetricSeries]
    ) -> [MetricSeries] {
        let leftByLabels = byLabels(left)
        let rightByLabels = byLabels(right)
        // A side without labels is offered to each series of the other side, which then leads.
        let leading = rightByLabels[[]] != nil ? left : right
        var result: [MetricSeries] = []
        for series in leading {
            let key = key(series.labels)
            guard let leftSeries = leftByLabels[key] ?? leftByLabels[[]],
                let rightSeries = rightByLabels[key] ?? rightByLabels[[]]
            else { continue }
            let values = zip(leftSeries.values, rightSeries.values).map { left, right in
                left.isNaN && right.isNaN
                    ? .nan : Arithmetic.double(left.isNaN ? 0 : left, operation, right.isNaN ? 0 : right)
            }
            result.append(
                MetricSeries(
                    labels: labels(leftSeries, operation, rightSeries), values: values,
                    exemplars: leftSeries.exemplars + rightSeries.exemplars))
        }
        return result
    }

    private static func byLabels(_ series: [MetricSeries]) -> [[MetricLabel]: MetricSeries] {
        Dictionary(series.map { (key($0.labels), $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func key(_ labels: [MetricLabel]) -> [MetricLabel] {
        labels.filter { $0.key != "__name__" }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    private static func labels(
        _ left: MetricSeries, _ operation: ArithmeticOperator, _ right: MetricSeries
    ) -> [MetricLabel] {
        var result = left.labels.filter { $0.key != "__name__" }
        for label in right.labels where label.key != "__name__" && !result.contains(where: { $0.key == label.key }) {
            result.append(label)
        }
        if let left = name(left), let right = name(right) {
            let name = "(\(left) \(operation.rawValue) \(right))"
            result.insert(MetricLabel("__name__", .string(name)), at: 0)
        }
        return result
    }

    private static func name(_ series: MetricSeries) -> String? {
        for label in series.labels where label.key == "__name__" {
            if case .string(let name) = label.value { return name }
        }
        return nil
    }
}

// MARK: - Choosing samples

extension MetricsExpressionEvaluator {
    private static func ranked(_ series: [MetricSeries], _ ranking: Ranking) -> [MetricSeries] {
        let (limit, isTop) =
            switch ranking {
            case .top(let limit): (limit, true)
            case .bottom(let limit): (limit, false)
            }
        guard limit > 0 else { return [] }
        guard series.count > limit else { return series }
        let source = series.finished()
        var result = source
        for place in result.indices {
            result[place].values = [Double](repeating: .nan, count: result[place].values.count)
        }
        for interval in 0..<(source.first?.values.count ?? 0) {
            let candidates = source.indices.filter {
                interval < source[$0].values.count && !source[$0].values[interval].isNaN
            }
            let chosen = candidates.sorted {
                let (left, right) = (source[$0].values[interval], source[$1].values[interval])
                return left != right ? (isTop ? left > right : left < right) : $0 < $1
            }
            for place in chosen.prefix(limit) {
                result[place].values[interval] = source[place].values[interval]
            }
        }
        return result.finished()
    }

    private static func filtered(_ operand: Operand, _ comparison: ComparisonOperator, _ bound: Double) -> Operand {
        let keeps = { (value: Double) in Comparison.holds(.double(value), comparison, .double(bound)) }
        switch operand {
        case .number(let number): return .number(keeps(number) ? number : .nan)
        case .series(let series): return .series(mapped(series) { keeps($0) ? $0 : .nan })
        }
    }
}
