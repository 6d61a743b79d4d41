import Logging
import PrometheusModel
@testable import QueryEngines
import Testing

@Suite struct WebhookNotifierTests {
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private static func alert(
        _ instance: String, name: String = "Down", startsAt: Int64 = 60_000, endsAt: Int64 = 1_000_000,
        isResolved: Bool = false
    ) -> NotifiedAlert {
        NotifiedAlert(
            labels: ["alertname": name, "instance": instance, "severity": "page"],
            annotations: ["summary": "\(instance) is \"down\"", "runbook": "http://r"], startsAt: startsAt,
            endsAt: endsAt, isResolved: isResolved, generatorURL: "http://m/graph?g0.expr=up")
    }

    // The form: Alertmanager 0.28, "Configuration", webhook_config; template.Data and notify/webhook.
    @Test func theBodyIsThatOfAlertmanager() {
        let body = WebhookNotifier.body(
            "Down", [Self.alert("1"), Self.alert("2", endsAt: 90_500, isResolved: true)],
            WebhookNotifier.Configuration(name: "hook", url: "http://x", externalURL: "http://m"))
        let expected =
            #"{"receiver":"hook","status":"firing","alerts":["#
            + #"{"status":"firing","labels":{"alertname":"Down","instance":"1","severity":"page"},"#
            + #""annotations":{"runbook":"http://r","summary":"1 is \"down\""},"#
            + #""startsAt":"1970-01-01T00:01:00Z","endsAt":"0001-01-01T00:00:00Z","#
            + #""generatorURL":"http://m/graph?g0.expr=up","fingerprint":"b924c91dcfb6c318"},"#
            + #"{"status":"resolved","labels":{"alertname":"Down","instance":"2","severity":"page"},"#
            + #""annotations":{"runbook":"http://r","summary":"2 is \"down\""},"#
            + #""startsAt":"1970-01-01T00:01:00Z","endsAt":"1970-01-01T00:01:30.5Z","#
            + #""generatorURL":"http://m/graph?g0.expr=up","fingerprint":"696ed69b6c2d53df"}],"#
            + #""groupLabels":{"alertname":"Down"},"#
            + #""commonLabels":{"alertname":"Down","severity":"page"},"commonAnnotations":{"runbook":"http://r"},"#
            + #""externalURL":"http://m","version":"4","groupKey":"{}:{alertname=\"Down\"}","truncatedAlerts":0}"#
        #expect(String(decoding: body, as: UTF8.self) == expected)
    }

    @Test func aGroupIsToldWhenSomethingInItChanges() {
        var groups = WebhookGroups(limit: 100, sendsResolved: true, repeatInterval: 1000_000)
        #expect(groups.receive([Self.alert("1"), Self.alert("2", name: "Slow")]) == 0)
        #expect(groups.due(at: 0) == ["Down", "Slow"])
        let hadFailed = groups.delivered("Down", groups.alerts(of: "Down"), at: 0)
        #expect(!hadFailed)
        #expect(groups.due(at: 0) == ["Slow"])
        // Told again by the rule, nothing new.
        _ = groups.receive([Self.alert("1", endsAt: 2_000_000)])
        #expect(groups.due(at: 10) == ["Slow"])
        _ = groups.receive([Self.alert("3")])
        #expect(groups.due(at: 10) == ["Down", "Slow"])
        #expect(groups.alerts(of: "Down").map { $0.labels["instance"] } == ["1", "3"])
    }

    @Test func aResolvedAlertIsToldOnceAndForgotten() {
        var groups = WebhookGroups(limit: 100, sendsResolved: true, repeatInterval: 1000_000)
        _ = groups.receive([Self.alert("1")])
        _ = groups.delivered("Down", groups.alerts(of: "Down"), at: 0)
        _ = groups.receive([Self.alert("1", isResolved: true)])
        #expect(groups.due(at: 1) == ["Down"])
        #expect(groups.alerts(of: "Down").map(\.isResolved) == [true])
        _ = groups.delivered("Down", groups.alerts(of: "Down"), at: 1)
        #expect(groups.due(at: 1) == [])
        #expect(groups.count == 0)
        // Told once more by the rule.
        _ = groups.receive([Self.alert("1", isResolved: true)])
        #expect(groups.count == 0)
    }

    @Test func whatWasNeverToldNeedsNoEnd() {
        var groups = WebhookGroups(limit: 100, sendsResolved: true, repeatInterval: 1000_000)
        _ = groups.receive([Self.alert("1")])
        _ = groups.receive([Self.alert("1", isResolved: true)])
        #expect(groups.due(at: 0) == [])
        #expect(groups.count == 0)
    }

