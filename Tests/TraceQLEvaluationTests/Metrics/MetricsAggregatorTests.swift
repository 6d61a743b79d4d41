import TelemetryModel
import Testing
import TraceQL
import TraceQLEvaluation

@Suite struct MetricsAggregatorTests {
    private static let second: Int64 = 1_000_000_000
    private let y = spanAttribute("y")

    private func aggregate(
        _ function: MetricsFunction, _ tables: [[TestSpan]], on grid: IntervalGrid, exemplars: Int = 0,
        limits: EvaluationLimits = .standard
    ) throws -> [MetricSeries] {
        var aggregator = MetricsAggregator(function, on: grid, exemplars: exemplars, limits: limits)
        for spans in tables {
            let fields = try FieldEvaluator(SpanTable(spans))
            var evaluator = PipelineEvaluator(Pipeline([.spansets(.filter(.literal(.bool(true))))]), over: fields)
            try aggregator.add(try evaluator.matches(), of: fields)
        }
        return try aggregator.finish()
    }

    private func text(_ series: [MetricSeries], on grid: IntervalGrid) -> [String] {
        series.map { series in
            let labels = series.labels.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
            let samples = series.samples(on: grid).map { "\($0.time / Self.second):\($0.value)" }
            return "{\(labels)} \(samples.joined(separator: " "))"
        }
    }

    private let spans = [
        TestSpan(
            trace: 1, id: 1, start: 10_000_000_000, duration: 1_000_000_000, fields: [.attribute(.span, "y"): .int(4)]),
        TestSpan(
            trace: 1, id: 2, start: 10_000_000_001, duration: 3_000_000_000, fields: [.attribute(.span, "y"): .int(6)]),
        TestSpan(trace: 2, id: 3, start: 29_000_000_000, duration: 500_000_000, service: "b"),
    ]

    private func grid() throws -> IntervalGrid {
        try IntervalGrid(start: 10 * Self.second, end: 30 * Self.second, step: 10 * Self.second)
    }

    @Test func countsAndRatesAreZeroInEmptyIntervals() throws {
        let grid = try grid()
        let split = [Array(spans[..<2]), Array(spans[2...])]
        #expect(
            try text(aggregate(MetricsFunction(kind: .countOverTime), split, on: grid), on: grid)
                == [#"{__name__="count_over_time"} 10:1.0 20:1.0 30:1.0"#])
        let byService = MetricsFunction(kind: .rate, groups: [Attribute(.attribute(.resource, "service.name"))])
        #expect(
            try text(aggregate(byService, split, on: grid), on: grid) == [
                #"{resource.service.name="b"} 10:0.0 20:0.0 30:0.1"#,
                #"{resource.service.name="svc"} 10:0.1 20:0.1 30:0.0"#,
            ])
    }

    @Test func otherFunctionsHaveNoSampleInEmptyIntervalsAndGiveSeconds() throws {
        let grid = try grid()
        #expect(
            try text(aggregate(MetricsFunction(kind: .maximumOverTime(y)), [spans], on: grid), on: grid)
                == [#"{__name__="max_over_time"} 10:4.0 20:6.0"#])
        #expect(
            try text(
                aggregate(MetricsFunction(kind: .averageOverTime(intrinsic(.duration))), [spans], on: grid), on: grid)
                == [#"{__name__="avg_over_time"} 10:1.0 20:3.0 30:0.5"#])
        #expect(try aggregate(MetricsFunction(kind: .sumOverTime(spanAttribute("no"))), [spans], on: grid).isEmpty)
    }

    @Test func quantilesAreExactAndLabelled() throws {
        let grid = try IntervalGrid(start: 0, end: 100 * Self.second, step: nil)
        let kind = MetricsFunction.Kind.quantileOverTime(intrinsic(.duration), [0.5, 1])
        #expect(
            try text(aggregate(MetricsFunction(kind: kind), [spans], on: grid), on: grid)
                == ["{p=0.5} 100:1.0", "{p=1.0} 100:3.0"])
    }

    @Test func histogramsCountPerPowerOfTwo() throws {
        let grid = try IntervalGrid(start: 0, end: 100 * Self.second, step: nil)
        #expect(
            try text(aggregate(MetricsFunction(kind: .histogramOverTime(y)), [spans], on: grid), on: grid)
                == ["{__bucket=4.0} 100:1.0", "{__bucket=8.0} 100:1.0"])
    }

