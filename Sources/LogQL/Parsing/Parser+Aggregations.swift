import PrometheusModel

extension Parser {
    /// `by (a, b)`; nil for nothing.
    mutating func grouping() throws(LogQLError) -> Grouping? {
        guard isAt(.by) || isAt(.without) else { return nil }
        let isWithout = isAt(.without)
        advance()
        return Grouping(labels: try namesInParentheses(), isWithout: isWithout)
    }

    /// `rate({…}[5m])`, `quantile_over_time(0.99, {…} | unwrap x [5m]) by (a)`.
    mutating func rangeAggregation(_ operation: RangeAggregation.Operation) throws(LogQLError) -> Operand {
        let start = token.range.start
        advance()
        try expect(.leftParenthesis)
        var parameter: String?
        if case .number(let text) = token.kind {
            parameter = text
            advance()
            try expect(.comma)
        } else if !isAt(.leftBrace), !isAt(.leftParenthesis) {
            throw unexpected(["NUMBER", "{", "("])
        }
        let range = try logRange()
        try expect(.rightParenthesis)
        let grouping = try grouping()
        var tree = RangeAggregation(
            operation: operation, selection: range.selection, unwrap: range.unwrap, window: range.window,
            offset: range.offset, grouping: grouping, range: SourceRange(start, lastEnd))
        var complaint: String?
        if let parameter {
            if operation != .quantileOverTime {
                complaint = "parameter \(parameter) not supported for operation \(operation.rawValue)"
            } else {
                switch FloatText.parse(parameter) {
                case .success(let value): tree.parameter = value
                case .failure(let reason):
                    complaint = "invalid parameter for operation \(operation.rawValue): \(reason.message)"
                }
            }
        } else if operation == .quantileOverTime {
            complaint = "parameter required for operation \(operation.rawValue)"
        }
        complaint = complaint ?? tree.complaint
        let finding =
            complaint.map { invalid($0, from: start) } ?? finding(for: range.selection.matchers, from: start)
        return Operand(content: .metric(.range(tree)), finding: finding)
    }

    /// `sum by (a) (…)`, `topk(5, …) without (b)`.
    mutating func vectorAggregation(_ operation: VectorAggregation.Operation) throws(LogQLError) -> Operand {
        let start = token.range.start
        advance()
        var grouping = try grouping()
        try expect(.leftParenthesis, grouping == nil ? ["(", "by", "without"] : nil)
        var parameter: String?
        if case .number(let text) = token.kind, following.kind == .symbol(.comma) {
            parameter = text
            advance()
            advance()
        }
        let inner = try expression()
        guard case .metric(let expression) = inner.content else { throw unexpected() }
        try expect(.rightParenthesis, [])
        if grouping == nil { grouping = try self.grouping() }

        var complaint: String?
        var number: Int?
        switch operation {
        case .topk, .bottomk, .approximateTopK:
            if let parameter {
                number = parameter.utf8.allSatisfy(Lexer.isDigit) ? Int(parameter) : nil
                if number == nil {
                    complaint = "invalid parameter \(operation.rawValue)(\(parameter),"
                } else if number == 0 {
                    complaint = "invalid parameter (must be greater than 0) \(operation.rawValue)(\(parameter)"
                } else if operation == .approximateTopK, grouping != nil {
                    complaint = "grouping not allowed for \(operation.rawValue) aggregation"
                }
            } else {
                complaint = "parameter required for operation \(operation.rawValue)"
            }
        case .sort, .sortDescending:
            complaint = parameter.map { "unsupported parameter for operation \(operation.rawValue)(\($0)," }
            if complaint == nil, grouping?.labels.isEmpty == false {
                complaint = "sort and sort_desc doesn't allow grouping by "
            }
        default: complaint = parameter.map { "unsupported parameter for operation \(operation.rawValue)(\($0)," }
        }
        // By nothing is what an aggregation does that says nothing.
        if let empty = grouping, empty.labels.isEmpty, !empty.isWithout { grouping = nil }
        let tree = VectorAggregation(
            operation: operation, parameter: number, grouping: grouping, expression: expression,
            range: SourceRange(start, lastEnd))
        return Operand(
            content: .metric(.vector(tree)), depth: try depth(above: inner.depth),
            finding: complaint.map { invalid($0, from: start) } ?? inner.finding)
    }
}

extension RangeAggregation {
    /// What its operation forbids or lacks.
    fileprivate var complaint: String? {
        if grouping != nil, !operation.allowsGrouping {
            return "grouping not allowed for \(operation.rawValue) aggregation"
        }
        if unwrap != nil {
            return operation.allowsUnwrap ? nil : "invalid aggregation \(operation.rawValue) with unwrap"
        }
        return operation.needsUnwrap ? "invalid aggregation \(operation.rawValue) without unwrap" : nil
    }
}

extension RangeAggregation.Operation {
    /// Whether `by` and `without` may follow.
    package var allowsGrouping: Bool {
        switch self {
        case .averageOverTime, .deviationOverTime, .varianceOverTime, .quantileOverTime, .maximumOverTime,
            .minimumOverTime, .firstOverTime, .lastOverTime:
            true
        case .countOverTime, .rate, .rateCounter, .bytesOverTime, .bytesRate, .sumOverTime, .absentOverTime: false
        }
    }

    /// Whether its lines may be worth a number of their own.
    package var allowsUnwrap: Bool {
        switch self {
        case .countOverTime, .bytesOverTime, .bytesRate: false
        default: true
        }
    }

    /// Whether its lines must be.
    package var needsUnwrap: Bool {
        switch self {
        case .countOverTime, .bytesOverTime, .bytesRate, .rate, .absentOverTime: false
        default: true
        }
    }
}
