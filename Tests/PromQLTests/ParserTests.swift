import PromQL
import PrometheusModel
import Testing

/// What parses, seen by the one-line form that is printed. Forms of Prometheus 3.5.
@Suite struct ParserTests {
    @Test(
        "Every construct parses to the tree that is meant",
        arguments: [
            // Numbers and strings.
            ("1", "1"), ("+1", "1"), ("-1", "-1"), ("--1", "1"), (".5", "0.5"), ("5.", "5"), ("1e3", "1000"),
            ("0x1F", "31"), ("0X_1f", "31"), ("0x1e", "30"), ("017", "15"), ("08", "8"), ("1_000.5", "1000.5"),
            ("1_000", "1000"), ("2.5e-3", "0.0025"), ("Inf", "+Inf"), ("-inf", "-Inf"), ("NaN", "NaN"), ("nAn", "NaN"),
            ("5m", "5m"), ("-1h30m", "-1h30m"), ("90m", "1h30m"), ("1w", "1w"), ("8d", "8d"), ("365d", "1y"),
            ("9223372036854775808", "9223372036854776000"), ("1 + 5m", "1 + 5m"),
            ("\"a\\n\\x41\\101\\u00e9\\U0001F600\\\"\"", "\"a\\nAAé😀\\\"\""),
            ("\"\\xe1\\uFFFD\"", "\"\\ufffd\\ufffd\""), ("'it\\'s \"'", "\"it's \\\"\""),
            ("`raw\\n\nline`", "\"raw\\\\n\\nline\""),
            // Selectors.
            ("foo", "foo"), ("foo{}", "foo"), ("a:b:c", "a:b:c"), ("{a=\"b\"}", "{a=\"b\"}"),
            ("foo{b='1',a=~`x.*`,}", "foo{a=~\"x.*\",b=\"1\"}"), ("foo{a!=\"1\",a!~\"2\"}", "foo{a!=\"1\",a!~\"2\"}"),
            ("{\"foo.bar\", \"label.x\"=\"y\"}", "{\"label.x\"=\"y\",__name__=\"foo.bar\"}"),
            ("{__name__=\"foo\"}", "{__name__=\"foo\"}"), ("foo{NaN=\"1\",by=\"2\"}", "foo{NaN=\"1\",by=\"2\"}"),
            ("sum", "sum"), ("by{on=\"x\"}", "by{on=\"x\"}"), ("and + or", "and + or"),
            ("offset offset 5m", "offset offset 5m"),
            ("start + end", "start + end"), ("step * min_of", "step * min_of"), ("TopK", "TopK"),
            ("foo{a=\"}\"} # x\n", "foo{a=\"}\"}"),
            // Ranges.
            ("foo[5m]", "foo[5m]"), ("foo [ 300 ]", "foo[5m]"), ("foo[4.18]", "foo[4s180ms]"),
            ("foo[1d12h]", "foo[1d12h]"), ("foo[292y1d1ms]", "foo[106581d1ms]"),
            ("foo[5m:]", "foo[5m:]"), ("foo[5m:30s]", "foo[5m:30s]"), ("foo [ 5m : 30 ]", "foo[5m:30s]"),
            ("(a + b)[5m:1m]", "(a + b)[5m:1m]"), ("rate(a[1m])[5m:] offset 1m", "rate(a[1m])[5m:] offset 1m"),
            ("foo offset 5m", "foo offset 5m"), ("foo offset -7m", "foo offset -7m"), ("foo OFFSET 0", "foo"),
            ("foo offset 0s offset 1m", "foo offset 1m"), ("foo[5m] offset 1.5", "foo[5m] offset 1s500ms"),
            ("foo @ 10", "foo @ 10.000"), ("foo @ -1.2345", "foo @ -1.235"), ("foo @ 1m", "foo @ 60.000"),
            ("foo @ start()", "foo @ start()"), ("foo[5m] @ END ()", "foo[5m] @ end()"),
            ("foo offset 1m @ 5", "foo @ 5.000 offset 1m"), ("foo[5m:] @ 5 offset 1m", "foo[5m:] @ 5.000 offset 1m"),
            // Arithmetic in durations.
            ("foo[5m*2]", "foo[5m * 2]"), ("foo[26m+4m]", "foo[26m + 4m]"), ("foo[-5m+35m]", "foo[-5m + 35m]"),
            ("foo[2m*(10+5)]", "foo[2m * (10 + 5)]"), ("foo[((1h-5m))]", "foo[(1h - 5m)]"), ("foo[(5m)]", "foo[5m]"),
            ("foo[2^3^2]", "foo[2 ^ 3 ^ 2]"), ("foo[30m1s-30m1s % 1m]", "foo[30m1s - 30m1s % 1m]"),
            ("foo[-2^2+10]", "foo[-2 ^ 2 + 10]"), ("foo[(-2)^2]", "foo[(-2) ^ 2]"), ("foo[step()]", "foo[step()]"),
            ("foo[STEP ( ) + 1:step()]", "foo[step() + 1:step()]"), ("foo[min(step(), 5m)]", "foo[min(step(), 5m)]"),
            ("foo[max_of(1, 2s)]", "foo[max(1, 2s)]"), ("foo offset (1h - 5m)", "foo offset (1h - 5m)"),
            ("foo offset -(2*5)", "foo offset -(2 * 5)"), ("foo offset step()", "foo offset step()"),
            ("foo offset -min(step(), 1s)", "foo offset -min(step(), 1s)"), ("foo offset (-4)", "foo offset -4s"),
            ("foo offset 100 + 2", "foo offset 1m40s + 2"), ("foo offset -2 ^ 2", "foo offset -2s ^ 2"),
            ("foo offset (1h - 5m) + bar", "foo offset (1h - 5m) + bar"),
            ("foo offset -(5)", "foo offset -5s"), ("foo[0.0004]", "foo[0.0004]"),
            // Aggregations.
            ("sum(foo)", "sum(foo)"), ("sum by (a, b) (foo)", "sum by (a, b) (foo)"),
            ("sum(foo)by(a,)", "sum by (a) (foo)"),
            ("SUM without () (foo)", "sum without () (foo)"), ("sum by () (foo)", "sum(foo)"),
            ("topk(5, foo)", "topk(5, foo)"), ("count_values(\"v\", foo)", "count_values(\"v\", foo)"),
            ("limit_ratio(-0.5, foo)", "limit_ratio(-0.5, foo)"),
            ("quantile by (x) (0.9, foo)", "quantile by (x) (0.9, foo)"),
            (
                "sum by (on, and, bool, group_left, offset, start, atan2, count) (foo)",
                "sum by (on, and, bool, group_left, offset, start, atan2, count) (foo)"
            ),
            ("sum by (\"a b\", 'c') (foo)", "sum by (\"a b\", c) (foo)"), ("sum(sum)", "sum(sum)"),
            ("sum by (\"inf\", \"Without\", \"by\") (a)", "sum by (\"inf\", \"Without\", by) (a)"),
            // Calls.
            ("time()", "time()"), ("rate(foo[5m])", "rate(foo[5m])"), ("round(foo)", "round(foo)"),
            ("hour()", "hour()"),
            ("label_join(foo, \"a\", \"b\")", "label_join(foo, \"a\", \"b\")"), ("info(foo, {})", "info(foo, {})"),
            ("info(foo, {a=~\".*\"})", "info(foo, {a=~\".*\"})"), ("sort_by_label(foo)", "sort_by_label(foo)"),
            // Operators.
            ("1+2*3", "1 + 2 * 3"), ("a or b and c unless d", "a or b and c unless d"), ("-a", "-a"), ("+a", "+a"),
            ("- a ^ b", "-a ^ b"), ("1 > bool 2", "1 > bool 2"), ("a == on() b", "a == on () b"),
            ("a - ignoring() b", "a - b"), ("a*on(x)group_left b", "a * on (x) group_left () b"),
            ("a*ignoring()group_right(y)(b)", "a * ignoring () group_right (y) (b)"),
            ("a / on (\"x.y\") group_left (\"z.w\") b", "a / on (\"x.y\") group_left (\"z.w\") b"),
            ("a atan2 b", "a atan2 b"), ("a AND b", "a and b"), ("inf ^ 2 ^ Inf", "Inf ^ 2 ^ +Inf"),
            ("a + 1 # one\n + 2", "a + 1 + 2"),
        ])
    func parses(_ query: String, _ printed: String) throws {
        let expression = try PromQLParser.parse(query)
        #expect(expression.description == printed)
        // What is printed means the same.
        let again = try PromQLParser.parse(printed)
        #expect(again.description == printed)
    }

