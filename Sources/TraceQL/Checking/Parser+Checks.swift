internal import PrometheusModel

/// The rules of Tempo's validation. A rule that is broken is kept as a finding.
extension Parser {
    /// The operands of an operator between fields.
    mutating func check(_ left: ParsedField, _ symbol: Symbol, _ symbolRange: SourceRange, _ right: ParsedField) {
        let range = SourceRange(left.range.start, right.range.end)
        if symbol == .equal {
            checkAbsence(of: left, isOtherNil: right.expression == .literal(.none))
            checkAbsence(of: right, isOtherNil: left.expression == .literal(.none))
        }
        guard left.type.goesWith(right.type) else {
            let types = "\(left.type.described) and \(right.type.described)"
            find("`\(symbol.rawValue)` cannot join \(types)", at: range)
            return
        }
        for operand in [left, right] where !operand.type.takes(symbol) {
            find("`\(symbol.rawValue)` does not go with \(operand.type.described)", at: operand.range)
            return
        }
        if symbol == .matches || symbol == .notMatches { checkPattern(right) }
    }

    /// `= nil` is refused for what every span has.
    private mutating func checkAbsence(of field: ParsedField, isOtherNil: Bool) {
        guard isOtherNil, case .attribute(let attribute) = field.expression, !attribute.ofParent else { return }
        switch attribute.target {
        case .attribute(.resource, "service.name"), .intrinsic:
            find("`\(attribute)` is never nil", at: field.range)
        case .attribute: break
        }
    }

    /// Regular expressions must match a whole value, and are written in the query, so that they are compiled once.
    private mutating func checkPattern(_ field: ParsedField) {
        guard case .literal(.string(let source)) = field.expression else {
            find("a regular expression must be a text in quotes", at: field.range, kind: .unsupported)
            return
        }
        patternCount += 1
        guard patternCount <= TraceQLParser.patternsMax else {
            find("more than \(TraceQLParser.patternsMax) regular expressions", at: field.range)
            return
        }
        do throws(Pattern.SyntaxError) {
            _ = try Pattern(source)
        } catch {
            find("the regular expression does not compile: \(error.reason)", at: field.range)
        }
    }

    /// What stands in braces.
    mutating func checkFilter(_ field: ParsedField) {
        if field.type != .bool, field.type != .unknown {
            find("a filter must be true or false, not \(field.type.described)", at: field.range)
        }
    }

    /// What an aggregate is taken of.
    mutating func checkAggregated(_ field: ParsedField, by name: String) {
        if field.type != .unknown, !field.type.isNumeric {
            find("`\(name)` needs a number, not \(field.type.described)", at: field.range)
        } else if !field.readsSpan {
            find("`\(name)` needs an attribute of the spans", at: field.range)
        }
    }

    mutating func checkGroup(_ field: ParsedField) {
        if !field.readsSpan { find("`by` needs an attribute of the spans", at: field.range) }
    }

    mutating func checkMeasured(_ attribute: Attribute, by name: String, at range: SourceRange) {
        let type = FieldType(of: attribute)
        if type != .unknown, !type.isNumeric {
            find("`\(name)` needs a number, not \(type.described)", at: range)
        }
    }

    mutating func checkNotComparing(_ metrics: MetricsExpression, _ place: String, at range: SourceRange) {
        if metrics.isComparison { find("`compare` cannot be \(place)", at: range) }
    }
}

extension MetricsExpression {
    /// Whether it is `compare(…)`, whose series are no measurements. It is never inside another.
    fileprivate var isComparison: Bool {
        if case .pipeline(_, let function) = self, case .compare = function.kind { return true }
        return false
    }
}
