import TelemetryModel

/// The time as scraping sees it.
package protocol ScrapeClock: Sendable {
    /// Nanoseconds since the Unix epoch.
    func now() -> Int64
    /// Nanoseconds since some moment; never goes back.
    func uptime() -> Int64
}

/// The clocks of the machine.
package struct SystemScrapeClock: ScrapeClock {
    private let start = ContinuousClock.now

    package init() {}

    package func now() -> Int64 { Timestamp.now().nanoseconds }
    package func uptime() -> Int64 { start.duration(to: .now).wholeNanoseconds }
}

/// The times of a target's samples: the clock's, but in the rhythm of its interval as long as the clock is near it, so
/// that times differ by the same amount, which stores compress well.
struct ScrapeTimes {
    /// Nanoseconds; upstream's `ScrapeTimestampTolerance`, and its hundredth of short intervals.
    private static let toleranceMax: Int64 = 2_000_000

    private var last: Int64?

    /// - Parameters:
    ///   - now: nanoseconds since the Unix epoch.
    ///   - interval: nanoseconds.
    /// - Returns: milliseconds since the Unix epoch.
    mutating func next(now: Int64, interval: Int64) -> Int64 {
        var time = now
        if let last, interval > 0, now > last {
            let (steps, rest) = (now - last).quotientAndRemainder(dividingBy: interval)
            if steps > 0, rest <= min(Self.toleranceMax, interval / 100) { time = now - rest }
        }
        last = time
        return time / 1_000_000
    }
}