    @Test func aGroupWithoutValuesIsNilAndAMissingOneAmongOthersIsLeftOut() throws {
        let grid = try IntervalGrid(start: 0, end: 100 * Self.second, step: nil)
        let attribute = Attribute(.attribute(.span, "y"))
        let one = MetricsFunction(kind: .countOverTime, groups: [attribute])
        #expect(
            try text(aggregate(one, [spans], on: grid), on: grid)
                == ["{span.y=nil} 100:1.0", "{span.y=4} 100:1.0", "{span.y=6} 100:1.0"])
        let two = MetricsFunction(kind: .countOverTime, groups: [attribute, Attribute(.intrinsic(.name))])
        #expect(
            try aggregate(two, [spans], on: grid).map { $0.labels.map(\.value) }
                == [[.string("op")], [.int(4), .string("op")], [.int(6), .string("op")]])
    }

    @Test func compareCountsValuesOfBothSides() throws {
        let grid = try IntervalGrid(start: 0, end: 100 * Self.second, step: nil)
        let slow = SpansetExpression.filter(
            .comparison(intrinsic(.duration), .greater, .literal(.duration(Self.second))))
        let kind = MetricsFunction.Kind.compare(slow, top: 1, start: 0, end: 0)
        let lines = try text(aggregate(MetricsFunction(kind: kind), [spans], on: grid), on: grid)
        let y = lines.filter { $0.contains("span.y") }
        #expect(
            y == [
                #"{__meta_type="baseline",span.y=4} 100:1.0"#,
                #"{__meta_type="baseline_total",span.y=nil} 100:1.0"#,
                #"{__meta_type="selection",span.y=6} 100:1.0"#,
                #"{__meta_type="selection_total",span.y=nil} 100:1.0"#,
            ])
        #expect(lines.count { $0.contains("resource.service.name") } == 4)
    }

    @Test func exemplarsAreOfDifferentTraces() throws {
        let grid = try grid()
        let series = try aggregate(MetricsFunction(kind: .rate), [spans], on: grid, exemplars: 5)
        #expect(series.first?.exemplars.map(\.spanID) == [SpanID(value: 1), SpanID(value: 3)])
        #expect(series.first?.exemplars.map(\.value) == [0.1, 0.1])
    }

    @Test func passingALimitNamesIt() throws {
        let grid = try grid()
        let byDuration = MetricsFunction(kind: .countOverTime, groups: [Attribute(.intrinsic(.duration))])
        let quantile = MetricsFunction(kind: .quantileOverTime(intrinsic(.duration), [0.5]))
        for (function, limits) in [
            (byDuration, EvaluationLimits(seriesMax: 2)), (byDuration, EvaluationLimits(cellsMax: 3)),
            (quantile, EvaluationLimits(quantileValuesMax: 2)),
        ] {
            let error = #expect(throws: TraceQLEvaluationError.self) {
                try aggregate(function, [spans], on: grid, limits: limits)
            }
            #expect(error?.kind == .overLimit)
            #expect(error?.message.contains("limit of") == true)
        }
    }

    /// Against sums made span by span.
    @Test(arguments: 0..<20) func agreesWithCountingOneByOne(seed: Int) throws {
        var random = RandomQueries(seed: seed)
        let grid = try IntervalGrid(start: 0, end: 20 * Self.second, step: 5 * Self.second)
        let attributes = [Attribute(.attribute(.span, "y")), Attribute(.attribute(.resource, "service.name"))]
        let function = MetricsFunction(kind: .sumOverTime(intrinsic(.duration)), groups: attributes)
        let tables = (0..<3).map { _ in random.spans() }
        var expected: [[Value]: [Double]] = [:]
        for span in tables.joined() {
            guard let interval = grid.interval(of: span.start) else { continue }
            let key = [span.fields[.attribute(.span, "y")] ?? .none, .string(span.service)]
            var sums = expected[key] ?? [Double](repeating: .nan, count: grid.count)
            sums[interval] = (sums[interval].isNaN ? 0 : sums[interval]) + Double(span.duration) / 1e9
            expected[key] = sums
        }
        let series = try aggregate(function, tables, on: grid)
        #expect(series.count == expected.count)
        for series in series {
            let values = series.labels.map(\.value)
            let sums = try #require(expected[values.count == 2 ? values : [.none] + values])
            #expect(zip(series.values, sums).allSatisfy { ($0.isNaN && $1.isNaN) || abs($0 - $1) < 1e-9 })
        }
    }
}
