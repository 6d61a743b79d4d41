import PrometheusModel
import QueryEngines
import Synchronization

/// Keeps the alerts that it is told of.
final class RecordingNotifier: AlertNotifier {
    private let alerts = Mutex<[NotifiedAlert]>([])

    func notify(_ alerts: [NotifiedAlert], at time: Int64) { self.alerts.withLock { $0 += alerts } }

    func take() -> [NotifiedAlert] {
        alerts.withLock { alerts in
            defer { alerts = [] }
            return alerts
        }
    }
}

/// Answers requests from a list and keeps them.
final class ScriptedTransport: WebhookTransport {
    struct Unreachable: Error, CustomStringConvertible {
        var description: String { "connection refused" }
    }

    /// Status 0 is no answer.
    private let state: Mutex<(statuses: [Int], requests: [WebhookRequest])>

    /// - Parameter statuses: of the answers in their order; afterwards 200.
    init(_ statuses: [Int] = []) { state = Mutex((statuses, [])) }

    var requests: [WebhookRequest] { state.withLock { $0.requests } }

    func waitForRequests(_ count: Int) async {
        while requests.count < count { await Task.yield() }
    }

    func post(_ request: WebhookRequest) async throws -> WebhookResponse {
        let status = state.withLock { state in
            state.requests.append(request)
            return state.statuses.isEmpty ? 200 : state.statuses.removeFirst()
        }
        guard status != 0 else { throw Unreachable() }
        return WebhookResponse(status: status, text: status == 200 ? "" : "no")
    }
}
