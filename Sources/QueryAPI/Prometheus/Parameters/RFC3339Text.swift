import TelemetryModel

/// Date and time as text.
///
/// - Spec: RFC 3339, section 5.6; seconds may have any number of digits after the point (or comma, as Go takes it).
enum RFC3339Text {
    /// How Go prints the zero time: the API's way to say "never".
    static let never = "0001-01-01T00:00:00Z"

    static func print(_ milliseconds: Int64?) -> String {
        guard let milliseconds else { return never }
        let nanoseconds = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        return nanoseconds.overflow ? never : Timestamp(nanoseconds: nanoseconds.partialValue).rfc3339
    }

    /// Milliseconds since the Unix epoch, what is below cut off; nil when the text has another form.
    static func parse(_ text: String) -> Int64? {
        var scanner = Scanner(Array(text.utf8))
        guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
            let day = scanner.digits(2), scanner.take("T"), let hour = scanner.digits(2), scanner.take(":"),
            let minute = scanner.digits(2), scanner.take(":"), let second = scanner.digits(2)
        else { return nil }
        var fraction: Int64 = 0
        if scanner.take(".") || scanner.take(",") {
            guard let digits = scanner.fraction() else { return nil }
            fraction = digits
        }
        guard let offset = scanner.zone(), scanner.isAtEnd, (1...12).contains(month), day >= 1,
            day <= days(in: month, of: year), hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        return seconds * 1000 + fraction
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Of the proleptic Gregorian calendar, counted in years that begin in March.
    private static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? month - 3 : month + 9
        // From year 0 on nothing is negative, but January of year 0 belongs to the March year before.
        let marchYear = (month > 2 ? year : year - 1) + 400
        return marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + (153 * shifted + 2) / 5 + day - 1
            - 719_468 - 146_097
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position == bytes.count }

        mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: scalar) else { return false }
            position += 1
            return true
        }

        mutating func digit() -> Int64? {
            guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
            defer { position += 1 }
            return Int64(bytes[position] - 0x30)
        }

        mutating func digits(_ count: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<count {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// Milliseconds.
        mutating func fraction() -> Int64? {
            var value: Int64 = 0
            var scale: Int64 = 100
            var count = 0
            while let digit = digit() {
                value += digit * scale
                scale /= 10
                count += 1
            }
            return count > 0 ? value : nil
        }

        /// Seconds east of Greenwich.
        mutating func zone() -> Int64? {
            if take("Z") { return 0 }
            let sign: Int64
            if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
            guard let hours = digits(2), take(":"), let minutes = digits(2), hours < 24, minutes < 60 else {
                return nil
            }
            return sign * (hours * 3600 + minutes * 60)
        }
    }
}
