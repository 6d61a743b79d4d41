import Codecs
import Logging
import Metrics
import TelemetryModel
import WriteAheadLog

/// What the pipeline logs and counts. Metric names and labels are listed in Documentation/SelfMetrics.md.
final class IngestEvents: Sendable {
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func acknowledged(_ request: IngestRequest, _ outcome: AppendOutcome) {
        let signal = request.signal.rawValue
        Counter(label: "martlet_ingest_requests_total", dimensions: [("signal", signal), ("result", "acknowledged")])
            .increment()
        Counter(label: "martlet_ingest_items_total", dimensions: [("signal", signal)])
            .increment(by: outcome.accepted)
        for (reason, count) in outcome.rejected {
            Counter(
                label: "martlet_ingest_items_rejected_total",
                dimensions: [("signal", signal), ("reason", reason.rawValue)]
            ).increment(by: count)
        }
        for (kind, count) in outcome.repairs {
            Counter(label: "martlet_ingest_repairs_total", dimensions: [("signal", signal), ("kind", kind.rawValue)])
                .increment(by: count)
        }
        if outcome.rejectedCount > 0 {
            logger.warning(
                "items left out of an acknowledged request",
                metadata: ["signal": "\(signal)", "reasons": "\(outcome.message(noun: request.signal.itemNoun))"])
        }
    }

    func refused(_ signal: Signal, _ error: IngestError) {
        Counter(
            label: "martlet_ingest_requests_refused_total",
            dimensions: [("signal", signal.rawValue), ("reason", error.reason)]
        ).increment()
        logger.debug(
            "request refused",
            metadata: ["signal": "\(signal.rawValue)", "reason": "\(error.reason)", "message": "\(error.message)"])
    }

    func stored(_ signal: Signal, rows: Int, seconds: Double) {
        Counter(label: "martlet_store_inserts_total", dimensions: [("signal", signal.rawValue)]).increment()
        Counter(label: "martlet_store_rows_total", dimensions: [("signal", signal.rawValue)]).increment(by: rows)
        Recorder(label: "martlet_store_insert_seconds", dimensions: [("signal", signal.rawValue)]).record(seconds)
    }

    func storeFailed(_ signal: Signal, rows: Int, error: any Error) {
        Counter(label: "martlet_store_insert_failures_total", dimensions: [("signal", signal.rawValue)]).increment()
        logger.error(
            "a block could not be stored; it stays in the log and is tried again",
            metadata: ["signal": "\(signal.rawValue)", "rows": "\(rows)", "error": "\(error)"])
    }

    func logFailed(_ signal: Signal, _ error: LogError) {
        Counter(label: "martlet_log_write_failures_total", dimensions: [("signal", signal.rawValue)]).increment()
        logger.error(
            "the log could not be written; senders are told to retry",
            metadata: ["signal": "\(signal.rawValue)", "error": "\(error.message)"])
    }

    func commitFailed(_ signal: Signal, _ error: LogError) {
        logger.warning(
            "a stored block could not be marked in the log; a crash now would send it again, and the store drop it",
            metadata: ["signal": "\(signal.rawValue)", "error": "\(error.message)"])
    }

    func replayed(_ report: ReplayReport) {
        let signal = report.signal.rawValue
        Counter(label: "martlet_log_replayed_records_total", dimensions: [("signal", signal)])
            .increment(by: report.records)
        Counter(label: "martlet_log_damages_total", dimensions: [("signal", signal)]).increment(
            by: report.damages.count)
        logger.info(
            "the log of the last run is stored",
            metadata: [
                "signal": "\(signal)", "records": "\(report.records)", "items": "\(report.items)",
                "bytes": "\(report.bytes)", "blocks": "\(report.blocks)",
                "milliseconds": "\(Int(report.seconds * 1000))", "cut_off": "\(report.tornTails.count)",
            ])
        for damage in report.damages {
            logger.error(
                "a stretch of the log is damaged and its records are lost",
                metadata: ["signal": "\(signal)", "damage": "\(damage)"])
        }
    }
}
