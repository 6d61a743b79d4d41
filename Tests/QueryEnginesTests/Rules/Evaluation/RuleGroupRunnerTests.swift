import Logging
import PrometheusModel
import PromQLEvaluation
@testable import QueryEngines
import Testing

/// Evaluations of one group, at times that the test names.
@Suite struct RuleGroupRunnerTests {
    private struct Bench {
        let querying = ScriptedQuerying()
        let sink = RecordingSink()
        let notifier = RecordingNotifier()
        let clock = ManualRuleClock()
        let runner: RuleGroupRunner

        init(
            _ rules: [Rule], limit: Int = 0, queryOffset: Int64? = nil, settings: RuleSettings = RuleSettings(),
            shouldRestore: Bool = false, otherRules: [Rule] = []
        ) {
            let group = RuleGroup(file: "f", name: "g", limit: limit, queryOffset: queryOffset, rules: rules)
            runner = RuleGroupRunner(
                group,
                .init(
                    settings: settings, querying: querying, sink: sink, notifiers: [notifier], clock: clock,
                    events: RuleEvents(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })),
                    alertingRules: Dictionary(grouping: rules + otherRules, by: \.name)),
                shouldRestore: shouldRestore)
        }

        func evaluate(at time: Int64) async -> [String] {
            clock.set(time)
            await runner.evaluate(at: time)
            return sink.take()
        }
    }

    @Test func aRecordingRuleWritesItsResultUnderItsName() async {
        let bench = Bench([Rule(name: "job:up", query: "up", labels: ["team": "x", "gone": ""])])
        bench.querying.set("up", [(["__name__": "up", "job": "a", "gone": "1"], 2), (["job": "b"], 3.5)])
        #expect(
            await bench.evaluate(at: 60_000) == [
                #"job:up{job="a", team="x"} 2 @60.0"#, #"job:up{job="b", team="x"} 3.5 @60.0"#,
            ])
        let status = await bench.runner.status
        #expect(status.rules[0].health == .ok)
        #expect(status.lastEvaluation == 60_000)
        #expect(status.interval == 60)
        #expect(status.rules[0].alerting == nil)
    }

    @Test func seriesThatAreGoneGetAStaleMarkerOnce() async {
        let bench = Bench([Rule(name: "r", query: "up")])
        bench.querying.set("up", [(["job": "a"], 1), (["job": "b"], 1)])
        _ = await bench.evaluate(at: 1000)
        bench.querying.set("up", [(["job": "b"], 1)])
        #expect(await bench.evaluate(at: 2000) == [#"r{job="b"} 1 @2.0"#, #"r{job="a"} stale @2.0"#])
        #expect(await bench.evaluate(at: 3000) == [#"r{job="b"} 1 @3.0"#])
    }

    @Test func aFailureIsShownAndChangesNoSeries() async {
        let bench = Bench([Rule(name: "r", query: "up"), Rule(name: "s", query: "down")])
        bench.querying.set("up", [(["job": "a"], 1)])
        bench.querying.set("down", [([:], 1)])
        _ = await bench.evaluate(at: 1000)
        bench.querying.fail("up", "query timed out")
        // The rule after it is evaluated all the same.
        #expect(await bench.evaluate(at: 2000) == ["s 1 @2.0"])
        var status = await bench.runner.status
        #expect(status.rules.map(\.health) == [.err, .ok])
        #expect(status.rules[0].lastError == "query timed out")
        bench.querying.set("up", [])
        #expect(await bench.evaluate(at: 3000) == [#"r{job="a"} stale @3.0"#, "s 1 @3.0"])
        status = await bench.runner.status
        #expect(status.rules.map(\.health) == [.ok, .ok])
        #expect(status.rules[0].lastError == "")
    }

    @Test func samplesThatAreNotTakenAreAFailure() async {
        let bench = Bench([Rule(name: "r", query: "up")])
        bench.querying.set("up", [([:], 1)])
        bench.sink.refuse(true)
        _ = await bench.evaluate(at: 1000)
        #expect(await bench.runner.status.rules[0].lastError == "disk is full")
        #expect(await bench.runner.state.rules[0].series.isEmpty)
    }

    @Test func twoSeriesWithTheSameLabelsAreAnError() async {
        let bench = Bench([Rule(name: "r", query: "up", labels: ["job": "x"])])
        bench.querying.set("up", [(["job": "a"], 1), (["job": "b"], 1)])
        #expect(await bench.evaluate(at: 1000) == [])
        #expect(
            await bench.runner.status.rules[0].lastError
                == "vector contains metrics with the same labelset after applying rule labels")
    }

    @Test func moreSeriesThanTheLimitAreAnError() async {
        let bench = Bench([Rule(name: "r", query: "up")], limit: 1)
        bench.querying.set("up", [(["job": "a"], 1), (["job": "b"], 1)])
        #expect(await bench.evaluate(at: 1000) == [])
        #expect(await bench.runner.status.rules[0].lastError == "exceeded limit of 1 with 2 series")
    }

    @Test func queriesAndSamplesAreOffset() async {
        let bench = Bench([Rule(name: "r", query: "up")], queryOffset: 30_000)
        bench.querying.set("up", [([:], 1)])
        #expect(await bench.evaluate(at: 60_000) == ["r 1 @30.0"])
        #expect(bench.querying.asked.map(\.time) == [30_000])
        bench.querying.set("up", [])
        #expect(await bench.evaluate(at: 120_000) == ["r stale @90.0"])
    }

    @Test func anAlertWritesItsSeriesAndIsTold() async throws {
        var settings = RuleSettings()
        settings.externalURL = "http://martlet:9090"
        settings.externalLabels = ["cluster": "c1", "severity": "none"]
        let alerting = Rule.Alerting(
            hold: 60_000,
            annotations: [
                "summary": "{{ $labels.instance }} of {{ $externalLabels.cluster }} is {{ $value }}",
                "broken": "{{ .Nope }}", "path": "{{ pathPrefix }}|{{ externalURL }}",
                "other": "{{ range query \"other\" }}{{ .Labels.job }}={{ .Value }} {{ end }}",
            ])
        let rule = Rule(
            name: "Down", query: "up == 0", labels: ["severity": "{{ if gt $value 0.5 }}page{{ end }}"],
            alerting: alerting)
        let bench = Bench([rule], settings: settings)
        bench.querying.set("up == 0", [(["__name__": "up", "instance": "i"], 1)])
        bench.querying.set("other", [(["job": "a"], 3)])
        #expect(
            await bench.evaluate(at: 60_000) == [
                #"ALERTS{alertname="Down", alertstate="pending", instance="i", severity="page"} 1 @60.0"#,
                #"ALERTS_FOR_STATE{alertname="Down", instance="i", severity="page"} 60 @60.0"#,
            ])
        #expect(bench.notifier.take().isEmpty)
        #expect(
            await bench.evaluate(at: 120_000) == [
                #"ALERTS{alertname="Down", alertstate="firing", instance="i", severity="page"} 1 @120.0"#,
                #"ALERTS_FOR_STATE{alertname="Down", instance="i", severity="page"} 60 @120.0"#,
                #"ALERTS{alertname="Down", alertstate="pending", instance="i", severity="page"} stale @120.0"#,
            ])
        let told = bench.notifier.take()
        try #require(told.count == 1)
        #expect(told[0].labels == ["alertname": "Down", "cluster": "c1", "instance": "i", "severity": "page"])
        #expect(told[0].startsAt == 120_000)
        #expect(told[0].endsAt == 120_000 + 4 * 60_000)
        #expect(!told[0].isResolved)
        #expect(told[0].generatorURL == "http://martlet:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1")
        #expect(told[0].annotations["summary"] == "i of c1 is 1")
        #expect(told[0].annotations["path"] == "|http://martlet:9090")
        #expect(told[0].annotations["other"] == "a=3 ")
        let broken = told[0].annotations["broken"] ?? ""
        #expect(
            broken.hasPrefix(
                "<error expanding template: error executing template __alert_Down: template: __alert_Down:1:115: "
                    + "executing \"__alert_Down\" at <.Nope>: can't evaluate field Nope in type struct {"))

        bench.querying.set("up == 0", [])
        #expect(
            await bench.evaluate(at: 180_000) == [
                #"ALERTS{alertname="Down", alertstate="firing", instance="i", severity="page"} stale @180.0"#,
                #"ALERTS_FOR_STATE{alertname="Down", instance="i", severity="page"} stale @180.0"#,
            ])
        let resolved = bench.notifier.take()
        #expect(resolved.map(\.isResolved) == [true])
        #expect(resolved.map(\.endsAt) == [180_000])
        let status = await bench.runner.status
        #expect(status.rules[0].alerting?.state == .inactive)
        #expect(status.rules[0].alerting?.alerts.isEmpty == true)
    }

    @Test func alertsAreShown() async throws {
        let rule = Rule(
            name: "Down", query: "up == 0", alerting: .init(hold: 300_000, keepFiring: 60_000, annotations: ["a": "b"]))
        let bench = Bench([rule])
        bench.querying.set("up == 0", [(["instance": "i"], 0)])
        _ = await bench.evaluate(at: 60_000)
        let alerting = try #require(await bench.runner.status.rules[0].alerting)
        #expect(alerting.state == .pending)
        #expect(alerting.duration == 300)
        #expect(alerting.keepFiringFor == 60)
        #expect(alerting.annotations == ["a": "b"])
        #expect(alerting.alerts.map(\.activeAt) == [60_000])
        #expect(alerting.alerts.map(\.labels) == [["alertname": "Down", "instance": "i"]])
    }

    @Test func afterARestartAlertsAreWrittenOnceTheyAreRestored() async throws {
        let rule = Rule(
            name: "Down", query: "up == 0", labels: ["severity": "page", "who": "{{ $labels.instance }}"],
            alerting: .init(hold: 3_600_000))
        let bench = Bench([rule], shouldRestore: true)
        bench.querying.set("up == 0", [(["instance": "i"], 0), (["instance": "j"], 0)])
        let labels: Labels = [
            "__name__": "ALERTS_FOR_STATE", "alertname": "Down", "instance": "i", "severity": "page", "who": "i",
        ]
        let ended = labels.setting("instance", "j").setting("who", "j")
        bench.querying.setNewest([
            VectorSample(labels: labels, time: 6_000_000, value: 5000),
            VectorSample(labels: ended, time: 6_000_000, value: StaleMarker.value),
        ])
        #expect(await bench.evaluate(at: 6_300_000) == [])
        await bench.runner.restore(at: 6_300_000)
        #expect(
            bench.querying.matchers.map(\.description)
                == [#"__name__="ALERTS_FOR_STATE""#, #"alertname="Down""#, #"severity="page""#])
        #expect(bench.querying.span == 2_699_999...6_300_000)
        // Pending for 1000 s, then 300 s away.
        let alerts = await bench.runner.state.rules[0].alerting?.alerts ?? [:]
        #expect(alerts[labels.withoutName]?.activeAt == 5_300_000)
        #expect(alerts[ended.withoutName]?.activeAt == 6_300_000)
        #expect(await bench.evaluate(at: 6_360_000).count == 4)
    }

    /// `i` fires still when the server stops, `j` had ended before.
    private static let beforeRestart = ["i", "j"].flatMap { instance in
        let labels: Labels = ["alertname": "Down", "instance": instance, "severity": "page"]
        let isOver = instance == "j"
        return [
            VectorSample(
                labels: labels.setting("__name__", "ALERTS").setting("alertstate", "firing"), time: 6_000_000,
                value: isOver ? StaleMarker.value : 1),
            VectorSample(
                labels: labels.setting("__name__", "ALERTS_FOR_STATE"), time: 6_000_000,
                value: isOver ? StaleMarker.value : 5000),
        ]
    }

    private static let pagingRule = Rule(
        name: "Down", query: "up == 0", labels: ["severity": "page"],
        alerting: .init(hold: 60_000, annotations: ["summary": "{{ $labels.instance }} down", "now": "{{ $value }}"]))

    /// A webhook, other than an Alertmanager, would take it to fire for ever.
    @Test func anAlertThatEndsWhileTheServerIsDownIsResolved() async throws {
        let bench = Bench([Self.pagingRule], shouldRestore: true)
        bench.querying.set("up == 0", [])
        bench.querying.setNewest(Self.beforeRestart)
        #expect(await bench.evaluate(at: 6_240_000) == [])
        #expect(await bench.evaluate(at: 6_300_000) == [])
        #expect(bench.notifier.take().isEmpty)
        await bench.runner.restore(at: 6_300_000)
        let series = #"ALERTS{alertname="Down", alertstate="firing", instance="i", severity="page"}"#
        #expect(await bench.evaluate(at: 6_360_000) == [series + " stale @6360.0"])
        let told = bench.notifier.take()
        try #require(told.count == 1)
        #expect(told[0].labels == ["alertname": "Down", "instance": "i", "severity": "page"])
        #expect(told[0].isResolved && told[0].wasTold)
        #expect(told[0].startsAt == 5_060_000 && told[0].endsAt == 6_300_000)
        #expect(told[0].annotations == ["summary": "i down"])
        #expect(await bench.evaluate(at: 6_420_000) == [])
        #expect(bench.notifier.take().allSatisfy { $0.isResolved && !$0.wasTold })
        #expect(await bench.runner.status.rules[0].alerting?.alerts.isEmpty == true)
    }

    @Test func anAlertThatEndsWhileItIsPendingAgainAfterARestartIsResolved() async throws {
        let bench = Bench([Self.pagingRule], shouldRestore: true)
        bench.querying.set("up == 0", [(["instance": "i"], 0)])
        bench.querying.setNewest(Self.beforeRestart)
        _ = await bench.evaluate(at: 6_300_000)
        await bench.runner.restore(at: 6_300_000)
        _ = await bench.evaluate(at: 6_330_000)
        #expect(bench.notifier.take().isEmpty)
        bench.querying.set("up == 0", [])
        _ = await bench.evaluate(at: 6_345_000)
        let told = bench.notifier.take()
        #expect(told.map(\.isResolved) == [true] && told.map(\.wasTold) == [true])
    }

    @Test func anAlertThatGoesOnAfterARestartIsNotResolved() async throws {
        let bench = Bench([Self.pagingRule], shouldRestore: true)
        bench.querying.set("up == 0", [(["instance": "i"], 0)])
        bench.querying.setNewest(Self.beforeRestart)
        _ = await bench.evaluate(at: 6_240_000)
        _ = await bench.evaluate(at: 6_300_000)
        await bench.runner.restore(at: 6_300_000)
        let samples = await bench.evaluate(at: 6_360_000)
        #expect(samples.count == 2 && !samples.contains { $0.contains("stale") })
        #expect(bench.notifier.take().map(\.isResolved) == [false])
    }

    @Test func anAlertThatAnotherRuleMayHaveMadeIsNotResolved() async {
        let other = Rule(name: "Down", query: "x", labels: [:], alerting: .init(hold: 0))
        let bench = Bench([Self.pagingRule], shouldRestore: true, otherRules: [other])
        bench.querying.set("up == 0", [])
        bench.querying.setNewest(Self.beforeRestart)
        _ = await bench.evaluate(at: 6_300_000)
        await bench.runner.restore(at: 6_300_000)
        #expect(await bench.evaluate(at: 6_360_000) == [])
        #expect(bench.notifier.take().isEmpty)
    }

    @Test func afterAReloadAlertsStayAndSeriesOfRulesThatAreGoneEnd() async throws {
        let alert = Rule(name: "Down", query: "up == 0", alerting: .init(hold: 120_000))
        let old = Bench([Rule(name: "r", query: "up"), alert])
        old.querying.set("up", [([:], 1)])
        old.querying.set("up == 0", [(["instance": "i"], 0)])
        _ = await old.evaluate(at: 60_000)
        var changed = alert
        changed.alerting?.annotations = ["new": "text"]
        let new = Bench([changed, Rule(name: "s", query: "up")])
        await new.runner.adopt(await old.runner.state)
        new.querying.set("up", [([:], 1)])
        new.querying.set("up == 0", [(["instance": "i"], 0)])
        let samples = await new.evaluate(at: 180_000)
        #expect(samples.contains(#"ALERTS{alertname="Down", alertstate="firing", instance="i"} 1 @180.0"#))
        #expect(samples.contains("s 1 @180.0"))
        #expect(samples.contains("r stale @180.0"))
        let later = await new.evaluate(at: 240_000)
        #expect(!later.contains { $0.contains("stale") })
    }
}
