import PrometheusModel

extension Parser {
    /// `name`, `name{…}` or `{…}`.
    mutating func parseSelector() throws(ParseError) -> VectorSelector {
        let token = try peek()
        guard token.kind.isMetricName else { return try parseSelector(named: nil) }
        try take()
        return try parseSelector(named: token)
    }

    /// The rest of a selector whose name, if it has one, is taken.
    mutating func parseSelector(named name: Token?) throws(ParseError) -> VectorSelector {
        var selector = VectorSelector(
            name: name.map { text(of: $0) } ?? "", matchers: [], range: name?.range ?? SourceRange(0, 0))
        if let opening = try take(.leftBrace) {
            let end = try parseMatchers(into: &selector.matchers)
            selector.range = SourceRange(name?.range.start ?? opening.range.start, end)
        }
        if name != nil { selector.matchers.append(LabelMatcher(equal: Labels.nameLabel, selector.name)) }
        return selector
    }

    /// Conditions up to the closing brace, whose end is the result; the opening one is taken.
    private mutating func parseMatchers(into matchers: inout [LabelMatcher]) throws(ParseError) -> Int {
        while true {
            if let closing = try take(.rightBrace) { return closing.range.end }
            matchers.append(try parseMatcher())
            if let closing = try take(.rightBrace) { return closing.range.end }
            guard try take(.comma) != nil else {
                throw try unexpected(in: "label matching", expected: "\",\" or \"}\"")
            }
        }
    }

    /// `name="value"`, or a name of a metric in quotes.
    private mutating func parseMatcher() throws(ParseError) -> LabelMatcher {
        let label = try peek()
        let name: String
        switch label.kind {
        case .identifier: name = text(of: label)
        case .string: name = stringValue(of: label)
        default: throw try unexpected(in: "label matching", expected: "identifier or \"}\"")
        }
        try take()

        let kind: LabelMatcher.Kind
        switch try peek().kind {
        case .assign: kind = .equal
        case .operation(.notEqual): kind = .notEqual
        case .matchesPattern: kind = .matches
        case .doesNotMatchPattern: kind = .doesNotMatch
        case _ where label.kind == .string: return LabelMatcher(equal: Labels.nameLabel, name)
        default: throw try unexpected(in: "label matching", expected: "label matching operator")
        }
        try take()

        guard let value = try take(.string) else { throw try unexpected(in: "label matching", expected: "string") }
        if kind == .matches || kind == .doesNotMatch {
            patterns += 1
            guard patterns <= PromQLParser.patternsMax else {
                throw error("query has more than \(PromQLParser.patternsMax) regular expressions", value.range)
            }
        }
        do throws(Pattern.SyntaxError) {
            return try LabelMatcher(kind, name, stringValue(of: value))
        } catch {
            let range = SourceRange(label.range.start, value.range.end)
            throw self.error(PatternMessage.text(for: error), range)
        }
    }
}

/// Words for what is wrong with a regular expression: RE2 and Go's `regexp` have the same errors by other names.
enum PatternMessage {
    static func text(for error: Pattern.SyntaxError) -> String {
        for (ours, known) in names where error.reason.hasPrefix(ours) {
            let rest = error.reason.dropFirst(ours.count)
            guard rest.hasPrefix(": ") else { return "error parsing regexp: \(known)" }
            return "error parsing regexp: \(known): `\(rest.dropFirst(2))`"
        }
        return "error parsing regexp: \(error.reason)"
    }

    private static let names = [
        ("invalid escape sequence", "invalid escape sequence"),
        ("invalid character class range", "invalid character class range"),
        ("invalid character class", "invalid character class"),
        ("missing ]", "missing closing ]"),
        ("missing )", "missing closing )"),
        ("unexpected )", "unexpected )"),
        ("trailing \\", "trailing backslash at end of expression"),
        ("no argument for repetition operator", "missing argument to repetition operator"),
        ("invalid repetition size", "invalid repeat count"),
        ("bad repetition operator", "invalid nested repetition operator"),
        ("invalid perl operator", "invalid or unsupported Perl syntax"),
        ("invalid UTF-8", "invalid UTF-8"),
        ("invalid named capture group", "invalid named capture"),
    ]
}
