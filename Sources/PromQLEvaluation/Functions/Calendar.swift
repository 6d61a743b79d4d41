import PrometheusModel

/// The parts of dates, in UTC: `minute`, `hour`, `day_of_month`, `day_of_week`, `day_of_year`, `days_in_month`, `month`
/// and `year`. Without an argument of the time of evaluation.
enum CalendarFunctions {
    static let bodies: [String: FunctionBody] = [
        "minute": body { $0.minute },
        "hour": body { $0.hour },
        "day_of_month": body { $0.day },
        "day_of_week": body { $0.weekday },
        "day_of_year": body { $0.dayOfYear },
        "days_in_month": body { $0.daysInMonth },
        "month": body { $0.month },
        "year": body { $0.year },
    ]

    private static func body(_ part: @escaping @Sendable (CivilTime) -> Int64) -> FunctionBody {
        { (evaluator, call, times) throws(QueryError) in
            guard let argument = call.arguments.first else {
                var grid = Grid(times)
                grid.appendRow(.empty, dropsName: false)
                for step in 0..<times.count {
                    // Whole seconds as Go's integer division gives them: towards zero.
                    grid.values[step] = Double(part(CivilTime(seconds: times.time(step) / 1000)))
                }
                return .vector(grid)
            }
            return .vector(
                try evaluator.vector(argument, on: times).mappingFloats { Double(part(CivilTime(seconds: $0))) })
        }
    }
}

/// A second of the proleptic Gregorian calendar, UTC.
struct CivilTime {
    let year: Int64
    /// From 1.
    let month: Int64
    let day: Int64
    let hour: Int64
    let minute: Int64
    /// 0 is Sunday.
    let weekday: Int64

    /// Of seconds since the Unix epoch; what no integer holds counts as the least, as conversions on amd64 do.
    init(seconds: Double) {
        self.init(seconds: Int64(exactly: seconds.rounded(.towardZero)) ?? .min)
    }

    init(seconds: Int64) {
        let (quotient, remainder) = seconds.quotientAndRemainder(dividingBy: 86400)
        let days = remainder < 0 ? quotient - 1 : quotient
        let ofDay = remainder < 0 ? remainder + 86400 : remainder
        hour = ofDay / 3600
        minute = ofDay % 3600 / 60
        let fromSunday = (days + 4) % 7
        weekday = fromSunday < 0 ? fromSunday + 7 : fromSunday
        // Years here begin in March, so that the leap day is the last one, and come in eras of 400 years.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    var daysInMonth: Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: isLeapYear ? 29 : 28
        default: 31
        }
    }

    var dayOfYear: Int64 {
        let before: [Int64] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        return before[Int(month) - 1] + day + (month > 2 && isLeapYear ? 1 : 0)
    }
}
