import PromQL
import Testing

/// What parses and does not check, with the words and places of Prometheus 3.5.
@Suite struct TypeCheckerTests {
    @Test(
        "A wrong type, count or condition is told with its place",
        arguments: [
            // Calls.
            ("floor()", "1:1", "expected 1 argument(s) in call to \"floor\", got 0"),
            ("floor(a, b)", "1:1", "expected 1 argument(s) in call to \"floor\", got 2"),
            ("time(a)", "1:1", "expected 0 argument(s) in call to \"time\", got 1"),
            ("hour(a, b, c)", "1:1", "expected at most 1 argument(s) in call to \"hour\", got 3"),
            ("label_join(a, \"b\")", "1:1", "expected at least 3 argument(s) in call to \"label_join\", got 2"),
            ("floor(1)", "1:7", "expected type instant vector in call to function \"floor\", got scalar"),
            ("rate(foo)", "1:6", "expected type range vector in call to function \"rate\", got instant vector"),
            ("abs(foo[5m])", "1:5", "expected type instant vector in call to function \"abs\", got range vector"),
            ("vector(foo)", "1:8", "expected type scalar in call to function \"vector\", got instant vector"),
            (
                "label_join(a, \"b\", \"c\", 5)", "1:25",
                "expected type string in call to function \"label_join\", got scalar"
            ),
            // The error within comes before that of what is around.
            ("rate(abs(1))", "1:10", "expected type instant vector in call to function \"abs\", got scalar"),
            ("info(a, b)", "1:9", "expected label selectors only, got vector selector instead"),
            ("info(a, {b=\"c\"} == 1)", "1:9", "expected label selectors only"),
            ("info(a, 1)", "1:1", "expected type instant vector in call to function \"info\", got scalar"),
            // Aggregations.
            ("sum(1)", "1:5", "expected type instant vector in aggregation expression, got scalar"),
            ("sum(foo[5m])", "1:5", "expected type instant vector in aggregation expression, got range vector"),
            ("topk(a, b)", "1:6", "expected type scalar in aggregation parameter, got instant vector"),
            ("count_values(5, a)", "1:14", "expected type string in aggregation parameter, got scalar"),
            // Signs and subqueries.
            (
                "-foo[5m]", "1:1",
                "unary expression only allowed on expressions of type scalar or instant vector, got \"range vector\""
            ),
            (
                "1 + -\"a\"", "1:5",
                "unary expression only allowed on expressions of type scalar or instant vector, got \"string\""
            ),
            ("1[5m:]", "1:1", "subquery is only allowed on instant vector, got scalar instead"),
            ("foo[5m][5m:]", "1:1", "subquery is only allowed on instant vector, got matrix instead"),
            ("\"a\"[5m:]", "1:1", "subquery is only allowed on instant vector, got string instead"),
            // Operators.
            ("1 == 1", "1:3", "comparisons between scalars must use BOOL modifier"),
            ("a + bool b", "1:3", "bool modifier can only be used on comparison operators"),
            ("a and bool 1", "1:3", "bool modifier can only be used on comparison operators"),
            ("1 and 1", "1:1", "set operator \"and\" not allowed in binary scalar expression"),
            ("a or 1", "1:1", "set operator \"or\" not allowed in binary scalar expression"),
            ("2 + (1 unless a)", "1:6", "set operator \"unless\" not allowed in binary scalar expression"),
            ("a == on (b) 1", "1:1", "vector matching only allowed between instant vectors"),
            ("1 or on (b) a", "1:1", "vector matching only allowed between instant vectors"),
            ("a and on (b) group_left (c) d", "1:1", "no grouping allowed for \"and\" operation"),
            ("a or ignoring (b) group_right d", "1:1", "no grouping allowed for \"or\" operation"),
            (
                "a  + on (b, c) group_left (d, b) e", "1:4",
                "label \"b\" must not occur in ON and GROUP clause at once"
            ),
            ("1 + \"a\"", "1:5", "binary expression must contain only scalar and instant vector types"),
            ("a[5m] + 1", "1:1", "binary expression must contain only scalar and instant vector types"),
            // Selectors.
            ("{}", "1:1", "vector selector must contain at least one non-empty matcher"),
            ("1 + {a=\"\"}", "1:5", "vector selector must contain at least one non-empty matcher"),
            ("{a=~\".*\"}", "1:1", "vector selector must contain at least one non-empty matcher"),
            ("{a!~\".+\"}", "1:1", "vector selector must contain at least one non-empty matcher"),
            ("{a!=\"b\"}[5m]", "1:1", "vector selector must contain at least one non-empty matcher"),
            ("foo{__name__=\"bar\"}", "1:1", "metric name must not be set twice: \"foo\" or \"bar\""),
            ("foo{\"bar\", a=\"b\"}", "1:1", "metric name must not be set twice: \"foo\" or \"bar\""),
            ("foo{__name__=~\"b.*\"}", "1:1", "metric name must not be set twice: \"foo\" or \"b.*\""),
        ])
    func message(_ query: String, _ position: String, _ reason: String) {
        do throws(ParseError) {
            let expression = try PromQLParser.parse(query)
            Issue.record("\(query) checks as \(expression)")
        } catch {
            #expect(error.message == "\(position): parse error: \(reason)")
        }
    }

    @Test(
        "Every expression knows its type",
        arguments: [
            ("1", ValueType.scalar), ("\"a\"", .string), ("a", .vector), ("a[5m]", .matrix), ("a[5m:]", .matrix),
            ("sum(a)", .vector), ("time()", .scalar), ("rate(a[5m])", .vector), ("-a", .vector), ("-1", .scalar),
            ("(1)", .scalar), ("1 + 1", .scalar), ("1 + a", .vector), ("a > 1", .vector), ("1 > bool 2", .scalar),
            ("scalar(a)", .scalar),
        ])
    func type(_ query: String, _ type: ValueType) throws {
        let expression = try PromQLParser.parse(query)
        #expect(expression.type == type)
    }

    @Test("An operator's place has no spaces around it")
    func operatorRange() {
        do throws(ParseError) {
            _ = try PromQLParser.parse("1   ==  1")
            Issue.record("checks")
        } catch {
            #expect(error.range == SourceRange(4, 6))
        }
    }
}
