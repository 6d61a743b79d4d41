import TelemetryModel
import QueryEngines

/// What a request to follow a query says.
///
/// - Spec: Grafana Loki, "Stream logs".
struct LokiTailParameters: Sendable {
    let request: LogTailRequest
    let delay: Duration

    init(_ form: LokiForm, now: Int64) throws {
        let selection = try form.selection()
        let limit = try form.limit()
        let start = try form.bounds(now: now).start
        let delay = try form.seconds("delay_for")
        guard delay <= LokiLimits.tailDelayMax else {
            throw LokiFailure(.invalid, "delay_for can't be greater than \(LokiLimits.tailDelayMax)")
        }
        request = LogTailRequest(selection: selection, start: start, limit: limit)
        self.delay = .seconds(delay)
    }
}

extension LokiForm {
    /// A whole number from 0 on.
    fileprivate func seconds(_ name: String) throws(LokiFailure) -> Int {
        guard let text = self[name] else { return 0 }
        do {
            return max(0, try NumberParameter.integer(text))
        } catch {
            throw LokiFailure(.invalid, error.description)
        }
    }
}
