import Testing
import TraceQLEvaluation

@Suite struct IntervalGridTests {
    @Test func aSampleCoversTheStepBeforeItItsOwnTimeIncluded() throws {
        let grid = try IntervalGrid(start: 100, end: 130, step: 10)
        #expect(grid.count == 4)
        #expect((0..<4).map(grid.time(of:)) == [100, 110, 120, 130])
        #expect([90, 91, 100, 101, 110, 111, 129, 130].map(grid.interval(of:)) == [nil, 0, 0, 1, 1, 2, 3, nil])
        #expect(grid.spansStart == 91 && grid.spansEnd == 130)
    }

    @Test func theRangeIsWidenedToMultiplesOfTheStep() throws {
        let grid = try IntervalGrid(start: 104, end: 121, step: 10)
        #expect((0..<grid.count).map(grid.time(of:)) == [100, 110, 120, 130])
    }

    @Test func aRangeBeforeTheEpochIsAlignedTheSameWay() throws {
        let grid = try IntervalGrid(start: -14, end: -1, step: 10)
        #expect((0..<grid.count).map(grid.time(of:)) == [-20, -10, 0])
        #expect(grid.interval(of: -10) == 1)
    }

    @Test func anInstantQueryHasOneInterval() throws {
        let grid = try IntervalGrid(start: 5, end: 2_000_000_005, step: nil)
        #expect(grid.count == 1 && grid.time(of: 0) == 2_000_000_005 && grid.seconds == 2)
        #expect([4, 5, 2_000_000_004, 2_000_000_005].map(grid.interval(of:)) == [nil, 0, 0, nil])
    }

    @Test(arguments: [
        (Int64.min, Int64.max, Int64(1)), (.min, .max, .max), (.max - 1, .max, 10), (0, 1_000_000, 1), (5, 5, 1),
        (0, 1, 0),
    ])
    func rangesThatCannotBeDividedAreRefused(start: Int64, end: Int64, step: Int64) {
        #expect(throws: TraceQLEvaluationError.self) { try IntervalGrid(start: start, end: end, step: step) }
    }
}
