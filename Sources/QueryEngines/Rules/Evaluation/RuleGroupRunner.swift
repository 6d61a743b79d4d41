import PrometheusModel
import PromQLEvaluation

/// Evaluates the rules of one group, in their order, one after the other.
///
/// Invariant: one evaluation (or restoration) at a time; the status may be asked for meanwhile.
actor RuleGroupRunner {
    /// What groups work with.
    struct Surroundings: Sendable {
        let settings: RuleSettings
        let querying: any RuleQuerying
        let sink: any RuleSampleSink
        let notifiers: [any AlertNotifier]
        let clock: any RuleClock
        let events: RuleEvents
        /// Rules by their alerts' name, those of all groups.
        var alertingRules: [String: [Rule]] = [:]
    }

    /// A rule with its templates parsed.
    private struct PreparedRule: Sendable {
        let rule: Rule
        let labels: [(name: String, template: AlertTemplate)]
        let annotations: [(name: String, template: AlertTemplate)]

        init(_ rule: Rule) {
            self.rule = rule
            func templates(_ texts: [String: String]) -> [(name: String, template: AlertTemplate)] {
                texts.sorted { $0.key < $1.key }.map { ($0.key, AlertTemplate($0.value, alert: rule.name)) }
            }
            labels = rule.alerting == nil ? [] : templates(rule.labels)
            annotations = templates(rule.alerting?.annotations ?? [:])
        }
    }

    nonisolated let group: RuleGroup
    nonisolated let surroundings: Surroundings
    private let prepared: [PreparedRule]
    private let schedule: RuleSchedule
    private let interval: Int64
    private let offset: Int64
    private let stopping = StopSignal()
    private let stopped = StopSignal()
    private(set) var state: RuleGroupState

    /// - Parameter shouldRestore: alerts of before a restart are looked up after the second evaluation.
    init(_ group: RuleGroup, _ surroundings: Surroundings, shouldRestore: Bool) {
        self.group = group
        self.surroundings = surroundings
        prepared = group.rules.map(PreparedRule.init)
        interval = max(group.interval ?? surroundings.settings.interval, 1)
        offset = group.queryOffset ?? surroundings.settings.queryOffset
        schedule = RuleSchedule(group: group, interval: interval)
        state = RuleGroupState(group, isRestored: !shouldRestore)
    }

    var status: RuleGroupStatus { state.status(settings: surroundings.settings) }

    func adopt(_ former: RuleGroupState) { state.adopt(former) }

    // MARK: Running

    /// Evaluates at each time of the schedule until `stop`, or until the task is cancelled.
    func run() async {
        defer { stopped.set() }
        let clock = surroundings.clock
        var time = schedule.slot(before: clock.now()) + interval
        var turns = 0
        while await stopping.sleep(until: time, on: clock) {
            await evaluate(at: time)
            turns += 1
            // As in Prometheus the second evaluation comes first: in the first one, data of before the restart may not
            // be complete, and rules may depend on others' results.
            if turns == 2, needsRestoration { await restore(at: clock.now()) }
            let (next, missed) = schedule.next(after: time, now: clock.now())
            surroundings.events.missed(group, count: missed)
            time = next
        }
    }

    /// Tells `run` to end after the present rule.
    nonisolated func beginStop() { stopping.set() }

    /// Ends `run`.
    ///
    /// - Returns: what the group leaves behind.
    func stop() async -> RuleGroupState {
        stopping.set()
        await stopped.wait()
        return state
    }

    // MARK: Evaluation

    /// Evaluates all rules for a time (milliseconds since the Unix epoch).
    func evaluate(at time: Int64) async {
        let begin = ContinuousClock.now
        let wallBegin = surroundings.clock.now()
        for index in prepared.indices where !stopping.isSet && !Task.isCancelled {
            await evaluate(index, at: time)
        }
        await endAbandonedSeries(at: time)
        state.evaluationTime = Self.seconds(since: begin)
        state.lastEvaluation = wallBegin
    }

    private func evaluate(_ index: Int, at time: Int64) async {
        let begin = ContinuousClock.now
        let wallBegin = surroundings.clock.now()
        do {
            let prepared = prepared[index]
            let result = try await surroundings.querying.instant(prepared.rule.query, at: time - offset)
            let samples: [RuleSample]
            if let alerting = prepared.rule.alerting {
                samples = try await alerts(prepared, alerting, result, index: index, at: time)
            } else {
                samples = try RecordingRule.samples(prepared.rule, result, limit: group.limit)
            }
            try await write(samples, index: index, at: time)
            surroundings.events.evaluated(samples: samples.count)
            if state.rules[index].health == .err { surroundings.events.recovered(group, prepared.rule) }
            state.rules[index].health = .ok
            state.rules[index].lastError = ""
        } catch {
            fail(index, error)
        }
        state.rules[index].evaluationTime = Self.seconds(since: begin)
        state.rules[index].lastEvaluation = wallBegin
    }

    private func fail(_ index: Int, _ error: any Error) {
        // Whoever stops us has cancelled the query, which says nothing about the rule.
        guard !Task.isCancelled else { return }
        let message = "\(error)"
        surroundings.events.failed(
            group, prepared[index].rule, message, isNew: state.rules[index].lastError != message)
        state.rules[index].health = .err
        state.rules[index].lastError = message
    }

    private func write(_ samples: [RuleSample], index: Int, at time: Int64) async throws {
        let series = Set(samples.lazy.map(\.labels))
        let gone = state.rules[index].series.subtracting(series).sorted()
        let all = samples + gone.map { RuleSample.stale($0, at: time - offset) }
        if !all.isEmpty { try await surroundings.sink.admit(all) }
        state.rules[index].series = series
    }

    private func endAbandonedSeries(at time: Int64) async {
        guard !state.abandonedSeries.isEmpty else { return }
        // A series that another rule of the group writes now is not over.
        let written = state.rules.reduce(into: Set<Labels>()) { $0.formUnion($1.series) }
        let series = state.abandonedSeries.subtracting(written).sorted()
        do {
            try await surroundings.sink.admit(series.map { RuleSample.stale($0, at: time - offset) })
            state.abandonedSeries = []
        } catch {
            surroundings.events.staleMarkersFailed(group, error)
        }
    }

    private static func seconds(since begin: ContinuousClock.Instant) -> Double {
        let (seconds, attoseconds) = begin.duration(to: .now).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    // MARK: Alerts

    private func alerts(
        _ prepared: PreparedRule, _ alerting: Rule.Alerting, _ result: [VectorSample], index: Int, at time: Int64
    ) async throws -> [RuleSample] {
        let candidates = await candidates(prepared, result, index: index, at: time)
        guard var alerts = state.rules[index].alerting else { return [] }
        defer { state.rules[index].alerting = alerts }
        let active = try alerts.evaluate(
            candidates, at: time, hold: alerting.hold, keepFiring: alerting.keepFiring, limit: group.limit)
        let settings = surroundings.settings
        let unsent = alerts.takeUnsent(at: time, resendDelay: settings.resendDelay, interval: interval)
        if !unsent.isEmpty {
            let url = settings.externalURL + ExpressionLink.table(prepared.rule.query)
            let notified = unsent.map {
                NotifiedAlert($0, externalLabels: settings.externalLabels, generatorURL: url)
            }
            for notifier in surroundings.notifiers { notifier.notify(notified, at: time) }
        }
        return active.flatMap { AlertingState.samples(of: $0, at: time - offset) }
    }

    private func candidates(
        _ prepared: PreparedRule, _ result: [VectorSample], index: Int, at time: Int64
    ) async -> [AlertingState.Candidate] {
        let querying = surroundings.querying
        let settings = surroundings.settings
        let templates = AlertTemplate.Surroundings(
            externalLabels: settings.externalLabels, externalURL: settings.externalURL,
            query: { text in
                try await querying.instant(text, at: time).map { sample in
                    TemplateSample(labels: Self.texts(sample.labels), value: sample.value)
                }
            })
        let functions = AlertTemplate.functions(in: templates)
        var candidates: [AlertingState.Candidate] = []
        candidates.reserveCapacity(result.count)
        for sample in result {
            let texts = Self.texts(sample.labels)
            let value: TemplateValue =
                sample.histogram.map {
                    .opaque(typeName: "*histogram.FloatHistogram", text: $0.value.description)
                } ?? .float(sample.value)
            var labels = sample.labels.withoutName
            var annotations: [String: String] = [:]
            for (name, template) in prepared.labels {
                let (text, failure) = await template.expand(
                    labels: texts, value: value, in: templates, functions: functions)
                labels = labels.setting(name, text)
                note(failure, index)
            }
            for (name, template) in prepared.annotations {
                let (text, failure) = await template.expand(
                    labels: texts, value: value, in: templates, functions: functions)
                annotations[name] = text
                note(failure, index)
            }
            labels = labels.setting(AlertingState.nameLabel, prepared.rule.name)
            candidates.append(.init(labels: labels, annotations: annotations, value: sample.value))
        }
        return candidates
    }

    /// Logs a template's failure once until it is another one.
    private func note(_ failure: String?, _ index: Int) {
        guard let failure, state.rules[index].lastTemplateFailure != failure else { return }
        state.rules[index].lastTemplateFailure = failure
        surroundings.events.templateFailed(group, group.rules[index], failure)
    }

    private static func texts(_ labels: Labels) -> [String: String] {
        var texts: [String: String] = [:]
        texts.reserveCapacity(labels.count)
        for entry in labels.entries { texts[entry.name] = entry.value }
        return texts
    }

    // MARK: Restoration

    private var needsRestoration: Bool { state.rules.contains { $0.alerting?.isRestored == false } }

    /// Looks up what the alerts were before a restart. Called after the second evaluation.
    func restore(at time: Int64) async {
        let settings = surroundings.settings
        for index in prepared.indices {
            let rule = prepared[index].rule
            guard let alerting = rule.alerting, state.rules[index].alerting?.isRestored == false else { continue }
            await takeOver(index, at: time)
            // An alert that waits for less than the grace period gains nothing.
            guard alerting.hold >= settings.forGracePeriod else {
                state.rules[index].alerting?.skipRestoration()
                continue
            }
            do {
                let samples = try await surroundings.querying.newest(
                    Self.matchers(of: rule), startExclusive: time - settings.outageTolerance - 1, end: time)
                state.rules[index].alerting?.restore(
                    Self.formers(samples), at: time, hold: alerting.hold, gracePeriod: settings.forGracePeriod)
            } catch {
                surroundings.events.restorationFailed(group, rule, error)
                state.rules[index].alerting?.skipRestoration()
            }
        }
    }

    /// Alerts that fired before a restart: whoever was told has to hear of their end, even if it came meanwhile.
    ///
    /// An Alertmanager would end them by itself; a webhook does not.
    private func takeOver(_ index: Int, at time: Int64) async {
        let rule = prepared[index].rule
        let isFiring = LabelMatcher(equal: AlertingState.stateLabel, RuleStatus.State.firing.rawValue)
        let start = time - surroundings.settings.outageTolerance - 1
        var alerts: [AlertingState.Alert] = []
        do {
            let matchers = Self.matchers(of: rule, metric: AlertingState.metricName) + [isFiring]
            for sample in try await surroundings.querying.newest(matchers, startExclusive: start, end: time)
            where !StaleMarker.isStale(sample.value) {
                let labels = sample.labels.withoutName.setting(AlertingState.stateLabel, "")
                guard isOnlyRule(for: labels) else { continue }
                // Ended with the next evaluation, unless the alert fires then.
                state.rules[index].series.insert(sample.labels)
                alerts.append(
                    AlertingState.Alert(
                        labels: labels, annotations: await formerAnnotations(index, labels, at: time),
                        value: sample.value, activeAt: sample.time))
            }
            if !alerts.isEmpty {
                let formers = Self.formers(
                    try await surroundings.querying.newest(Self.matchers(of: rule), startExclusive: start, end: time))
                for place in alerts.indices {
                    let lastSeen = alerts[place].activeAt
                    alerts[place].activeAt = min(formers[alerts[place].labels]?.activeAt ?? lastSeen, lastSeen)
                    alerts[place].firedAt = min(alerts[place].activeAt + (rule.alerting?.hold ?? 0), lastSeen)
                }
            }
        } catch {
            return surroundings.events.restorationFailed(group, rule, error)
        }
        state.rules[index].alerting?.takeOver(alerts, at: time)
    }

    /// Whether no other rule, of any group, may have made an alert: it would know better whether that is over.
    private func isOnlyRule(for labels: Labels) -> Bool {
        let rules = surroundings.alertingRules[labels[AlertingState.nameLabel]] ?? []
        let owners = rules.count { rule in
            Self.matchers(of: rule, metric: AlertingState.metricName).dropFirst().allSatisfy {
                $0.matches(labels[$0.name])
            }
        }
        return owners <= 1
    }

    /// Annotations of an alert whose value is not known any more, without those that show it.
    private func formerAnnotations(_ index: Int, _ labels: Labels, at time: Int64) async -> [String: String] {
        let texts = prepared[index].rule.alerting?.annotations ?? [:]
        let shown = texts.filter { !$0.value.contains("$value") && !$0.value.contains(".Value") }
        guard !shown.isEmpty else { return [:] }
        let sample = VectorSample(labels: labels, time: time, value: 0)
        let candidate = await candidates(prepared[index], [sample], index: index, at: time).first
        return (candidate?.annotations ?? [:]).filter { shown[$0.key] != nil }
    }

    private static func matchers(
        of rule: Rule, metric: String = AlertingState.forStateMetricName
    ) -> [LabelMatcher] {
        var matchers = [
            LabelMatcher(equal: Labels.nameLabel, metric),
            LabelMatcher(equal: AlertingState.nameLabel, rule.name),
        ]
        // A label that is a template has another value in each series.
        for (name, value) in rule.labels.sorted(by: { $0.key < $1.key })
        where !value.contains("{{") && name != AlertingState.nameLabel {
            matchers.append(LabelMatcher(equal: name, value))
        }
        return matchers
    }

    private static func formers(_ samples: [VectorSample]) -> [Labels: AlertingState.Former] {
        var formers: [Labels: AlertingState.Former] = [:]
        // A stale marker says that the alert was not active. Whoever may write samples may write any number.
        for sample in samples where sample.value.magnitude <= 1e11 && !StaleMarker.isStale(sample.value) {
            let seconds = sample.time / 1000
            formers[sample.labels.withoutName] = .init(
                lastSeen: seconds * 1000, activeAt: Int64(sample.value) * 1000)
        }
        return formers
    }
}
