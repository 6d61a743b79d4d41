import PrometheusModel

/// What a webhook receiver knows of alerts, grouped by name: which groups have something to tell, and what.
///
/// An alert is told when it begins to fire and (if asked for) when it is resolved; a group is told again after the
/// repeat interval as long as something in it fires.
struct WebhookGroups: Sendable {
    /// Alerts of one name.
    struct Group: Sendable {
        fileprivate(set) var alerts: [Labels: Entry] = [:]
        fileprivate var lastSentAt: Int64?
        fileprivate var retryAt: Int64?
        fileprivate var backoff = Backoff()
    }

    struct Entry: Sendable {
        var alert: NotifiedAlert
        /// It was told that the alert fires.
        var isFiringTold = false
    }

    private let limit: Int
    private let sendsResolved: Bool
    /// Milliseconds.
    private let repeatInterval: Int64
    private var groups: [String: Group] = [:]
    private(set) var count = 0

    init(limit: Int, sendsResolved: Bool, repeatInterval: Int64) {
        self.limit = limit
        self.sendsResolved = sendsResolved
        self.repeatInterval = repeatInterval
    }

    // MARK: Events

    /// - Returns: how many alerts had to be dropped.
    mutating func receive(_ alerts: [NotifiedAlert]) -> Int {
        for alert in alerts {
            var group = groups[alert.name] ?? Group()
            if var entry = group.alerts[alert.labels] {
                entry.alert = alert
                group.alerts[alert.labels] = entry
                settle(&group, alert.labels)
            } else if !alert.isResolved || alert.wasTold && sendsResolved {
                group.alerts[alert.labels] = Entry(alert: alert, isFiringTold: alert.isResolved)
                count += 1
            }
            groups[alert.name] = group.alerts.isEmpty ? nil : group
        }
        return dropOldest()
    }

    /// Resolves alerts that nobody has told again in time.
    mutating func expire(at time: Int64) {
        for (name, group) in groups {
            var group = group
            for (labels, entry) in group.alerts where !entry.alert.isResolved && entry.alert.endsAt <= time {
                group.alerts[labels]?.alert.isResolved = true
                settle(&group, labels)
            }
            groups[name] = group.alerts.isEmpty ? nil : group
        }
    }

    /// Forgets an alert that is resolved where that needs not be told.
    private mutating func settle(_ group: inout Group, _ labels: Labels) {
        guard let entry = group.alerts[labels], entry.alert.isResolved, !entry.isFiringTold || !sendsResolved else {
            return
        }
        group.alerts[labels] = nil
        count -= 1
    }

    private mutating func dropOldest() -> Int {
        guard count > limit else { return 0 }
        let all = groups.flatMap { name, group in group.alerts.values.map { (name, $0.alert) } }
        let oldest = all.sorted { $0.1.startsAt < $1.1.startsAt }.prefix(count - limit)
        for (name, alert) in oldest {
            groups[name]?.alerts[alert.labels] = nil
            count -= 1
            if groups[name]?.alerts.isEmpty == true { groups[name] = nil }
        }
        return oldest.count
    }

    // MARK: Deliveries

    /// Names of groups with something to tell now, sorted.
    func due(at time: Int64) -> [String] {
        groups.filter { dueTime($0.value, at: time).map { $0 <= time } ?? false }.keys.sorted()
    }

    /// When `due` or `expire` may next have something.
    func nextTime(after time: Int64) -> Int64? {
        var next: Int64?
        for group in groups.values {
            let expiry = group.alerts.values.lazy.filter { !$0.alert.isResolved }.map(\.alert.endsAt).min()
            for candidate in [dueTime(group, at: time), expiry] {
                if let candidate { next = min(next ?? candidate, candidate) }
            }
        }
        return next
    }

    private func dueTime(_ group: Group, at time: Int64) -> Int64? {
        let hasNews = group.alerts.values.contains { $0.alert.isResolved == $0.isFiringTold }
        if hasNews { return group.retryAt ?? time }
        guard group.alerts.values.contains(where: { !$0.alert.isResolved }), let sentAt = group.lastSentAt else {
            return nil
        }
        return max(sentAt + repeatInterval, group.retryAt ?? .min)
    }

    /// All alerts of a group, sorted by labels.
    func alerts(of name: String) -> [NotifiedAlert] {
        (groups[name]?.alerts.values.map(\.alert) ?? []).sorted { $0.labels < $1.labels }
    }

    /// Notes that a group's alerts were taken, as they were then.
    ///
    /// - Returns: whether attempts before had failed.
    mutating func delivered(_ name: String, _ alerts: [NotifiedAlert], at time: Int64) -> Bool {
        guard var group = groups[name] else { return false }
        let hadFailed = group.backoff.failures > 0
        group.lastSentAt = time
        group.retryAt = nil
        group.backoff.succeed()
        for alert in alerts {
            guard var entry = group.alerts[alert.labels] else { continue }
            entry.isFiringTold = !alert.isResolved
            group.alerts[alert.labels] = entry
            settle(&group, alert.labels)
        }
        groups[name] = group.alerts.isEmpty ? nil : group
        return hadFailed
    }

    /// Notes that a group's alerts could not be delivered; they wait.
    ///
    /// - Returns: whether it is the first failure after a success.
    mutating func failed(_ name: String, at time: Int64) -> Bool {
        guard var group = groups[name] else { return false }
        let isFirst = group.backoff.failures == 0
        group.retryAt = time + group.backoff.fail()
        groups[name] = group
        return isFirst
    }
}
