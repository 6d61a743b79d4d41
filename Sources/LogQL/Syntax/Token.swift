/// A piece of a query's text with its place.
struct Token: Equatable {
    enum Kind: Equatable {
        case endOfInput
        case identifier(String)
        case string(String)
        /// As it is written; `0b1` is a number here that has no value later.
        case number(String)
        case flag(Flag)
        /// Nanoseconds.
        case duration(Int64)
        case bytes(UInt64)
        /// `[5m]`, in nanoseconds.
        case range(Int64)
        case symbol(Symbol)
        case rangeOperation(RangeAggregation.Operation)
        case vectorOperation(VectorAggregation.Operation)
        case conversion(Unwrap.Conversion)
        /// What is wrong with the text here; the last token.
        case invalid(String)
    }

    enum Flag: String, CaseIterable {
        case strict = "--strict"
        case keepEmpty = "--keep-empty"
    }

    var kind: Kind
    var range: SourceRange

    /// As Loki's parser names it in its messages.
    var shown: String {
        switch kind {
        case .endOfInput: "$end"
        case .identifier, .invalid: "IDENTIFIER"
        case .string: "STRING"
        case .number: "NUMBER"
        case .flag: "FUNCTION_FLAG"
        case .duration: "DURATION"
        case .bytes: "BYTES"
        case .range: "RANGE"
        case .symbol(.vector): "VECTOR"
        case .symbol(let symbol): symbol.rawValue
        case .rangeOperation(let operation): operation.rawValue.uppercased()
        case .vectorOperation(let operation): operation.rawValue.uppercased()
        case .conversion(let conversion): conversion.rawValue.uppercased() + "_CONV"
        }
    }
}

/// Punctuation, operators and words that are never names. Words are read in any case.
enum Symbol: String, CaseIterable {
    case comma = ","
    case leftBrace = "{"
    case rightBrace = "}"
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case equal = "="
    case notEqual = "!="
    case matches = "=~"
    case notMatches = "!~"
    case notPattern = "!>"
    case pipeExact = "|="
    case pipeMatch = "|~"
    case pipePattern = "|>"
    case pipe = "|"
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
    case compareEqual = "=="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case dot = "."
    case rightBracket = "]"
    case by, without, bool, unwrap, offset, on, ignoring
    case groupLeft = "group_left"
    case groupRight = "group_right"
    case or, and, unless
    case json, logfmt, regexp, unpack, pattern
    case labelFormat = "label_format"
    case lineFormat = "line_format"
    case decolorize, drop, keep, variants, of
    /// The three that are words only before a parenthesis.
    case ip, vector
    case labelReplace = "label_replace"

    private var isWord: Bool { rawValue.utf8.first.map(Lexer.isLetter) ?? false }

    private var needsParenthesis: Bool { self == .ip || self == .vector || self == .labelReplace }

    /// Words in lower case.
    static let words: [String: Symbol] = Dictionary(
        uniqueKeysWithValues: allCases.filter { $0.isWord && !$0.needsParenthesis }.map { ($0.rawValue, $0) })

    /// Words in lower case that a parenthesis, or a grouping, follows.
    static let functions: [String: Token.Kind] = {
        var functions: [String: Token.Kind] = [:]
        for symbol in allCases where symbol.needsParenthesis { functions[symbol.rawValue] = .symbol(symbol) }
        for operation in RangeAggregation.Operation.allCases {
            functions[operation.rawValue] = .rangeOperation(operation)
        }
        for operation in VectorAggregation.Operation.allCases {
            functions[operation.rawValue] = .vectorOperation(operation)
        }
        for conversion in [Unwrap.Conversion.duration, .durationSeconds, .bytes] {
            functions[conversion.rawValue] = .conversion(conversion)
        }
        return functions
    }()

    /// Of one and two bytes.
    static let punctuation: [[UInt8]: Symbol] = Dictionary(
        uniqueKeysWithValues: allCases.filter { !$0.isWord }.map { (Array($0.rawValue.utf8), $0) })
}

extension Symbol {
    /// How tightly it binds between two expressions; nil for what is no operator there.
    var precedence: Int? {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .compareEqual, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
        case .add, .subtract: 4
        case .multiply, .divide, .modulo: 5
        case .power: 6
        default: nil
        }
    }
}

extension BinaryOperation.Operator {
    /// As of its symbol.
    var precedence: Int { Symbol(rawValue: rawValue)?.precedence ?? 0 }
}
