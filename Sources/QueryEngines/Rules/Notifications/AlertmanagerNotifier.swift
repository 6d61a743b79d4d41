import Codecs
package import Logging
import ServiceLifecycle
import Synchronization

/// Tells an Alertmanager of alerts through its API v2, which groups, silences and delivers them.
///
/// - Bounds: `queueMax` alerts wait; of more the oldest are dropped and counted. An alert that fires is told again each
///   minute anyway.
/// - Spec: Alertmanager, openapi.yaml: `POST /api/v2/alerts`, `postableAlerts`.
package final class AlertmanagerNotifier: AlertNotifier, Service {
    package struct Configuration: Sendable {
        /// `http://host:9093`, with the path prefix if there is one.
        package var url: String
        package var headers: [String: String]
        package var timeout: Duration

        package init(url: String, headers: [String: String] = [:], timeout: Duration = .seconds(10)) {
            self.url = url
            self.headers = headers
            self.timeout = timeout
        }
    }

    package static let queueMax = 10_000
    /// Alerts of one request.
    package static let batchMax = 256
    /// Attempts with one batch before it is dropped.
    package static let attemptsMax = 5

    private let configuration: Configuration
    private let transport: any WebhookTransport
    private let clock: any RuleClock
    private let events: NotificationEvents
    private let queue = Mutex(NotificationQueue(limit: queueMax))
    private let wakeup = NotificationWakeup()
    private let stopping = StopSignal()

    package init(
        _ configuration: Configuration, transport: any WebhookTransport, logger: Logger,
        clock: any RuleClock = SystemRuleClock()
    ) {
        self.configuration = configuration
        self.transport = transport
        self.clock = clock
        events = NotificationEvents(receiver: "alertmanager", logger: logger)
    }

    package func notify(_ alerts: [NotifiedAlert], at time: Int64) {
        let dropped = queue.withLock { $0.append(alerts) }
        events.dropped(alerts: dropped, reason: "the queue is full")
        wakeup.wake()
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            while !stopping.isSet, !Task.isCancelled {
                await deliverWaiting()
                await wakeup.wait(stopping)
            }
            // What was told last has one attempt.
            await deliverWaiting()
        } onGracefulShutdown: {
            self.stopping.set()
            self.wakeup.wake()
        }
    }

    private func deliverWaiting() async {
        while !Task.isCancelled {
            let batch = queue.withLock { $0.take(Self.batchMax) }
            guard !batch.isEmpty else { return }
            let isDelivered = await deliver(batch)
            // Nobody waits for a receiver that is not there when the server stops.
            if !isDelivered, stopping.isSet { return dropWaiting() }
        }
    }

    private func dropWaiting() {
        let rest = queue.withLock { $0.take($0.count) }
        events.dropped(alerts: rest.count, reason: "the server stops")
    }

    /// Tries until the batch is taken, refused for good, or tried often enough.
    private func deliver(_ batch: [NotifiedAlert]) async -> Bool {
        let request = WebhookRequest(
            url: configuration.url + "/api/v2/alerts",
            headers: configuration.headers.merging(["Content-Type": "application/json"]) { own, _ in own },
            body: Self.body(batch), timeout: configuration.timeout)
        var backoff = Backoff()
        while true {
            let problem: String
            var mayRetry = true
            do {
                let response = try await transport.post(request)
                if response.isSuccess {
                    if backoff.failures > 0 { events.recovered() }
                    events.delivered(alerts: batch.count)
                    return true
                }
                problem = "status \(response.status) \(response.text)"
                mayRetry = response.mayRetry
            } catch {
                problem = "\(error)"
            }
            events.failed(problem, isFirst: backoff.failures == 0)
            let pause = backoff.fail()
            guard mayRetry, backoff.failures < Self.attemptsMax,
                await stopping.sleep(until: clock.now() + pause, on: clock)
            else {
                events.dropped(alerts: batch.count, reason: problem)
                return false
            }
        }
    }

    static func body(_ alerts: [NotifiedAlert]) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("[")
        for alert in alerts {
            writer.separate()
            writer.open("{")
            writer.key("annotations")
            writer.texts(alert.annotations)
            writer.key("endsAt")
            writer.time(alert.endsAt)
            writer.key("startsAt")
            writer.time(alert.startsAt)
            writer.member("generatorURL", alert.generatorURL)
            writer.key("labels")
            writer.labels(alert.labels)
            writer.close("}")
        }
        writer.close("]")
        return writer.bytes
    }
}
