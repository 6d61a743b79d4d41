/// An expression over the fields of a span, with what its surroundings ask of it.
struct ParsedField {
    var expression: FieldExpression
    var type: FieldType
    var range: SourceRange
    var depth: Int
    /// Whether it mentions an attribute, so that its value may differ between spans.
    var readsSpan: Bool
}

extension Parser {
    /// Operators of at least this precedence, and what they join.
    mutating func field(atLeast minimum: Int = Precedence.logic) throws(TraceQLError) -> ParsedField {
        var left = try nested { (parser) throws(TraceQLError) in try parser.fieldOperand() }
        while case .symbol(let symbol) = token.kind, let precedence = symbol.precedence, precedence >= minimum {
            guard symbol.arithmetic != nil || symbol.comparison != nil || symbol == .and || symbol == .or else {
                throw error(
                    .parse, "`\(symbol.rawValue)` stands between spansets `{ … }`, not between fields", at: token.range)
            }
            let symbolRange = token.range
            advance()
            // Only powers nest to the right; what else stands there has fewer and fewer operators.
            let right =
                symbol == .power
                ? try nested { (parser) throws(TraceQLError) in try parser.field(atLeast: precedence) }
                : try field(atLeast: precedence + 1)
            left = try joined(left, symbol, symbolRange, right)
        }
        return left
    }

    private mutating func joined(
        _ left: ParsedField, _ symbol: Symbol, _ symbolRange: SourceRange, _ right: ParsedField
    ) throws(TraceQLError) -> ParsedField {
        let range = SourceRange(left.range.start, right.range.end)
        let expression: FieldExpression
        let type: FieldType
        if let operation = symbol.arithmetic {
            expression = .arithmetic(left.expression, operation, right.expression)
            type = left.type == .unknown ? right.type : left.type
        } else if let operation = symbol.comparison {
            expression = .comparison(left.expression, operation, right.expression)
            type = .bool
        } else {
            expression =
                symbol == .and ? .and(left.expression, right.expression) : .or(left.expression, right.expression)
            type = .bool
        }
        check(left, symbol, symbolRange, right)
        return ParsedField(
            expression: expression, type: type, range: range,
            depth: try depth(above: left.depth, right.depth, at: symbolRange),
            readsSpan: left.readsSpan || right.readsSpan)
    }

    private mutating func fieldOperand() throws(TraceQLError) -> ParsedField {
        let start = token.range
        if take(.leftParenthesis) {
            var inner = try field()
            try expect(.rightParenthesis, "after the expression in parentheses")
            inner.range = SourceRange(start.start, lastEnd)
            return inner
        }
        if isAt(.minus) || isAt(.not) { return try unary() }
        if let attribute = takeAttribute() {
            var type = FieldType(of: attribute)
            if attribute == Attribute(.intrinsic(.parent)) {
                type = .none
                find("`parent` alone has no value; `parent.…` has those of the parent", at: start, kind: .unsupported)
            }
            return ParsedField(
                expression: .attribute(attribute), type: type, range: start, depth: 1, readsSpan: true)
        }
        guard let value = try takeLiteral() else { throw unexpectedField() }
        return ParsedField(
            expression: .literal(value), type: FieldType(of: value), range: start, depth: 1, readsSpan: false)
    }

    private mutating func unary() throws(TraceQLError) -> ParsedField {
        let start = token.range
        let isMinus = isAt(.minus)
        advance()
        if isMinus, !followedByTighterOperator, takeSmallestInteger() {
            return ParsedField(
                expression: .literal(.int(.min)), type: .int, range: SourceRange(start.start, lastEnd), depth: 1,
                readsSpan: false)
        }
        // Operators that bind tighter than the sign belong to the operand, whatever stands before the sign.
        var operand = try field(atLeast: Precedence.product)
        operand.range.start = start.start
        if isMinus {
            if operand.type != .unknown, !operand.type.isNumeric {
                find("`-` needs a number, not \(operand.type.described)", at: operand.range)
            }
            if case .literal(let value) = operand.expression, let negative = value.negated {
                operand.expression = .literal(negative)
                return operand
            }
            operand.expression = .negated(operand.expression)
        } else {
            if operand.type != .unknown, operand.type != .bool {
                find("`!` needs true or false, not \(operand.type.described)", at: operand.range)
            }
            operand.expression = .not(operand.expression)
        }
        operand.depth = try depth(above: operand.depth, at: start)
        return operand
    }

    private var followedByTighterOperator: Bool {
        guard case .symbol(let symbol) = following.kind, let precedence = symbol.precedence else { return false }
        return precedence >= Precedence.product
    }

    private func unexpectedField() -> TraceQLError {
        guard case .word(let word) = token.kind else {
            return unexpected("expected an attribute or a value")
        }
        let known = Intrinsic.shortNames + Self.literals.keys.sorted()
        var message = "unknown name `\(word)`" + Suggestion.text(for: word, among: known)
        if Suggestion.nearest(to: word, among: known) == nil {
            message += "; an attribute begins with its scope or a dot: `span.\(word)`, `.\(word)`"
        }
        return error(.parse, message, at: token.range)
    }

    // MARK: - Names and values

    /// Passes an attribute or an intrinsic, if one stands here.
    mutating func takeAttribute() -> Attribute? {
        switch token.kind {
        case .attribute(let attribute):
            advance()
            return attribute
        case .word(let word):
            guard let intrinsic = Intrinsic(name: word) else { return nil }
            advance()
            return Attribute(.intrinsic(intrinsic))
        default: return nil
        }
    }

    /// Passes a value without a sign, if one stands here.
    mutating func takeLiteral() throws(TraceQLError) -> Value? {
        let value: Value
        switch token.kind {
        case .string(let text): value = .string(text)
        case .int(let number):
            guard let number = Int64(exactly: number) else {
                throw error(.parse, "the integer `\(number)` does not fit into 64 bits", at: token.range)
            }
            value = .int(number)
        case .double(let number): value = .double(number)
        case .duration(let nanoseconds): value = .duration(nanoseconds)
        case .word(let word):
            guard let literal = Self.literals[word] else { return nil }
            value = literal
        default: return nil
        }
        advance()
        return value
    }

    /// Passes the digits of the one integer that fits only together with the minus before it.
    mutating func takeSmallestInteger() -> Bool {
        guard token.kind == .int(Int64.min.magnitude) else { return false }
        advance()
        return true
    }

    private static let literals: [String: Value] = {
        var literals: [String: Value] = ["true": .bool(true), "false": .bool(false), "nil": .none]
        for status in Value.Status.allCases { literals[status.rawValue] = .status(status) }
        for kind in Value.Kind.allCases { literals[kind.rawValue] = .kind(kind) }
        return literals
    }()
}

extension Value {
    /// The number with the other sign; nil for what is no number, and where that does not fit.
    var negated: Value? {
        switch self {
        case .int(let number): number == .min ? nil : .int(-number)
        case .double(let number): .double(-number)
        case .duration(let nanoseconds): nanoseconds == .min ? nil : .duration(-nanoseconds)
        case .none, .string, .bool, .status, .kind, .list: nil
        }
    }
}
