import TraceQL

/// Queries at random over what `RandomTraces` stores, each one that the parser takes.
struct RandomTraceQL {
    var random: SeededRandom

    init(seed: Int) { random = SeededRandom(seed ^ 0x5EED) }

    static let targets: [Attribute.Target] =
        RandomTraces.spanKeys.map { .attribute(.span, $0) }
        + ["x", "shared", "host", "e", "l", "arr", "service.name", "nowhere", "only.scope", "y", "it's a key", "tags"]
        .map { .attribute(.any, $0) }
        + ["service.name", "shared", "host", "tags", "nowhere", "it's a key"].map { .attribute(.resource, $0) }
        + ["shared", "only.scope", "nowhere"].map { .attribute(.instrumentation, $0) }
        + ["e", "shared", "nowhere"].map { .attribute(.event, $0) }
        + ["l", "shared", "nowhere"].map { .attribute(.link, $0) }
        + Intrinsic.allCases.filter { $0 != .parent }.map { .intrinsic($0) } + [.attribute(.span, "nowhere")]

    /// A filter that the parser takes.
    mutating func filter() -> FieldExpression {
        while true {
            let expression = condition(2)
            if case .search(let pipeline) = try? parsed("{ \(expression) }").body,
                case .spansets(.filter(let field)) = pipeline.stages.first
            {
                return field
            }
        }
    }

    mutating func search() -> Query {
        while true {
            let text = Pipeline(stages()).description
            if let query = try? parsed(text), case .search = query.body { return query }
        }
    }

    /// - Parameter plain: filters only, which the engine can count by itself.
    mutating func metrics(plain: Bool) -> Query {
        while true {
            let stages = plain ? [Stage.spansets(.filter(simple()))] : stages()
            let text = "\(Pipeline(stages)) | \(function())"
            if let query = try? parsed(text), case .metrics = query.body { return query }
        }
    }

    private func parsed(_ text: String) throws -> Query { try TraceQLParser.parse(text) }

    private mutating func stages() -> [Stage] {
        var stages: [Stage] = [.spansets(spanset(2))]
        for _ in 0..<random.below(3) {
            switch random.below(5) {
            case 0: stages.append(.spansets(spanset(1)))
            case 1:
                stages.append(
                    .scalarFilter(.aggregate(.count, nil), random.pick([.greater, .less]), .literal(.int(1))))
            case 2: stages.append(.group(.attribute(attribute())))
            case 3: stages.append(.coalesce)
            default: stages.append(.select([attribute(), attribute()]))
            }
        }
        return stages
    }

    private mutating func spanset(_ depth: Int) -> SpansetExpression {
        if depth > 0, random.chance(0.5) {
            let operation: SpansetOperator =
                random.chance(0.2)
                ? .and
                : random.chance(0.2)
                    ? .or
                    : .relation(
                        random.pick(SpansetOperator.Relation.allCases), random.pick(SpansetOperator.Form.allCases))
            return .combined(spanset(depth - 1), operation, spanset(depth - 1))
        }
        return .filter(random.chance(0.1) ? .literal(.bool(true)) : condition(1))
    }

    /// One or two comparisons that the engine may answer exactly.
    private mutating func simple() -> FieldExpression {
        switch random.below(5) {
        case 0: .literal(.bool(true))
        case 1: .and(comparison(), comparison())
        case 2: .not(comparison())
        default: comparison()
        }
    }

    mutating func condition(_ depth: Int) -> FieldExpression {
        if depth > 0, random.chance(0.35) {
            switch random.below(4) {
            case 0: return .and(condition(depth - 1), condition(depth - 1))
            case 1: return .or(condition(depth - 1), condition(depth - 1))
            case 2: return .comparison(condition(depth - 1), random.pick([.equal, .notEqual]), .literal(.bool(true)))
            default: return .not(condition(depth - 1))
            }
        }
        switch random.below(14) {
        case 0: return .attribute(attribute())
        case 1: return .not(.attribute(attribute()))
        case 2: return .comparison(number(), comparisonOperator(), number())
        case 3: return .comparison(.literal(literal()), comparisonOperator(), .attribute(attribute()))
        case 4: return .comparison(.attribute(attribute()), comparisonOperator(), .attribute(attribute()))
        case 5: return .comparison(number(), random.pick([.equal, .notEqual]), .literal(.none))
        default: return comparison()
        }
    }

