/// A piece of a query's text with its place.
struct Token: Equatable {
    enum Kind: Equatable {
        case endOfInput
        /// Letters, digits and underscores; what it means depends on where it stands.
        case word(String)
        /// A name that begins with a scope or a dot, or an intrinsic with its scope.
        case attribute(Attribute)
        case string(String)
        /// Without a sign; the one value over `Int64.max` that is taken stands after a minus.
        case int(UInt64)
        case double(Double)
        /// Nanoseconds.
        case duration(Int64)
        case symbol(Symbol)
        /// What is wrong with the text here.
        case invalid(String)
    }

    var kind: Kind
    var range: SourceRange
}

/// Punctuation and operators. The longest that fits is taken.
enum Symbol: String, CaseIterable {
    case leftBrace = "{"
    case rightBrace = "}"
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case comma = ","
    case pipe = "|"
    case and = "&&"
    case or = "||"
    case not = "!"
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case matches = "=~"
    /// Also the negated form of `~`.
    case notMatches = "!~"
    case descendant = ">>"
    case ancestor = "<<"
    case sibling = "~"
    case notDescendant = "!>>"
    case notChild = "!>"
    case notAncestor = "!<<"
    case notParent = "!<"
    case unionDescendant = "&>>"
    case unionChild = "&>"
    case unionAncestor = "&<<"
    case unionParent = "&<"
    case unionSibling = "&~"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"

    /// The longest symbol that the text has at a place, and its length.
    static func longest(_ text: [UInt8], at place: Int) -> (symbol: Symbol, length: Int)? {
        guard place < text.count else { return nil }
        for (symbol, bytes) in byFirstByte[text[place]] ?? [] where text[place...].starts(with: bytes) {
            return (symbol, bytes.count)
        }
        return nil
    }

    /// The longest first.
    private static let byFirstByte: [UInt8: [(Symbol, [UInt8])]] = Dictionary(
        grouping: allCases.map { ($0, Array($0.rawValue.utf8)) }, by: { $0.1[0] }
    ).mapValues { $0.sorted { $0.1.count > $1.1.count } }
}

/// How tightly operators bind, from the loosest. `&&` and `||` are equals in Tempo: `a || b && c` is `(a || b) && c`.
enum Precedence {
    static let logic = 1
    /// Comparisons, and the relations of spansets.
    static let comparison = 2
    static let sum = 3
    /// `!x` and `-x`: over sums, under products, so that `-a * b` is `-(a * b)`.
    static let unary = 4
    static let product = 5
    /// Groups to the right.
    static let power = 6
    static let primary = 7
}

extension Symbol {
    /// Nil for what stands between no two operands.
    var precedence: Int? {
        switch self {
        case .and, .or: Precedence.logic
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .matches, .notMatches, .descendant,
            .ancestor, .sibling, .notDescendant, .notChild, .notAncestor, .notParent, .unionDescendant, .unionChild,
            .unionAncestor, .unionParent, .unionSibling:
            Precedence.comparison
        case .plus, .minus: Precedence.sum
        case .times, .divide, .modulo: Precedence.product
        case .power: Precedence.power
        case .leftBrace, .rightBrace, .leftParenthesis, .rightParenthesis, .comma, .pipe, .not: nil
        }
    }

    var arithmetic: ArithmeticOperator? { ArithmeticOperator(rawValue: rawValue) }

    /// Between fields; `nil` for the relations that are no comparisons.
    var comparison: ComparisonOperator? { ComparisonOperator(rawValue: rawValue) }

    /// Between spansets.
    var spansetOperator: SpansetOperator? {
        switch self {
        case .and: .and
        case .or: .or
        case .descendant: .relation(.descendant, .plain)
        case .greater: .relation(.child, .plain)
        case .ancestor: .relation(.ancestor, .plain)
        case .less: .relation(.parent, .plain)
        case .sibling: .relation(.sibling, .plain)
        case .notDescendant: .relation(.descendant, .negated)
        case .notChild: .relation(.child, .negated)
        case .notAncestor: .relation(.ancestor, .negated)
        case .notParent: .relation(.parent, .negated)
        case .notMatches: .relation(.sibling, .negated)
        case .unionDescendant: .relation(.descendant, .union)
        case .unionChild: .relation(.child, .union)
        case .unionAncestor: .relation(.ancestor, .union)
        case .unionParent: .relation(.parent, .union)
        case .unionSibling: .relation(.sibling, .union)
        default: nil
        }
    }
}
