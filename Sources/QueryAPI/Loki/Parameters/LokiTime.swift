import LogQL
import TelemetryModel
import PrometheusModel

/// Times and durations as the Loki API takes them. The results are nanoseconds.
///
/// - Spec: Grafana Loki, "Loki HTTP API", "Timestamps"; as its `parseTimestamp` reads what that leaves open.
enum LokiTime {
    /// The ends of time: from there an hour, a day or a year more does not leave 64 bits.
    static let earliest: Int64 = -9_100_000_000_000_000_000
    static let latest: Int64 = 9_100_000_000_000_000_000

    /// Seconds with a fraction, whole seconds (ten digits or fewer), nanoseconds, or a date and time in RFC 3339.
    /// Times beyond the ends of time become them.
    static func parse(_ text: String) -> Result<Int64, Failure> {
        if text.utf8.contains(UInt8(ascii: ".")), let seconds = FloatText.parse(text), seconds.isFinite {
            return .success(nanoseconds(seconds))
        }
        if let number = Int64(text) {
            guard text.utf8.count <= 10 else { return .success(clamped(number)) }
            let (nanoseconds, overflows) = number.multipliedReportingOverflow(by: 1_000_000_000)
            return .success(overflows ? (number < 0 ? earliest : latest) : clamped(nanoseconds))
        }
        if let time = RFC3339Nanoseconds.parse(text) { return .success(clamped(time)) }
        // A date that 64 bits of nanoseconds do not hold.
        if let milliseconds = RFC3339Text.parse(text) { return .success(milliseconds < 0 ? earliest : latest) }
        let isNumber = NumberParameter.isWhole(text)
        return .failure(
            Failure(
                reason:
                    "strconv.ParseInt: parsing \(quoted(text)): \(isNumber ? "value out of range" : "invalid syntax")"))
    }

    struct Failure: Error, Equatable {
        let reason: String
    }

    /// A number of seconds, or a duration such as `1h30m`.
    static func duration(_ text: String) throws(LokiFailure) -> Int64 {
        do {
            return try DurationParameter.parse(text)
        } catch {
            // Go's form has fractions: `0.5s`.
            if let duration = LogQL.DurationText.go(text), duration > 0 { return duration }
            // Loki's words are those of Prometheus.
            throw LokiFailure(.invalid, error.description)
        }
    }

    /// To the millisecond, as a double tells no more of a time of today.
    private static func nanoseconds(_ seconds: Double) -> Int64 {
        guard abs(seconds) < 9_100_000_000 else { return seconds < 0 ? earliest : latest }
        let whole = seconds.rounded(.towardZero)
        return Int64(whole) * 1_000_000_000 + Int64(((seconds - whole) * 1000).rounded()) * 1_000_000
    }

    private static func clamped(_ time: Int64) -> Int64 { min(max(time, earliest), latest) }

    /// A text of a request as a message may carry it: bounded, and on one line.
    static func quoted(_ text: String) -> String {
        LabelName.quoted(text.count > 60 ? String(text.prefix(60)) + "…" : text)
    }
}

extension NumberParameter {
    /// Whether the text is a whole number, however large.
    fileprivate static func isWhole(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
