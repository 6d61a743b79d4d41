/// Date and time as text, to the nanosecond.
///
/// - Spec: RFC 3339, section 5.6; digits of a second past the ninth are cut off.
enum RFC3339Nanoseconds {
    /// Nanoseconds since the Unix epoch; nil for another form, or a time that 64 bits cannot hold (1677 to 2262).
    static func parse(_ text: String) -> Int64? {
        var bytes = Array(text.utf8)
        var fraction: Int64 = 0
        if let point = bytes.firstIndex(of: UInt8(ascii: ".")) {
            let digits = bytes[(point + 1)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !digits.isEmpty else { return nil }
            var scale: Int64 = 100_000_000
            for digit in digits.prefix(9) {
                fraction += Int64(digit - UInt8(ascii: "0")) * scale
                scale /= 10
            }
            bytes.removeSubrange(point..<(point + 1 + digits.count))
        }
        guard let milliseconds = RFC3339Text.parse(String(decoding: bytes, as: UTF8.self)) else { return nil }
        let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, sumOverflow) = nanoseconds.addingReportingOverflow(fraction)
        return overflow || sumOverflow ? nil : sum
    }
}

extension FormParameters {
    func time(_ names: String...) throws(JaegerFailure) -> Int64? {
        guard let (name, value) = text(names) else { return nil }
        guard let time = RFC3339Nanoseconds.parse(value) else {
            throw .parameter(name, "'\(value)' is no time such as 2026-01-02T03:04:05.678Z between 1677 and 2262")
        }
        return time
    }
}
