import PrometheusModel
@testable import QueryEngines
import Testing

@Suite struct RuleScheduleTests {
    private static let schedule = RuleSchedule(group: RuleGroup(file: "f", name: "g"), interval: 60_000)

    @Test func slotsAreAnIntervalApartAndMovedByTheGroupsOffset() {
        let schedule = Self.schedule
        #expect((0..<60_000).contains(schedule.offset))
        for time in [Int64(0), 59_999, 1_700_000_012_345, -5] {
            let slot = schedule.slot(before: time)
            #expect(slot <= time && time - slot < 60_000)
            #expect((slot - schedule.offset) % 60_000 == 0)
        }
        #expect(RuleSchedule(group: RuleGroup(file: "f", name: "h"), interval: 60_000).offset != schedule.offset)
    }

    @Test(
        "evaluations that are too late are left out",
        arguments: [
            (Int64(0), Int64(10_000), Int64(60_000), Int64(0)), (0, 60_000, 60_000, 0), (0, 119_999, 60_000, 0),
            (0, 120_000, 120_000, 1), (0, 200_000, 180_000, 2),
        ])
    func next(last: Int64, now: Int64, time: Int64, missed: Int64) {
        let next = Self.schedule.next(after: last, now: now)
        #expect(next.time == time)
        #expect(next.missed == missed)
    }
}
