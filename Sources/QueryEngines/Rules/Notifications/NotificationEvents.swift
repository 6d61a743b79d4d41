import Logging
import Metrics

/// What receivers of alerts log and count.
struct NotificationEvents: Sendable {
    let receiver: String
    let logger: Logger

    func delivered(alerts: Int) {
        Counter(label: "martlet_alert_notifications_total", dimensions: dimensions).increment(by: alerts)
    }

    /// - Parameter isFirst: the attempt before was none or a success.
    func failed(_ message: String, isFirst: Bool) {
        Counter(label: "martlet_alert_notification_failures_total", dimensions: dimensions).increment()
        guard isFirst else { return }
        logger.warning(
            "alerts could not be delivered", metadata: ["receiver": "\(receiver)", "error": "\(message)"])
    }

    func recovered() { logger.info("alerts are delivered again", metadata: ["receiver": "\(receiver)"]) }

    func dropped(alerts: Int, reason: String) {
        guard alerts > 0 else { return }
        Counter(label: "martlet_alert_notifications_dropped_total", dimensions: dimensions).increment(by: alerts)
        logger.warning(
            "alerts are dropped",
            metadata: ["receiver": "\(receiver)", "count": "\(alerts)", "reason": "\(reason)"])
    }

    private var dimensions: [(String, String)] { [("receiver", receiver)] }
}
