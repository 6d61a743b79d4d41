import Testing
import TraceQL
import TraceQLEvaluation

@Suite struct MetricsExpressionEvaluatorTests {
    private let leaf = MetricsExpression.pipeline(Pipeline([]), MetricsFunction(kind: .rate))

    private func series(_ key: String, _ value: String, _ values: [Double]) -> MetricSeries {
        MetricSeries(labels: [MetricLabel(key, .string(value))], values: values)
    }

    private func evaluate(_ expression: MetricsExpression, _ results: [[MetricSeries]]) throws -> [String] {
        let grid = try IntervalGrid(start: 0, end: 20, step: 10)
        return try MetricsExpressionEvaluator.evaluate(expression, results: results, on: grid).map {
            let labels = $0.labels.map { if case .string(let text) = $0.value { "\($0.key)=\(text)" } else { $0.key } }
            return "\(labels.joined(separator: ",")) \($0.values)"
        }
    }

    @Test func seriesOfEqualLabelsArePaired() throws {
        let left = [series("x", "a", [1, 2, .nan]), series("x", "b", [1, 1, 1])]
        let right = [series("x", "a", [4, 0, .nan]), series("x", "c", [1, 1, 1])]
        #expect(try evaluate(.arithmetic(leaf, .divide, leaf), [left, right]) == ["x=a [0.25, nan, nan]"])
        #expect(
            try evaluate(.arithmetic(leaf, .add, leaf), [[series("x", "a", [1, .nan, .nan])], left])
                == ["x=a [2.0, 2.0, nan]"])
    }

    @Test func aSeriesWithoutLabelsWorksOnAllAndNamesAreJoined() throws {
        let total = [series("__name__", "rate", [2, 2, 2])]
        let parts = [series("x", "a", [1, 2, 4]), series("x", "b", [1, 1, 1])]
        #expect(
            try evaluate(.arithmetic(leaf, .divide, leaf), [parts, total])
                == ["x=a [0.5, 1.0, 2.0]", "x=b [0.5, 0.5, 0.5]"])
        #expect(try evaluate(.arithmetic(leaf, .subtract, leaf), [total, parts]).count == 2)
        #expect(
            try evaluate(.arithmetic(leaf, .add, leaf), [total, total]) == ["__name__=(rate + rate) [4.0, 4.0, 4.0]"])
    }

    @Test func numbersWorkOnEverySampleThatExists() throws {
        let one = [series("x", "a", [1, .nan, 3])]
        #expect(try evaluate(.arithmetic(leaf, .multiply, .number(100)), [one]) == ["x=a [100.0, nan, 300.0]"])
        #expect(try evaluate(.arithmetic(.number(1), .divide, leaf), [one]) == ["x=a [1.0, nan, \(1.0 / 3)]"])
        #expect(try evaluate(.arithmetic(leaf, .divide, .number(0)), [one]) == [])
        #expect(try evaluate(.arithmetic(.number(1), .add, .number(2)), []) == [" [3.0, 3.0, 3.0]"])
    }

    @Test func comparisonsKeepSamples() throws {
        let two = [series("x", "a", [1, 5, 9]), series("x", "b", [1, 1, 1])]
        #expect(try evaluate(.filtered(leaf, .greater, 4), [two]) == ["x=a [nan, 5.0, 9.0]"])
    }

    @Test func rankingChoosesAtEachTime() throws {
        let three = [
            series("x", "c", [3, 1, 1]), series("x", "a", [1, 2, 1]), series("x", "b", [2, 2, .nan]),
        ]
        #expect(
            try evaluate(.ranked(leaf, .top(1)), [three]) == ["x=a [nan, 2.0, 1.0]", "x=c [3.0, nan, nan]"])
        #expect(
            try evaluate(.ranked(leaf, .bottom(1)), [three]) == ["x=a [1.0, nan, 1.0]", "x=c [nan, 1.0, nan]"])
        #expect(try evaluate(.ranked(leaf, .top(9)), [three]).count == 3)
        #expect(try evaluate(.ranked(leaf, .top(0)), [three]).isEmpty)
    }

    @Test func pipelinesAreListedAsWritten() {
        let count = MetricsExpression.pipeline(Pipeline([]), MetricsFunction(kind: .countOverTime))
        let expression = MetricsExpression.ranked(
            .arithmetic(.arithmetic(leaf, .add, .number(1)), .divide, .filtered(count, .less, 3)), .top(2))
        #expect(
            MetricsExpressionEvaluator.pipelines(of: expression).map(\.function.kind) == [.rate, .countOverTime])
    }
}
