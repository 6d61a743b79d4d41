import PromQL
import Testing

@testable import PromQLEvaluation

@Suite struct SubqueryTimesTests {
    private func inner(width: Int64, step: Int64, offset: Int64 = 0, at: Int64? = nil, _ outer: TimeGrid) -> [Int64] {
        let plan = SubqueryPlan(
            node: .number(1, SourceRange(0, 1)), width: width, step: step, offset: offset, at: at,
            range: SourceRange(0, 1))
        let grid = plan.inner(outer)
        return (0..<grid.count).map { grid.time($0) }
    }

    @Test func stepsAreMultiplesAfterTheBeginOfTheWindow() {
        #expect(inner(width: 30, step: 10, TimeGrid(start: 100, step: 1, count: 1)) == [80, 90, 100])
        #expect(inner(width: 30, step: 10, TimeGrid(start: 105, step: 1, count: 1)) == [80, 90, 100])
        #expect(inner(width: 30, step: 10, offset: 7, TimeGrid(start: 105, step: 1, count: 1)) == [70, 80, 90])
    }

    @Test func theyAreAlignedBeforeTheEpochToo() {
        #expect(inner(width: 30, step: 10, TimeGrid(start: -5, step: 1, count: 1)) == [-30, -20, -10])
        #expect(inner(width: 35, step: 10, TimeGrid(start: 0, step: 1, count: 1)) == [-30, -20, -10, 0])
    }

    @Test func theyCoverTheWindowsOfAllOuterTimes() {
        #expect(inner(width: 20, step: 10, TimeGrid(start: 40, step: 20, count: 3)) == [30, 40, 50, 60, 70, 80])
        #expect(inner(width: 20, step: 10, at: 50, TimeGrid(start: 0, step: 20, count: 3)) == [40, 50])
    }

    @Test func extremesDoNotTrap() {
        let far = TimeGrid(start: .max, step: 1, count: 1)
        #expect(inner(width: .max, step: .max, offset: .min, far).count <= 2)
        #expect(inner(width: 1, step: .max, TimeGrid(start: .min, step: 1, count: 1)).count <= 1)
        #expect(TimeGrid(from: .min, through: .max, step: 1).count == .max)
    }
}
