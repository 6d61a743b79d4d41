import PromQL
import Testing

/// What does not parse, with the words and places of Prometheus 3.5.
@Suite struct ParseErrorTests {
    @Test(
        "The first error is told with its line and column",
        arguments: [
            ("", "unknown position", "no expression found in input"),
            ("  # nothing", "1:1", "no expression found in input"),
            ("1 +", "1:4", "unexpected end of input"),
            ("1 +\n  *", "2:3", "unexpected <op:*>"),
            ("*1", "1:1", "unexpected <op:*>"),
            ("-=", "1:2", "unexpected \"=\""),
            ("@@", "1:1", "unexpected <op:@>"),
            ("foo bar", "1:5", "unexpected identifier \"bar\""),
            ("foo a:b", "1:5", "unexpected metric identifier \"a:b\""),
            ("foo 5m", "1:5", "unexpected duration \"5m\""),
            ("foo \"a string of text\"", "1:5", "unexpected string \"\\\"a string \"..."),
            ("1 1", "1:3", "unexpected number \"1\""),
            ("a - on (b) ignoring (c) d", "1:12", "unexpected <ignoring>"),
            ("a + group_left (b) c", "1:5", "unexpected <group_left>"),
            ("1 !~ 1", "1:3", "unexpected character after '!': '~'"),
            ("1 !", "1:3", "unexpected character after '!': '\u{FFFD}'"),
            ("1 =~ 1", "1:3", "unexpected character after '=': '~'"),
            ("a é", "1:3", "unexpected character: 'é'"),
            ("é", "1:1", "unexpected character: 'é'"),
            ("a ; b", "1:3", "unexpected character: ';'"),
            ("\u{0}", "1:1", "unexpected character: '\\x00'"),
            // Brackets of all kinds.
            ("sum(", "1:5", "unclosed left parenthesis"),
            ("((1)", "1:5", "unclosed left parenthesis"),
            ("(1))", "1:5", "unexpected right parenthesis ')'"),
            ("some}", "1:5", "unexpected character: '}'"),
            ("foo]", "1:4", "unexpected right bracket ']'"),
            ("foo[5m[", "1:7", "unexpected left bracket '['"),
            ("foo[5m", "1:7", "unclosed left bracket"),
            ("foo[", "1:5", "unexpected end of input in duration expression"),
            ("()", "1:2", "unexpected \")\""),
            ("(1 2)", "1:4", "unexpected number \"2\""),
            // Numbers and durations.
            ("0b1", "1:1", "bad number or duration syntax: \"0\""),
            ("1.5.3", "1:1", "bad number or duration syntax: \"1.5.\""),
            ("1__0", "1:1", "bad number or duration syntax: \"1__\""),
            ("5mm", "1:1", "bad number or duration syntax: \"5mm\""),
            ("foo[5m1]", "1:5", "bad number or duration syntax: \"5m1\""),
            ("foo[5m1h]", "1:5", "not a valid duration string: \"5m1h\""),
            ("foo[5m1m]", "1:5", "not a valid duration string: \"5m1m\""),
            ("foo[5y1hs]", "1:5", "unknown unit \"hs\" in duration \"5y1hs\""),
            ("foo[1.5m]", "1:5", "unknown unit \".\" in duration \"1.5m\""),
            ("300y", "1:1", "duration out of range"),
            ("99999999999999999999y", "1:1", "not a valid duration string: \"99999999999999999999y\""),
            ("1e400", "1:1", "error parsing number: strconv.ParseFloat: parsing \"1e400\": value out of range"),
            (".1.2", "1:1", "error parsing number: strconv.ParseFloat: parsing \".1.2\": invalid syntax"),
            ("0x", "1:1", "error parsing number: strconv.ParseFloat: parsing \"0x\": invalid syntax"),
            // Strings.
            ("\"abc", "1:1", "unterminated quoted string"),
            ("1 + 'a\n'", "1:5", "unterminated quoted string"),
            ("`abc", "1:1", "unterminated raw string"),
            ("\"\\", "1:1", "escape sequence not terminated"),
            ("\"\\c\"", "1:1", "unknown escape sequence U+0063 'c'"),
            ("\"\\'\"", "1:1", "unknown escape sequence U+0027 '''"),
            ("\"\\x.\"", "1:1", "illegal character U+002E '.' in escape sequence"),
            ("\"\\777\"", "1:1", "escape sequence is an invalid Unicode code point"),
            ("\"\\ud800\"", "1:1", "escape sequence is an invalid Unicode code point"),
            ("\"\\UFFFFFFFF\"", "1:1", "escape sequence is an invalid Unicode code point"),
            ("\"a\u{FFFD}\"", "1:1", "invalid UTF-8 rune"),
            // Selectors.
            ("{", "1:2", "unexpected end of input inside braces"),
            ("foo{{", "1:5", "unexpected left brace '{'"),
            ("foo{a=b}", "1:7", "unexpected identifier \"b\" in label matching, expected string"),
            ("foo{a:b=\"c\"}", "1:6", "unexpected character inside braces: ':'"),
            ("foo{a>=\"b\"}", "1:6", "unexpected character inside braces: '>'"),
            ("foo{a!\"b\"}", "1:6", "unexpected character after '!' inside braces: '\"'"),
            ("foo{1}", "1:5", "unexpected character inside braces: '1'"),
            ("foo{a}", "1:6", "unexpected \"}\" in label matching, expected label matching operator"),
            ("foo{,}", "1:5", "unexpected \",\" in label matching, expected identifier or \"}\""),
            ("foo{a=\"b\",,}", "1:11", "unexpected \",\" in label matching, expected identifier or \"}\""),
            ("foo{a= =\"b\"}", "1:8", "unexpected \"=\" in label matching, expected string"),
            ("foo{a=\"b\" c}", "1:11", "unexpected identifier \"c\" in label matching, expected \",\" or \"}\""),
            ("foo{\"a\"=}", "1:9", "unexpected \"}\" in label matching, expected string"),
            ("foo{\"a\" \"b\"}", "1:9", "unexpected string \"\\\"b\\\"\" in label matching, expected \",\" or \"}\""),
            ("foo{a=~\"(\"}", "1:5", "error parsing regexp: missing closing ): `(`"),
            ("foo{b=\"c\",a=~\"*\"}", "1:11", "error parsing regexp: missing argument to repetition operator: `*`"),
            // Ranges, offsets, times.
            ("foo[]", "1:5", "unexpected \"]\" in subquery or range selector, expected number or duration"),
            ("foo[:1m]", "1:6", "unexpected colon before duration in duration expression"),
            ("foo[5m:1m:1m]", "1:10", "unexpected colon ':'"),
            ("foo[5m::]", "1:8", "unexpected colon ':'"),
            ("foo[5m:1m 1m]", "1:11", "unexpected duration \"1m\" in subquery selector, expected \"]\""),
            ("foo[5m 5m]", "1:8", "unexpected duration \"5m\" in subquery or range, expected \":\" or \"]\""),
            ("foo[5m:)]", "1:9", "unexpected right parenthesis ')'"),
            ("foo[5s x 5s]", "1:8", "unexpected character: 'x', expected ':'"),
            ("foo[\"5m\"]", "1:5", "unexpected character in duration expression: '\"'"),
            ("foo[0]", "1:5", "duration must be greater than 0"),
            ("foo[-1]", "1:5", "duration must be greater than 0"),
            ("foo[5m:0s]", "1:8", "duration must be greater than 0"),
            ("foo[9.5e10]", "1:5", "duration out of range"),
            ("foo[5s/0d]", "1:7", "division by zero"),
            ("foo[5s%0]", "1:7", "modulo by zero"),
            ("foo[step]", "1:9", "unexpected \"]\" in subquery or range selector, expected number or duration"),
            ("foo offset", "1:11", "unexpected end of input in offset, expected number or duration"),
            ("foo offset bar", "1:12", "unexpected identifier \"bar\" in offset, expected number or duration"),
            ("foo offset (1m +)", "1:17", "unexpected \")\" in offset, expected number or duration"),
            ("foo offset 9.5e10", "1:12", "duration out of range"),
            ("foo @", "1:6", "unexpected end of input in @, expected timestamp"),
            ("foo @ start", "1:12", "unexpected end of input in @, expected timestamp"),
            ("foo @ bar", "1:7", "unexpected identifier \"bar\" in @, expected timestamp"),
            ("foo @ NaN", "1:1", "timestamp out of bounds for @ modifier: NaN"),
            ("foo @ -Inf", "1:1", "timestamp out of bounds for @ modifier: -Inf"),
            (
                "foo @ 9223372036854775808", "1:1",
                "timestamp out of bounds for @ modifier: 9223372036854775808.000000"
            ),
            ("foo @ 1 @ 2", "1:1", "@ <timestamp> may not be set multiple times"),
            ("foo @ start() @ 2", "1:1", "@ <timestamp> may not be set multiple times"),
            ("foo offset 1s offset 2s", "1:1", "offset may not be set multiple times"),
            (
                "1 offset 1d", "1:1",
                "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery"
            ),
            (
                "(foo) @ 5", "1:1",
                "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery"
            ),
            ("foo offset 1m[5m]", "1:14", "no offset modifiers allowed before range"),
            ("foo @ 1234 [5m]", "1:12", "no @ modifiers allowed before range"),
            ("(foo + bar)[5m]", "1:12", "ranges only allowed for vector selectors"),
            ("foo[5m][5m]", "1:8", "ranges only allowed for vector selectors"),
            // Aggregations and calls.
            ("sum foo by (a)", "1:5", "unexpected identifier \"foo\""),
            ("sum (foo) by a", "1:14", "unexpected identifier \"a\" in grouping opts, expected \"(\""),
            ("sum (foo) without (a) by (b)", "1:23", "unexpected <by>"),
            ("sum without (==) (foo)", "1:14", "unexpected <op:==> in grouping opts, expected label"),
            ("sum without (,) (foo)", "1:14", "unexpected \",\" in grouping opts, expected label"),
            ("sum without (a,,) (foo)", "1:16", "unexpected \",\" in grouping opts, expected label"),
            ("sum by (a b) (foo)", "1:11", "unexpected identifier \"b\" in grouping opts, expected \",\" or \")\""),
            ("sum by (a:b) (foo)", "1:9", "unexpected metric identifier \"a:b\" in grouping opts, expected label"),
            ("sum by (\"\") (foo)", "1:9", "invalid label name for UTF8 validation scheme: \"\""),
            ("sum by (a) foo", "1:12", "unexpected identifier \"foo\" in aggregation"),
            ("sum(foo bar)", "1:9", "unexpected identifier \"bar\" in aggregation"),
            ("sum(rate(foo bar))", "1:14", "unexpected identifier \"bar\" in aggregation"),
            ("sum(a) + rate(foo bar)", "1:19", "unexpected identifier \"bar\""),
            ("sum()", "1:1", "no arguments for aggregate expression provided"),
            ("1 + sum () by (a)", "1:5", "no arguments for aggregate expression provided"),
            ("topk(foo)", "1:1", "wrong number of arguments for aggregate expression provided, expected 2, got 1"),
            ("sum(1, foo)", "1:1", "wrong number of arguments for aggregate expression provided, expected 1, got 2"),
            ("topk(foo,)", "1:9", "trailing commas not allowed in function call args"),
            ("clamp(foo, ,)", "1:10", "trailing commas not allowed in function call args"),
            ("rate(foo[5m],)", "1:13", "trailing commas not allowed in function call args"),
            ("a > b()", "1:5", "unknown function with name \"b\""),
            ("Rate(foo[5m])", "1:1", "unknown function with name \"Rate\""),
            ("start()", "1:6", "unexpected \"(\""),
            ("a:b(c)", "1:4", "unexpected \"(\""),
        ])
    func message(_ query: String, _ position: String, _ reason: String) {
        do throws(ParseError) {
            let expression = try PromQLParser.parse(query)
            Issue.record("\(query) parses as \(expression)")
        } catch {
            #expect(error.message == "\(position): parse error: \(reason)")
            #expect(error.range.start <= error.range.end)
        }
    }

    @Test("A column counts bytes, from the last line break")
    func columns() {
        do throws(ParseError) {
            _ = try PromQLParser.parse("{a=\"é\nb\"}")
            Issue.record("parses")
        } catch {
            #expect(error.position == "1:4")
        }
        do throws(ParseError) {
            _ = try PromQLParser.parse("foo{a=\"éé\"}\n  + )")
            Issue.record("parses")
        } catch {
            #expect(error.position == "2:6")
            #expect(error.range.start == 19)
        }
        do throws(ParseError) {
            _ = try PromQLParser.parse("foo{a=\"éé\"} bar")
            Issue.record("parses")
        } catch {
            #expect(error.message == "1:15: parse error: unexpected identifier \"bar\"")
        }
    }
}
