package import Logging
import PrometheusModel
import Synchronization

/// Writes a line to the log when an alert begins and when it ceases to fire.
package final class LogAlertNotifier: AlertNotifier {
    /// Alerts that are remembered as firing; of more than that, some changes would be logged twice.
    package static let alertsMax = 100_000

    private let logger: Logger
    /// Alerts that fire, with the time at which they count as resolved.
    private let firing = Mutex<[Labels: Int64]>([:])

    package init(logger: Logger) { self.logger = logger }

    package func notify(_ alerts: [NotifiedAlert], at time: Int64) {
        for alert in alerts {
            let isChange = firing.withLock { firing in
                guard alert.isResolved else {
                    if firing.count >= Self.alertsMax { firing = firing.filter { $0.value > time } }
                    let known = firing[alert.labels]
                    if known != nil || firing.count < Self.alertsMax { firing[alert.labels] = alert.endsAt }
                    return known == nil
                }
                return firing.removeValue(forKey: alert.labels) != nil || alert.wasTold
            }
            if isChange { log(alert) }
        }
    }

    private func log(_ alert: NotifiedAlert) {
        var metadata: Logger.Metadata = ["alert": "\(alert.name)", "labels": "\(alert.labels)"]
        for name in ["summary", "description"] {
            if let text = alert.annotations[name] { metadata[name] = "\(text)" }
        }
        logger.log(
            level: alert.isResolved ? .info : .warning, alert.isResolved ? "an alert is resolved" : "an alert fires",
            metadata: metadata)
    }
}
