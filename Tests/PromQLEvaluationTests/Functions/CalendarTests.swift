import Testing

@testable import PromQLEvaluation

@Suite struct CalendarTests {
    @Test(
        arguments: [
            (0, [1970, 1, 1, 0, 0, 4, 1, 31]), (951_782_399, [2000, 2, 28, 23, 59, 1, 59, 29]),
            (951_782_400, [2000, 2, 29, 0, 0, 2, 60, 29]), (1_483_191_420, [2016, 12, 31, 13, 37, 6, 366, 31]),
            (-1, [1969, 12, 31, 23, 59, 3, 365, 31]), (-2_203_891_201, [1900, 2, 28, 23, 59, 3, 59, 28]),
            (4_107_542_399, [2100, 2, 28, 23, 59, 0, 59, 28]),
        ] as [(Int64, [Int64])])
    func parts(seconds: Int64, expected: [Int64]) {
        let time = CivilTime(seconds: seconds)
        let parts = [
            time.year, time.month, time.day, time.hour, time.minute, time.weekday, time.dayOfYear, time.daysInMonth,
        ]
        #expect(parts == expected)
    }

    @Test func daysFollowOneAnother() {
        let first = Int64(-40_000)
        var before = CivilTime(seconds: (first - 1) * 86400)
        var wrong: [Int64] = []
        for day in first..<40_000 {
            let time = CivilTime(seconds: day * 86400)
            let follows = time.day == 1 ? before.day == before.daysInMonth : time.day == before.day + 1
            if !follows || time.weekday != (before.weekday + 1) % 7 { wrong.append(day) }
            before = time
        }
        #expect(wrong.isEmpty)
    }

    @Test func whatIsNoTimeDoesNotTrap() {
        for seconds in [Double.nan, .infinity, -.infinity, 1e300, -1e300, 9.3e18] {
            let time = CivilTime(seconds: seconds)
            #expect((1...12).contains(time.month))
        }
        for seconds in [Int64.min, .max] { #expect((1...366).contains(CivilTime(seconds: seconds).dayOfYear)) }
    }
}
