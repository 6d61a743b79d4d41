package import PrometheusModel

/// What a query may use beside the settled language.
package struct ParserOptions: Sendable {
    /// Functions and aggregations that Prometheus 3.5 calls experimental.
    package var experimentalFunctions: Bool
    /// Arithmetic in ranges, steps and offsets: `[5m * 2]`.
    package var experimentalDurationExpressions: Bool

    package init(experimentalFunctions: Bool = true, experimentalDurationExpressions: Bool = true) {
        self.experimentalFunctions = experimentalFunctions
        self.experimentalDurationExpressions = experimentalDurationExpressions
    }
}

/// Parses and checks queries of PromQL as in Prometheus 3.5. No input makes it trap.
package enum PromQLParser {
    /// Bytes of a query. A larger one is an accident or an attack: printed prettily, lines that are indented by the
    /// depth of the tree make a text some hundred times as long.
    package static let textBytesMax = 256 << 10
    /// Constructs within one another while parsing; each takes some frames of the stack.
    package static let nestingMax = 200
    /// Nodes from the root of a tree to its deepest leaf, which chains like `a or b or c …` reach without nesting.
    /// Whoever walks a tree may recurse this deep.
    package static let depthMax = 500
    /// Operators in one duration, which with the nesting bound how deep its tree is.
    package static let durationOperationsMax = 200
    /// Regular expressions in a query. Each takes some kilobytes once it is compiled, a thousand times its text.
    package static let patternsMax = 1000

    /// - Throws: the first error; type errors only where the syntax is right.
    package static func parse(
        _ text: String, options: ParserOptions = ParserOptions()
    ) throws(ParseError) -> Expression {
        var parser = try Parser(text, options: options)
        let expression = try parser.parseQuery()
        let checker = TypeChecker(text: parser.text)
        return try checker.checked(expression).expression
    }

    /// Parses a selector of series without a range, as `match[]` takes it. Whether it selects everything is left to
    /// the caller (`selectsEverything`).
    package static func parseMetricSelector(_ text: String) throws(ParseError) -> [LabelMatcher] {
        var parser = try Parser(text, options: ParserOptions())
        return try parser.parseMetricSelector()
    }

    /// Whether no condition asks for a text that is not empty, so that every series could match.
    package static func selectsEverything(_ matchers: [LabelMatcher]) -> Bool {
        matchers.allSatisfy { $0.matches("") }
    }
}
