/// A series at a flush.
package struct StatsDSnapshot: Sendable {
    package enum Content: Sendable, Equatable {
        /// The sum since `startTime`.
        case counter(Double)
        case gauge(Double)
        /// Distinct members of the interval.
        case set(Double)
        /// Sums since `startTime`, and what the interval brought.
        case timer(count: Double, sum: Double, ExponentialBuckets, TimerInterval)
        /// Nothing arrived for long: the series ends.
        case stale
    }

    package var info: StatsDSeriesInfo
    /// Milliseconds since the Unix epoch: when the first value arrived, less one, so that it is before every sample.
    package var startTime: Int64
    /// Nothing of the series was sent before.
    package var isFirst: Bool
    /// Milliseconds since the Unix epoch: of the flush.
    package var time: Int64
    package var content: Content
}
