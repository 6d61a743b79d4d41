import Testing
import TraceQL

@Suite struct ParserTests {
    private let a = FieldExpression.attribute(Attribute(.attribute(.any, "a")))
    private let b = FieldExpression.attribute(Attribute(.attribute(.any, "b")))
    private let c = FieldExpression.attribute(Attribute(.attribute(.any, "c")))

    @Test("`&&` and `||` bind equally and group to the left; comparisons, sums, products and powers bind tighter")
    func fieldPrecedence() throws {
        #expect(try field(".a || .b && .c") == .and(.or(a, b), c))
        #expect(try field(".a && .b || .c") == .or(.and(a, b), c))
        #expect(try field(".a = .b && .c") == .and(.comparison(a, .equal, b), c))
        #expect(try field(".a = .b != .c") == .comparison(.comparison(a, .equal, b), .notEqual, c))
        #expect(try field(".a + .b > .c") == .comparison(.arithmetic(a, .add, b), .greater, c))
        #expect(try field(".a + .b * .c") == .arithmetic(a, .add, .arithmetic(b, .multiply, c)))
        #expect(try field(".a - .b - .c") == .arithmetic(.arithmetic(a, .subtract, b), .subtract, c))
        #expect(try field(".a / .b % .c") == .arithmetic(.arithmetic(a, .divide, b), .modulo, c))
        #expect(try field(".a ^ .b ^ .c") == .arithmetic(a, .power, .arithmetic(b, .power, c)))
        #expect(try field("(.a ^ .b ) ^ .c") == .arithmetic(.arithmetic(a, .power, b), .power, c))
    }

    @Test("Signs bind tighter than sums and looser than products, in Tempo too")
    func signs() throws {
        #expect(try field("-.a + .b") == .arithmetic(.negated(a), .add, b))
        #expect(try field("-.a * .b") == .negated(.arithmetic(a, .multiply, b)))
        #expect(try field("!.a = .b") == .comparison(.not(a), .equal, b))
        #expect(try field("!.a && .b") == .and(.not(a), b))
        #expect(try field("!!.a") == .not(.not(a)))
        #expect(try field(".a * -.b * .c") == .arithmetic(a, .multiply, .negated(.arithmetic(b, .multiply, c))))
        #expect(try field("-1") == .literal(.int(-1)))
        #expect(try field("-1 ^ 2") == .negated(.arithmetic(.literal(.int(1)), .power, .literal(.int(2)))))
        #expect(try field("-9223372036854775808") == .literal(.int(.min)))
        #expect(try field("-1.5s") == .literal(.duration(-1_500_000_000)))
    }

    @Test("Relations of spansets bind tighter than `&&` and `||`, and all group to the left")
    func spansetPrecedence() throws {
        let (x, y, z) = (SpansetExpression.filter(a), SpansetExpression.filter(b), SpansetExpression.filter(c))
        let child = SpansetOperator.relation(.child, .plain)
        #expect(try spansets("{ .a } || { .b } && { .c }") == .combined(.combined(x, .or, y), .and, z))
        #expect(try spansets("{ .a } && { .b } > { .c }") == .combined(x, .and, .combined(y, child, z)))
        #expect(try spansets("{ .a } > { .b } > { .c }") == .combined(.combined(x, child, y), child, z))
        #expect(try spansets("{ .a } > ({ .b } > { .c })") == .combined(x, child, .combined(y, child, z)))
    }

    @Test("Every relation has a plain, a negated and a union form")
    func relations() throws {
        let forms: [(String, SpansetOperator.Form)] = [("", .plain), ("!", .negated), ("&", .union)]
        for relation in SpansetOperator.Relation.allCases {
            for (sign, form) in forms {
                for text in ["{.a}\(sign)\(relation.rawValue){.b}", "{ .a } \(sign)\(relation.rawValue) { .b }"] {
                    let expected = SpansetExpression.combined(.filter(a), .relation(relation, form), .filter(b))
                    #expect(try spansets(text) == expected, "\(text)")
                }
            }
        }
    }

