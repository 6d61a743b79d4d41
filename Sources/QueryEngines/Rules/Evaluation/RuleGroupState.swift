import PrometheusModel

/// What is known of a group beside its rules: the value that goes from a group to its successor at a reload.
struct RuleGroupState: Sendable {
    struct RuleState: Sendable {
        var health = RuleStatus.Health.unknown
        var lastError = ""
        /// Seconds.
        var evaluationTime: Double = 0
        /// Milliseconds since the Unix epoch.
        var lastEvaluation: Int64?
        /// Series that the last evaluation wrote; those that are gone the next time get a stale marker.
        var series: Set<Labels> = []
        var alerting: AlertingState?
        /// The last failure of a template that was logged.
        var lastTemplateFailure: String?
    }

    let group: RuleGroup
    var rules: [RuleState]
    /// Series of rules that are no more.
    var abandonedSeries: Set<Labels> = []
    var evaluationTime: Double = 0
    var lastEvaluation: Int64?

    init(_ group: RuleGroup, isRestored: Bool) {
        self.group = group
        rules = group.rules.map { rule in
            var state = RuleState()
            if rule.alerting != nil { state.alerting = AlertingState(name: rule.name, isRestored: isRestored) }
            return state
        }
    }

    /// All series that exist because of the group.
    var series: Set<Labels> { rules.reduce(into: abandonedSeries) { $0.formUnion($1.series) } }

    /// Takes over from the group's former self: rules are the same when their names and labels are, the first with the
    /// first where there are several.
    mutating func adopt(_ former: RuleGroupState) {
        evaluationTime = former.evaluationTime
        lastEvaluation = former.lastEvaluation
        abandonedSeries = former.abandonedSeries
        var places: [RuleIdentity: [Int]] = [:]
        for index in former.rules.indices.reversed() {
            places[RuleIdentity(former.group.rules[index]), default: []].append(index)
        }
        for index in rules.indices {
            guard let place = places[RuleIdentity(group.rules[index])]?.popLast() else { continue }
            rules[index].series = former.rules[place].series
            if let alerting = former.rules[place].alerting { rules[index].alerting?.adopt(alerting) }
        }
        for place in places.values.joined() { abandonedSeries.formUnion(former.rules[place].series) }
    }

    private struct RuleIdentity: Hashable {
        let name: String
        let labels: [String: String]
        let isAlerting: Bool

        init(_ rule: Rule) {
            name = rule.name
            labels = rule.labels
            isAlerting = rule.alerting != nil
        }
    }

    func status(settings: RuleSettings) -> RuleGroupStatus {
        RuleGroupStatus(
            name: group.name, file: group.file, interval: Double(group.interval ?? settings.interval) / 1000,
            limit: group.limit, rules: zip(group.rules, rules).map(Self.status), evaluationTime: evaluationTime,
            lastEvaluation: lastEvaluation)
    }

    private static func status(_ rule: Rule, _ state: RuleState) -> RuleStatus {
        RuleStatus(
            name: rule.name, query: rule.query, labels: rule.labels, health: state.health,
            lastError: state.lastError, evaluationTime: state.evaluationTime, lastEvaluation: state.lastEvaluation,
            alerting: rule.alerting.flatMap { alerting in state.alerting.map { Self.status(alerting, $0) } })
    }

    private static func status(_ rule: Rule.Alerting, _ state: AlertingState) -> RuleStatus.Alerting {
        let alerts = state.alerts.values.filter { $0.resolvedAt == nil }.sorted { $0.labels < $1.labels }
        return RuleStatus.Alerting(
            state: state.state, duration: Double(rule.hold) / 1000, keepFiringFor: Double(rule.keepFiring) / 1000,
            annotations: rule.annotations,
            alerts: alerts.map { alert in
                AlertStatus(
                    labels: alert.labels, annotations: alert.annotations, state: alert.state,
                    activeAt: alert.activeAt, keepFiringSince: alert.keepFiringSince, value: alert.value)
            })
    }
}
