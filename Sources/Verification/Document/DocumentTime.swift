import TelemetryModel

/// Times in documents.
enum DocumentTime {
    /// Nanoseconds since the Unix epoch; of seconds since it, or of RFC 3339. nil for all else, and before 1970.
    ///
    /// - Spec: RFC 3339, section 5.6.
    static func nanoseconds(_ text: String) -> UInt64? {
        if let seconds = UInt64(text) {
            let (value, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            return overflow ? nil : value
        }
        let bytes = Array(text.utf8)
        guard (20...40).contains(bytes.count) else { return nil }
        func number(_ start: Int, _ count: Int) -> Int64? {
            guard start + count <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[start..<start + count] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        for (index, sign) in zip([4, 7, 13, 16], "--::".utf8) where bytes[index] != sign { return nil }
        guard [UInt8(ascii: "T"), UInt8(ascii: "t"), 0x20].contains(bytes[10]), let year = number(0, 4),
            let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2), let minute = number(14, 2),
            let second = number(17, 2), (1970..<2262).contains(year), (1...12).contains(month), hour < 24,
            minute < 60, second < 60
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day >= 1, day <= lengths[Int(month) - 1] else { return nil }

        var rest = bytes[19...]
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty, digits.count <= 9 else { return nil }
            for place in 0..<9 {
                fraction = fraction * 10 + (place < digits.count ? Int64(digits[digits.startIndex + place] - 0x30) : 0)
            }
            rest = rest[digits.endIndex...]
        }
        var offset: Int64 = 0
        if [UInt8(ascii: "Z"), UInt8(ascii: "z")].contains(rest.first ?? 0) {
            guard rest.count == 1 else { return nil }
        } else {
            guard rest.count == 6, let sign = rest.first, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(sign),
                rest[rest.startIndex + 3] == UInt8(ascii: ":"), let hours = number(rest.startIndex + 1, 2),
                let minutes = number(rest.startIndex + 4, 2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        }
        // The years before 1970 have 719,162 days.
        let before = year - 1
        let days =
            before * 365 + before / 4 - before / 100 + before / 400 - 719_162
            + lengths.prefix(Int(month) - 1).reduce(0, +) + day - 1
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        guard seconds >= 0 else { return nil }
        return UInt64(seconds) * 1_000_000_000 + UInt64(fraction)
    }
}
