import TraceQL

/// SplitMix64: the same numbers in every run.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(count, 1))) }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// Makes trees of the kind that the parser makes, whose types need not go together.
struct RandomTree {
    var random: SplitMix

    mutating func query() -> Query {
        let body: Query.Body
        switch random.below(3) {
        case 0: body = .metrics(metrics(depth: 3))
        case 1 where random.below(4) == 0:
            body = .search(Pipeline([.scalarFilter(pipelineNumber(depth: 2), comparison(), wholeRightSide())]))
        default: body = .search(pipeline(depth: 3))
        }
        let hints = (0..<random.below(3)).map { Hint(name: ["sample", "with", "most_recent"][$0], value: literal()) }
        return Query(body: body, hints: hints)
    }

    // MARK: - Pipelines

    private mutating func pipeline(depth: Int) -> Pipeline {
        var stages = [stage(depth: depth, isFirst: true)]
        for _ in 0..<random.below(3) { stages.append(stage(depth: depth, isFirst: false)) }
        return Pipeline(stages)
    }

    private mutating func stage(depth: Int, isFirst: Bool) -> Stage {
        switch random.below(isFirst ? 7 : 8) {
        case 0: .group(field(depth: depth))
        case 1: .select((0...random.below(3)).map { _ in attribute() })
        case 2: scalarFilter(depth: depth)
        case 7: .coalesce
        default: .spansets(spansets(depth: depth, mayHoldPipelines: isFirst && depth > 0, isWhole: true))
        }
    }

    private mutating func spansets(depth: Int, mayHoldPipelines: Bool, isWhole: Bool) -> SpansetExpression {
        guard depth > 0, random.below(3) > 0 else {
            // A pipeline that is one filter, or the whole stage, is none.
            if mayHoldPipelines, !isWhole, random.below(3) == 0 {
                var stages = pipeline(depth: depth - 1).stages
                if stages.count == 1, case .spansets = stages[0] { stages.append(.coalesce) }
                return .pipeline(Pipeline(stages))
            }
            return .filter(field(depth: depth))
        }
        let operation: SpansetOperator =
            switch random.below(4) {
            case 0: .and
            case 1: .or
            default:
                .relation(
                    random.one(of: SpansetOperator.Relation.allCases), random.one(of: SpansetOperator.Form.allCases))
            }
        return .combined(
            spansets(depth: depth - 1, mayHoldPipelines: mayHoldPipelines, isWhole: false), operation,
            spansets(depth: depth - 1, mayHoldPipelines: mayHoldPipelines, isWhole: false))
    }

    // MARK: - Scalars

    private mutating func scalarFilter(depth: Int) -> Stage {
        let aggregate = scalar(depth: depth, needsAggregate: true)
        let other = scalar(depth: depth, needsAggregate: false)
        return random.below(2) == 0
            ? .scalarFilter(aggregate, comparison(), other) : .scalarFilter(other, comparison(), aggregate)
    }

    private mutating func scalar(depth: Int, needsAggregate: Bool) -> ScalarExpression {
        switch random.below(depth > 0 ? 4 : 2) {
        case 0 where !needsAggregate: .literal(number())
        case 2:
            .arithmetic(
                scalar(depth: depth - 1, needsAggregate: needsAggregate), random.one(of: ArithmeticOperator.allCases),
                scalar(depth: depth - 1, needsAggregate: false))
        case 3: .negated(scalar(depth: depth - 1, needsAggregate: true))
        default: aggregate(depth: depth)
        }
    }

    private mutating func aggregate(depth: Int) -> ScalarExpression {
        let aggregate = random.one(of: Aggregate.allCases)
        return .aggregate(aggregate, aggregate == .count ? nil : field(depth: depth))
    }

    private mutating func pipelineNumber(depth: Int) -> ScalarExpression {
        guard depth > 0, random.below(3) == 0 else { return .pipeline(pipeline(depth: 1), aggregate(depth: 1)) }
        return .arithmetic(
            pipelineNumber(depth: depth - 1), random.one(of: ArithmeticOperator.allCases),
            pipelineNumber(depth: depth - 1))
    }

    private mutating func wholeRightSide() -> ScalarExpression {
        random.below(2) == 0 ? .literal(number()) : pipelineNumber(depth: 2)
    }

    private mutating func comparison() -> ComparisonOperator {
        random.one(of: [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual])
    }

    // MARK: - Metrics

