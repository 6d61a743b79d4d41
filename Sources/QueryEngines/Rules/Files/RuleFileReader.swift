package import PromQL
import PrometheusModel
import Yams

/// Reads a file of rules and checks all that can be checked without data: `promtool check rules`.
///
/// - Spec: Prometheus 3.5, "Defining recording rules", "Alerting rules"; rulefmt.
package struct RuleFileReader {
    /// A larger file is none of rules.
    package static let fileBytesMax = 16 << 20
    /// Of one file; aliases of YAML could make more out of a few bytes.
    package static let rulesMax = 100_000
    /// Problems that are told of one file.
    package static let problemsMax = 1000
    /// Keys of one file, for the same reason.
    package static let membersMax = 5_000_000

    private let file: String
    private let options: ParserOptions
    private var problems: [RuleFileProblem] = []
    private var ruleCount = 0
    private var memberCount = 0

    private init(file: String, options: ParserOptions) {
        self.file = file
        self.options = options
    }

    /// - Parameters:
    ///   - file: how messages and the API call the file.
    /// - Throws: all problems at once.
    package static func read(
        _ bytes: [UInt8], file: String, options: ParserOptions = ParserOptions()
    ) throws(RuleFileError) -> [RuleGroup] {
        guard bytes.count <= fileBytesMax else {
            throw RuleFileError([
                RuleFileProblem(file: file, message: "file has \(bytes.count) bytes, limit is \(fileBytesMax)")
            ])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RuleFileError([RuleFileProblem(file: file, message: "yaml: invalid leading UTF-8 octet")])
        }
        var reader = RuleFileReader(file: file, options: options)
        let groups = reader.read(text)
        guard reader.problems.isEmpty else { throw RuleFileError(reader.problems) }
        return groups
    }

    private mutating func read(_ text: String) -> [RuleGroup] {
        do {
            // Scalars stay texts, as written; the encoding is named because Yams' default reads the environment.
            guard let root = try compose(yaml: text, .basic, .default, .utf8), !RuleYAML.isNull(root) else {
                return []
            }
            guard let members = mapping(root, as: "rule groups") else { return [] }
            var groups: [RuleGroup] = []
            for member in members {
                if member.name == "groups" {
                    groups = readGroups(member.value)
                } else {
                    reportUnknown(member, in: "rule groups")
                }
            }
            return groups
        } catch {
            problems.append(Self.problem(error, file: file))
            return []
        }
    }

    // MARK: Groups

    private mutating func readGroups(_ node: Node) -> [RuleGroup] {
        var names: Set<String> = []
        var groups: [RuleGroup] = []
        for element in sequence(node, as: "groups") {
            guard var group = readGroup(element) else { continue }
            if group.name.isEmpty { report(element, "Groupname must not be empty") }
            if !names.insert(group.name).inserted {
                report(element, "groupname: \(LabelName.quoted(group.name)) is repeated in the same file")
            }
            group.file = file
            groups.append(group)
        }
        return groups
    }

    private mutating func readGroup(_ node: Node) -> RuleGroup? {
        var group = RuleGroup(file: file, name: "")
        guard let members = mapping(node, as: "rule group") else { return nil }
        // The name first: messages about the rules tell it.
        if let member = members.first(where: { $0.name == "name" }) { group.name = string(member.value) ?? "" }
        var labels: [String: String] = [:]
        if let member = members.first(where: { $0.name == "labels" }) {
            labels = texts(member.value)
            checkLabels(member.value, context: nil)
        }
        for member in members {
            switch member.name {
            case "name", "labels": break
            case "interval":
                let interval = duration(member.value) ?? 0
                group.interval = interval == 0 ? nil : interval
            case "query_offset": group.queryOffset = RuleYAML.isNull(member.value) ? nil : duration(member.value)
            case "limit": group.limit = integer(member.value)
            case "rules":
                for (index, element) in sequence(member.value, as: "rules").enumerated() {
                    ruleCount += 1
                    guard ruleCount <= Self.rulesMax else {
                        report(element, "file has more than \(Self.rulesMax) rules")
                        break
                    }
                    if let rule = readRule(element, group: group.name, number: index + 1, groupLabels: labels) {
                        group.rules.append(rule)
                    }
                }
            default: reportUnknown(member, in: "rule group")
            }
        }
        return group
    }

    // MARK: Rules

    /// What a rule says, before it is checked.
    private struct Draft {
        var record = "", alert = "", expression = ""
        var recordNode: Node?, alertNode: Node?, expressionNode: Node?, labelsNode: Node?, annotationsNode: Node?
        var hold: Int64 = 0, keepFiring: Int64 = 0
        var labels: [String: String] = [:], annotations: [String: String] = [:]
    }

    private mutating func readRule(
        _ node: Node, group: String, number: Int, groupLabels: [String: String]
    ) -> Rule? {
        var draft = Draft()
        let problemCount = problems.count
        guard let members = mapping(node, as: "rule") else { return nil }
        for member in members {
            switch member.name {
            case "record": (draft.record, draft.recordNode) = (string(member.value) ?? "", member.value)
            case "alert": (draft.alert, draft.alertNode) = (string(member.value) ?? "", member.value)
            case "expr": (draft.expression, draft.expressionNode) = (string(member.value) ?? "", member.value)
            case "for": draft.hold = duration(member.value) ?? 0
            case "keep_firing_for": draft.keepFiring = duration(member.value) ?? 0
            case "labels": (draft.labels, draft.labelsNode) = (texts(member.value), member.value)
            case "annotations": (draft.annotations, draft.annotationsNode) = (texts(member.value), member.value)
            default: reportUnknown(member, in: "rule")
            }
        }
        guard problems.count == problemCount else { return nil }
        let name = draft.alert.isEmpty ? draft.record : draft.alert
        let context = "group \(LabelName.quoted(group)), rule \(number), \(LabelName.quoted(name))"
        let query = check(draft, node, context)
        guard let query, problems.count == problemCount else { return nil }
        var rule = Rule(
            name: name, query: query, labels: groupLabels.merging(draft.labels) { _, own in own })
        if !draft.alert.isEmpty {
            rule.alerting = Rule.Alerting(
                hold: draft.hold, keepFiring: draft.keepFiring, annotations: draft.annotations)
        }
        return rule
    }

    /// - Returns: the expression as PromQL prints it.
    private mutating func check(_ draft: Draft, _ node: Node, _ context: String) -> String? {
        if !draft.record.isEmpty, !draft.alert.isEmpty {
            report(draft.recordNode ?? node, "\(context): only one of 'record' and 'alert' must be set")
        }
        if draft.record.isEmpty, draft.alert.isEmpty {
            report(draft.recordNode ?? draft.alertNode ?? node, "\(context): one of 'record' or 'alert' must be set")
        }
        var query: String?
        if draft.expression.isEmpty {
            report(draft.expressionNode ?? node, "\(context): field 'expr' must be set in rule")
        } else {
            do throws(ParseError) {
                query = try PromQLParser.parse(draft.expression, options: options).description
            } catch {
                report(draft.expressionNode ?? node, "\(context): could not parse expression: \(error.message)")
            }
        }
        if !draft.record.isEmpty { checkRecording(draft, draft.recordNode ?? node, context) }
        if let node = draft.labelsNode { checkLabels(node, context: context) }
        if let node = draft.annotationsNode { checkAnnotations(node, context) }
        if !draft.alert.isEmpty { checkTemplates(draft, node, context) }
        return query
    }

    private mutating func checkRecording(_ draft: Draft, _ node: Node, _ context: String) {
        if !draft.annotations.isEmpty { report(node, "\(context): invalid field 'annotations' in recording rule") }
        if draft.hold != 0 { report(node, "\(context): invalid field 'for' in recording rule") }
        if draft.keepFiring != 0 { report(node, "\(context): invalid field 'keep_firing_for' in recording rule") }
        // Since version 3 any text is a name, so that an expression in its place has to be told by its braces.
        if draft.record.contains("{") || draft.record.contains("}") {
            report(
                node,
                "\(context): braces present in the recording rule name; should it be in expr?: \(draft.record)")
        }
    }

    private mutating func checkLabels(_ node: Node, context: String?) {
        guard let mapping = node.mapping, let members = RuleYAML.members(of: mapping) else { return }
        let prefix = context.map { "\($0): " } ?? ""
        for member in members where member.name.isEmpty || member.name == Labels.nameLabel {
            report(member.key, "\(prefix)invalid label name: \(member.name)")
        }
    }

    private mutating func checkAnnotations(_ node: Node, _ context: String) {
        guard let mapping = node.mapping, let members = RuleYAML.members(of: mapping) else { return }
        for member in members where member.name.isEmpty {
            report(member.key, "\(context): invalid annotation name: \(member.name)")
        }
    }

    private mutating func checkTemplates(_ draft: Draft, _ node: Node, _ context: String) {
        let kinds = [
            ("label", draft.labels, draft.labelsNode), ("annotation", draft.annotations, draft.annotationsNode),
        ]
        for (kind, texts, place) in kinds {
            let members = place?.mapping.flatMap { RuleYAML.members(of: $0) } ?? []
            for member in members {
                guard let text = texts[member.name] else { continue }
                do throws(TemplateError) {
                    _ = try AlertTemplate.parse(text, alert: draft.alert)
                } catch {
                    report(member.value, "\(context): \(kind) \(LabelName.quoted(member.name)): \(error.message)")
                }
            }
        }
    }

    // MARK: Types

    /// Nil when it is none; null has no members.
    private mutating func mapping(_ node: Node, as what: String) -> [RuleYAML.Member]? {
        if RuleYAML.isNull(node) { return [] }
        guard let mapping = node.mapping else {
            report(node, "cannot unmarshal \(RuleYAML.tag(node)) into \(what)")
            return nil
        }
        guard let members = RuleYAML.members(of: mapping) else {
            report(node, "\(what) has a key that is no text, or a merge of something that has no keys or too many")
            return nil
        }
        memberCount += members.count
        guard memberCount <= Self.membersMax else {
            // Told once; every mapping after it is refused, too.
            if memberCount - members.count <= Self.membersMax {
                report(node, "file has more than \(Self.membersMax) keys")
            }
            return nil
        }
        return members
    }

    private mutating func sequence(_ node: Node, as what: String) -> [Node] {
        if RuleYAML.isNull(node) { return [] }
        guard let sequence = node.sequence else {
            report(node, "cannot unmarshal \(RuleYAML.tag(node)) into \(what)")
            return []
        }
        return Array(sequence)
    }

    private mutating func string(_ node: Node) -> String? {
        if RuleYAML.isNull(node) { return "" }
        guard let scalar = node.scalar else {
            report(node, "cannot unmarshal \(RuleYAML.tag(node)) into string")
            return nil
        }
        return scalar.string
    }

    private mutating func texts(_ node: Node) -> [String: String] {
        guard let members = mapping(node, as: "map[string]string") else { return [:] }
        var texts: [String: String] = [:]
        for member in members { texts[member.name] = string(member.value) ?? "" }
        return texts
    }

    private mutating func duration(_ node: Node) -> Int64? {
        guard !RuleYAML.isNull(node), let text = string(node) else { return nil }
        do throws(TemplateError) {
            return try PrometheusDuration.parse(text)
        } catch {
            report(node, error.message)
            return nil
        }
    }

    private mutating func integer(_ node: Node) -> Int {
        if RuleYAML.isNull(node) { return 0 }
        guard let scalar = node.scalar, scalar.style == .plain, let value = Int(scalar.string) else {
            report(node, "cannot unmarshal \(RuleYAML.tag(node)) into int")
            return 0
        }
        return value
    }

    // MARK: Problems

    private mutating func report(_ node: Node, _ message: String) {
        guard problems.count < Self.problemsMax else { return }
        let (line, column) = RuleYAML.place(node)
        problems.append(RuleFileProblem(file: file, line: line, column: column, message: message))
    }

    private mutating func reportUnknown(_ member: RuleYAML.Member, in what: String) {
        report(member.key, "field \(member.name) not found in \(what)")
    }

    private static func problem(_ error: any Error, file: String) -> RuleFileProblem {
        func problem(_ mark: Mark?, _ message: String) -> RuleFileProblem {
            RuleFileProblem(file: file, line: mark?.line ?? 0, column: mark?.column ?? 0, message: message)
        }
        switch error as? YamlError {
        case .scanner(_, let message, let mark, _), .parser(_, let message, let mark, _),
            .composer(_, let message, let mark, _):
            return problem(mark, "yaml: \(message)")
        case .duplicatedKeysInMapping(let keys, let context):
            let keys = keys.map { "\"\($0)\"" }.joined(separator: ", ")
            return problem(context.mark, "yaml: mapping key \(keys) already defined")
        case .reader(let message, _, _, _): return problem(nil, "yaml: \(message)")
        default: return problem(nil, "not valid YAML")
        }
    }
}
