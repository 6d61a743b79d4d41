import Codecs
import Logging
import Metrics
import TelemetryModel

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
        Counter(label: "martlet_ingest_items_total", dimensions: [("signal", signal), ("result", "stored")])
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

    func insertRepeated(_ signal: Signal, rows: Int, error: any Error) {
        Counter(label: "martlet_store_insert_repeats_total", dimensions: [("signal", signal.rawValue)]).increment()
        logger.warning(
            "rows could not be stored, one more attempt follows",
            metadata: ["signal": "\(signal.rawValue)", "rows": "\(rows)", "error": "\(error)"])
    }

    func insertFailed(_ signal: Signal, rows: Int, error: any Error) {
        Counter(label: "martlet_store_insert_failures_total", dimensions: [("signal", signal.rawValue)]).increment()
        logger.error(
            "rows could not be stored; their senders are told to retry",
            metadata: ["signal": "\(signal.rawValue)", "rows": "\(rows)", "error": "\(error)"])
    }
}
