/// What a piece of a query's text is.
enum TokenKind: Equatable {
    case endOfInput
    case identifier
    /// With a colon inside: the name of a recorded series.
    case metricIdentifier
    case number
    case duration
    /// In quotes of any kind, the quotes included.
    case string
    case leftParenthesis, rightParenthesis
    case leftBrace, rightBrace
    case leftBracket, rightBracket
    case comma, colon
    /// `=`, in selectors only.
    case assign
    /// `=~` and `!~`; `!=` is an operation everywhere.
    case matchesPattern, doesNotMatchPattern
    case at
    case operation(BinaryOperator)
    case aggregation(AggregationOperator)
    case bool, by, without, on, ignoring, groupLeft, groupRight, offset
    case start, end
    /// `step` of duration expressions.
    case step

    /// The meaning of a word outside braces, which is the same in capitals; nil for any other name.
    ///
    /// - Parameter word: in lower case.
    init?(word: String) {
        if let known = Self.words[word] { self = known } else { return nil }
    }

    private static let words: [String: TokenKind] = {
        var words: [String: TokenKind] = [
            "and": .operation(.and), "or": .operation(.or), "unless": .operation(.unless),
            "atan2": .operation(.atan2), "bool": .bool, "by": .by, "without": .without, "on": .on,
            "ignoring": .ignoring, "group_left": .groupLeft, "group_right": .groupRight, "offset": .offset,
            "start": .start, "end": .end, "inf": .number, "nan": .number,
        ]
        for operation in AggregationOperator.allCases { words[operation.rawValue] = .aggregation(operation) }
        return words
    }()

    /// Whether a word of this kind names a metric where an expression begins.
    var isMetricName: Bool {
        switch self {
        case .identifier, .metricIdentifier, .aggregation, .by, .without, .offset, .start, .end, .step,
            .operation(.and), .operation(.or), .operation(.unless):
            true
        default: false
        }
    }

    /// Whether a word of this kind names a label in `by (…)`, `on (…)` and the like. `without` does not, upstream too.
    var isLabelName: Bool {
        switch self {
        case .identifier, .metricIdentifier, .aggregation, .bool, .by, .on, .ignoring, .groupLeft, .groupRight,
            .offset, .start, .end, .step, .operation(.and), .operation(.or), .operation(.unless), .operation(.atan2):
            true
        default: false
        }
    }
}

/// A piece of a query's text with its place.
struct Token {
    var kind: TokenKind
    var range: SourceRange

    init(_ kind: TokenKind, _ range: SourceRange) {
        self.kind = kind
        self.range = range
    }

    /// As messages name it: `end of input`, `identifier "foo"`, `<op:+>`.
    func described(text: String) -> String {
        switch kind {
        case .endOfInput: "end of input"
        case .identifier: "identifier \(GoText.quoted(text))"
        case .metricIdentifier: "metric identifier \(GoText.quoted(text))"
        case .number: "number \(shortened(text))"
        case .duration: "duration \(shortened(text))"
        case .string: "string \(shortened(text))"
        case .operation, .at, .matchesPattern, .doesNotMatchPattern: "<op:\(text)>"
        case .aggregation: "<aggr:\(text)>"
        case .bool, .by, .without, .on, .ignoring, .groupLeft, .groupRight, .offset: "<\(text)>"
        case .leftParenthesis, .rightParenthesis, .leftBrace, .rightBrace, .leftBracket, .rightBracket, .comma, .colon,
            .assign, .start, .end, .step:
            GoText.quoted(text)
        }
    }

    private func shortened(_ text: String) -> String {
        text.utf8.count > 10
            ? GoText.quoted(String(String.UnicodeScalarView(text.unicodeScalars.prefix(10)))) + "..."
            : GoText.quoted(text)
    }
}
