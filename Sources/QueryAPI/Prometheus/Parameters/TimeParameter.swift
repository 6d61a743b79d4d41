import PrometheusModel

/// Times as the API takes them: seconds since the Unix epoch with a fraction, or RFC 3339. The result is milliseconds.
enum TimeParameter {
    /// The ends of time, the defaults of `start` and `end` (`minTime` and `maxTime` of the reference implementation);
    /// everything beyond is brought to them. From there a lookback of centuries does not leave 64 bits.
    static let earliest: Int64 = .min + 62_135_596_801_000
    static let latest: Int64 = .max - 62_135_596_801_000

    /// - Parameter name: of the parameter, for the message.
    static func parse(_ text: String, name: String) throws(PrometheusFailure) -> Int64 {
        guard let time = parse(text) else {
            throw .parameter(name, "cannot parse \(LabelName.quoted(text)) to a valid timestamp")
        }
        return time
    }

    /// The same with a default; its message is worded as the reference implementation words it for this case.
    static func parse(_ form: FormParameters, _ name: String, default: Int64) throws(PrometheusFailure) -> Int64 {
        let text = form[name]
        guard !text.isEmpty else { return `default` }
        guard let time = parse(text) else {
            throw .parameter(
                name,
                "invalid time value for '\(name)': cannot parse \(LabelName.quoted(text)) to a valid timestamp")
        }
        return time
    }

    static func parse(_ text: String) -> Int64? {
        if let seconds = FloatText.parse(text) { return milliseconds(seconds) }
        return RFC3339Text.parse(text)
    }

    /// Rounded to the nearest millisecond; a time that 64 bits of milliseconds do not hold becomes the end of time.
    private static func milliseconds(_ seconds: Double) -> Int64? {
        guard !seconds.isNaN else { return nil }
        let whole = seconds.rounded(.towardZero)
        guard abs(whole) < 9e15 else { return seconds < 0 ? earliest : latest }
        // The fraction apart, so that a large time does not lose its digits.
        let fraction = ((seconds - whole) * 1000).rounded(.toNearestOrAwayFromZero)
        return Int64(whole) * 1000 + Int64(fraction)
    }
}

/// Numbers as Go's `strconv.ParseFloat` reads them.
enum FloatText {
    static func parse(_ text: String) -> Double? {
        // Swift takes a few spellings more (`nan(0x1)`); those of Go are all among its own.
        guard !text.isEmpty, !text.utf8.contains(UInt8(ascii: "(")) else { return nil }
        guard let value = Double(text) else { return nil }
        // A number that is out of range is an error there, and infinity in Swift.
        return value.isInfinite && text.utf8.contains { (0x30...0x39).contains($0) } ? nil : value
    }
}
