@testable import QueryEngines
import TelemetryModel
import TestSupport
import Testing
import TraceQL
import TraceQLEvaluation

/// Metrics counted by the engine, by evaluation of what is loaded, and by evaluation of all that was stored.
@Suite struct MetricsAnswerTests {
    static func expected(
        _ pipeline: Pipeline, _ function: MetricsFunction, _ grid: IntervalGrid, _ given: Given
    ) throws -> [MetricSeries] {
        let attributes = pipeline.attributes + function.groups + (function.operand?.attributes ?? [])
        let fields = try FieldEvaluator(given.table(attributes))
        var evaluator = PipelineEvaluator(pipeline, over: fields)
        var aggregator = MetricsAggregator(function, on: grid) { $0.description }
        try aggregator.add(try evaluator.matches(), of: fields)
        return try aggregator.finish()
    }

    /// What is different, in words; nil when nothing is. Sums may be rounded in another order.
    static func difference(_ found: [MetricSeries], _ expected: [MetricSeries]) -> String? {
        func text(_ series: MetricSeries) -> String {
            // Both zeros are one value, named as the first that came.
            series.labels.map { $0.value == .double(0) ? "\($0.key)=0.0" : "\($0.key)=\($0.value)" }
                .joined(separator: ",")
        }
        let (names, wantedNames) = (found.map(text), expected.map(text))
        guard names.sorted() == wantedNames.sorted() else {
            let difference = Set(names).symmetricDifference(wantedNames).sorted()
            return "\(names.count) series instead of \(wantedNames.count): \(difference)"
        }
        let wanted = Dictionary(expected.map { (text($0), $0.values) }) { $1 }
        for series in found {
            for (value, other) in zip(series.values, wanted[text(series)] ?? []) {
                let isSame =
                    value == other || (value.isNaN && other.isNaN) || abs(value - other) <= 1e-9 * abs(other)
                if !isSame { return "\(text(series)) has \(value) instead of \(other)" }
            }
        }
        return nil
    }

    private static let grids: [(start: Int64, end: Int64, step: Int64?)] = [
        (RandomTraces.begin, RandomTraces.begin + 70 * RandomTraces.second, nil),
        (RandomTraces.begin, RandomTraces.begin + 70 * RandomTraces.second, 10 * RandomTraces.second),
        (RandomTraces.begin + 7, RandomTraces.begin + 33 * RandomTraces.second, 7 * RandomTraces.second + 3),
        (RandomTraces.begin + 62 * RandomTraces.second, RandomTraces.begin + 90 * RandomTraces.second, 1_000_000_000),
    ]

    @Test("the engine counts what evaluation counts", arguments: 1...4)
    func metricsAreWhatTheyShouldBe(seed: Int) async throws {
        var random = RandomTraces(seed: 200 + seed)
        let fixture = try await TraceFixture("metrics_traces_\(seed)", random.given(), batches: 2)
        var queries = RandomTraceQL(seed: 200 + seed)
        let engine = fixture.traces { ($0.spansPerStep, $0.spansInPlace) = (40, 0) }
        var counted = 0
        for number in 0..<80 {
            let query = queries.metrics(plain: number % 5 != 0)
            guard case .metrics(let expression) = query.body,
                let (pipeline, function) = MetricsExpressionEvaluator.pipelines(of: expression).first
            else { continue }
            let range = Self.grids[number % Self.grids.count]
            let grid = try IntervalGrid(start: range.start, end: range.end, step: range.step)
            let expected = try Self.expected(pipeline, function, grid, fixture.given)
            let evaluated = try await engine.evaluated(pipeline, function, on: grid, exemplars: 0).0
            if let difference = Self.difference(evaluated, expected) {
                Issue.record("evaluated, seed \(seed): \(query): \(difference)")
            }
            let statement = try await MetricsStatement.make(
                pipeline, function, on: grid, engine.lowering(for: .answer), exemplars: false)
            guard let statement else { continue }
            counted += 1
            let series = try statement.series(try await engine.rows(statement.select), exemplars: 0).series
            if let difference = Self.difference(series, expected) {
                Issue.record("counted, seed \(seed): \(query): \(difference)")
            }
        }
        #expect(counted > 8, "\(counted) of them counted by the engine")
    }

    @Test("numbers that are whole in seconds, or as near as can be, are told so; the bounds of buckets too")
    func numbersAreExact() async throws {
        var given = Given()
        let durations: [Int64] = [300_000_000, 100_000_000, 1 << 30, 1 << 30 + 1, 0, -5, .max / 2 + 2]
        for (index, duration) in durations.enumerated() {
            given.spans.append(
                GivenSpan(
                    trace: TraceID(high: 1, low: UInt64(index + 1)), id: SpanID(value: 1),
                    start: RandomTraces.begin + Int64(index), duration: duration, name: index < 2 ? "a" : "b"))
        }
        given.spans[0].attributes = [("n", .string("5")), ("n", .int(7)), ("m", .double(.nan))]
        given.spans[1].attributes = [("n", .int(3)), ("n", .string("x")), ("m", .double(.infinity))]
        given.spans[2].attributes = [("n", .bool(true)), ("m", .double(2))]
        let fixture = try await TraceFixture("metrics_traces_exact", given)
        func values(_ query: String) async throws -> [String] {
            let result = try await fixture.traces().metrics(
                TraceMetricsRequest(
                    query: try TraceQLParser.parse(query), start: RandomTraces.begin, end: RandomTraces.begin + 1000,
                    step: nil))
            return result.series.map { series in
                "\(series.labels.map { "\($0.value)" }.joined(separator: ",")) \(series.samples.map(\.value))"
            }
        }
        #expect(try await values("{ name = `a` } | max_over_time(duration)") == ["\"max_over_time\" [0.3]"])
        #expect(try await values("{ name = `a` } | sum_over_time(duration)") == ["\"sum_over_time\" [0.4]"])
        #expect(try await values("{ name = `a` } | quantile_over_time(duration, 0, 1)") == ["0.0 [0.1]", "1.0 [0.3]"])
        #expect(
            try await values("{ name = `b` } | histogram_over_time(duration)") == [
                "1.073741824 [1.0]", "2.147483648 [1.0]", "9223372036.854776 [1.0]",
            ])
        #expect(try await values("{ } | count_over_time()") == ["\"count_over_time\" [7.0]"])
        // Texts and truth values are no numbers, of a name that stands twice the first counts, and NaN counts nowhere.
        #expect(try await values("{ } | sum_over_time(span.n)") == ["\"sum_over_time\" [3.0]"])
        #expect(try await values("{ } | sum_over_time(span.m)") == ["\"sum_over_time\" [inf]"])
        #expect(try await values("{ } | min_over_time(span.m)") == ["\"min_over_time\" [2.0]"])
    }
}
