import TelemetryModel
import Testing

@testable import Codecs

@Suite struct RFC3339TimeTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.5Z", -500_000_000),
            ("2000-02-29T12:00:00+05:30", 951_805_800_000_000_000), ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
            ("2024-01-01 00:00:00,123456789-0100", 1_704_070_800_123_456_789),
            ("1600-01-01T00:00:00Z", .min), ("9999-12-31T23:59:59Z", .max),
        ] as [(String, Int64)])
    func times(text: String, nanoseconds: Int64) {
        let time = Array(text.utf8).withUnsafeBufferPointer { RFC3339Time.parse($0) }
        #expect(time?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "2024-01-01T00:00:00", "2024-1-01T00:00:00Z", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00Zx",
    ])
    func whatIsNone(text: String) {
        let time = Array(text.utf8).withUnsafeBufferPointer { RFC3339Time.parse($0) }
        #expect(time == nil)
    }

    /// Method: the first days of all months of 800 years, counted one by one.
    @Test func daysAreCountedAsTheCalendarHasThem() {
        var days = CalendarTime.days(year: 1600, month: 1, day: 1)
        #expect(days == -135_140)
        for year in 1600..<2400 as Range<Int64> {
            for month in 1...12 as ClosedRange<Int64> {
                #expect(CalendarTime.days(year: year, month: month, day: 1) == days)
                days += CalendarTime.days(inMonth: month, of: year)
            }
        }
    }

    @Test func theYearOfATime() {
        for year in 1700..<2250 as Range<Int64> {
            let first = CalendarTime.days(year: year, month: 1, day: 1) * 86_400_000_000_000
            #expect(CalendarTime.year(of: Timestamp(nanoseconds: first)) == year)
            #expect(CalendarTime.year(of: Timestamp(nanoseconds: first - 1_000_000_000)) == year - 1)
        }
    }
}
