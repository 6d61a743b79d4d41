import ArgumentParser
import TelemetryModel

/// A duration on the command line, written as in the configuration: `30s`, `1h30m`, `500ms`.
struct DurationArgument: ExpressibleByArgument, Equatable {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        guard let duration = try? DurationText.parse(argument) else { return nil }
        self.duration = duration
    }

    var defaultValueDescription: String { DurationText.print(duration) }

    /// Seconds with their fraction.
    var seconds: Double { duration / .seconds(1) }
}
