import TraceQL

/// Spans and queries at random, small and full of odd cases.
struct RandomQueries {
    var generator: SeededGenerator

    init(seed: Int) { generator = SeededGenerator(UInt64(seed) + 1) }

    // MARK: Spans

    mutating func spans() -> [TestSpan] {
        var result: [TestSpan] = []
        for trace in 1...Int.random(in: 1...3, using: &generator) {
            let count = Int.random(in: 1...(chance(0.3) ? 30 : 10), using: &generator)
            for number in 1...count {
                // Ids repeat now and then; parents may be missing, themselves, or in a ring.
                let id = chance(0.05) ? UInt64.random(in: 1...UInt64(count), using: &generator) : UInt64(number)
                let parent: UInt64 =
                    if chance(0.15) { 0 } else if chance(0.1) { 900 + UInt64.random(in: 0...2, using: &generator) } else
                    {
                        UInt64.random(in: 1...UInt64(chance(0.7) ? max(1, number - 1) : count), using: &generator)
                    }
                var span = TestSpan(
                    trace: UInt64(trace), id: id, parent: parent,
                    start: Int64.random(in: 0...20, using: &generator) * 1_000_000_000,
                    duration: Int64.random(in: -1...4, using: &generator) * 500_000_000,
                    kind: Int32.random(in: 0...5, using: &generator),
                    status: Int32.random(in: 0...2, using: &generator),
                    service: pick(["a", "b", "c"]), name: pick(["GET", "PUT", "gеt"]))
                if chance(0.7) { span.fields[.attribute(.span, "x")] = value() }
                if chance(0.5) {
                    span.fields[.attribute(.span, "y")] = .int(Int64.random(in: -2...3, using: &generator))
                }
                if chance(0.4) { span.fields[.attribute(.span, "b")] = .bool(chance(0.5)) }
                if chance(0.4) {
                    span.fields[.attribute(.span, "list")] = .list(
                        (0..<Int.random(in: 0...3, using: &generator)).map { _ in scalar() })
                }
                if chance(0.4) {
                    span.multiple[.attribute(.event, "e")] = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                        scalar()
                    }
                }
                result.append(span)
            }
        }
        return result
    }

    static let targets: Set<Attribute.Target> = [
        .attribute(.span, "x"), .attribute(.span, "y"), .attribute(.span, "b"), .attribute(.span, "list"),
    ]

    // MARK: Queries

    mutating func pipeline(depth: Int = 2) -> Pipeline {
        var stages: [Stage] = [.spansets(spanset(depth))]
        for _ in 0..<Int.random(in: 0...2, using: &generator) {
            switch Int.random(in: 0...4, using: &generator) {
            case 0: stages.append(.spansets(spanset(depth - 1)))
            case 1, 2: stages.append(.scalarFilter(scalarExpression(depth), comparison(false), scalarExpression(0)))
            case 3: stages.append(.group(chance(0.8) ? .attribute(attribute()) : condition(1)))
            default: stages.append(.coalesce)
            }
        }
        return Pipeline(stages)
    }

    mutating func spanset(_ depth: Int) -> SpansetExpression {
        if depth > 0, chance(0.6) {
            return .combined(spanset(depth - 1), spansetOperator(), spanset(depth - 1))
        }
        if depth > 1, chance(0.1) { return .pipeline(pipeline(depth: depth - 1)) }
        return .filter(chance(0.1) ? .literal(.bool(true)) : condition(2))
    }

    private mutating func spansetOperator() -> SpansetOperator {
        if chance(0.1) { return .and }
        if chance(0.1) { return .or }
        return .relation(pick(SpansetOperator.Relation.allCases), pick(SpansetOperator.Form.allCases))
    }

    private mutating func scalarExpression(_ depth: Int) -> ScalarExpression {
        switch Int.random(in: 0...(depth > 0 ? 6 : 2), using: &generator) {
        case 0: return .literal(.int(Int64.random(in: 0...4, using: &generator)))
        case 1: return .aggregate(.count, nil)
        case 2: return .literal(.duration(500_000_000))
        case 3:
            return .arithmetic(
                scalarExpression(depth - 1), pick([.add, .subtract, .multiply]), scalarExpression(depth - 1))
        case 4: return .pipeline(pipeline(depth: 1), .aggregate(.count, nil))
        default:
            return .aggregate(
                pick([.average, .minimum, .maximum, .sum]),
                chance(0.5) ? .attribute(Attribute(.attribute(.span, "y"))) : intrinsic(.duration))
        }
    }

    mutating func condition(_ depth: Int) -> FieldExpression {
        if depth > 0, chance(0.35) {
            switch Int.random(in: 0...2, using: &generator) {
            case 0: return .and(condition(depth - 1), condition(depth - 1))
            case 1: return .or(condition(depth - 1), condition(depth - 1))
            default: return .not(condition(depth - 1))
            }
        }
        if chance(0.1) { return .attribute(Attribute(.attribute(.span, "b"), ofParent: chance(0.3))) }
        if chance(0.15) {
            return .comparison(.attribute(attribute()), chance(0.5) ? .equal : .notEqual, .literal(.none))
        }
        if chance(0.15) {
            return .comparison(
                .attribute(attribute()), chance(0.5) ? .matches : .notMatches,
                .literal(.string(pick(["a|b", "G.*", "", "."]))))
        }
        if chance(0.15) {
            let operation = ArithmeticOperator.arithmetic(&generator)
            return .comparison(
                .arithmetic(number(), operation, number()), comparison(false), number())
        }
        if chance(0.1) { return .comparison(.literal(scalar()), comparison(false), .attribute(attribute())) }
        if chance(0.1) { return .comparison(.attribute(attribute()), comparison(false), .attribute(attribute())) }
        return .comparison(.attribute(attribute()), comparison(false), .literal(scalar()))
    }

    private mutating func number() -> FieldExpression {
        switch Int.random(in: 0...3, using: &generator) {
        case 0: .literal(.int(Int64.random(in: -2...3, using: &generator)))
        case 1: .negated(spanAttribute("y"))
        case 2: intrinsic(.duration)
        default: spanAttribute("y")
        }
    }

    private mutating func attribute() -> Attribute {
        let targets: [Attribute.Target] = [
            .attribute(.span, "x"), .attribute(.span, "y"), .attribute(.span, "b"), .attribute(.span, "list"),
            .attribute(.event, "e"), .attribute(.resource, "service.name"), .attribute(.span, "missing"),
            .intrinsic(.duration), .intrinsic(.name), .intrinsic(.status), .intrinsic(.kind), .intrinsic(.childCount),
            .intrinsic(.traceDuration), .intrinsic(.rootName), .intrinsic(.rootService), .intrinsic(.nestedSetLeft),
            .intrinsic(.nestedSetRight), .intrinsic(.nestedSetParent), .intrinsic(.parent),
        ]
        return Attribute(pick(targets), ofParent: chance(0.2))
    }

    private mutating func comparison(_ patterns: Bool) -> ComparisonOperator {
        pick([.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual])
    }

    private mutating func value() -> Value { chance(0.1) ? .list([scalar(), scalar()]) : scalar() }

    private mutating func scalar() -> Value {
        switch Int.random(in: 0...7, using: &generator) {
        case 0: .string(pick(["a", "b", "GET", ""]))
        case 1: .bool(chance(0.5))
        case 2: .double(Double(Int.random(in: -2...6, using: &generator)) / 2)
        case 3: .duration(Int64.random(in: 0...3, using: &generator) * 500_000_000)
        case 4: .status(pick(Value.Status.allCases))
        case 5: .kind(pick(Value.Kind.allCases))
        default: .int(Int64.random(in: -1...4, using: &generator))
        }
    }

    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < probability }

    private mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &generator)] }
}

extension ArithmeticOperator {
    fileprivate static func arithmetic(_ generator: inout SeededGenerator) -> ArithmeticOperator {
        let all: [ArithmeticOperator] = [.add, .subtract, .multiply, .divide, .modulo]
        return all[Int.random(in: 0..<all.count, using: &generator)]
    }
}
