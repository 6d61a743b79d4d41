extension Parser {
    static let metricsFunctions = [
        "rate", "count_over_time", "min_over_time", "max_over_time", "avg_over_time", "sum_over_time",
        "quantile_over_time", "histogram_over_time", "compare",
    ]

    var isAtMetricsFunction: Bool {
        if case .word(let word) = token.kind { Self.metricsFunctions.contains(word) } else { false }
    }

    /// A metrics function and all that follows it.
    mutating func metricsStage(
        of pipeline: Pipeline, depth: Int, from start: Int
    ) throws(TraceQLError) -> Operand {
        let nameRange = token.range
        let (function, functionDepth) = try metricsFunction()
        let range = SourceRange(start, lastEnd)
        return try metricsTail(
            .pipeline(pipeline, function), range,
            depth: try self.depth(above: depth, functionDepth, at: nameRange))
    }

    private mutating func metricsFunction() throws(TraceQLError) -> (MetricsFunction, depth: Int) {
        guard case .word(let name) = token.kind else { throw unexpectedStage() }
        advance()
        var depth = 1
        let kind: MetricsFunction.Kind
        if name == "rate" || name == "count_over_time" {
            try expect(.leftParenthesis, "after `\(name)`")
            try expect(.rightParenthesis, "after `\(name)(`, which takes nothing")
            kind = name == "rate" ? .rate : .countOverTime
        } else if name == "compare" {
            let (comparison, comparisonDepth) = try comparison()
            return (MetricsFunction(kind: comparison), comparisonDepth)
        } else {
            try expect(.leftParenthesis, "after `\(name)`")
            let range = token.range
            guard let attribute = takeAttribute() else { throw unexpected("expected the attribute that is measured") }
            checkMeasured(attribute, by: name, at: range)
            let field = FieldExpression.attribute(attribute)
            switch name {
            case "min_over_time": kind = .minimumOverTime(field)
            case "max_over_time": kind = .maximumOverTime(field)
            case "avg_over_time": kind = .averageOverTime(field)
            case "sum_over_time": kind = .sumOverTime(field)
            case "histogram_over_time": kind = .histogramOverTime(field)
            default: kind = .quantileOverTime(field, try quantiles())
            }
            try expect(.rightParenthesis, "after what `\(name)` measures")
            depth = 2
        }
        var groups: [Attribute] = []
        if take(word: "by") { groups = try attributes(of: "by") }
        return (MetricsFunction(kind: kind, groups: groups), depth)
    }

    /// `, 0.5, 0.9`
    private mutating func quantiles() throws(TraceQLError) -> [Double] {
        var quantiles: [Double] = []
        while take(.comma) {
            let range = token.range
            let quantile: Double
            switch token.kind {
            case .int(let number): quantile = Double(number)
            case .double(let number): quantile = number
            default: throw unexpected("expected a quantile such as 0.9")
            }
            advance()
            if !(0...1).contains(quantile) { find("a quantile is between 0 and 1", at: range) }
            quantiles.append(quantile)
        }
        guard !quantiles.isEmpty else { throw unexpected("expected `,` and a quantile such as 0.9") }
        return quantiles
    }

    /// `compare({ … }, top, start, end)`, the numbers optional: the first alone or all three.
    private mutating func comparison() throws(TraceQLError) -> (MetricsFunction.Kind, depth: Int) {
        try expect(.leftParenthesis, "after `compare`")
        let (selection, depth) = try filter()
        var top = 10
        var start: Int64 = 0
        var end: Int64 = 0
        if take(.comma) {
            let range = token.range
            top = Int(clamping: try integer("how many values are shown"))
            if top < 1 { find("`compare` shows at least one value", at: range) }
            if take(.comma) {
                let range = token.range
                start = try integer("the start in nanoseconds since 1970")
                try expect(.comma, "before the end")
                end = try integer("the end in nanoseconds since 1970")
                if start != 0 || end != 0, start <= 0 || end <= start {
                    find(
                        "the times of `compare` are nanoseconds, the end after the start",
                        at: SourceRange(range.start, lastEnd))
                }
            }
        }
        try expect(.rightParenthesis, "after what `compare` takes")
        return (.compare(selection, top: top, start: start, end: end), try self.depth(above: depth, at: token.range))
    }

    /// `| topk(5)`, `> 10` and so on after metrics.
    mutating func metricsTail(
        _ metrics: MetricsExpression, _ range: SourceRange, depth: Int
    ) throws(TraceQLError) -> Operand {
        var metrics = metrics
        var depth = depth
        while true {
            if case .symbol(let symbol) = token.kind, let operation = symbol.comparison, operation != .matches,
                operation != .notMatches
            {
                let symbolRange = token.range
                advance()
                let limit = try operand(atLeast: Precedence.comparison + 1)
                guard case .scalar(_, .constant) = limit.kind else {
                    throw error(
                        .parse, "metrics are compared with a number, not with \(limit.described)", at: limit.range)
                }
                checkNotComparing(metrics, "filtered", at: range)
                metrics = .filtered(metrics, operation, try threshold(limit))
                depth = try self.depth(above: depth, at: symbolRange)
            } else if take(.pipe) {
                let rankRange = token.range
                checkNotComparing(metrics, "ranked", at: range)
                metrics = .ranked(metrics, try ranking())
                depth = try self.depth(above: depth, at: rankRange)
            } else {
                return Operand(.metrics(metrics), SourceRange(range.start, lastEnd), depth: depth)
            }
        }
    }

    private mutating func ranking() throws(TraceQLError) -> Ranking {
        let isTop = take(word: "topk")
        guard isTop || take(word: "bottomk") else {
            throw unexpected("expected `topk` or `bottomk`; nothing else stands after metrics")
        }
        try expect(.leftParenthesis, "after `\(isTop ? "topk" : "bottomk")`")
        let range = token.range
        let count = Int(clamping: try integer("how many series are kept"))
        if count < 1 { find("at least one series must be kept", at: range) }
        try expect(.rightParenthesis, "after the number of series")
        return isTop ? .top(count) : .bottom(count)
    }

    private mutating func integer(_ meaning: String) throws(TraceQLError) -> Int64 {
        guard case .int(let number) = token.kind, let value = Int64(exactly: number) else {
            throw unexpected("expected an integer, \(meaning)")
        }
        advance()
        return value
    }

    // MARK: - Numbers

    /// The arithmetic between series; nil for other operators.
    func metricsArithmetic(_ symbol: Symbol, _ range: SourceRange) throws(TraceQLError) -> ArithmeticOperator? {
        guard let operation = symbol.arithmetic else { return nil }
        switch operation {
        case .add, .subtract, .multiply, .divide: return operation
        case .modulo, .power: throw error(.parse, "`\(symbol.rawValue)` cannot be applied to metrics", at: range)
        }
    }

    /// What series are compared with: a number, or a duration alone, which stands for its seconds as in the series of
    /// durations.
    func threshold(_ operand: Operand) throws(TraceQLError) -> Double {
        if let nanoseconds = operand.plainDuration { return Double(nanoseconds) / 1e9 }
        return try constant(operand)
    }

    /// The number that a constant expression comes to.
    func constant(_ operand: Operand) throws(TraceQLError) -> Double {
        guard case .scalar(let scalar, .constant) = operand.kind, let number = Self.number(scalar) else {
            throw error(.parse, "metrics are combined with numbers, not with durations", at: operand.range)
        }
        guard number.isFinite else { throw error(.parse, "the number is not finite", at: operand.range) }
        return number
    }

    /// Nil when there is a duration in it.
    private static func number(_ scalar: ScalarExpression) -> Double? {
        switch scalar {
        case .literal(.int(let value)): return Double(value)
        case .literal(.double(let value)): return value
        case .negated(let operand): return number(operand).map { -$0 }
        case .arithmetic(let left, let operation, let right):
            guard let left = number(left), let right = number(right) else { return nil }
            return operation.applied(left, right)
        case .literal, .aggregate, .pipeline: return nil
        }
    }
}