    @Test("Every comparison and every arithmetic operator is read between fields")
    func fieldOperators() throws {
        for operation in ComparisonOperator.allCases {
            #expect(try field(".a \(operation.rawValue) .b") == .comparison(a, operation, b))
        }
        for operation in ArithmeticOperator.allCases {
            #expect(try field(".a \(operation.rawValue) .b") == .arithmetic(a, operation, b))
        }
    }

    @Test("Literals: integers, fractions, durations, texts, truth, nil, status and kind")
    func literals() throws {
        let pairs: [(String, Value)] = [
            ("0", .int(0)), ("9223372036854775807", .int(.max)), ("1.5", .double(1.5)), (".5", .double(0.5)),
            ("1.", .double(1)), ("1e3", .double(1000)), ("2.5E-1", .double(0.25)), ("1.e2", .double(100)),
            ("1h30m", .duration(5_400_000_000_000)), ("100ms", .duration(100_000_000)),
            ("1.5s", .duration(1_500_000_000)), ("10µs", .duration(10_000)), ("10us", .duration(10_000)),
            ("7ns", .duration(7)), ("1d", .duration(86_400_000_000_000)), ("2w", .duration(1_209_600_000_000_000)),
            ("1y", .duration(31_536_000_000_000_000)), (".5h", .duration(1_800_000_000_000)),
            ("1.1s", .duration(1_100_000_000)), ("0.0000000001s", .duration(0)), ("1m1m", .duration(120_000_000_000)),
            (#""a\"\\\n\t\x41\101\u00e9\U0001F600""#, .string("a\"\\\n\tAAé😀")), ("`a\\\"\n`", .string("a\\\"\n")),
            ("\"\"", .string("")), ("true", .bool(true)), ("false", .bool(false)), ("nil", .none),
            ("ok", .status(.ok)), ("error", .status(.error)), ("unset", .status(.unset)),
            ("unspecified", .kind(.unspecified)), ("internal", .kind(.internal)), ("server", .kind(.server)),
            ("client", .kind(.client)), ("producer", .kind(.producer)), ("consumer", .kind(.consumer)),
        ]
        for (text, value) in pairs { #expect(try field(text) == .literal(value), "\(text)") }
    }

    @Test("Attributes have scopes, quotes and nearly any character; intrinsics have short names and scopes")
    func attributes() throws {
        let pairs: [(String, Attribute)] = [
            (".a.b-c/d:e", Attribute(.attribute(.any, "a.b-c/d:e"))),
            (".é[0]", Attribute(.attribute(.any, "é[0]"))),
            ("span.a", Attribute(.attribute(.span, "a"))), ("resource.a", Attribute(.attribute(.resource, "a"))),
            ("event.a", Attribute(.attribute(.event, "a"))), ("link.a", Attribute(.attribute(.link, "a"))),
            ("instrumentation.a", Attribute(.attribute(.instrumentation, "a"))),
            (".span.a", Attribute(.attribute(.any, "span.a"))),
            ("span.\"a b\"", Attribute(.attribute(.span, "a b"))),
            ("span.a.\"b c\".d", Attribute(.attribute(.span, "a.b c.d"))),
            (".\"a\\\"\\\\\"", Attribute(.attribute(.any, "a\"\\"))),
            ("parent.a", Attribute(.attribute(.any, "a"), ofParent: true)),
            ("parent.span.a", Attribute(.attribute(.span, "a"), ofParent: true)),
            ("parent.resource.a", Attribute(.attribute(.resource, "a"), ofParent: true)),
            ("parent.duration", Attribute(.intrinsic(.duration), ofParent: true)),
            ("duration", Attribute(.intrinsic(.duration))), ("span:duration", Attribute(.intrinsic(.duration))),
            ("name", Attribute(.intrinsic(.name))), ("span:name", Attribute(.intrinsic(.name))),
            ("status", Attribute(.intrinsic(.status))), ("span:status", Attribute(.intrinsic(.status))),
            ("statusMessage", Attribute(.intrinsic(.statusMessage))),
            ("span:statusMessage", Attribute(.intrinsic(.statusMessage))),
            ("kind", Attribute(.intrinsic(.kind))), ("span:kind", Attribute(.intrinsic(.kind))),
            ("traceDuration", Attribute(.intrinsic(.traceDuration))),
            ("trace:duration", Attribute(.intrinsic(.traceDuration))),
            ("rootName", Attribute(.intrinsic(.rootName))), ("trace:rootName", Attribute(.intrinsic(.rootName))),
            ("rootServiceName", Attribute(.intrinsic(.rootService))),
            ("trace:rootService", Attribute(.intrinsic(.rootService))),
            ("nestedSetLeft", Attribute(.intrinsic(.nestedSetLeft))),
            ("event:timeSinceStart", Attribute(.intrinsic(.eventTimeSinceStart))),
            ("link:spanID", Attribute(.intrinsic(.linkSpanID))),
            ("instrumentation:version", Attribute(.intrinsic(.instrumentationVersion))),
        ]
        for (text, attribute) in pairs { #expect(try field(text) == .attribute(attribute), "\(text)") }
    }

    @Test("A name ends at a space or an operator that cannot be in it")
    func nameEnds() throws {
        #expect(try field(".a=.b") == .comparison(a, .equal, b))
        #expect(try field(".a>.b&&.c") == .and(.comparison(a, .greater, b), c))
        #expect(try field(".a+.b") == .attribute(Attribute(.attribute(.any, "a+.b"))))
        #expect(try field("(.a)") == a)
        #expect(try field(".a\u{A0}=\u{2003}.b") == .comparison(a, .equal, b))
    }

    @Test("Comments are skipped, but not inside names")
    func comments() throws {
        #expect(try field("/* x */ .a // y\n = .b /**/") == .comparison(a, .equal, b))
        #expect(try field(".a//b") == .attribute(Attribute(.attribute(.any, "a//b"))))
    }

    @Test("A pipeline may begin with an aggregate, with `by` and with `select`")
    func pipelines() throws {
        let count = ScalarExpression.aggregate(.count, nil)
        #expect(
            try pipeline("count() > 2 | by(.a) | coalesce() | select(.a, name) | avg(.a + .b) != -1s").stages == [
                .scalarFilter(count, .greater, .literal(.int(2))), .group(a), .coalesce,
                .select([Attribute(.attribute(.any, "a")), Attribute(.intrinsic(.name))]),
                .scalarFilter(
                    .aggregate(.average, .arithmetic(a, .add, b)), .notEqual, .literal(.duration(-1_000_000_000))),
            ])
        #expect(try pipeline("by(.a)").stages == [.group(a)])
        #expect(try pipeline("select(.a)").stages == [.select([Attribute(.attribute(.any, "a"))])])
        for aggregate in ["avg", "min", "max", "sum"] {
            let kind = try #require(Aggregate(rawValue: aggregate))
            let expected = Stage.scalarFilter(.aggregate(kind, a), .less, .literal(.int(1)))
            #expect(try pipeline("\(aggregate)(.a) < 1").stages == [expected])
        }
    }

    @Test("Aggregates and numbers are combined by arithmetic; a sign belongs to the number after it")
    func scalars() throws {
        let count = ScalarExpression.aggregate(.count, nil)
        let (one, two) = (ScalarExpression.literal(.int(1)), ScalarExpression.literal(.int(2)))
        #expect(
            try pipeline("count() + 1 * 2 ^ 2 > 1").stages == [
                .scalarFilter(
                    .arithmetic(count, .add, .arithmetic(one, .multiply, .arithmetic(two, .power, two))), .greater, one)
            ])
        #expect(
            try pipeline("1 <= -1 ^ 2 - -count()").stages == [
                .scalarFilter(
                    one, .lessOrEqual,
                    .arithmetic(.arithmetic(.literal(.int(-1)), .power, two), .subtract, .negated(count)))
            ])
    }