    @Test(
        "Operators bind by precedence, the power to the right, signs like a multiplication",
        arguments: [
            ("1 + 2 * 3", "(1 + (2 * 3))"), ("1 * 2 + 3", "((1 * 2) + 3)"), ("1 - 2 - 3", "((1 - 2) - 3)"),
            ("2 ^ 3 ^ 2", "(2 ^ (3 ^ 2))"), ("a ^ b ^ c * d", "((a ^ (b ^ c)) * d)"), ("-a ^ 2", "-((a ^ 2))"),
            ("-a * 2", "(-(a) * 2)"), ("2 ^ -a * b", "((2 ^ -(a)) * b)"), ("a or b and c", "(a or (b and c))"),
            ("a and b unless c or d", "(((a and b) unless c) or d)"), ("a == b + c", "(a == (b + c))"),
            ("a < b > c", "((a < b) > c)"), ("a atan2 b / c % d", "(((a atan2 b) / c) % d)"),
            ("a + b offset 5m", "(a + b offset 5m)"), ("a + on (x) b * on (y) c", "(a + (b * c))"),
        ])
    func precedence(_ query: String, _ grouped: String) throws {
        let expression = try PromQLParser.parse(query)
        #expect(grouping(of: expression) == grouped)
    }

    private func grouping(of expression: Expression) -> String {
        switch expression {
        case .binary(let node):
            "(\(grouping(of: node.left)) \(node.operation.rawValue) \(grouping(of: node.right)))"
        case .unary(let node): "-(\(grouping(of: node.expression)))"
        default: expression.description
        }
    }

