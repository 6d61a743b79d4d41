/// The Gregorian calendar, for all years.
enum Calendar {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// The calendar's parts of a moment in its time zone.
    struct Parts {
        let year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
        /// 0 is Sunday.
        let weekday: Int
        /// 1 is the first of January.
        let dayOfYear: Int
        /// Seconds east of Greenwich.
        let offset: Int
        let zoneName: String

        init(_ time: TemplateTime) {
            let zone = time.zone.rule(at: time.seconds)
            let seconds = time.seconds &+ Int64(zone.offset)
            let days = floorDivide(seconds, 86_400)
            let second = Int(seconds &- days &* 86_400)
            let (year, month, day) = civil(days)
            (self.year, self.month, self.day) = (Int(year), Int(month), Int(day))
            (hour, minute, self.second) = (second / 3600, second / 60 % 60, second % 60)
            weekday = Int(((days &+ 4) % 7 + 7) % 7)
            dayOfYear = Int(days &- Calendar.days(year: year, month: 1, day: 1)) &+ 1
            offset = zone.offset
            zoneName = zone.name
        }
    }

    static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Of a number of days since 1970-01-01: eras of 400 years that begin on the 1st of March.
    static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Since 1970-01-01, of a year of at most 18 digits.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era &* 146_097 &+ yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    static func daysIn(month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: isLeap(year) ? 29 : 28
        default: 31
        }
    }
}
