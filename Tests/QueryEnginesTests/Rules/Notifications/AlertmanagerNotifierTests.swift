import Logging
import PrometheusModel
@testable import QueryEngines
import ServiceLifecycle
import Testing

@Suite struct AlertmanagerNotifierTests {
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private static func alert(_ number: Int) -> NotifiedAlert {
        NotifiedAlert(
            labels: ["alertname": "A", "n": "\(number)"], annotations: ["s": "t"], startsAt: 1_000, endsAt: 241_500,
            isResolved: false, generatorURL: "http://m")
    }

    // Alertmanager, api/v2/openapi.yaml, postableAlerts.
    @Test func theBodyIsThatOfTheAPI() {
        let body = AlertmanagerNotifier.body([Self.alert(1), Self.alert(2)])
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"[{"annotations":{"s":"t"},"endsAt":"1970-01-01T00:04:01.5Z","startsAt":"1970-01-01T00:00:01Z","#
                + #""generatorURL":"http://m","labels":{"alertname":"A","n":"1"}},"#
                + #"{"annotations":{"s":"t"},"endsAt":"1970-01-01T00:04:01.5Z","startsAt":"1970-01-01T00:00:01Z","#
                + #""generatorURL":"http://m","labels":{"alertname":"A","n":"2"}}]"#)
    }

    @Test func ofTooManyTheOldestAreDropped() {
        var queue = NotificationQueue(limit: 3)
        let dropped = [
            queue.append([Self.alert(1), Self.alert(2)]), queue.append([Self.alert(3), Self.alert(4)]),
        ]
        #expect(dropped == [0, 1])
        let batches = [queue.take(2), queue.take(2), queue.take(2)]
        #expect(batches.map { $0.map { $0.labels["n"] } } == [["2", "3"], ["4"], []])
    }

    private static func run(
        _ statuses: [Int], _ body: (AlertmanagerNotifier, ScriptedTransport, ManualRuleClock) async throws -> Void
    ) async throws -> [WebhookRequest] {
        let transport = ScriptedTransport(statuses)
        let clock = ManualRuleClock(0)
        let notifier = AlertmanagerNotifier(
            .init(url: "http://am:9093/prefix"), transport: transport, logger: logger, clock: clock)
        let group = ServiceGroup(services: [notifier], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(notifier, transport, clock)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        return transport.requests
    }

    @Test func alertsArePostedInBatches() async throws {
        let requests = try await Self.run([]) { notifier, transport, _ in
            notifier.notify((0..<300).map(Self.alert), at: 0)
            await transport.waitForRequests(2)
        }
        #expect(requests.count == 2)
        #expect(requests.allSatisfy { $0.url == "http://am:9093/prefix/api/v2/alerts" })
    }

    @Test func failuresAreTriedAgain() async throws {
        let requests = try await Self.run([0, 503]) { notifier, transport, clock in
            notifier.notify([Self.alert(1)], at: 0)
            await clock.waitForSleepers()
            #expect(clock.wakeTimes == [1000])
            clock.set(1000)
            await clock.waitForSleepers()
            #expect(clock.wakeTimes == [3000])
            clock.set(3000)
            await transport.waitForRequests(3)
        }
        #expect(requests.count == 3)
    }

    @Test func whatIsRefusedForGoodIsNotTriedAgain() async throws {
        let requests = try await Self.run([400]) { notifier, transport, _ in
            notifier.notify([Self.alert(1)], at: 0)
            await transport.waitForRequests(1)
            notifier.notify([Self.alert(2)], at: 0)
            await transport.waitForRequests(2)
        }
        #expect(requests.count == 2)
    }

    @Test func aShutdownTriesOnceMoreAndEnds() async throws {
        let requests = try await Self.run([0, 0, 0, 0]) { notifier, _, clock in
            notifier.notify((0..<600).map(Self.alert), at: 0)
            await clock.waitForSleepers()
        }
        #expect(requests.count == 1)
    }
}
