import PrometheusModel
import Recordings
import TelemetryModel
import Yams

extension DocumentReader {
    /// A text, or conditions on one.
    func textCondition(_ node: Node) -> TextCondition {
        guard node.mapping != nil else { return .equals(text(node)) }
        return TextCondition(parts: members(node).compactMap { textPart($0, $1) })
    }

    private func textPart(_ key: String, _ node: Node) -> TextCondition.Part? {
        switch key {
        case "equals": .equals(text(node))
        case "not_equals": .notEquals(text(node))
        case "matches": (try? Pattern(text(node))).map { .matches($0) }
        case "not_matches": (try? Pattern(text(node))).map { .notMatches($0) }
        case "contains": .contains(text(node))
        case "starts_with": .startsWith(text(node))
        case "ends_with": .endsWith(text(node))
        case "in": .oneOf(words(node))
        case "not_in": .noneOf(words(node))
        default: nil
        }
    }

    /// A value, or conditions on one.
    mutating func valueCondition(_ node: Node) -> ValueCondition {
        guard node.mapping != nil else { return ValueCondition(parts: [.equals(value(node))]) }
        var parts: [ValueCondition.Part] = []
        for (key, node) in members(node) {
            switch key {
            case "equals": parts.append(.equals(value(node)))
            case "not_equals": parts.append(.notEquals(value(node)))
            case "in": parts.append(.oneOf(elements(node).map(value)))
            case "not_in": parts.append(.noneOf(elements(node).map(value)))
            case "contains": parts.append(.contains(value(node)))
            case "type": parts.append(.types(words(node)))
            case "present": parts.append(.present(flag(node)))
            case "matches", "not_matches", "starts_with", "ends_with":
                if let part = textPart(key, node) { parts.append(.text(part)) }
            default:
                if let part = comparisonPart(key, node, number) { parts.append(.number(part)) }
            }
        }
        let isAbsent = parts.contains { if case .present(false) = $0 { true } else { false } }
        if isAbsent, parts.count > 1 {
            checker.report(node, "`present: false` leaves nothing for other conditions to hold of")
        }
        return ValueCondition(parts: parts)
    }

    /// By name, in the order of the document.
    mutating func attributeConditions(_ node: Node) -> [(String, ValueCondition)] {
        members(node).map { ($0, valueCondition($1)) }
    }

    /// A number, or comparisons of one.
    func comparison(_ node: Node) -> Comparison {
        guard node.mapping != nil else { return Comparison(parts: number(node).map { [.equals($0)] } ?? []) }
        return Comparison(parts: members(node).compactMap { comparisonPart($0, $1, number) })
    }

    /// Comparisons of a duration, in nanoseconds.
    func durationComparison(_ node: Node) -> Comparison {
        let parts = members(node).compactMap { key, node in
            comparisonPart(key, node) { duration($0).map { .int($0.nanoseconds) } }
        }
        return Comparison(parts: parts, unit: .nanoseconds)
    }

    private func comparisonPart(_ key: String, _ node: Node, _ number: (Node) -> Number?) -> Comparison.Part? {
        if key == "between" {
            let ends = elements(node).compactMap(number)
            return ends.count == 2 ? .between(ends[0], ends[1]) : nil
        }
        guard let number = number(node) else { return nil }
        return switch key {
        case "equals": .equals(number)
        case "not_equals": .notEquals(number)
        case "at_least": .atLeast(number)
        case "at_most": .atMost(number)
        case "more_than": .moreThan(number)
        case "less_than": .lessThan(number)
        default: nil
        }
    }

    /// A level, a number, or comparisons of severities: the numbers that fulfil it, and what it says.
    func severities(_ node: Node) -> (allowed: Set<Int>, text: String) {
        /// The numbers of a level; one number stands for itself.
        func range(_ node: Node) -> ClosedRange<Int> {
            if let number = number(node), case .int(let value) = number { return Int(value)...Int(value) }
            let first = Int(LogLevel(name: text(node)).severityNumber)
            return first...(first + 3)
        }
        guard node.mapping != nil else { return (Set(range(node)), text(node)) }
        var allowed = Set(1...24)
        var texts: [String] = []
        for (key, node) in members(node) {
            switch key {
            case "at_least":
                allowed.formIntersection(range(node).lowerBound...max(24, range(node).lowerBound))
                texts.append("at least \(text(node))")
            case "at_most":
                allowed.formIntersection(1...range(node).upperBound)
                texts.append("at most \(text(node))")
            default:
                allowed.formIntersection(Set(elements(node).flatMap { range($0) }))
                texts.append(words(node).joined(separator: " or "))
            }
        }
        return (allowed, texts.joined(separator: ", "))
    }

    /// Conditions that every kind of item has whose resource and scope are known.
    mutating func originConditions<Item: Sendable>(
        _ node: Node, defaultService: Bool,
        resource: @escaping @Sendable (Item, IndexedRecording) -> Int,
        scope: @escaping @Sendable (Item, IndexedRecording) -> Int
    ) -> [Condition<Item>] {
        var conditions: [Condition<Item>] = []
        if let condition = serviceCondition(node["service"], defaultService) {
            conditions.append(.text("service", condition) { $1.service(resource($0, $1)) })
        }
        if let attributes = node["resource"] {
            conditions += Condition.attributes("resource attribute", attributeConditions(attributes)) {
                $1.resource(resource($0, $1))
            }
        }
        if let node = node["scope"] {
            let parts = node.mapping == nil ? [("name", node)] : members(node)
            for (key, node) in parts {
                switch key {
                case "name": conditions.append(.text("scope", textCondition(node)) { $1.scope(scope($0, $1)).name })
                case "version":
                    conditions.append(.text("scope version", textCondition(node)) { $1.scope(scope($0, $1)).version })
                default:
                    conditions += Condition.attributes("scope attribute", attributeConditions(node)) {
                        $1.scope(scope($0, $1)).attributes
                    }
                }
            }
        }
        return conditions
    }

    /// What is said of the service, or the document's.
    func serviceCondition(_ node: Node?, _ isDefault: Bool) -> TextCondition? {
        if let node { return textCondition(node) }
        return isDefault ? service.map { .equals($0) } : nil
    }

    /// The items that an expectation looks at, when it does not say `within`: those of the service.
    func population<Item: RecordedItem>(of subject: Node) -> Matcher<Item> {
        guard let condition = serviceCondition(subject["service"], true) else { return Matcher() }
        return Matcher(conditions: [
            .text("service", condition) { $0.service(in: $1) ?? "" }
        ])
    }

    /// Figures over durations.
    func durationFigures<Item: ReportedItem>(
        _ node: Node?, of duration: @escaping @Sendable (Item, IndexedRecording) -> UInt64
    ) -> [Figure<Item>] {
        guard let node else { return [] }
        return members(node).map { .duration($0, durationComparison($1), of: duration) }
    }
}
