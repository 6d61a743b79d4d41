import Logging
import Metrics

/// What the rules log and count.
struct RuleEvents: Sendable {
    let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func evaluated(samples: Int) {
        Counter(label: "martlet_rule_evaluations_total").increment()
        Counter(label: "martlet_rule_samples_total").increment(by: samples)
    }

    /// - Parameter isNew: the rule failed not, or for another reason, the last time.
    func failed(_ group: RuleGroup, _ rule: Rule, _ message: String, isNew: Bool) {
        Counter(label: "martlet_rule_evaluations_total").increment()
        Counter(label: "martlet_rule_evaluation_failures_total").increment()
        guard isNew else { return }
        logger.warning(
            "a rule could not be evaluated",
            metadata: [
                "file": "\(group.file)", "group": "\(group.name)", "rule": "\(rule.name)", "error": "\(message)",
            ])
    }

    func recovered(_ group: RuleGroup, _ rule: Rule) {
        logger.info(
            "a rule is evaluated again",
            metadata: ["file": "\(group.file)", "group": "\(group.name)", "rule": "\(rule.name)"])
    }

    func templateFailed(_ group: RuleGroup, _ rule: Rule, _ message: String) {
        logger.warning(
            "a template of an alert could not be expanded",
            metadata: [
                "file": "\(group.file)", "group": "\(group.name)", "rule": "\(rule.name)", "error": "\(message)",
            ])
    }

    func missed(_ group: RuleGroup, count: Int64) {
        guard count > 0 else { return }
        Counter(label: "martlet_rule_group_iterations_missed_total").increment(by: count)
        logger.debug(
            "evaluations of a group were left out, as the one before took too long",
            metadata: ["file": "\(group.file)", "group": "\(group.name)", "count": "\(count)"])
    }

    func restorationFailed(_ group: RuleGroup, _ rule: Rule, _ error: any Error) {
        logger.warning(
            "how long alerts had been pending could not be looked up; they begin anew",
            metadata: [
                "file": "\(group.file)", "group": "\(group.name)", "rule": "\(rule.name)", "error": "\(error)",
            ])
    }

    func staleMarkersFailed(_ group: RuleGroup, _ error: any Error) {
        logger.warning(
            "series of a former rule could not be ended",
            metadata: ["file": "\(group.file)", "group": "\(group.name)", "error": "\(error)"])
    }

    func loaded(groups: Int, rules: Int) {
        logger.info("rules are loaded", metadata: ["groups": "\(groups)", "rules": "\(rules)"])
    }
}
