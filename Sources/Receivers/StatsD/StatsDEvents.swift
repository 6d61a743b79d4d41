import Codecs
import Logging
import Metrics
import Synchronization

/// What the StatsD receiver logs and counts. Metric names and labels are listed in Documentation/SelfMetrics.md.
final class StatsDEvents: Sendable {
    private let logger: Logger
    /// What was counted so far: lines are counted by the aggregator, and told here at each flush.
    private let reported = Mutex(StatsDStatistics())
    private let lastDropLog = Mutex<Int64>(.min)
    private static let dropLogInterval: Int64 = 10_000

    init(logger: Logger) {
        self.logger = logger
    }

    func listening(port: Int, tcp: Bool, administrationPort: Int?) {
        logger.debug(
            "statsd listens",
            metadata: [
                "port": "\(port)", "tcp": "\(tcp)", "administration": "\(administrationPort.map(String.init) ?? "off")",
            ])
    }

    /// Counts what is new since the last call.
    func report(_ statistics: StatsDStatistics, series: Int, connections: Int, now: Int64) {
        let before = reported.withLock { reported in
            defer { reported = statistics }
            return reported
        }
        func count(_ counter: Counter, _ path: KeyPath<StatsDStatistics, Int>) {
            let difference = statistics[keyPath: path] - before[keyPath: path]
            if difference > 0 { counter.increment(by: difference) }
        }
        count(Counter(label: "martlet_statsd_datagrams_total"), \.datagrams)
        count(Counter(label: "martlet_statsd_bytes_total"), \.bytes)
        count(Counter(label: "martlet_statsd_lines_total"), \.lines)
        count(Counter(label: "martlet_statsd_values_total"), \.values)
        count(Counter(label: "martlet_statsd_events_total"), \.events)
        count(Counter(label: "martlet_statsd_service_checks_total"), \.serviceChecks)
        count(Counter(label: "martlet_statsd_log_records_dropped_total"), \.logRecordsDropped)
        count(Counter(label: "martlet_statsd_truncated_datagrams_total"), \.truncatedDatagrams)
        count(Counter(label: "martlet_statsd_kernel_drops_total"), \.kernelDrops)
        count(Counter(label: "martlet_statsd_counters_held_total"), \.countersHeld)
        for problem in StatsDProblem.allCases where statistics[problem] > before[problem] {
            rejected(problem.label, statistics[problem] - before[problem])
        }
        for rejection in StatsDRejection.allCases where statistics[rejection] > before[rejection] {
            rejected(rejection.label, statistics[rejection] - before[rejection])
        }
        Meter(label: "martlet_statsd_series").set(series)
        Meter(label: "martlet_statsd_connections").set(connections)
        warn(statistics, before, now)
    }

    private func rejected(_ reason: String, _ count: Int) {
        Counter(label: "martlet_statsd_lines_rejected_total", dimensions: [("reason", reason)]).increment(by: count)
    }

    private func warn(_ statistics: StatsDStatistics, _ before: StatsDStatistics, _ now: Int64) {
        let drops = statistics.kernelDrops - before.kernelDrops
        let overLimit = statistics[.seriesLimit] - before[.seriesLimit]
        guard drops > 0 || overLimit > 0 else { return }
        let isTime = lastDropLog.withLock { last in
            guard now &- last >= Self.dropLogInterval || last == .min else { return false }
            last = now
            return true
        }
        guard isTime else { return }
        if drops > 0 {
            logger.warning(
                "statsd datagrams were dropped by the system: its receive buffer was full",
                metadata: ["dropped": "\(drops)", "since_start": "\(statistics.kernelDrops)"])
        }
        if overLimit > 0 {
            logger.warning(
                "statsd lines of new series were dropped: there are as many series as the limit allows",
                metadata: ["lines": "\(overLimit)"])
        }
    }

    func flushed(samples: Int) {
        Counter(label: "martlet_statsd_flushes_total").increment()
        Counter(label: "martlet_statsd_samples_total").increment(by: samples)
    }

    func flushFailed(samples: Int, error: any Error) {
        Counter(label: "martlet_statsd_samples_lost_total").increment(by: samples)
        logger.error(
            "samples of statsd could not be handed on; sums are sent again at the next flush",
            metadata: ["samples": "\(samples)", "error": "\(error)"])
    }

    func logRecordsFailed(records: Int, error: any Error) {
        Counter(label: "martlet_statsd_log_records_dropped_total").increment(by: records)
        logger.error(
            "events and service checks of statsd could not be handed on",
            metadata: ["records": "\(records)", "error": "\(error)"])
    }

    func connectionRefused() {
        Counter(label: "martlet_statsd_connections_refused_total").increment()
    }

    func receiveFailed(_ reason: String) {
        logger.error("statsd cannot receive datagrams any more", metadata: ["error": "\(reason)"])
    }
}
