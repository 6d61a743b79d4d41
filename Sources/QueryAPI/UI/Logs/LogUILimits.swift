/// Bounds of what one question may ask for.
enum LogUILimits {
    static let entriesDefault = 500
    static let entriesMax = 10_000
    static let patternsDefault = 100
    static let patternsMax = 1000
    /// Lines of a tail that were stored before it began.
    static let tailDefault = 100
    /// Steps of a series; without `step` as many as a chart shows.
    static let stepsDefault: Int64 = 250
    static let stepsMax: Int64 = 11_000
    /// After so long without a line a tail says that it is alive.
    static let heartbeat = Duration.seconds(5)
    /// Nanoseconds: without `start` an answer is about the last hour.
    static let rangeDefault: Int64 = 3_600_000_000_000
    /// Logs of a trace may be late, or of a clock that goes ahead, by a day.
    static let clockSkewMax: Int64 = 86_400_000_000_000
}
