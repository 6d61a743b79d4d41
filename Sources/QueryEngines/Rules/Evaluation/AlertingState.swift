package import PrometheusModel

/// The alerts of one alerting rule, through their states: inactive → pending → firing → inactive (resolved), with time
/// as an argument of every event.
///
/// - Spec: Prometheus 3.5, "Alerting rules": `for` counts from the first evaluation that gives the alert;
///   `keep_firing_for` from the first that does not; a resolved alert is told again for 15 minutes.
package struct AlertingState: Sendable {
    /// How long a resolved alert is kept, so that receivers that missed it are told again; milliseconds.
    package static let resolvedRetention: Int64 = 15 * 60_000

    package static let metricName = "ALERTS"
    package static let forStateMetricName = "ALERTS_FOR_STATE"
    package static let nameLabel = "alertname"
    package static let stateLabel = "alertstate"

    /// One alert. Times are milliseconds since the Unix epoch.
    package struct Alert: Sendable {
        package var labels: Labels
        package var annotations: [String: String]
        package var value: Double
        package var state: RuleStatus.State = .pending
        package var activeAt: Int64
        package var firedAt: Int64?
        package var resolvedAt: Int64?
        package var keepFiringSince: Int64?
        package var lastSentAt: Int64?
        /// It fired before a restart, and receivers have not been told anything of it since.
        package var isOwed = false
        /// Until when receivers may believe that it fires without being told again.
        package var validUntil: Int64 = 0
    }

    /// What an evaluation gives for one alert.
    package struct Candidate: Sendable {
        package var labels: Labels
        package var annotations: [String: String]
        package var value: Double

        package init(labels: Labels, annotations: [String: String] = [:], value: Double) {
            self.labels = labels
            self.annotations = annotations
            self.value = value
        }
    }

    package let name: String
    package private(set) var alerts: [Labels: Alert] = [:]
    /// Whether what the alerts were before a restart has been looked up; until then they are not written, which would
    /// overwrite that.
    package private(set) var isRestored: Bool

    package init(name: String, isRestored: Bool) {
        self.name = name
        self.isRestored = isRestored
    }

    /// The state of the rule: the highest of its alerts.
    package var state: RuleStatus.State {
        if alerts.values.contains(where: { $0.state == .firing }) { return .firing }
        return alerts.values.contains { $0.state == .pending } ? .pending : .inactive
    }

    /// Takes the result of an evaluation.
    ///
    /// - Parameters:
    ///   - time: of the evaluation.
    ///   - limit: alerts that may be pending or firing; 0 for any number.
    /// - Returns: the alerts that are pending or firing, sorted by labels; empty before the restoration.
    /// - Throws: when two alerts have the same labels (nothing changes then), or over the limit (no alert is left then).
    package mutating func evaluate(
        _ candidates: [Candidate], at time: Int64, hold: Int64, keepFiring: Int64, limit: Int
    ) throws(RuleFailure) -> [Alert] {
        var present: Set<Labels> = []
        for candidate in candidates where !present.insert(candidate.labels).inserted {
            throw RuleFailure("vector contains metrics with the same labelset after applying alert labels")
        }
        for candidate in candidates {
            if var alert = alerts[candidate.labels], alert.state != .inactive {
                alert.value = candidate.value
                alert.annotations = candidate.annotations
                alert.keepFiringSince = nil
                alerts[candidate.labels] = alert
            } else {
                alerts[candidate.labels] = Alert(
                    labels: candidate.labels, annotations: candidate.annotations, value: candidate.value,
                    activeAt: time)
            }
        }
        var active: [Alert] = []
        for (labels, alert) in alerts {
            var alert = alert
            let isActive =
                present.contains(labels)
                ? start(&alert, at: time, hold: hold) : keep(&alert, at: time, keepFiring: keepFiring)
            alerts[labels] = isActive || !isForgotten(alert, at: time) ? alert : nil
            if isActive { active.append(alert) }
        }
        guard limit <= 0 || active.count <= limit else {
            alerts = [:]
            throw RuleFailure("exceeded limit of \(limit) with \(active.count) alerts")
        }
        return isRestored ? active.sorted { $0.labels < $1.labels } : []
    }

    /// An alert whose condition holds.
    private func start(_ alert: inout Alert, at time: Int64, hold: Int64) -> Bool {
        if alert.state == .pending, time - alert.activeAt >= hold {
            alert.state = .firing
            alert.firedAt = time
        }
        return true
    }

    /// An alert whose condition does not hold.
    ///
    /// - Returns: whether it goes on firing.
    private func keep(_ alert: inout Alert, at time: Int64, keepFiring: Int64) -> Bool {
        if alert.state == .firing, keepFiring > 0 {
            let since = alert.keepFiringSince ?? time
            alert.keepFiringSince = since
            if time - since < keepFiring { return true }
        }
        // Receivers may take one that is pending again after a restart for firing still.
        guard alert.state == .firing || alert.isOwed && alert.state == .pending else { return false }
        alert.state = .inactive
        alert.resolvedAt = time
        return false
    }

    /// Whether an alert whose condition does not hold is of no more use: one that never fired, or resolved long ago.
    private func isForgotten(_ alert: Alert, at time: Int64) -> Bool {
        guard alert.state == .inactive, let resolvedAt = alert.resolvedAt else { return true }
        return time - resolvedAt > Self.resolvedRetention
    }

    // MARK: Notifications

    /// Alerts that receivers have to be told (again) now; they count as told afterwards.
    ///
    /// - Parameters:
    ///   - resendDelay: how long after it was told the last time an alert that fires is told again.
    ///   - interval: of the group.
    package mutating func takeUnsent(at time: Int64, resendDelay: Int64, interval: Int64) -> [Alert] {
        var unsent: [Alert] = []
        for (labels, alert) in alerts where needsSending(alert, at: time, resendDelay: resendDelay) {
            var alert = alert
            alert.lastSentAt = time
            // Room for some evaluations or deliveries that fail.
            alert.validUntil = time + 4 * max(resendDelay, interval)
            unsent.append(alert)
            alert.isOwed = false
            alerts[labels] = alert
        }
        return unsent.sorted { $0.labels < $1.labels }
    }

    private func needsSending(_ alert: Alert, at time: Int64, resendDelay: Int64) -> Bool {
        guard alert.state != .pending else { return false }
        guard let sentAt = alert.lastSentAt else { return true }
        if let resolvedAt = alert.resolvedAt, resolvedAt > sentAt { return true }
        return sentAt + resendDelay < time
    }

    // MARK: Restoration

    /// How the alert's series before a restart ended.
    package struct Former: Sendable {
        /// Time of its last sample.
        package var lastSeen: Int64
        package var activeAt: Int64

        package init(lastSeen: Int64, activeAt: Int64) {
            self.lastSeen = lastSeen
            self.activeAt = activeAt
        }
    }

    /// Gives alerts back the time that they had been pending before a restart; the time between does not count.
    ///
    /// - Parameters:
    ///   - formers: by labels without the metric's name.
    ///   - gracePeriod: how long at the least an alert waits before it fires after the restart.
    package mutating func restore(_ formers: [Labels: Former], at time: Int64, hold: Int64, gracePeriod: Int64) {
        defer { isRestored = true }
        for (labels, alert) in alerts {
            guard let former = formers[labels] else { continue }
            var activeAt = former.activeAt
            let remaining = hold - (former.lastSeen - former.activeAt)
            if remaining <= 0 {
                // It fired, and does so again in the next evaluation.
            } else if remaining < gracePeriod {
                activeAt = time + gracePeriod - hold
            } else {
                activeAt += time - former.lastSeen
            }
            var alert = alert
            alert.activeAt = activeAt
            alerts[labels] = alert
        }
    }

    package mutating func skipRestoration() { isRestored = true }

    /// Takes over what receivers were told before a restart: those of the alerts that are not there any more are resolved.
    ///
    /// - Parameter firing: alerts that fired when they were written last, with their annotations and the time since when.
    package mutating func takeOver(_ firing: [Alert], at time: Int64) {
        for former in firing {
            if var alert = alerts[former.labels], alert.state != .inactive {
                alert.isOwed = true
                alerts[former.labels] = alert
            } else {
                var alert = former
                alert.state = .inactive
                alert.resolvedAt = time
                alert.isOwed = true
                alerts[former.labels] = alert
            }
        }
    }

    /// Takes over the alerts of the rule's former self after a reload.
    package mutating func adopt(_ former: AlertingState) { alerts = former.alerts }

    // MARK: Series

    /// `ALERTS` and `ALERTS_FOR_STATE` of an alert.
    package static func samples(of alert: Alert, at time: Int64) -> [RuleSample] {
        let (seconds, rest) = alert.activeAt.quotientAndRemainder(dividingBy: 1000)
        let state = alert.labels.setting(Labels.nameLabel, metricName).setting(stateLabel, alert.state.rawValue)
        return [
            RuleSample(labels: state, time: time, value: 1),
            RuleSample(
                labels: alert.labels.setting(Labels.nameLabel, forStateMetricName), time: time,
                value: Double(rest < 0 ? seconds - 1 : seconds)),
        ]
    }
}
