/// A group of rules as a file says it. Durations are milliseconds.
package struct RuleGroup: Hashable, Sendable {
    package var file: String
    package var name: String
    /// Nil for the interval that holds for all groups.
    package var interval: Int64?
    /// Series or alerts that one rule may give; 0 for any number.
    package var limit: Int
    /// How far before the time of an evaluation its queries look; nil for what holds for all groups.
    package var queryOffset: Int64?
    package var rules: [Rule]

    package init(
        file: String, name: String, interval: Int64? = nil, limit: Int = 0, queryOffset: Int64? = nil,
        rules: [Rule] = []
    ) {
        self.file = file
        self.name = name
        self.interval = interval
        self.limit = limit
        self.queryOffset = queryOffset
        self.rules = rules
    }

    /// Names are unique within a file only.
    package var key: String { "\(file);\(name)" }
}

/// A recording or an alerting rule.
package struct Rule: Hashable, Sendable {
    /// What only an alerting rule has.
    package struct Alerting: Hashable, Sendable {
        /// How long the condition holds before the alert fires.
        package var hold: Int64
        /// How long an alert goes on firing after its condition is over.
        package var keepFiring: Int64
        package var annotations: [String: String]

        package init(hold: Int64 = 0, keepFiring: Int64 = 0, annotations: [String: String] = [:]) {
            self.hold = hold
            self.keepFiring = keepFiring
            self.annotations = annotations
        }
    }

    /// Of the series or of the alert.
    package var name: String
    /// The expression as PromQL prints it.
    package var query: String
    /// Those of the group included.
    package var labels: [String: String]
    package var alerting: Alerting?

    package init(name: String, query: String, labels: [String: String] = [:], alerting: Alerting? = nil) {
        self.name = name
        self.query = query
        self.labels = labels
        self.alerting = alerting
    }
}
