import TelemetryModel

/// Which requests a run consists of, and when each is due.
///
/// Requests are numbered from 0; with several signals they take turns. The items of a signal are numbered by their own.
struct LoadPlan: Sendable, Equatable {
    /// A request: `count` items of a signal from number `first` on.
    struct Request: Sendable, Equatable {
        let signal: Signal
        let first: UInt64
        let count: Int
    }

    /// How long a run goes on.
    enum End: Sendable, Equatable {
        case items(UInt64)
        case after(Duration)
    }

    let signals: [Signal]
    let batch: Int
    let end: End
    /// Items a second; nil is as fast as the receiver answers.
    let rate: Double?

    /// Requests of the whole run; nil when only the clock ends it.
    var requestsMax: UInt64? {
        switch end {
        case .items(let items): return items / UInt64(batch) + (items % UInt64(batch) == 0 ? 0 : 1)
        case .after(let duration):
            guard let rate else { return nil }
            // Due times begin with zero, so a part of an interval has room for one more.
            return UInt64((duration / .seconds(1) * rate / Double(batch)).rounded(.up))
        }
    }

    /// Items of the whole run; nil when only the clock ends it.
    var itemsMax: UInt64? {
        if case .items(let items) = end { return items }
        return requestsMax.map { $0 * UInt64(batch) }
    }

    /// The request of a number; nil behind the last.
    func request(_ number: UInt64) -> Request? {
        if let requestsMax, number >= requestsMax { return nil }
        var count = batch
        if case .items(let items) = end { count = Int(min(UInt64(batch), items - number * UInt64(batch))) }
        let (turn, signal) = number.quotientAndRemainder(dividingBy: UInt64(signals.count))
        return Request(signal: signals[Int(signal)], first: turn * UInt64(batch), count: count)
    }

    /// When a request is due, from the start of the run; nil when there is no rate.
    ///
    /// Open loop: the times do not depend on the answers, so that a receiver that cannot keep up shows in the latency
    /// instead of slowing the load down unnoticed.
    func due(_ number: UInt64) -> Duration? {
        rate.map { .seconds(Double(number) * Double(batch) / $0) }
    }

    /// Whether a run that only the clock ends is over.
    func isOver(after elapsed: Duration) -> Bool {
        if case .after(let duration) = end { return elapsed >= duration }
        return false
    }
}