    private mutating func comparison() -> FieldExpression {
        let attribute = attribute()
        if random.chance(0.12) {
            return .comparison(.attribute(attribute), random.pick([.equal, .notEqual]), .literal(.none))
        }
        if random.chance(0.2) {
            let pattern = random.pick([
                "a|b", "G.*", "", ".", ".*", "GET", "it's|b", "two.lines", "(?i)get", "back\\\\slash", "[a-z]+", "ünï.",
                "a\\|b", "[0-9]+", "shop|cart", "s.*",
            ])
            return .comparison(
                .attribute(attribute), random.pick([.matches, .notMatches]), .literal(.string(pattern)))
        }
        return .comparison(.attribute(attribute), comparisonOperator(), .literal(fitting(attribute)))
    }

    /// Mostly a value of the attribute's type.
    private mutating func fitting(_ attribute: Attribute) -> Value {
        guard case .intrinsic(let intrinsic) = attribute.target else {
            if case .attribute(_, "service.name") = attribute.target {
                return .string(random.pick(RandomTraces.services))
            }
            return literal()
        }
        switch intrinsic {
        case .duration, .traceDuration, .eventTimeSinceStart:
            return random.pick([
                .duration(500_000_000), .duration(0), .duration(-1_000_000), .int(1), .double(0.5),
                .duration(100_000_000),
            ])
        case .status: return .status(random.pick(Value.Status.allCases))
        case .kind: return .kind(random.pick(Value.Kind.allCases))
        case .childCount, .nestedSetLeft, .nestedSetRight, .nestedSetParent:
            return .int(Int64(random.below(5)) - 1)
        case .spanID, .parentID, .linkSpanID:
            return .string(
                random.pick(["0000000000000001", "1", "00000000000000000002", "", "ABC", "0000010000000000"]))
        case .traceID, .linkTraceID:
            return .string(
                random.pick(["1", "00000000000000000000000000000002", "0", "03000000000000000000000000000300"]))
        case .name, .rootName: return .string(random.pick(RandomTraces.names))
        case .rootService: return .string(random.pick(RandomTraces.services))
        case .eventName: return .string(random.pick(RandomTraces.eventNames))
        case .instrumentationName, .instrumentationVersion:
            return .string(random.pick(["lib", "it's", "", "1.0", "2"]))
        case .statusMessage, .parent: return .string(random.pick(RandomTraces.texts))
        }
    }

    private mutating func literal() -> Value {
        switch random.below(10) {
        case 0...3: return .string(random.pick(RandomTraces.texts))
        case 4...6: return .int(random.pick(RandomTraces.ints.filter { $0 != .min }))
        case 7:
            return .double(
                random.pick(
                    RandomTraces.doubles.filter { $0.isFinite && $0 != .leastNonzeroMagnitude && abs($0) < 1e17 }))
        case 8: return .bool(random.chance(0.5))
        default: return random.chance(0.5) ? .duration(1000) : .status(.error)
        }
    }

    private mutating func number() -> FieldExpression {
        switch random.below(4) {
        case 0: .literal(.int(Int64(random.below(6)) - 2))
        case 1: .attribute(Attribute(.attribute(.span, "y")))
        case 2: .negated(.attribute(attribute()))
        default:
            .arithmetic(
                .attribute(attribute()), random.pick([.add, .subtract, .multiply, .divide]),
                .literal(.int(Int64(random.below(4)))))
        }
    }

    private mutating func attribute() -> Attribute {
        Attribute(random.pick(Self.targets), ofParent: random.chance(0.07))
    }

    private mutating func comparisonOperator() -> ComparisonOperator {
        random.pick([.equal, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual])
    }

    private mutating func function() -> String {
        let operand = random.pick(["duration", "span.y", "span.x", "duration", ".y", "event.e", "resource.host"])
        let kinds = [
            "rate()", "count_over_time()", "min_over_time(\(operand))", "max_over_time(\(operand))",
            "avg_over_time(\(operand))", "sum_over_time(\(operand))", "quantile_over_time(\(operand), 0.5, 0.9)",
            "histogram_over_time(\(operand))",
        ]
        let groups = [
            "", " by (name)", " by (status)", " by (kind)", " by (resource.service.name)", " by (span.s)",
            " by (span.x)",
            " by (.shared)", " by (resource.host)", " by (resource.service.name, span.http.status_code)", " by (.host)",
            " by (.service.name)", " by (span.b, status)", " by (statusMessage)", " by (resource.shared)", " by (.y)",
            " by (event:name)", " by (span.nowhere)", " by (resource.tags)",
        ]
        return random.pick(kinds) + random.pick(groups)
    }
}
