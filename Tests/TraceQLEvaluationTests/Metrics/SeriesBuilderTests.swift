import TelemetryModel
import Testing
import TraceQL
import TraceQLEvaluation

@Suite struct SeriesBuilderTests {
    @Test func rowsOfCountsBecomeSeriesOfRates() throws {
        let grid = try IntervalGrid(start: 0, end: 20_000_000_000, step: 10_000_000_000)
        var builder = SeriesBuilder(
            MetricsFunction(kind: .rate, groups: [Attribute(.attribute(.span, "x"))]), on: grid)
        try builder.set(groups: [.string("b")], interval: 1, value: 20)
        try builder.set(groups: [.string("a")], interval: 2, value: 5)
        try builder.set(groups: [.string("a")], interval: 99, value: 5)
        let series = builder.finish()
        #expect(series.map(\.labels) == [[MetricLabel("span.x", .string("a"))], [MetricLabel("span.x", .string("b"))]])
        #expect(series.map(\.values) == [[0, 0, 0.5], [0, 2, 0]])
    }

    @Test func samplesThatWereNotSetAreMissingForFunctionsOfValues() throws {
        let grid = try IntervalGrid(start: 0, end: 20_000_000_000, step: 10_000_000_000)
        var builder = SeriesBuilder(
            MetricsFunction(kind: .quantileOverTime(intrinsic(.duration), [0.9])), on: grid)
        try builder.set(groups: [], mark: .double(0.9), interval: 0, value: 3)
        let series = builder.finish()
        #expect(series.map(\.labels) == [[MetricLabel("p", .double(0.9))]])
        #expect(series.first?.samples(on: grid).map(\.value) == [3])
    }

    @Test func tooManySeriesAreRefused() throws {
        let grid = try IntervalGrid(start: 0, end: 1, step: nil)
        var builder = SeriesBuilder(
            MetricsFunction(kind: .countOverTime, groups: [Attribute(.intrinsic(.name))]), on: grid,
            limits: EvaluationLimits(seriesMax: 1))
        try builder.set(groups: [.string("a")], interval: 0, value: 1)
        #expect(throws: TraceQLEvaluationError.self) {
            try builder.set(groups: [.string("b")], interval: 0, value: 1)
        }
    }
}
