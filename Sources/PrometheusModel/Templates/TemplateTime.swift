/// A moment as Go's `time.Time` shows it to templates, in UTC.
package struct TemplateTime: Sendable {
    /// Since the Unix epoch.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// The calendar's parts of the moment.
    private struct Parts {
        var year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, nanosecond: Int
        /// 0 is Sunday.
        var weekday: Int
        /// 1 is the first of January.
        var dayOfYear: Int
    }

    private var parts: Parts {
        let seconds = Self.floorDivide(milliseconds, 1000)
        let days = Self.floorDivide(seconds, 86_400)
        let second = Int(seconds - days * 86_400)
        let (year, month, day) = Self.civil(days)
        let firstDay = Self.days(year: year, month: 1, day: 1)
        return Parts(
            year: Int(year), month: Int(month), day: Int(day), hour: second / 3600, minute: second / 60 % 60,
            second: second % 60, nanosecond: Int(milliseconds - seconds * 1000) * 1_000_000,
            weekday: Int(((days + 4) % 7 + 7) % 7), dayOfYear: Int(days - firstDay) + 1)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Of a number of days since 1970-01-01: eras of 400 years that begin on the 1st of March.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func pad(_ value: Int, _ width: Int, with character: Character = "0") -> String {
        let text = String(value)
        return String(repeating: character, count: max(0, width - text.count)) + text
    }

    /// RFC 3339 with as many digits of a second as are needed: `2026-01-02T03:04:05.67Z`.
    package var rfc3339: String { format("2006-01-02T15:04:05.999999999Z07:00") }

    // MARK: Methods

    /// Calls a method of `time.Time`.
    ///
    /// - Returns: nil when there is no method of that name (here).
    func call(_ method: String, _ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue? {
        if method == "Format" {
            guard arguments.count == 1 else {
                throw TemplateError("wrong number of args for Format: want 1 got \(arguments.count)")
            }
            guard case .string(let layout) = arguments[0] else {
                throw TemplateError("wrong type for value; expected string; got \(arguments[0].typeName)")
            }
            return .string(format(layout))
        }
        let parts = parts
        let value: TemplateValue
        switch method {
        case "UTC", "Local": value = .time(self)
        case "String": value = .string(description)
        case "Unix": value = .int(Int(Self.floorDivide(milliseconds, 1000)))
        case "UnixMilli": value = .int(Int(milliseconds))
        case "UnixMicro": value = .int(Int(milliseconds &* 1000))
        case "UnixNano": value = .int(Int(milliseconds &* 1_000_000))
        case "Year": value = .int(parts.year)
        case "Month": value = .opaque(typeName: "time.Month", text: Self.months[parts.month - 1])
        case "Day": value = .int(parts.day)
        case "Hour": value = .int(parts.hour)
        case "Minute": value = .int(parts.minute)
        case "Second": value = .int(parts.second)
        case "Nanosecond": value = .int(parts.nanosecond)
        case "Weekday": value = .opaque(typeName: "time.Weekday", text: Self.weekdays[parts.weekday])
        case "YearDay": value = .int(parts.dayOfYear)
        default: return nil
        }
        guard arguments.isEmpty else {
            throw TemplateError("wrong number of args for \(method): want 0 got \(arguments.count)")
        }
        return value
    }

    // MARK: Layouts

    /// Words of a layout, longer ones before those that they begin with.
    private static let words = [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "Z07:00:00", "Z07:00", "Z0700", "Z07", "-07:00:00",
        "-07:00", "-0700", "-07", "002", "01", "02", "03", "04", "05", "06", "15", "__2", "_2006", "_2", "PM", "pm",
        "1", "2", "3", "4", "5",
    ]

    /// `Time.Format` in UTC.
    func format(_ layout: String) -> String {
        let parts = parts
        var result = ""
        var rest = Substring(layout)
        scan: while let first = rest.first {
            for word in Self.words where rest.hasPrefix(word) {
                // "Jan" at the beginning of another word is not the month.
                if word == "Jan" || word == "Mon", rest.dropFirst(3).first?.isLowercase == true { continue }
                result += Self.text(word, parts)
                rest = rest.dropFirst(word.count)
                continue scan
            }
            if first == "." || first == ",", let fraction = fraction(rest, parts.nanosecond) {
                result += fraction.text
                rest = rest.dropFirst(fraction.length)
                continue
            }
            result.append(first)
            rest = rest.dropFirst()
        }
        return result
    }

    private static func text(_ word: String, _ parts: Parts) -> String {
        let hour12 = parts.hour % 12 == 0 ? 12 : parts.hour % 12
        switch word {
        case "January": return months[parts.month - 1]
        case "Jan": return String(months[parts.month - 1].prefix(3))
        case "Monday": return weekdays[parts.weekday]
        case "Mon": return String(weekdays[parts.weekday].prefix(3))
        case "MST": return "UTC"
        case "2006": return pad(parts.year, 4)
        case "_2006": return "_" + pad(parts.year, 4)
        case "06": return pad(parts.year % 100, 2)
        case "01": return pad(parts.month, 2)
        case "1": return String(parts.month)
        case "02": return pad(parts.day, 2)
        case "_2": return pad(parts.day, 2, with: " ")
        case "2": return String(parts.day)
        case "002": return pad(parts.dayOfYear, 3)
        case "__2": return pad(parts.dayOfYear, 3, with: " ")
        case "15": return pad(parts.hour, 2)
        case "03": return pad(hour12, 2)
        case "3": return String(hour12)
        case "04": return pad(parts.minute, 2)
        case "4": return String(parts.minute)
        case "05": return pad(parts.second, 2)
        case "5": return String(parts.second)
        case "PM": return parts.hour >= 12 ? "PM" : "AM"
        case "pm": return parts.hour >= 12 ? "pm" : "am"
        case "Z07:00:00", "Z07:00", "Z0700", "Z07": return "Z"
        case "-07:00:00": return "+00:00:00"
        case "-07:00": return "+00:00"
        case "-0700": return "+0000"
        default: return "+00"
        }
    }

    /// `.000` and `.999`: digits of a second, the latter without trailing zeros.
    private func fraction(_ layout: Substring, _ nanosecond: Int) -> (text: String, length: Int)? {
        let tail = layout.dropFirst()
        guard let digit = tail.first, digit == "0" || digit == "9" else { return nil }
        let count = tail.prefix { $0 == digit }.count
        guard tail.dropFirst(count).first?.isNumber != true else { return nil }
        var digits = Self.pad(nanosecond, 9)
        digits += String(repeating: "0", count: max(0, count - 9))
        digits = String(digits.prefix(count))
        if digit == "9" {
            while digits.last == "0" { digits.removeLast() }
            if digits.isEmpty { return ("", count + 1) }
        }
        return (String(layout.prefix(1)) + digits, count + 1)
    }
}

extension TemplateTime: CustomStringConvertible {
    /// Go's `Time.String`.
    package var description: String { format("2006-01-02 15:04:05.999999999 -0700 MST") }
}