    @Test("The matching between vectors is settled by the operator and the sides")
    func matching() throws {
        func matching(_ query: String) throws -> VectorMatching? {
            guard case .binary(let node) = try PromQLParser.parse(query) else { return nil }
            return node.matching
        }
        let plain = try matching("a + b")
        #expect(plain == VectorMatching())
        let scalar = try matching("a + 1")
        #expect(scalar == nil)
        let set = try matching("a unless on (x) b")
        #expect(set == VectorMatching(cardinality: .manyToMany, labels: ["x"], isOn: true))
        let left = try matching("a * on (x) group_left (y, z) b")
        #expect(left == VectorMatching(cardinality: .manyToOne, labels: ["x"], isOn: true, include: ["y", "z"]))
        let right = try matching("a * ignoring (x) group_right b")
        #expect(right == VectorMatching(cardinality: .oneToMany, labels: ["x"]))
        // Matching between scalars that names no labels is let through, and is none.
        let none = try matching("1 + on () 2")
        #expect(none == nil)
    }

    @Test("Durations and times become milliseconds, and arithmetic stays as it was written")
    func times() throws {
        func selector(_ query: String) throws -> VectorSelector? {
            guard case .vectorSelector(let node) = try PromQLParser.parse(query) else { return nil }
            return node
        }
        let rounded = try selector("foo @ 3.3335 offset 1.5")
        #expect(rounded?.at == .time(3334))
        guard case .milliseconds(1500) = rounded?.offset else {
            Issue.record("an offset of 1.5 seconds is not 1500 ms")
            return
        }
        let early = try selector("foo @ -1e18")
        #expect(early?.at == .time(.min))
        guard case .matrixSelector(let matrix) = try PromQLParser.parse("foo[1h*2]"),
            case .binary(.multiply, .milliseconds(3_600_000), .number(2), _) = matrix.window
        else {
            Issue.record("[1h*2] is not a product of an hour and 2")
            return
        }
    }

    @Test(
        "Nodes know their place in the text",
        arguments: [
            ("  foo  ", 2, 5), ("foo{a=\"b\"} ", 0, 10), ("foo[5m] offset 1m", 0, 17), ("foo @ end( )", 0, 12),
            ("é or foo", 0, 0), ("sum(foo) by (a) ", 0, 15), ("sum by (a) (foo)", 0, 16), ("(sum(foo) )", 0, 11),
            ("rate(foo[5m])", 0, 13), ("- 1", 0, 3), ("a + b", 0, 5), ("-foo", 0, 4), ("foo[5m:1m] @ 1", 0, 14),
            ("\"é\"", 0, 4), ("foo offset (1h - 5m)", 0, 20),
        ])
    func places(_ query: String, _ start: Int, _ end: Int) {
        guard let expression = try? PromQLParser.parse(query) else {
            #expect(query == "é or foo")
            return
        }
        #expect(expression.range == SourceRange(start, end))
    }

