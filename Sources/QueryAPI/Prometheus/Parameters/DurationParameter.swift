import PrometheusModel

/// Durations as the API takes them: a number of seconds, or `1h30m`. The result is nanoseconds.
enum DurationParameter {
    static func parse(_ text: String, name: String) throws(PrometheusFailure) -> Int64 {
        do {
            return try parse(text)
        } catch {
            throw .parameter(name, error.description)
        }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func parse(_ text: String) throws(Failure) -> Int64 {
        if let seconds = FloatText.parse(text) {
            let nanoseconds = seconds * 1e9
            guard !nanoseconds.isNaN else {
                throw Failure(description: "cannot parse \(LabelName.quoted(text)) to a valid duration")
            }
            guard nanoseconds > -0x1p63, nanoseconds < 0x1p63 else {
                throw Failure(
                    description: "cannot parse \(LabelName.quoted(text)) to a valid duration. It overflows int64")
            }
            return Int64(nanoseconds)
        }
        guard let milliseconds = try? PrometheusDuration.parse(text) else {
            throw Failure(description: "cannot parse \(LabelName.quoted(text)) to a valid duration")
        }
        // At most 292 years.
        return milliseconds * 1_000_000
    }
}
