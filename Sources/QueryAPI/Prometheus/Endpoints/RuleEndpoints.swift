import Codecs
import PrometheusModel
import TelemetryModel

/// Rules and what they found.
extension PrometheusAPI {
    func rules(_ form: FormParameters) async throws -> PrometheusAnswer {
        let names = Set(form.all("rule_name[]"))
        let groupNames = Set(form.all("rule_group[]"))
        let files = Set(form.all("file[]"))
        let selectors = try SelectorParameter.parse(form.all("match[]"))
        let type = form["type"].lowercased()
        guard ["", "alert", "record"].contains(type) else {
            throw PrometheusFailure.parameter("type", "not supported value \(LabelName.quoted(type))")
        }
        let withAlerts = try !isTrue(form, "exclude_alerts")
        let (groupsMax, token) = try page(form)

        var page: [RuleGroupStatus] = []
        var nextToken: String?
        var isInPage = token.isEmpty
        for group in await dependencies.ruleGroups() {
            if !isInPage {
                guard Self.token(of: group) == token else { continue }
                isInPage = true
            }
            if !groupNames.isEmpty, !groupNames.contains(group.name) { continue }
            if !files.isEmpty, !files.contains(group.file) { continue }
            var shown = group
            shown.rules = group.rules.filter { rule in
                (type.isEmpty || (type == "alert") == (rule.alerting != nil))
                    && (names.isEmpty || names.contains(rule.name))
                    && (selectors.isEmpty || Self.matches(rule, selectors))
            }
            if shown.rules.isEmpty { continue }
            if groupsMax > 0, page.count == groupsMax {
                nextToken = Self.token(of: group)
                break
            }
            page.append(shown)
        }
        guard isInPage else {
            throw PrometheusFailure.parameter(
                "group_next_token", "invalid group_next_token '\(token)'. were rule groups changed?")
        }
        return .json(
            Envelope.success { [page, nextToken] in
                RulesAnswer.write(page, nextToken: nextToken, withAlerts: withAlerts, into: &$0)
            })
    }

    func alerts() async -> PrometheusAnswer {
        let alerts: [AlertStatus]
        if let own = dependencies.alerts {
            alerts = await own()
        } else {
            alerts = await dependencies.ruleGroups().flatMap { $0.rules.flatMap { $0.alerting?.alerts ?? [] } }
        }
        return .json(
            Envelope.success { writer in
                writer.raw("{\"alerts\":[")
                for alert in alerts {
                    writer.separate()
                    RulesAnswer.write(alert, into: &writer)
                }
                writer.raw("]}")
            })
    }

    /// Names a group for the next page; the same as long as its file and name are.
    static func token(of group: RuleGroupStatus) -> String {
        var hash = StableHash()
        hash.combine(group.file)
        hash.combine(group.name)
        return String(hash.finalize(), radix: 16)
    }

    private static func matches(_ rule: RuleStatus, _ selectors: [[LabelMatcher]]) -> Bool {
        selectors.contains { $0.allSatisfy { $0.matches(rule.labels[$0.name] ?? "") } }
    }

    private func isTrue(_ form: FormParameters, _ name: String) throws(PrometheusFailure) -> Bool {
        guard !form[name].isEmpty else { return false }
        do {
            return try NumberParameter.truth(form[name])
        } catch {
            throw .parameter(name, "error converting \(name): \(error.description)")
        }
    }

    private func page(_ form: FormParameters) throws(PrometheusFailure) -> (groupsMax: Int, token: String) {
        let text = form["group_limit"]
        let token = form["group_next_token"]
        guard !text.isEmpty else {
            guard token.isEmpty else {
                throw .parameter(
                    "group_next_token", "group_limit needs to be present in order to paginate over the groups")
            }
            return (0, "")
        }
        let count: Int
        do {
            count = try NumberParameter.integer(text, function: "strconv.ParseInt")
        } catch {
            throw .parameter("group_limit", "group_limit needs to be a valid number: \(error.description)")
        }
        guard count > 0 else { throw .parameter("group_limit", "group_limit needs to be greater than 0") }
        return (count, token)
    }
}