    @Test func theEndOfWhatWasToldBeforeARestartIsToldOnce() {
        var groups = WebhookGroups(limit: 100, sendsResolved: true, repeatInterval: 1000_000)
        var alert = Self.alert("1", isResolved: true)
        alert.wasTold = true
        _ = groups.receive([alert])
        #expect(groups.due(at: 0) == ["Down"])
        #expect(groups.alerts(of: "Down").map(\.isResolved) == [true])
        // Told once more by the rule before it is delivered, and after.
        _ = groups.receive([Self.alert("1", isResolved: true)])
        _ = groups.delivered("Down", groups.alerts(of: "Down"), at: 1)
        _ = groups.receive([Self.alert("1", isResolved: true)])
        #expect(groups.due(at: 1) == [] && groups.count == 0)
        var silent = WebhookGroups(limit: 100, sendsResolved: false, repeatInterval: 1000_000)
        _ = silent.receive([alert])
        #expect(silent.count == 0)
    }

    @Test func withoutSendResolvedAnEndIsNotTold() {
        var groups = WebhookGroups(limit: 100, sendsResolved: false, repeatInterval: 1000_000)
        _ = groups.receive([Self.alert("1")])
        _ = groups.delivered("Down", groups.alerts(of: "Down"), at: 0)
        _ = groups.receive([Self.alert("1", isResolved: true)])
        #expect(groups.due(at: 0) == [])
        #expect(groups.count == 0)
    }

    @Test func anAlertThatNobodyTellsAgainIsResolved() {
        var groups = WebhookGroups(limit: 100, sendsResolved: true, repeatInterval: 1000_000_000)
        _ = groups.receive([Self.alert("1", endsAt: 500)])
        _ = groups.delivered("Down", groups.alerts(of: "Down"), at: 0)
        #expect(groups.nextTime(after: 0) == 500)
        groups.expire(at: 499)
        #expect(groups.due(at: 499) == [])
        groups.expire(at: 500)
        #expect(groups.due(at: 500) == ["Down"])
    }

    @Test func aGroupThatFiresIsToldAgainAfterTheRepeatInterval() {
        var groups = WebhookGroups(limit: 100, sendsResolved: true, repeatInterval: 1000)
        _ = groups.receive([Self.alert("1")])
        _ = groups.delivered("Down", groups.alerts(of: "Down"), at: 5)
        #expect(groups.due(at: 1004) == [])
        #expect(groups.nextTime(after: 5) == 1005)
        #expect(groups.due(at: 1005) == ["Down"])
    }

    @Test func failuresAreTriedAgainWithGrowingPauses() {
        var groups = WebhookGroups(limit: 100, sendsResolved: true, repeatInterval: 1000_000)
        _ = groups.receive([Self.alert("1")])
        let isFirst = groups.failed("Down", at: 0)
        #expect(isFirst)
        #expect(groups.due(at: 999) == [])
        #expect(groups.due(at: 1000) == ["Down"])
        let isFirstAgain = groups.failed("Down", at: 1000)
        #expect(!isFirstAgain)
        #expect(groups.nextTime(after: 1000) == 3000)
        let hadFailed = groups.delivered("Down", groups.alerts(of: "Down"), at: 3000)
        #expect(hadFailed)
    }

    @Test func ofTooManyAlertsThoseThatFireLongestAreDropped() {
        var groups = WebhookGroups(limit: 2, sendsResolved: true, repeatInterval: 1000_000)
        let dropped = groups.receive([
            Self.alert("1", startsAt: 30), Self.alert("2", name: "Slow", startsAt: 10), Self.alert("3", startsAt: 20),
        ])
        #expect(dropped == 1)
        #expect(groups.due(at: 0) == ["Down"])
        #expect(groups.count == 2)
    }

    @Test func changesArePosted() async throws {
        let transport = ScriptedTransport([0, 500])
        let clock = ManualRuleClock(1000)
        let notifier = WebhookNotifier(
            .init(url: "http://hook", headers: ["Authorization": "x"]), transport: transport, logger: Self.logger,
            clock: clock)
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try? await notifier.run() }
            notifier.notify([Self.alert("1")], at: 1000)
            await transport.waitForRequests(1)
            await clock.waitForSleepers()
            clock.set(2000)
            await transport.waitForRequests(2)
            await clock.waitForSleepers()
            clock.set(4000)
            await transport.waitForRequests(3)
            tasks.cancelAll()
        }
        let requests = transport.requests
        #expect(requests.map(\.url) == ["http://hook", "http://hook", "http://hook"])
        #expect(requests[0].headers == ["Authorization": "x", "Content-Type": "application/json"])
        #expect(requests[0].body == requests[2].body)
    }
}
