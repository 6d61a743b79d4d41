/// One step of relabelling: looks at some labels of a target or series and changes or drops it.
///
/// - Spec: Prometheus 3.5, "Configuration", `<relabel_config>`.
package struct RelabelRule: Sendable {
    /// What is done; the names are those of the configuration.
    package enum Action: String, Sendable, CaseIterable {
        case replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase
    }

    /// Why a rule is not one.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let reason: String
        package var description: String { reason }
    }

    package static let defaultSeparator = ";"
    package static let defaultExpression = "(.*)"
    package static let defaultReplacement = "$1"

    package let action: Action
    package let sourceLabels: [String]
    package let separator: String
    package let targetLabel: String
    /// All of the text must match it.
    package let expression: Pattern
    package let modulus: UInt64
    package let replacement: String

    /// Whether `replace` puts in a text that does not depend on the match.
    let isPlainReplacement: Bool

    /// - Throws: a regular expression that is none, or fields that the action needs or does not take.
    package init(
        _ action: Action = .replace, sourceLabels: [String] = [], separator: String = defaultSeparator,
        targetLabel: String = "", expression: String = defaultExpression, modulus: UInt64 = 0,
        replacement: String = defaultReplacement
    ) throws(Failure) {
        self.action = action
        self.sourceLabels = sourceLabels
        self.separator = separator
        self.targetLabel = targetLabel
        self.modulus = modulus
        self.replacement = replacement
        do {
            self.expression = try Pattern(expression)
        } catch {
            throw Failure(reason: "`regex` is no regular expression: \(error.reason)")
        }
        isPlainReplacement =
            !replacement.utf8.contains(UInt8(ascii: "$")) && !targetLabel.utf8.contains(UInt8(ascii: "$"))
        try check()
    }

    /// Upstream's `Config.Validate`; with names of any UTF-8 text, an empty one alone is none.
    private func check() throws(Failure) {
        let hasDefaults =
            separator == Self.defaultSeparator && modulus == 0 && replacement == Self.defaultReplacement
        switch action {
        case .replace, .hashmod, .lowercase, .uppercase, .keepequal, .dropequal:
            guard !targetLabel.isEmpty else { throw Failure(reason: "action \(action) needs `target_label`") }
        case .keep, .drop, .labelmap, .labeldrop, .labelkeep: break
        }
        switch action {
        case .hashmod where modulus == 0: throw Failure(reason: "action hashmod needs a `modulus` above zero")
        case .lowercase where replacement != Self.defaultReplacement,
            .uppercase where replacement != Self.defaultReplacement:
            throw Failure(reason: "action \(action) takes no `replacement`")
        case .keepequal where !hasDefaults || expression.source != Self.defaultExpression,
            .dropequal where !hasDefaults || expression.source != Self.defaultExpression:
            throw Failure(reason: "action \(action) takes `source_labels` and `target_label` only")
        case .labeldrop where !hasDefaults || !sourceLabels.isEmpty || !targetLabel.isEmpty,
            .labelkeep where !hasDefaults || !sourceLabels.isEmpty || !targetLabel.isEmpty:
            throw Failure(reason: "action \(action) takes `regex` only")
        case .labelmap where replacement.isEmpty: throw Failure(reason: "action labelmap needs a `replacement`")
        default: break
        }
    }
}

extension RelabelRule: Hashable {
    package static func == (left: RelabelRule, right: RelabelRule) -> Bool {
        left.action == right.action && left.sourceLabels == right.sourceLabels && left.separator == right.separator
            && left.targetLabel == right.targetLabel && left.expression.source == right.expression.source
            && left.modulus == right.modulus && left.replacement == right.replacement
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(action)
        hasher.combine(sourceLabels)
        hasher.combine(targetLabel)
        hasher.combine(expression.source)
    }
}