    @Test("A selector of series is parsed to its conditions, and nothing else is taken for one")
    func metricSelector() throws {
        let matchers = try PromQLParser.parseMetricSelector("up{job=~\"a.*\", instance!=\"b\"}")
        #expect(matchers.map(\.description) == ["job=~\"a.*\"", "instance!=\"b\"", "__name__=\"up\""])
        #expect(!PromQLParser.selectsEverything(matchers))
        let all = try PromQLParser.parseMetricSelector("{job=~\".*\"}")
        #expect(PromQLParser.selectsEverything(all))
        #expect(PromQLParser.selectsEverything([]))

        func message(_ text: String) -> String? {
            do throws(ParseError) {
                _ = try PromQLParser.parseMetricSelector(text)
                return nil
            } catch {
                return error.message
            }
        }
        #expect(message("up[5m]") == "1:3: parse error: unexpected \"[\"")
        #expect(message("up offset 5m") == "1:4: parse error: unexpected <offset>")
        #expect(message("1") == "1:1: parse error: unexpected number \"1\"")
        #expect(message("") == "unknown position: parse error: unexpected end of input")
        #expect(message("sum(up)") == "1:4: parse error: unexpected \"(\"")
    }

    @Test("Texts that are too long, too nested or too deep are refused, and only they")
    func bounds() throws {
        func reason(_ query: String) -> String? {
            do throws(ParseError) {
                _ = try PromQLParser.parse(query)
                return nil
            } catch {
                return error.reason
            }
        }
        func nested(_ opening: String, _ inner: String, _ closing: String, _ count: Int) -> String {
            String(repeating: opening, count: count) + inner + String(repeating: closing, count: count)
        }
        let tooNested = "query is nested deeper than 200 levels"
        #expect(reason(nested("(", "1", ")", 199)) == nil)
        for query in [
            nested("(", "1", ")", 200), nested("sum(", "a", ")", 1000), nested("-", "a", "", 100_000),
            nested("2^", "2", "", 100_000), "a[\(nested("(", "5m", ")", 100_000))]",
            "a[\(nested("-", "5m", "", 100_000))]", nested("(", "", "", 100_000),
        ] {
            #expect(reason(query) == tooNested)
        }
        #expect(reason("a" + nested(" or a", "", "", 499)) == nil)
        #expect(reason("a" + nested(" or a", "", "", 500)) == "query is a tree deeper than 500 levels")
        #expect(reason("a" + nested("[5m:]", "", "", 10_000)) == "query is a tree deeper than 500 levels")
        #expect(reason("a[1" + nested("+1", "", "", 1000) + "]") == "duration has more than 200 operations")
        let chain = nested("+1", "", "", 100)
        #expect(
            reason("a[\(nested("(", "1\(chain)", chain + ")", 150))]") == "duration has more than 200 operations")
        #expect(reason("a[1\(nested("+1", "", "", 200))] offset (1\(nested("+1", "", "", 200)))") == nil)
        #expect(reason("a{\(nested("b=~'c',", "", "", 1000))}") == nil)
        #expect(
            reason("a{\(nested("b=~'c',", "", "", 1001))}") == "query has more than 1000 regular expressions")
        #expect(reason("a" + nested(" ", "", "", 256 << 10)) == "query has 262145 bytes, limit is 262144")
        #expect(reason("a" + nested(" ", "", "", (256 << 10) - 1)) == nil)
    }

    @Test("Experimental parts are refused where they are switched off")
    func experimental() {
        let options = ParserOptions(experimentalFunctions: false, experimentalDurationExpressions: false)
        func reason(_ query: String) -> String? {
            do throws(ParseError) {
                _ = try PromQLParser.parse(query, options: options)
                return nil
            } catch {
                return error.message
            }
        }
        #expect(reason("rate(foo[5m] offset -5m)") == nil)
        #expect(reason("mad_over_time(foo[5m])") == "1:1: parse error: function \"mad_over_time\" is not enabled")
        #expect(
            reason("1 + limitk(1, foo)")
                == "1:5: parse error: limitk() is experimental and must be enabled with "
                + "--enable-feature=promql-experimental-functions")
        let duration = "experimental duration expression is not enabled"
        #expect(reason("foo[5m*2]") == "1:5: parse error: \(duration)")
        #expect(reason("foo[(5m)]") == "1:6: parse error: \(duration)")
        #expect(reason("foo offset step()") == "1:12: parse error: \(duration)")
    }
}
