package import PrometheusModel

/// Is told of alerts. Called by the groups at each evaluation with the alerts of one rule that began or ceased to fire,
/// or have to be told again; has to return at once: what takes time goes through a queue of the notifier's own.
package protocol AlertNotifier: Sendable {
    /// - Parameter time: of the evaluation, milliseconds since the Unix epoch.
    func notify(_ alerts: [NotifiedAlert], at time: Int64)
}

/// An alert as receivers see it. Times are milliseconds since the Unix epoch.
package struct NotifiedAlert: Hashable, Sendable {
    /// The external labels are among them.
    package var labels: Labels
    package var annotations: [String: String]
    package var startsAt: Int64
    /// When it was resolved; of an alert that fires, when it counts as resolved unless it is told again.
    package var endsAt: Int64
    package var isResolved: Bool
    /// Receivers may have been told that it fires before this server was started.
    package var wasTold = false
    /// Where its expression can be looked at.
    package var generatorURL: String

    package init(
        labels: Labels, annotations: [String: String] = [:], startsAt: Int64, endsAt: Int64, isResolved: Bool,
        generatorURL: String = ""
    ) {
        self.labels = labels
        self.annotations = annotations
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.isResolved = isResolved
        self.generatorURL = generatorURL
    }

    init(_ alert: AlertingState.Alert, externalLabels: [String: String], generatorURL: String) {
        var labels = alert.labels
        for (name, value) in externalLabels where !labels.has(name) { labels = labels.setting(name, value) }
        self.init(
            labels: labels, annotations: alert.annotations, startsAt: alert.firedAt ?? alert.activeAt,
            endsAt: alert.resolvedAt ?? alert.validUntil, isResolved: alert.resolvedAt != nil,
            generatorURL: generatorURL)
        wasTold = alert.isOwed
    }

    package var name: String { labels[AlertingState.nameLabel] }
}
