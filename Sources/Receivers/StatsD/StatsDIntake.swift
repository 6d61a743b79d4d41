import Codecs
import Synchronization
import TelemetryModel

/// The aggregator as the threads of the receiver share it.
///
/// The lock is held for a batch of datagrams by who receives, and for a slice of the series by who flushes: the system's
/// buffer holds little more than a thousandth of a second of 200,000 datagrams/s, so nobody may hold it for longer.
final class StatsDIntake: Sendable {
    /// Series in one slice of a flush: some 50 µs.
    private static let sliceSlots = 512

    private let aggregator: Mutex<StatsDAggregator>
    /// Milliseconds since the Unix epoch.
    let clock: @Sendable () -> Int64

    init(_ options: StatsDAggregator.Options, clock: @escaping @Sendable () -> Int64 = StatsDIntake.systemTime) {
        aggregator = Mutex(StatsDAggregator(options))
        self.clock = clock
    }

    static let systemTime: @Sendable () -> Int64 = { Timestamp.now().nanoseconds / 1_000_000 }

    /// Must neither wait nor call back.
    func with<Result: Sendable>(_ body: (inout StatsDAggregator) -> sending Result) -> Result {
        aggregator.withLock { body(&$0) }
    }

    /// Takes whole lines that came over a connection.
    func receive(_ lines: UnsafeBufferPointer<UInt8>) {
        let now = clock()
        with { $0.receive(lines, now: now) }
    }

    var firstChangeTime: Int64? { with { $0.firstChangeTime } }
    var statistics: StatsDStatistics { with { $0.statistics } }
    var seriesCount: Int { with { $0.seriesCount } }

    /// Flushes in slices, letting receivers in between them.
    ///
    /// - Parameter body: takes each slice that is not empty.
    func flush(_ body: ([StatsDSnapshot]) async -> Void) async {
        let now = clock()
        with { $0.beginFlush(now: now) }
        while let slice = with({ $0.flushSlice(Self.sliceSlots) }) {
            if !slice.isEmpty { await body(slice) }
            // The lock is not fair: whoever waits for it gets it only while we are away.
            try? await Task.sleep(for: .microseconds(50))
        }
    }
}
