/// A group of rules as `/api/v1/rules` shows it. Times are milliseconds since the Unix epoch, durations seconds.
package struct RuleGroupStatus: Sendable {
    package var name: String
    package var file: String
    package var interval: Double
    package var limit: Int
    package var rules: [RuleStatus]
    package var evaluationTime: Double
    package var lastEvaluation: Int64?

    package init(
        name: String, file: String, interval: Double, limit: Int, rules: [RuleStatus], evaluationTime: Double,
        lastEvaluation: Int64?
    ) {
        self.name = name
        self.file = file
        self.interval = interval
        self.limit = limit
        self.rules = rules
        self.evaluationTime = evaluationTime
        self.lastEvaluation = lastEvaluation
    }
}

package struct RuleStatus: Sendable {
    package enum Health: String, Sendable { case unknown, ok, err }
    package enum State: String, Sendable { case inactive, pending, firing }

    /// What only an alerting rule has.
    package struct Alerting: Sendable {
        package var state: State
        package var duration: Double
        package var keepFiringFor: Double
        package var annotations: [String: String]
        package var alerts: [AlertStatus]

        package init(
            state: State, duration: Double, keepFiringFor: Double, annotations: [String: String], alerts: [AlertStatus]
        ) {
            self.state = state
            self.duration = duration
            self.keepFiringFor = keepFiringFor
            self.annotations = annotations
            self.alerts = alerts
        }
    }

    package var name: String
    package var query: String
    package var labels: [String: String]
    package var health: Health
    package var lastError: String
    package var evaluationTime: Double
    package var lastEvaluation: Int64?
    /// Nil for a recording rule.
    package var alerting: Alerting?

    package init(
        name: String, query: String, labels: [String: String], health: Health, lastError: String,
        evaluationTime: Double, lastEvaluation: Int64?, alerting: Alerting?
    ) {
        self.name = name
        self.query = query
        self.labels = labels
        self.health = health
        self.lastError = lastError
        self.evaluationTime = evaluationTime
        self.lastEvaluation = lastEvaluation
        self.alerting = alerting
    }
}

package struct AlertStatus: Sendable {
    package var labels: Labels
    package var annotations: [String: String]
    package var state: RuleStatus.State
    package var activeAt: Int64
    package var keepFiringSince: Int64?
    package var value: Double

    package init(
        labels: Labels, annotations: [String: String], state: RuleStatus.State, activeAt: Int64,
        keepFiringSince: Int64?, value: Double
    ) {
        self.labels = labels
        self.annotations = annotations
        self.state = state
        self.activeAt = activeAt
        self.keepFiringSince = keepFiringSince
        self.value = value
    }
}
