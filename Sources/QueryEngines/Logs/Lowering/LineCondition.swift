import LogQL
import SQLSyntax
import TelemetryStore

/// Tests of lines as conditions on the body.
enum LineCondition {
    static func of(_ filter: LineFilter) -> RowCondition {
        let operands = filter.operands.map { operand(filter.operation, $0) }
        // Alternatives; of a negated test none may hold.
        return filter.operation.isNegated ? .all(operands) : .any(operands)
    }

    private static func operand(_ operation: LineFilter.Operation, _ operand: LineFilter.Operand) -> RowCondition {
        guard case .text(let text) = operand else { return .unknown }
        switch operation {
        case .contains: return contains(text)
        case .notContains:
            return text.isEmpty ? .never : .exact(.equal(position(of: text), .integer(0)))
        case .matches: return matches(text)
        case .notMatches: return notMatches(text)
        case .pattern: return pattern(text)
        case .notPattern: return .unknown
        }
    }

    static func contains(_ text: String) -> RowCondition {
        guard !text.isEmpty else { return .always }
        let found = Expression.comparison(position(of: text), .greater, .integer(0))
        guard let words = LogWords.condition(containing: text) else { return .exact(found) }
        // First what the index answers, then what it cannot: case, digits and signs.
        return .exact(.and([words, found]))
    }

    private static func position(of text: String) -> Expression {
        .call("position", .column("body"), .parameter(.string(text)))
    }

    private static func matches(_ pattern: String) -> RowCondition {
        switch pattern {
        case ".*", "": return .always
        case ".+": return .exact(.call("notEmpty", .column("body")))
        default: break
        }
        let found = match(pattern)
        guard let literal = LiteralPattern(pattern) else { return .exact(found) }
        let words = literal.texts.map(LogWords.condition)
        // Without a word in one of the alternatives the index says nothing.
        guard words.allSatisfy({ $0 != nil }) else { return RowCondition(found, isExact: !literal.ignoresCase) }
        // RE2 knows more letters that are the same but for case than the pipeline does.
        return RowCondition(.and([.or(words.compactMap(\.self)), found]), isExact: !literal.ignoresCase)
    }

    private static func notMatches(_ pattern: String) -> RowCondition {
        switch pattern {
        case ".*", "": return .never
        case ".+": return .exact(.call("empty", .column("body")))
        default:
            return LiteralPattern(pattern)?.ignoresCase ?? false ? .unknown : .exact(.not(match(pattern)))
        }
    }

    /// In Go, whose expressions Loki's are, a dot is no line's end; the engine's `match` takes it for one unless told.
    private static func match(_ pattern: String) -> Expression {
        .call("match", .column("body"), .parameter(.string("(?-s:\(pattern))")))
    }

    /// Every text between the gaps of a pattern is in the line.
    private static func pattern(_ pattern: String) -> RowCondition {
        let texts = pattern.split(separator: "<_>", omittingEmptySubsequences: true).map(String.init)
        let conditions = texts.map { text -> RowCondition in
            // Gaps with names are for the parser of the same name only; whatever they are, nothing is lost here.
            text.contains("<") ? .unknown : contains(text)
        }
        return RowCondition(RowCondition.all(conditions).sql, isExact: false)
    }
}

/// A regular expression that is nothing but texts, in either case or as written: `(?i)error|failed`.
struct LiteralPattern {
    let texts: [String]
    let ignoresCase: Bool

    /// Nil for any other expression, and for letters beyond ASCII in either case, of which the index knows one.
    init?(_ pattern: String) {
        var rest = pattern[...]
        ignoresCase = rest.hasPrefix("(?i)")
        if ignoresCase {
            rest = rest.dropFirst(4)
            guard rest.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        }
        while rest.hasPrefix(".*") || rest.hasPrefix(".+") { rest = rest.dropFirst(2) }
        while rest.hasSuffix(".*") || rest.hasSuffix(".+") {
            guard !rest.dropLast(2).hasSuffix("\\") else { return nil }
            rest = rest.dropLast(2)
        }
        if rest.hasPrefix("("), rest.hasSuffix(")") { rest = rest.dropFirst().dropLast() }
        let special: Set<Unicode.Scalar> = ["\\", ".", "+", "*", "?", "(", ")", "[", "]", "{", "}", "^", "$"]
        guard !rest.isEmpty, !rest.unicodeScalars.contains(where: special.contains) else { return nil }
        texts = rest.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }
}
