/// A condition on one label of a series; a label that a series does not have counts as empty.
package struct LabelMatcher: Sendable {
    package enum Kind: String, Sendable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case doesNotMatch = "!~"
    }

    package let kind: Kind
    package let name: String
    package let value: String
    /// Of the two kinds with an expression.
    private let pattern: Pattern?

    /// - Throws: when `value` is no regular expression and the kind needs one.
    package init(_ kind: Kind, _ name: String, _ value: String) throws(Pattern.SyntaxError) {
        self.kind = kind
        self.name = name
        self.value = value
        switch kind {
        case .equal, .notEqual: pattern = nil
        case .matches, .doesNotMatch: pattern = try Pattern(value)
        }
    }

    /// `name = value`.
    package init(equal name: String, _ value: String) {
        kind = .equal
        self.name = name
        self.value = value
        pattern = nil
    }

    package func matches(_ text: String) -> Bool {
        switch kind {
        case .equal: text == value
        case .notEqual: text != value
        case .matches: matchesPattern(text)
        case .doesNotMatch: !matchesPattern(text)
        }
    }

    package func matches(_ labels: Labels) -> Bool { matches(labels[name]) }

    private func matchesPattern(_ text: String) -> Bool {
        switch value {
        case ".*": true
        case ".+": !text.isEmpty
        default: pattern?.matchesAll(text) ?? false
        }
    }
}

extension LabelMatcher: Hashable {
    package static func == (left: LabelMatcher, right: LabelMatcher) -> Bool {
        left.kind == right.kind && left.name == right.name && left.value == right.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(name)
        hasher.combine(value)
    }
}

extension LabelMatcher: CustomStringConvertible {
    package var description: String {
        "\(LabelName.isClassic(name) ? name : LabelName.quoted(name))\(kind.rawValue)\(LabelName.quoted(value))"
    }
}
