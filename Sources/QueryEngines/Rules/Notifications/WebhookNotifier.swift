import Codecs
package import Logging
import PrometheusModel
import ServiceLifecycle
import Synchronization

/// Posts alerts to a URL in the form of Alertmanager's webhook, version 4, one request for all alerts of a name.
///
/// - Bounds: `alertsMax` alerts are remembered; of more those that fire longest are dropped and counted. What cannot be
///   delivered is tried again with growing pauses, to a minute.
/// - Spec: Alertmanager, "Configuration", `webhook_config`.
package final class WebhookNotifier: AlertNotifier, Service {
    package struct Configuration: Sendable {
        /// The name of the receiver.
        package var name: String
        package var url: String
        package var headers: [String: String]
        package var sendsResolved: Bool
        /// How long after it was told a group in which something fires is told again.
        package var repeatInterval: Duration
        package var timeout: Duration
        /// Where this server is reached from outside.
        package var externalURL: String

        package init(
            name: String = "webhook", url: String, headers: [String: String] = [:], sendsResolved: Bool = true,
            repeatInterval: Duration = .seconds(4 * 3600), timeout: Duration = .seconds(10), externalURL: String = ""
        ) {
            self.name = name
            self.url = url
            self.headers = headers
            self.sendsResolved = sendsResolved
            self.repeatInterval = repeatInterval
            self.timeout = timeout
            self.externalURL = externalURL
        }
    }

    package static let alertsMax = 10_000

    private let configuration: Configuration
    private let transport: any WebhookTransport
    private let clock: any RuleClock
    private let events: NotificationEvents
    private let groups: Mutex<WebhookGroups>
    private let wakeup = NotificationWakeup()
    private let stopping = StopSignal()

    package init(
        _ configuration: Configuration, transport: any WebhookTransport, logger: Logger,
        clock: any RuleClock = SystemRuleClock()
    ) {
        self.configuration = configuration
        self.transport = transport
        self.clock = clock
        events = NotificationEvents(receiver: configuration.name, logger: logger)
        groups = Mutex(
            WebhookGroups(
                limit: Self.alertsMax, sendsResolved: configuration.sendsResolved,
                repeatInterval: configuration.repeatInterval.components.seconds * 1000))
    }

    package func notify(_ alerts: [NotifiedAlert], at time: Int64) {
        let dropped = groups.withLock { $0.receive(alerts) }
        events.dropped(alerts: dropped, reason: "there are too many")
        wakeup.wake()
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            while !stopping.isSet, !Task.isCancelled {
                await deliverDue()
                let now = clock.now()
                let next = groups.withLock { $0.nextTime(after: now) }
                await wakeup.wait(stopping, until: next, on: clock)
            }
            // What was told last has one attempt.
            await deliverDue()
        } onGracefulShutdown: {
            self.stopping.set()
            self.wakeup.wake()
        }
    }

    private func deliverDue() async {
        let now = clock.now()
        let names = groups.withLock { groups in
            groups.expire(at: now)
            return groups.due(at: now)
        }
        for name in names where !Task.isCancelled {
            let isDelivered = await deliver(name)
            if !isDelivered, stopping.isSet { return }
        }
    }

    private func deliver(_ name: String) async -> Bool {
        let alerts = groups.withLock { $0.alerts(of: name) }
        guard !alerts.isEmpty else { return true }
        let request = WebhookRequest(
            url: configuration.url,
            headers: configuration.headers.merging(["Content-Type": "application/json"]) { own, _ in own },
            body: Self.body(name, alerts, configuration), timeout: configuration.timeout)
        let problem: String
        do {
            let response = try await transport.post(request)
            if response.isSuccess {
                let now = clock.now()
                if groups.withLock({ $0.delivered(name, alerts, at: now) }) { events.recovered() }
                events.delivered(alerts: alerts.count)
                return true
            }
            problem = "status \(response.status) \(response.text)"
        } catch {
            problem = "\(error)"
        }
        let now = clock.now()
        let isFirst = groups.withLock { $0.failed(name, at: now) }
        events.failed(problem, isFirst: isFirst)
        return false
    }

    // MARK: The body

    static func body(_ name: String, _ alerts: [NotifiedAlert], _ configuration: Configuration) -> [UInt8] {
        let isFiring = alerts.contains { !$0.isResolved }
        var writer = JSONWriter()
        writer.open("{")
        writer.member("receiver", configuration.name)
        writer.member("status", isFiring ? "firing" : "resolved")
        writer.key("alerts")
        writer.open("[")
        for alert in alerts {
            writer.separate()
            write(alert, into: &writer)
        }
        writer.close("]")
        writer.key("groupLabels")
        writer.texts([AlertingState.nameLabel: name])
        writer.key("commonLabels")
        writer.texts(common(alerts.map { labels(of: $0) }))
        writer.key("commonAnnotations")
        writer.texts(common(alerts.map(\.annotations)))
        writer.member("externalURL", configuration.externalURL)
        writer.member("version", "4")
        writer.member("groupKey", "{}:{\(AlertingState.nameLabel)=\(LabelName.quoted(name))}")
        writer.key("truncatedAlerts")
        writer.integer(0)
        writer.close("}")
        return writer.bytes
    }

    private static func write(_ alert: NotifiedAlert, into writer: inout JSONWriter) {
        writer.open("{")
        writer.member("status", alert.isResolved ? "resolved" : "firing")
        writer.key("labels")
        writer.labels(alert.labels)
        writer.key("annotations")
        writer.texts(alert.annotations)
        writer.key("startsAt")
        writer.time(alert.startsAt)
        writer.key("endsAt")
        // Go's zero time stands for an alert that has not ended.
        if alert.isResolved { writer.time(alert.endsAt) } else { writer.string("0001-01-01T00:00:00Z") }
        writer.member("generatorURL", alert.generatorURL)
        writer.member("fingerprint", LabelFingerprint.text(alert.labels))
        writer.close("}")
    }

    private static func labels(of alert: NotifiedAlert) -> [String: String] {
        Dictionary(alert.labels.entries.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// What is the same in all of them.
    private static func common(_ texts: [[String: String]]) -> [String: String] {
        guard let first = texts.first else { return [:] }
        return first.filter { name, value in texts.allSatisfy { $0[name] == value } }
    }
}
