import SQLSyntax
import TraceQL

/// One attribute in the columns that hold a set of attributes: text, types, numbers (decision 3).
struct AttributeMap {
    let key: Parameter
    /// Map(String, String)
    let text: Expression
    /// The signature; nil where types are not looked at.
    let types: Expression?
    /// Map(String, Float64); nil where there is none.
    let numbers: Expression?
    /// Whether values under this name may be arrays.
    var mayBeArray: Bool

    init(_ key: String, text: Expression, types: Expression?, numbers: Expression?, mayBeArray: Bool) {
        self.key = .string(key)
        self.text = text
        self.types = types
        self.numbers = numbers
        self.mayBeArray = mayBeArray
    }

    /// `attributes`, `attribute_types`, `attribute_numbers` of `spans`, `resources` or `scopes`.
    static func ofRow(_ key: String, mayBeArray: Bool) -> AttributeMap {
        AttributeMap(
            key, text: .column("attributes"), types: .column("attribute_types"), numbers: .column("attribute_numbers"),
            mayBeArray: mayBeArray)
    }

    var value: Expression { .call("arrayElement", text, .parameter(key)) }
    var number: Expression? { numbers.map { .call("arrayElement", $0, .parameter(key)) } }
    var exists: Expression { .call("mapContains", text, .parameter(key)) }
    var isArray: Expression { letter.map { .equal($0, .parameter(.string("a"))) } ?? exists }
    /// There, and no text or an empty one.
    var isNoName: Expression {
        let isText = letter.map { Expression.equal($0, .parameter(.string("s"))) } ?? exists
        return .and([exists, .or([.not(isText), .equal(value, .parameter(.string("")))])])
    }

    /// The letter of its type, empty without the attribute.
    var letter: Expression? {
        types.map {
            .call("substring", $0, .call("indexOf", .call("mapKeys", text), .parameter(key)), .integer(1))
        }
    }

    /// The condition that a comparison with a literal holds.
    ///
    /// - Parameter typed: the type is checked, as an exact answer needs; without it the condition is wider and cheaper.
    func comparison(_ comparison: ComparisonOperator, _ literal: Value, typed: Bool) -> RowCondition {
        let plain: RowCondition
        switch literal {
        case .none: return existence(comparison, typed: typed)
        case .string(let text): plain = textual(comparison, text, typed)
        case .bool(let flag):
            guard comparison == .equal || comparison == .notEqual else { return .never }
            let text = flag == (comparison == .equal) ? "true" : "false"
            plain = ofTypes(["b"], .equal(value, .parameter(.string(text))), typed)
        case .int(let number): plain = numeric(comparison, Double(number), isWhole: true, typed)
        case .duration(let nanoseconds): plain = numeric(comparison, Double(nanoseconds), isWhole: true, typed)
        case .double(let number): plain = numeric(comparison, number, isWhole: false, typed)
        case .status, .kind, .list: return .never
        }
        guard mayBeArray else { return plain }
        // Elements are looked at when the span is evaluated.
        return .any([plain, .wider(isArray)])
    }

    private func existence(_ comparison: ComparisonOperator, typed: Bool) -> RowCondition {
        // An attribute can be there without a value, which is nil, too.
        let absent = letter.map { Expression.inArray($0, .strings(["", "n"])) }
        switch comparison {
        case .notEqual: return typed ? absent.map { .exact(.not($0)) } ?? .wider(exists) : .wider(exists)
        case .equal: return absent.map { .exact($0) } ?? .unknown
        default: return .never
        }
    }

    private func textual(_ comparison: ComparisonOperator, _ text: String, _ typed: Bool) -> RowCondition {
        let parameter = Expression.parameter(.string(text))
        var condition: Expression
        var holdsForEmpty: Bool
        switch comparison {
        case .equal: (condition, holdsForEmpty) = (.equal(value, parameter), text.isEmpty)
        case .notEqual: (condition, holdsForEmpty) = (.comparison(value, .notEqual, parameter), true)
        case .less: (condition, holdsForEmpty) = (.comparison(value, .less, parameter), true)
        case .lessOrEqual: (condition, holdsForEmpty) = (.comparison(value, .lessOrEqual, parameter), true)
        case .greater: (condition, holdsForEmpty) = (.comparison(value, .greater, parameter), false)
        case .greaterOrEqual: (condition, holdsForEmpty) = (.comparison(value, .greaterOrEqual, parameter), true)
        case .matches: (condition, holdsForEmpty) = (RegularExpression.condition(value, text), true)
        case .notMatches: (condition, holdsForEmpty) = (.not(RegularExpression.condition(value, text)), true)
        }
        if case .inArray = condition { holdsForEmpty = false }
        // Without the attribute the value reads as an empty text.
        if holdsForEmpty, !typed { condition = .and([exists, condition]) }
        // Bytes, and what JSON holds with loss or as a map, are compared as the text that is stored.
        return ofTypes(["s", "x", "m", "o"], condition, typed)
    }

    private func numeric(
        _ comparison: ComparisonOperator, _ number: Double, isWhole: Bool, _ typed: Bool
    ) -> RowCondition {
        // Whole numbers from 2^53 on have neighbours that a Float64 does not tell apart.
        let isExact = abs(number) < 9_007_199_254_740_992 && number.isFinite
        guard let sqlComparison = comparison.sql else { return .never }
        let number = number.isNaN ? 0 : number
        let field = self.number ?? .call("toFloat64OrZero", value)
        var condition = Expression.comparison(field, isExact ? sqlComparison : sqlComparison.wide, .number(number))
        if !isExact, comparison == .notEqual { condition = self.number == nil ? exists : hasNumber }
        if comparison.holds(0, number) || !isExact {
            condition = .and([self.number == nil ? exists : hasNumber, condition])
        }
        // A large number is one of many; its text is in the index of values. Small ones are everywhere.
        if comparison == .equal, isExact, abs(number) >= 1000, number == number.rounded() {
            condition = .and([.equal(value, .parameter(.string("\(Int64(number))"))), condition])
        }
        guard isExact, self.number != nil else { return .wider(condition) }
        // Of a key that stands twice the first counts, which may be a text beside a number.
        return ofTypes(["i", "d"], condition, typed)
    }

    private var hasNumber: Expression {
        numbers.map { .call("mapContains", $0, .parameter(key)) } ?? exists
    }

    private func ofTypes(_ types: [String], _ condition: Expression, _ typed: Bool) -> RowCondition {
        guard typed, let letter else { return .wider(condition) }
        let isOfType: Expression =
            types.count == 1 ? .equal(letter, .parameter(.string(types[0]))) : .inArray(letter, .strings(types))
        return .exact(.and([condition, isOfType]))
    }
}

extension ComparisonOperator {
    /// Nil for regular expressions.
    var sql: Expression.Comparison? {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .matches, .notMatches: nil
        }
    }

    func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .matches, .notMatches: false
        }
    }

    /// With the operands exchanged.
    var mirrored: ComparisonOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }
}

extension Expression.Comparison {
    /// One that also holds where rounding made the operands equal.
    fileprivate var wide: Expression.Comparison {
        switch self {
        case .less: .lessOrEqual
        case .greater: .greaterOrEqual
        default: self
        }
    }
}
