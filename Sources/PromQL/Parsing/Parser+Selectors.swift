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
            throw self.error(error.goText, range)
        }
    }
}
