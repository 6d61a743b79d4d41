import LogQL
import LogQLEvaluation
import PrometheusModel
import Testing

@Suite struct AbsentOverTimeTests {
    @Test("1 where no series has a sample") func joined() throws {
        let grid = try #require(StepGrid(start: 10, end: 50, step: 10))
        let windows = RangeWindows(grid: grid, window: 10)
        var absent = AbsentOverTime(windows)
        #expect(absent.values == [1, 1, 1, 1, 1])
        absent.observe([10])
        absent.observe([11, 40])
        #expect(absent.values == [nil, nil, 1, nil, 1])
    }

    @Test("labels are those that must equal something, once") func labels() throws {
        let matchers = [
            LabelMatcher(equal: "job", "x"), try LabelMatcher(.matches, "env", ".+"), LabelMatcher(equal: "a", "1"),
            try LabelMatcher(.notEqual, "a", "2"), LabelMatcher(equal: "b", "1"), LabelMatcher(equal: "b", "1"),
        ]
        #expect(AbsentOverTime.labels(of: matchers) == Labels(["job": "x"]))
    }
}
