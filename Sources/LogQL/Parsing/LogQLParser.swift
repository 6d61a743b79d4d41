package import PrometheusModel

/// Parses and checks queries of LogQL as in Loki 3. No input makes it trap.
///
/// What depends on the parts that run a pipeline is checked by those: templates, the paths of `json` and `logfmt`, and
/// the addresses of `ip("…")`.
package enum LogQLParser {
    /// Bytes of a query.
    package static let textBytesMax = 128 << 10
    /// Constructs within one another while parsing; each takes some frames of the stack.
    package static let nestingMax = 200
    /// Nodes from the root of a tree to its deepest leaf, which chains like `a + b + c …` reach without nesting.
    /// Whoever walks a tree may recurse this deep.
    package static let depthMax = 500
    /// Regular expressions in a query. Each takes some kilobytes once it is compiled.
    package static let patternsMax = 500

    /// Reads a query for lines or for numbers.
    ///
    /// - Throws: the first mistake of the grammar; mistakes of meaning only where the text parses.
    package static func parse(_ text: String) throws(LogQLError) -> LogQLQuery {
        var parser = try parser(for: text)
        let query = try parser.query()
        try StageChecks.check(query, patternsLeft: patternsMax - parser.patternCount)
        return query
    }

    /// Reads a query for lines.
    package static func parseSelection(_ text: String) throws(LogQLError) -> LogSelection {
        guard case .log(let selection) = try parse(text) else {
            throw LogQLError(.invalid, "only log selector is supported")
        }
        return selection
    }

    /// Reads `{a="b", c=~"d"}` alone.
    ///
    /// - Parameter allowsAll: takes `{}` and conditions that an absent label meets too, which select all streams.
    package static func parseMatchers(_ text: String, allowsAll: Bool = false) throws(LogQLError) -> [LabelMatcher] {
        var parser = try parser(for: text)
        let selection: LogSelection
        switch try parser.query(allowsAll: allowsAll) {
        case .log(let log): selection = log
        case .metric: throw LogQLError(.invalid, "only label matchers are supported")
        }
        guard selection.stages.isEmpty else { throw LogQLError(.invalid, "only label matchers are supported") }
        return selection.matchers
    }

    /// Reads the labels of a stream as senders write them, `{a="b", c="d"}`: any word is a name here, quoted names hold
    /// any text. Labels come in their order; those without a value and repeated names are left for the caller.
    package static func parseLabels(_ text: String) throws(LogQLError) -> [(name: String, value: String)] {
        var parser = try parser(for: text)
        return try parser.labels()
    }

    private static func parser(for text: String) throws(LogQLError) -> Parser {
        let bytes = Array(text.utf8)
        guard bytes.count < textBytesMax else {
            throw LogQLError(.tooLarge, "input size too long (\(bytes.count) > \(textBytesMax))")
        }
        return Parser(bytes)
    }
}
