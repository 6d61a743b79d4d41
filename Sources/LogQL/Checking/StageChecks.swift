import PrometheusModel

/// What Loki finds when it makes a pipeline of a query that parses; its messages name the stage.
struct StageChecks {
    private var patternsLeft: Int

    /// - Throws: the first mistake of a stage, in the order of the text.
    static func check(_ query: LogQLQuery, patternsLeft: Int) throws(LogQLError) {
        var checks = StageChecks(patternsLeft: patternsLeft)
        switch query {
        case .log(let selection): try checks.check(selection)
        case .metric(let expression): try checks.check(expression)
        }
    }

    private mutating func check(_ expression: MetricExpression) throws(LogQLError) {
        switch expression {
        case .range(let node): try check(node.selection)
        case .vector(let node): try check(node.expression)
        case .binary(let node):
            try check(node.left)
            try check(node.right)
        case .labelReplace(let node): try check(node.expression)
        case .parenthesis(let inner): try check(inner)
        case .literal, .constantVector: break
        }
    }

    private mutating func check(_ selection: LogSelection) throws(LogQLError) {
        for stage in selection.stages {
            let complaint: String?
            switch stage {
            case .lineFilter(let filter): complaint = try self.complaint(about: filter)
            case .labelFormat(let formats): complaint = Self.complaint(about: formats)
            default: complaint = nil
            }
            if let complaint {
                throw LogQLError(.invalid, "stage '\(stage)' : \(complaint)", range: selection.range)
            }
        }
    }

    private mutating func complaint(about filter: LineFilter) throws(LogQLError) -> String? {
        for operand in filter.operands {
            switch (operand, filter.operation) {
            case (.address, .contains), (.address, .notContains), (.text, .contains), (.text, .notContains): break
            case (.address, _): return "ip: invalid operation"
            case (.text(let text), .pattern), (.text(let text), .notPattern):
                if let complaint = LinePattern(text).filterComplaint { return complaint }
            case (.text(let text), .matches), (.text(let text), .notMatches):
                guard patternsLeft > 0 else {
                    throw LogQLError(
                        .tooLarge, "query has more than \(LogQLParser.patternsMax) regular expressions")
                }
                patternsLeft -= 1
                do throws(Pattern.SyntaxError) {
                    _ = try Pattern(text, dotMatchesNewline: false)
                } catch {
                    return error.goText
                }
            }
        }
        return nil
    }

    /// A label is formatted once in a stage, so that nobody wonders which of two came first.
    private static func complaint(about formats: [LabelFormat]) -> String? {
        var known: Set<String> = []
        for label in formats.map(\.label) {
            if label == "__error__" { return "__error__ cannot be formatted" }
            if !known.insert(label).inserted {
                return "multiple label name '\(label)' not allowed in a single format operation"
            }
        }
        return nil
    }
}
