import PrometheusModel
import PromQLEvaluation

/// What a recording rule makes of its expression's result: the rule's name and labels instead of the series' own.
enum RecordingRule {
    /// - Throws: when two series get the same labels, or there are more than the group's limit.
    static func samples(_ rule: Rule, _ result: [VectorSample], limit: Int) throws(RuleFailure) -> [RuleSample] {
        var seen: Set<Labels> = []
        seen.reserveCapacity(result.count)
        var samples: [RuleSample] = []
        samples.reserveCapacity(result.count)
        let overrides = rule.labels.sorted { $0.key < $1.key }
        for sample in result {
            var labels = sample.labels.setting(Labels.nameLabel, rule.name)
            for (name, value) in overrides { labels = labels.setting(name, value) }
            guard seen.insert(labels).inserted else {
                throw RuleFailure("vector contains metrics with the same labelset after applying rule labels")
            }
            samples.append(
                RuleSample(
                    labels: labels, time: sample.time, value: sample.value, histogram: sample.histogram?.value))
        }
        guard limit <= 0 || samples.count <= limit else {
            throw RuleFailure("exceeded limit of \(limit) with \(samples.count) series")
        }
        return samples
    }
}
