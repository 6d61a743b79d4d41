import PrometheusModel

extension Parser {
    /// `{a="b", c!~"d"}`.
    mutating func selector() throws(LogQLError) -> [LabelMatcher] {
        try expect(.leftBrace)
        if take(.rightBrace) { return [] }
        var matchers = [try matcher(named: try identifier(["IDENTIFIER", "}"]))]
        while take(.comma) { matchers.append(try matcher(named: try identifier())) }
        try expect(.rightBrace, ["}", ","])
        return matchers
    }

    /// The operator and the text after a name.
    mutating func matcher(named name: String) throws(LogQLError) -> LabelMatcher {
        guard let kind = matcherKind else { throw unexpected(["=", "=~", "!~", "!="]) }
        advance()
        return try matcher(kind, name, try string())
    }

    mutating func matcher(
        _ kind: LabelMatcher.Kind, _ name: String, _ value: String
    ) throws(LogQLError) -> LabelMatcher {
        if kind == .matches || kind == .doesNotMatch { try countPattern() }
        do throws(Pattern.SyntaxError) {
            return try LabelMatcher(kind, name, value)
        } catch {
            throw invalid(error.goText, from: lastEnd)
        }
    }

    /// Of the operator that stands here.
    var matcherKind: LabelMatcher.Kind? {
        switch token.kind {
        case .symbol(.equal): .equal
        case .symbol(.notEqual): .notEqual
        case .symbol(.matches): .matches
        case .symbol(.notMatches): .doesNotMatch
        default: nil
        }
    }

    /// That the conditions hold for streams that have none of the labels, so that all streams would be read.
    func finding(for matchers: [LabelMatcher], from start: Int) -> LogQLError? {
        guard matchers.allSatisfy({ $0.matches("") }) else { return nil }
        return invalid(
            "queries require at least one regexp or equality matcher that does not have an empty-compatible value. "
                + "For instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will",
            from: start)
    }

    /// `{a="b", "c d"="e",}`, the labels of a stream.
    mutating func labels() throws(LogQLError) -> [(name: String, value: String)] {
        var labels: [(name: String, value: String)] = []
        try expect(.leftBrace)
        while !take(.rightBrace) {
            let name: String
            switch token.kind {
            case .identifier(let word), .string(let word): name = word
            case .symbol, .rangeOperation, .vectorOperation, .conversion:
                // Words of the language are labels like any others here.
                let word = String(decoding: text[token.range.start..<token.range.end], as: UTF8.self)
                guard LabelName.isClassic(word) else { throw unexpected(["IDENTIFIER", "}"]) }
                name = word
            default: throw unexpected(["IDENTIFIER", "}"])
            }
            advance()
            try expect(.equal)
            labels.append((name, try string()))
            if !isAt(.rightBrace) { try expect(.comma, ["}", ","]) }
        }
        guard token.kind == .endOfInput else { throw unexpected() }
        return labels
    }
}