    private mutating func metrics(depth: Int) -> MetricsExpression {
        guard depth > 0 else { return .pipeline(pipeline(depth: 1), function()) }
        let operation = random.one(of: [ArithmeticOperator.add, .subtract, .multiply, .divide])
        let number = random.one(of: [0, 1, -1, 0.5, -2.25, 1e300, 1e-7, 12_345_678])
        switch random.below(7) {
        case 0: return .arithmetic(metrics(depth: depth - 1), operation, metrics(depth: depth - 1))
        case 1: return .arithmetic(.number(number), operation, metrics(depth: depth - 1))
        case 2: return .arithmetic(metrics(depth: depth - 1), operation, .number(number))
        case 3: return .ranked(metrics(depth: depth - 1), .top(1 + random.below(9)))
        case 4: return .ranked(metrics(depth: depth - 1), .bottom(1 + random.below(9)))
        case 5: return .filtered(metrics(depth: depth - 1), comparison(), number)
        default: return .pipeline(pipeline(depth: 2), function())
        }
    }

    private mutating func function() -> MetricsFunction {
        let measured = FieldExpression.attribute(attribute())
        let kind: MetricsFunction.Kind
        switch random.below(9) {
        case 0: kind = .rate
        case 1: kind = .countOverTime
        case 2: kind = .minimumOverTime(measured)
        case 3: kind = .maximumOverTime(measured)
        case 4: kind = .averageOverTime(measured)
        case 5: kind = .sumOverTime(measured)
        case 6: kind = .quantileOverTime(measured, (0...random.below(3)).map { [0, 0.25, 1, 0.999][$0] })
        case 7: kind = .histogramOverTime(measured)
        default:
            let isTimed = random.below(2) == 0
            return MetricsFunction(
                kind: .compare(
                    .filter(field(depth: 2)), top: random.one(of: [1, 10, 50]), start: isTimed ? 5 : 0,
                    end: isTimed ? 9 : 0))
        }
        return MetricsFunction(kind: kind, groups: (0..<random.below(3)).map { _ in attribute() })
    }

    // MARK: - Fields

    mutating func field(depth: Int) -> FieldExpression {
        guard depth > 0 else {
            return random.below(2) == 0 ? .attribute(attribute()) : .literal(literal())
        }
        switch random.below(8) {
        case 0: return .attribute(attribute())
        case 1: return .literal(literal())
        case 2:
            let operand = field(depth: depth - 1)
            // A number with a sign is a literal.
            if case .literal(.int) = operand { return operand }
            if case .literal(.double) = operand { return operand }
            if case .literal(.duration) = operand { return operand }
            return .negated(operand)
        case 3: return .not(field(depth: depth - 1))
        case 4:
            return .arithmetic(
                field(depth: depth - 1), random.one(of: ArithmeticOperator.allCases), field(depth: depth - 1))
        case 5:
            return .comparison(
                field(depth: depth - 1), random.one(of: ComparisonOperator.allCases), field(depth: depth - 1))
        case 6: return .and(field(depth: depth - 1), field(depth: depth - 1))
        default: return .or(field(depth: depth - 1), field(depth: depth - 1))
        }
    }

    mutating func attribute() -> Attribute {
        let isOfParent = random.below(4) == 0
        if random.below(3) == 0 {
            return Attribute(.intrinsic(random.one(of: Intrinsic.allCases)), ofParent: isOfParent)
        }
        let names = [
            "a", "http.method", "foo bar", "a\"b", "a\\b", "1x", "span.x", "duration", "parent", "", "é", "\u{A0}",
            "a-b",
            "tab\t", "x\"y z\"", "event:name", "(", ".", "//c", "nil", "😀", "resource.",
        ]
        return Attribute(
            .attribute(random.one(of: Attribute.Scope.allCases), random.one(of: names)), ofParent: isOfParent)
    }

    mutating func literal() -> Value {
        switch random.below(6) {
        case 0: .none
        case 1: .bool(random.below(2) == 0)
        case 2: .string(random.one(of: ["", "x", "a\"b\\c", "line\nend\t\r", "\u{0}\u{7F}", "é😀", "`", "'"]))
        case 3: .status(random.one(of: Value.Status.allCases))
        case 4: .kind(random.one(of: Value.Kind.allCases))
        default: number()
        }
    }

    private mutating func number() -> Value {
        switch random.below(3) {
        case 0: .int(random.one(of: [0, 1, -1, 42, .max, .min, -9_000_000_000]))
        case 1: .double(random.one(of: [0, 1, -1.5, 0.1, 1e21, -.leastNonzeroMagnitude, .greatestFiniteMagnitude]))
        default:
            .duration(
                random.one(of: [
                    0, 1, 999, 1000, 1500, 1_000_000, 1_234_567, 60_000_000_000, 90_061_001_000_001, -1, -1_500_000_000,
                    .max, -.max,
                ]))
        }
    }
}