    @Test("Pipelines in parentheses are operands of spansets, and with an aggregate of arithmetic")
    func parenthesisedPipelines() throws {
        let inner = Pipeline([.spansets(.filter(a)), .group(b)])
        #expect(
            try spansets("({ .a } | by(.b)) >> { .c }")
                == .combined(.pipeline(inner), .relation(.descendant, .plain), .filter(c)))
        #expect(
            try spansets("({ .a } | by(.b)) && ({ .c })") == .combined(.pipeline(inner), .and, .filter(c)))
        #expect(try pipeline("(({ .a } | by(.b)))") == inner)
        let number = ScalarExpression.pipeline(inner, .aggregate(.count, nil))
        #expect(
            try pipeline("({ .a } | by(.b) | count()) / ({ .a } | by(.b) | count()) = 1").stages == [
                .scalarFilter(.arithmetic(number, .divide, number), .equal, .literal(.int(1)))
            ])
    }

    @Test("Drilldown's query of structures parses")
    func structure() throws {
        let query = try TraceQLParser.parse(
            "({nestedSetParent<0 && true  && status = error} &>> { status = error }) || ({nestedSetParent<0 && true}) "
                + "| select(status, resource.service.name, name, nestedSetParent) with(most_recent=true)")
        #expect(query.hints == [Hint(name: "most_recent", value: .bool(true))])
        guard case .search(let pipeline) = query.body else {
            Issue.record("no search")
            return
        }
        #expect(pipeline.stages.count == 2)
    }

    @Test("Metrics functions measure one attribute and group by several")
    func metricsFunctions() throws {
        let spans = Pipeline([.spansets(.filter(a))])
        let name = Attribute(.intrinsic(.name))
        let duration = FieldExpression.attribute(Attribute(.intrinsic(.duration)))
        let pairs: [(String, MetricsFunction)] = [
            ("rate()", MetricsFunction(kind: .rate)),
            ("rate() by (name)", MetricsFunction(kind: .rate, groups: [name])),
            ("count_over_time() by(name, .a)", MetricsFunction(kind: .countOverTime, groups: [name, attribute("a")])),
            ("min_over_time(duration)", MetricsFunction(kind: .minimumOverTime(duration))),
            ("max_over_time(duration)", MetricsFunction(kind: .maximumOverTime(duration))),
            ("avg_over_time(duration)", MetricsFunction(kind: .averageOverTime(duration))),
            ("sum_over_time(duration)", MetricsFunction(kind: .sumOverTime(duration))),
            ("histogram_over_time(duration)", MetricsFunction(kind: .histogramOverTime(duration))),
            (
                "quantile_over_time(duration, 0, .5, 1)",
                MetricsFunction(kind: .quantileOverTime(duration, [0, 0.5, 1]))
            ),
            ("compare({ .b })", MetricsFunction(kind: .compare(.filter(b), top: 10, start: 0, end: 0))),
            ("compare({ .b }, 5)", MetricsFunction(kind: .compare(.filter(b), top: 5, start: 0, end: 0))),
            ("compare({ .b }, 5, 10, 20)", MetricsFunction(kind: .compare(.filter(b), top: 5, start: 10, end: 20))),
        ]
        for (text, function) in pairs {
            #expect(try metrics("{ .a } | \(text)") == .pipeline(spans, function), "\(text)")
            #expect(try metrics("({ .a } | \(text))") == .pipeline(spans, function), "\(text)")
        }
    }

    @Test("Metrics are filtered and ranked in the order of the text, after their arithmetic; numbers are computed")
    func metricsArithmetic() throws {
        let rate = MetricsExpression.pipeline(
            Pipeline([.spansets(.filter(.literal(.bool(true))))]), MetricsFunction(kind: .rate))
        #expect(
            try metrics("{} | rate() > 1 | topk(5) <= -2.5")
                == .filtered(
                    .ranked(.filtered(rate, .greater, 1), .top(5)), .lessOrEqual, -2.5))
        #expect(
            try metrics("({} | rate()) * 100 + 5 > 50 | bottomk(1)")
                == .ranked(
                    .filtered(
                        .arithmetic(.arithmetic(rate, .multiply, .number(100)), .add, .number(5)), .greater, 50),
                    .bottom(1)))
        #expect(try metrics("3 * 2 - ({} | rate())") == .arithmetic(.number(6), .subtract, rate))
        #expect(try metrics("({} | rate()) + 3 / 2") == .arithmetic(rate, .add, .number(1.5)))
        #expect(
            try metrics("({} | rate()) + 3 - 2")
                == .arithmetic(
                    .arithmetic(rate, .add, .number(3)), .subtract, .number(2)))
        #expect(
            try metrics("5 + ({} | rate()) * 10")
                == .arithmetic(
                    .number(5), .add, .arithmetic(rate, .multiply, .number(10))))
        #expect(
            try metrics("-1 / ({} | rate() > 6)")
                == .arithmetic(
                    .number(-1), .divide, .filtered(rate, .greater, 6)))
        #expect(try metrics("({} | rate()) > (1 + 2) * 3") == .filtered(rate, .greater, 9))
    }

    @Test("A field compared with something may lack its braces, and the dot before a name with dots")
    func bareComparisons() throws {
        let pairs = [
            ("service.name = \"x\"", "{ .service.name = \"x\" }"),
            ("service.name=\"x\"&&duration>1s", "{ .service.name = \"x\" && duration > 1s }"),
            ("duration > 1s", "{ duration > 1s }"), ("name = \"x\"", "{ name = \"x\" }"),
            ("status = error || http.status_code >= 500", "{ status = error || .http.status_code >= 500 }"),
            ("span:kind = server", "{ kind = server }"), ("resource.a != nil", "{ resource.a != nil }"),
            ("parent.span.a = 1", "{ parent.span.a = 1 }"),
        ]
        for (text, expected) in pairs { #expect(try TraceQLParser.parse(text).description == expected) }
        for text in [
            "service.name", "duration", "duration + 1", ".a = 1", "true", "foo = 1", "1 = service.name", "!name",
            "service.name = \"x\" | count() > 1", "service.name = ", "(service.name = 1)", "{ service.name = \"x\" }",
            "status = error with (sample=true)", "status", "name && kind", "service.name = 1 }",
        ] {
            #expect(throws: TraceQLError.self, "\(text)") { try TraceQLParser.parse(text) }
        }
    }

    // MARK: - Parts

    private func attribute(_ name: String) -> Attribute { Attribute(.attribute(.any, name)) }

    private func pipeline(_ text: String) throws -> Pipeline {
        guard case .search(let pipeline) = try TraceQLParser.parseWithoutChecks(text).body else { throw NoSuchPart() }
        return pipeline
    }

    private func spansets(_ text: String) throws -> SpansetExpression {
        guard case .spansets(let expression)? = try pipeline(text).stages.first else { throw NoSuchPart() }
        return expression
    }

    private func field(_ text: String) throws -> FieldExpression {
        guard case .filter(let field) = try spansets("{ \(text) }") else { throw NoSuchPart() }
        return field
    }

    private func metrics(_ text: String) throws -> MetricsExpression {
        guard case .metrics(let metrics) = try TraceQLParser.parse(text).body else { throw NoSuchPart() }
        return metrics
    }

    private struct NoSuchPart: Error {}
}
