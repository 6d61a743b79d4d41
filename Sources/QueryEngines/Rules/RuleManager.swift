package import Logging
package import PrometheusModel
import ServiceLifecycle

/// Evaluates groups of recording and alerting rules, each at its interval, and tells receivers of alerts.
///
/// `reload` may be called at any time, before `run`, too; nothing is evaluated unless `run` runs.
///
/// - Spec: Prometheus 3.5, "Defining recording rules", "Alerting rules".
package actor RuleManager: Service {
    private typealias Job = @Sendable () async -> Void

    private let querying: any RuleQuerying
    private let sink: any RuleSampleSink
    private let notifiers: [any AlertNotifier]
    private let clock: any RuleClock
    private let events: RuleEvents
    /// Sorted by file and name.
    private var runners: [RuleGroupRunner] = []
    private var settings = RuleSettings()
    private var isFirstLoad = true
    private let stopping = StopSignal()
    // Not bounded: a reload puts in one job for each group that changed, and the number of groups is bounded by the files
    // of rules; `run` takes them out at once.
    private let (jobs, newJobs) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .unbounded)

    package init(
        querying: any RuleQuerying, sink: any RuleSampleSink, notifiers: [any AlertNotifier] = [], logger: Logger,
        clock: any RuleClock = SystemRuleClock()
    ) {
        self.querying = querying
        self.sink = sink
        self.notifiers = notifiers
        self.clock = clock
        events = RuleEvents(logger: logger)
    }

    /// Evaluates until the service is shut down; the rules that are being evaluated then are finished.
    package func run() async throws {
        let (jobs, newJobs, stopping) = (jobs, newJobs, stopping)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                for await job in jobs { tasks.addTask { await job() } }
                stopping.set()
                self.stopRunners()
            }
        } onGracefulShutdown: {
            stopping.set()
            newJobs.finish()
        }
    }

    private func stopRunners() {
        for runner in runners { runner.beginStop() }
    }

    /// Replaces the rules. Groups that are as before go on undisturbed; of others the alerts stay, where the rule has the
    /// same name and labels; series of rules that are no more are ended.
    package func reload(_ groups: [RuleGroup], settings: RuleSettings = RuleSettings()) {
        let alertingRules = Dictionary(
            grouping: groups.flatMap(\.rules).filter { $0.alerting != nil }, by: \.name)
        let surroundings = RuleGroupRunner.Surroundings(
            settings: settings, querying: querying, sink: sink, notifiers: notifiers, clock: clock, events: events,
            alertingRules: alertingRules)
        let areSettingsSame = settings == self.settings
        var former = Dictionary(runners.map { ($0.group.key, $0) }, uniquingKeysWith: { first, _ in first })
        var next: [RuleGroupRunner] = []
        for group in groups {
            let old = former.removeValue(forKey: group.key)
            if let old, old.group == group, areSettingsSame {
                next.append(old)
                continue
            }
            let runner = RuleGroupRunner(group, surroundings, shouldRestore: isFirstLoad)
            next.append(runner)
            old?.beginStop()
            newJobs.yield {
                if let old { await runner.adopt(await old.stop()) }
                await runner.run()
            }
        }
        self.settings = settings
        isFirstLoad = false
        runners = next.sorted { ($0.group.file, $0.group.name) < ($1.group.file, $1.group.name) }
        if stopping.isSet { stopRunners() }
        for old in former.values {
            old.beginStop()
            newJobs.yield { await self.retire(old) }
        }
        events.loaded(groups: groups.count, rules: groups.reduce(0) { $0 + $1.rules.count })
    }

    /// Ends the series of a group that is no more, unless within two intervals another group writes them: it may have
    /// been given another name.
    private func retire(_ runner: RuleGroupRunner) async {
        let series = await runner.stop().series
        guard !series.isEmpty else { return }
        let end = clock.now()
        let interval = runner.group.interval ?? runner.surroundings.settings.interval
        guard await stopping.sleep(until: end + 2 * interval, on: clock) else { return }
        var rest = series
        for runner in runners { rest.subtract(await runner.state.series) }
        let offset = runner.group.queryOffset ?? runner.surroundings.settings.queryOffset
        do {
            try await sink.admit(rest.sorted().map { RuleSample.stale($0, at: end - offset) })
        } catch {
            events.staleMarkersFailed(runner.group, error)
        }
    }

    /// The groups as the API shows them, sorted by file and name.
    package func groups() async -> [RuleGroupStatus] {
        var groups: [RuleGroupStatus] = []
        for runner in runners { groups.append(await runner.status) }
        return groups
    }
}
