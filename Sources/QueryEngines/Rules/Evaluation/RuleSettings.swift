/// What holds for all groups. Durations are milliseconds.
package struct RuleSettings: Hashable, Sendable {
    /// Of groups that name none (`evaluation_interval`).
    package var interval: Int64 = 60_000
    /// Of groups that name none (`rule_query_offset`).
    package var queryOffset: Int64 = 0
    /// Added to the alerts that receivers are told of, and known to templates.
    package var externalLabels: [String: String] = [:]
    /// Where this server is reached from outside, without a slash at its end.
    package var externalURL: String = ""
    /// How long after it was told an alert that fires is told again.
    package var resendDelay: Int64 = 60_000
    /// Of alerts that were last seen longer ago than this, the time that they were pending is not restored.
    package var outageTolerance: Int64 = 3_600_000
    /// How long an alert waits at the least before it fires after a restart.
    package var forGracePeriod: Int64 = 600_000

    package init() {}
}
