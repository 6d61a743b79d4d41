import TelemetryModel

/// A span of time: nanoseconds since the Unix epoch.
struct TraceTimes: Equatable {
    var start: Int64
    var end: Int64

    /// Whole seconds that enclose the range, as the Tempo API takes them in a search.
    var seconds: (start: Int64, end: Int64) {
        (start / 1_000_000_000, end / 1_000_000_000 + (end % 1_000_000_000 > 0 ? 1 : 0))
    }

    static func text(_ nanoseconds: Int64) -> String { Timestamp(nanoseconds: nanoseconds).rfc3339 }

    /// Time of a text: Unix seconds, or RFC 3339.
    static func nanoseconds(_ text: String) -> Int64? {
        if let whole = Int64(text) {
            let (value, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
            return overflow ? nil : value
        }
        if let seconds = Double(text) {
            guard seconds.magnitude < 9e9 else { return nil }
            // To milliseconds: a double has no more than that to tell.
            return Int64((seconds * 1000).rounded()) * 1_000_000
        }
        return rfc3339(text)
    }

    /// - Spec: RFC 3339, section 5.6, with a point before the fraction and upper-case letters.
    private static func rfc3339(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count < 64 else { return nil }
        /// The digits of a range as a number.
        func number(_ range: Range<Int>) -> Int64? {
            range.reduce(into: Int64?(0)) { value, index in
                let digit = index < bytes.count ? bytes[index] : 0
                value = (0x30...0x39).contains(digit) ? value.map { $0 &* 10 &+ Int64(digit - 0x30) } : nil
            }
        }
        for (index, sign) in zip([4, 7, 10, 13, 16], "--T::".utf8) where bytes[index] != sign { return nil }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1970..<2262).contains(year), (1...12).contains(month), hour < 24, minute < 60, second < 60
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day >= 1, day <= lengths[Int(month) - 1] else { return nil }
        // The years before 1970 have 719,162 days.
        let before = year - 1
        let days =
            before * 365 + before / 4 - before / 100 + before / 400 - 719_162
            + lengths.prefix(Int(month) - 1).reduce(0, +) + day - 1

        var index = 19
        var fraction: Int64 = 0
        if bytes[index] == UInt8(ascii: ".") {
            let digits = bytes[(index + 1)...].prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            for place in 0..<9 {
                let digit = place < digits.count ? digits[digits.startIndex + place] - 0x30 : 0
                fraction = fraction * 10 + Int64(digit)
            }
            index = digits.endIndex
        }
        var zone: Int64 = 0
        switch bytes[index...].first {
        case UInt8(ascii: "Z"): guard index + 1 == bytes.count else { return nil }
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard index + 6 == bytes.count, bytes[index + 3] == UInt8(ascii: ":"),
                let hours = number(index + 1..<index + 3), let minutes = number(index + 4..<index + 6), hours < 24,
                minutes < 60
            else { return nil }
            zone = (hours * 3600 + minutes * 60) * (bytes[index] == UInt8(ascii: "-") ? -1 : 1)
        default: return nil
        }
        return (days * 86_400 + hour * 3600 + minute * 60 + second - zone) * 1_000_000_000 + fraction
    }
}
