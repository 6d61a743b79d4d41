import TelemetryModel

/// Nanoseconds since the Unix epoch of dates and times of day.
enum CalendarTime {
    /// Held at the ends of the range of nanoseconds, the years 1677 and 2262.
    static func nanoseconds(seconds: Int64, _ nanoseconds: Int64) -> Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, tooLarge) = product.addingReportingOverflow(nanoseconds)
        return overflow || tooLarge ? (seconds < 0 ? .min : .max) : sum
    }

    struct Moment {
        var (year, month, day): (Int64, Int64, Int64) = (1970, 1, 1)
        var (hour, minute, second): (Int64, Int64, Int64) = (0, 0, 0)
        var nanosecond: Int64 = 0
        /// Of the zone, eastward.
        var offsetSeconds: Int64 = 0

        /// Nil for a day or time that does not exist. A leap second is the first second of the next minute.
        var timestamp: Timestamp? {
            guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
                day <= CalendarTime.days(inMonth: month, of: year), (0...23).contains(hour), (0...59).contains(minute),
                (0...60).contains(second), (0..<1_000_000_000).contains(nanosecond), abs(offsetSeconds) <= 86_400
            else { return nil }
            let days = CalendarTime.days(year: year, month: month, day: day)
            let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offsetSeconds
            return Timestamp(nanoseconds: CalendarTime.nanoseconds(seconds: seconds, nanosecond))
        }
    }

    static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01. The year begins in March here, so that the leap day is its last; a month then begins
    /// `(153 m + 2) / 5` days after it.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        // 400 years are 146,097 days; an era is such a stretch, and begins on March 1st.
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The year of a time, UTC.
    static func year(of time: Timestamp) -> Int64 {
        let seconds = time.nanoseconds / 1_000_000_000
        // A year has 365.2425 days; the estimate is at most one off.
        var year = 1970 + seconds / 31_556_952
        while Self.days(year: year + 1, month: 1, day: 1) * 86_400 <= seconds { year += 1 }
        while Self.days(year: year, month: 1, day: 1) * 86_400 > seconds { year -= 1 }
        return year
    }
}
