package import TelemetryModel

/// A date and a time of day as a text says them, perhaps with the offset of a zone.
package struct CivilTime: Sendable, Equatable {
    package var year = 1970
    package var month = 1
    package var day = 1
    package var hour = 0
    package var minute = 0
    /// 60 is a leap second, which counts as the first of the next minute.
    package var second = 0
    package var nanosecond = 0
    /// Seconds east of UTC; nil when the text names no zone.
    package var offset: Int?

    package init() {}

    package var isValid: Bool {
        (1...12).contains(month) && day >= 1 && day <= Self.daysInMonth(year, month) && (0...23).contains(hour)
            && (0...59).contains(minute) && (0...60).contains(second) && (0...999_999_999).contains(nanosecond)
            && (1...9999).contains(year) && abs(offset ?? 0) <= 86400
    }

    /// Seconds since the epoch as if the text were of UTC.
    package var localSeconds: Int { Self.days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second }

    /// Nil for a date that does not exist, or that nanoseconds since 1970 in 64 bits do not reach (1678 to 2262).
    ///
    /// - Parameter zone: of texts that name none.
    package func timestamp(in zone: LogTimeZone) -> Timestamp? {
        guard isValid else { return nil }
        let local = localSeconds
        let seconds = local - (offset ?? zone.offset(ofLocalSeconds: local))
        let (product, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return nil }
        let (sum, carry) = product.addingReportingOverflow(Int64(nanosecond))
        return carry ? nil : Timestamp(nanoseconds: sum)
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar, by eras of 400 years that begin on the 1st of March.
    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The year of a time in UTC.
    static func year(of time: Timestamp) -> Int {
        let seconds = Int(time.nanoseconds / 1_000_000_000)
        var year = 1970 + seconds / 31_556_952
        while days(year + 1, 1, 1) * 86400 <= seconds { year += 1 }
        while days(year, 1, 1) * 86400 > seconds { year -= 1 }
        return year
    }

    private static func daysInMonth(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
