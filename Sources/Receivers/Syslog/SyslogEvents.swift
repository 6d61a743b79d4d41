import Ingest
import Logging
import Metrics
import Synchronization

/// What the syslog receiver logs and counts. Metric names and labels are listed in Documentation/SelfMetrics.md.
final class SyslogEvents: Sendable {
    private let logger: Logger
    /// What was counted so far.
    private let reported = Mutex(SyslogStatistics())
    private let lastWarning = Mutex<ContinuousClock.Instant?>(nil)
    private static let warningInterval = Duration.seconds(10)

    init(logger: Logger) { self.logger = logger }

    func listening(port: Int, udp: Bool, tcp: Bool) {
        logger.debug("syslog listens", metadata: ["port": "\(port)", "udp": "\(udp)", "tcp": "\(tcp)"])
    }

    /// Counts what is new since the last call.
    func report(_ statistics: SyslogStatistics, connections: Int) {
        let before = reported.withLock { reported in
            defer { reported = statistics }
            return reported
        }
        func count(_ name: String, _ path: KeyPath<SyslogStatistics, Int>, _ dimensions: [(String, String)] = []) {
            let difference = statistics[keyPath: path] - before[keyPath: path]
            if difference > 0 { Counter(label: name, dimensions: dimensions).increment(by: difference) }
        }
        count("martlet_syslog_messages_total", \.rfc5424, [("format", "rfc5424")])
        count("martlet_syslog_messages_total", \.rfc3164, [("format", "rfc3164")])
        count("martlet_syslog_messages_total", \.plain, [("format", "plain")])
        count("martlet_syslog_bytes_total", \.bytes)
        count("martlet_syslog_messages_cut_total", \.messagesCut)
        count("martlet_syslog_messages_dropped_total", \.droppedQueueFull, [("reason", "queue_full")])
        count("martlet_syslog_messages_dropped_total", \.kernelDrops, [("reason", "kernel")])
        count("martlet_syslog_messages_dropped_total", \.recordsLost, [("reason", "refused")])
        count("martlet_syslog_connections_refused_total", \.connectionsRefused)
        Meter(label: "martlet_syslog_connections").set(connections)
        let dropped = statistics.droppedQueueFull - before.droppedQueueFull
        let kernelDropped = statistics.kernelDrops - before.kernelDrops
        if dropped + kernelDropped > 0 {
            warn(
                "syslog datagrams were dropped",
                ["queue_full": "\(dropped)", "receive_buffer_full": "\(kernelDropped)"])
        }
    }

    func recordsLost(_ records: Int, _ error: IngestError) {
        logger.error(
            "syslog records could not be handed on", metadata: ["records": "\(records)", "reason": "\(error.reason)"])
    }

    func receiveFailed(_ error: any Error) {
        warn("a syslog datagram could not be received", ["error": "\(error)"])
    }

    private func warn(_ message: Logger.Message, _ metadata: Logger.Metadata) {
        let now = ContinuousClock.now
        let isTime = lastWarning.withLock { last in
            if let last, now - last < Self.warningInterval { return false }
            last = now
            return true
        }
        if isTime { logger.warning(message, metadata: metadata) }
    }
}
