import Testing

@testable import Receivers

@Suite struct FlushScheduleTests {
    @Test func intervalsAreKeptAndTheFirstLineAfterQuietIsEarly() {
        var schedule = FlushSchedule(interval: 10_000, firstDelay: 500, now: 0)
        let table: [(now: Int64, first: Int64?, isDue: Bool)] = [
            (250, nil, false), (500, 400, false), (900, 400, true),
            // Lines go on: each ten seconds.
            (1500, 1000, false), (10_899, 1000, false), (10_900, 1000, true), (20_900, 15_000, true),
            // A quiet interval, then an early flush again.
            (30_900, nil, true), (31_000, 31_000, false), (31_500, 31_000, true), (32_500, 31_600, false),
            // The clock is set back.
            (5000, 32_000, false), (15_000, 32_000, true),
        ]
        for step in table {
            #expect(schedule.isDue(now: step.now, firstChange: step.first) == step.isDue, "\(step)")
        }
    }
}
