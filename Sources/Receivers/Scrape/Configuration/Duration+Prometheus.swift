package import PrometheusModel

extension PrometheusDuration {
    /// - Returns: nil for a text that is no duration or one of more than 292 years.
    package static func duration(_ text: some StringProtocol) -> Duration? {
        (try? parse(String(text))).map { .milliseconds($0) }
    }

    /// Prints a duration that is not negative; what is below a millisecond is left out.
    package static func print(_ duration: Duration) -> String { print(duration.wholeMilliseconds) }
}

extension Duration {
    /// Clamped to what 64 bits of nanoseconds hold, so that sums of a few of them cannot overflow.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(max(seconds, -9_000_000_000), 9_000_000_000) * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(max(seconds, -9_000_000_000), 9_000_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
