import LogQL
import Testing

/// Messages are those of Loki, which people and tools know.
@Suite struct ErrorTests {
    private func expectErrors(_ pairs: [(String, String)], code: LogQLError.Code) {
        for (text, expected) in pairs {
            do throws(LogQLError) {
                let query = try LogQLParser.parse(text)
                Issue.record("\(text) parses as \(query)")
            } catch {
                #expect(error.description == expected, "\(text)")
                #expect(error.code == code, "\(text)")
            }
        }
    }

    @Test("A mistake of the grammar says what stands there and what may, with its place")
    func syntax() {
        expectErrors(
            [
                ("", "parse error at line 1, col 1: syntax error: unexpected $end"),
                (#"nosuch({a="b"}[5m])"#, "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER"),
                ("{", "parse error at line 1, col 2: syntax error: unexpected $end, expecting IDENTIFIER or }"),
                (#"{a="b""#, "parse error at line 1, col 7: syntax error: unexpected $end, expecting } or ,"),
                (#"{a="b",}"#, "parse error at line 1, col 8: syntax error: unexpected }, expecting IDENTIFIER"),
                ("{a}", "parse error at line 1, col 3: syntax error: unexpected }, expecting = or =~ or !~ or !="),
                ("{a=b}", "parse error at line 1, col 4: syntax error: unexpected IDENTIFIER, expecting STRING"),
                ("{a='b'}", "parse error at line 1, col 4: syntax error: unexpected IDENTIFIER"),
                ("{\n  a=\n 5}", "parse error at line 3, col 2: syntax error: unexpected NUMBER, expecting STRING"),
                (#"{a="b} "#, "parse error at line 1, col 4: literal not terminated"),
                (#"{a="\d"}"#, "parse error at line 1, col 4: invalid char escape"),
                (
                    #"{a="b"} |~"#,
                    "parse error at line 1, col 11: syntax error: unexpected $end, expecting STRING or ip"
                ),
                (#"{a="b"} "c""#, "parse error at line 1, col 9: syntax error: unexpected STRING"),
                (#"{a="b"} c"#, "parse error at line 1, col 9: syntax error: unexpected IDENTIFIER"),
                (#"{a="b"} | unwrap c"#, "parse error at line 1, col 11: syntax error: unexpected unwrap"),
                (#"({a="b"}) | json"#, "parse error at line 1, col 11: syntax error: unexpected |"),
                (
                    #"{a="b"} | drop"#,
                    "parse error at line 1, col 15: syntax error: unexpected $end, expecting IDENTIFIER"
                ),
                (
                    #"{a="b"} | label_format c"#,
                    "parse error at line 1, col 25: syntax error: unexpected $end, expecting ="
                ),
                (
                    #"{a="b"} | label_format c=5"#,
                    "parse error at line 1, col 26: syntax error: unexpected NUMBER, expecting IDENTIFIER or STRING"
                ),
                (
                    #"{a="b"} | c =~ ip("d")"#,
                    "parse error at line 1, col 16: syntax error: unexpected ip, expecting STRING"
                ),
                (#"{a="b"} | c > ip("d")"#, "parse error at line 1, col 15: syntax error: unexpected ip"),
                (#"{a="b"} | c > 2kb"#, "parse error at line 1, col 18: syntax error: unexpected $end"),
                (
                    #"rate({a="b"}[5min])"#,
                    #"parse error at line 1, col 13: not a valid duration string: "5min""#
                ),
                (#"rate({a="b"}[])"#, "parse error at line 1, col 13: empty duration string"),
                (#"rate({a="b"}[5)"#, "parse error at line 1, col 13: missing closing ']' in duration"),
                (#"rate({a="b"})"#, "parse error at line 1, col 13: syntax error: unexpected )"),
                (#"rate({a="b"}[5m]"#, "parse error at line 1, col 17: syntax error: unexpected $end, expecting )"),
                (
                    #"rate({a="b"}[5m] offset 5)"#,
                    "parse error at line 1, col 25: syntax error: unexpected NUMBER, expecting DURATION"
                ),
                (
                    #"rate by (c) ({a="b"}[5m])"#,
                    "parse error at line 1, col 6: syntax error: unexpected by, expecting ("
                ),
                (#"min({a="b"}[5m])"#, "parse error at line 1, col 12: syntax error: unexpected RANGE"),
                (#"stddev({a="b"})"#, "parse error at line 1, col 15: syntax error: unexpected )"),
                (
                    #"topk(k,rate({a="b"}[5m]))"#,
                    "parse error at line 1, col 6: syntax error: unexpected IDENTIFIER"
                ),
                (
                    #"quantile_over_time(q,{a="b"} | unwrap c [5m])"#,
                    "parse error at line 1, col 20: syntax error: unexpected IDENTIFIER, expecting NUMBER or { or ("
                ),
                (
                    #"quantile_over_time(-1,{a="b"} | unwrap c [5m])"#,
                    "parse error at line 1, col 20: syntax error: unexpected -, expecting NUMBER or { or ("
                ),
                (
                    #"vector(rate({a="b"}[5m]))"#,
                    "parse error at line 1, col 8: syntax error: unexpected RATE, expecting NUMBER"
                ),
                (
                    #"label_replace(rate({a="b"}[5m]),"")"#,
                    "parse error at line 1, col 35: syntax error: unexpected ), expecting ,"
                ),
                ("bool 2", "parse error at line 1, col 1: syntax error: unexpected bool"),
                (#"#{a="b"}"#, "parse error at line 1, col 9: syntax error: unexpected $end"),
                (
                    #"sum_over_time({a="b"} | unwrap [5m])"#,
                    "parse error at line 1, col 32: syntax error: unexpected RANGE, expecting IDENTIFIER or BYTES_CONV"
                        + " or DURATION_CONV or DURATION_SECONDS_CONV"
                ),
                (
                    #"sum by (5) (rate({a="b"}[5m]))"#,
                    "parse error at line 1, col 9: syntax error: unexpected NUMBER, expecting IDENTIFIER or )"
                ),
                (#"{a="b"} $"#, "parse error at line 1, col 9: syntax error: unexpected IDENTIFIER"),
                ("1e + 1", "parse error at line 1, col 1: exponent has no digits"),
                ("089", "parse error at line 1, col 1: invalid digit '8' in octal literal"),
                ("1 /* x", "parse error at line 1, col 3: comment not terminated"),
            ], code: .syntax)
    }

    @Test("A selector must not hold for streams without the labels")
    func emptySelectors() {
        let message =
            "parse error : queries require at least one regexp or equality matcher that does not have an "
            + #"empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will"#
        let texts = [
            "{}", #"{a=""}"#, #"{a!="b"}"#, #"{a=~".*"}"#, #"{a!~"b"}"#, #"{a!="b",c=~"d?"} |= "e""#, #"rate({}[5m])"#,
            #"vector(1) / rate({a=~"(b|)"}[5m])"#, #"sum(rate({a!="b"}[5m]))"#,
        ]
        expectErrors(texts.map { ($0, message) }, code: .invalid)
    }

    @Test("Operations say which parameters, groupings and unwraps they take")
    func aggregations() {
        let range = #"{a="b"}[5m]"#
        expectErrors(
            [
                (#"max(7,rate(\#(range)))"#, "parse error : unsupported parameter for operation max(7,"),
                (#"topk(rate(\#(range)))"#, "parse error : parameter required for operation topk"),
                (#"bottomk(2.5,rate(\#(range)))"#, "parse error : invalid parameter bottomk(2.5,"),
                (#"topk(0,rate(\#(range)))"#, "parse error : invalid parameter (must be greater than 0) topk(0"),
                (
                    #"approx_topk(2,rate(\#(range))) by (a)"#,
                    "parse error : grouping not allowed for approx_topk aggregation"
                ),
                (#"sort by (a) (rate(\#(range)))"#, "parse error : sort and sort_desc doesn't allow grouping by "),
                (
                    #"absent_over_time(\#(range)) by (c)"#,
                    "parse error : grouping not allowed for absent_over_time aggregation"
                ),
                (#"rate(\#(range)) by (c)"#, "parse error : grouping not allowed for rate aggregation"),
                (
                    #"sum_over_time({a="b"} | unwrap c [5m]) by (d)"#,
                    "parse error : grouping not allowed for sum_over_time aggregation"
                ),
                (
                    #"min_over_time(3,{a="b"} | unwrap c [5m])"#,
                    "parse error : parameter 3 not supported for operation min_over_time"
                ),
                (
                    #"quantile_over_time({a="b"} | unwrap c [5m])"#,
                    "parse error : parameter required for operation quantile_over_time"
                ),
                (
                    #"count_over_time({a="b"} | unwrap c [5m])"#,
                    "parse error : invalid aggregation count_over_time with unwrap"
                ),
                (#"bytes_rate({a="b"} | unwrap c [5m])"#, "parse error : invalid aggregation bytes_rate with unwrap"),
                (#"rate_counter(\#(range))"#, "parse error : invalid aggregation rate_counter without unwrap"),
                (#"first_over_time(\#(range))"#, "parse error : invalid aggregation first_over_time without unwrap"),
                (
                    #"quantile_over_time(0x2A,\#(range))"#,
                    "parse error : invalid parameter for operation quantile_over_time: strconv.ParseFloat: parsing "
                        + #""0x2A": invalid syntax"#
                ),
            ], code: .invalid)
    }

    @Test("Operators say which operands they do not take")
    func operands() {
        expectErrors(
            [
                (
                    #"{a="b"} + {a="b"}"#,
                    "parse error : unexpected type for left leg of binary operation (+): *syntax.MatchersExpr"
                ),
                (
                    #"1 - ({a="b"} | json)"#,
                    "parse error : unexpected type for right leg of binary operation (-): *syntax.PipelineExpr"
                ),
                (
                    "vector(1) or 1",
                    "parse error : unexpected literal for right leg of logical/set binary operation (or): 1.000000"
                ),
                (
                    "3 and 4",
                    "parse error : unexpected literal for left leg of logical/set binary operation (and): 3.000000"
                ),
                (
                    "0b11",
                    #"parse error : unable to parse literal as a float: strconv.ParseFloat: parsing "0b11": invalid syntax"#
                ),
                (
                    "1e999",
                    #"parse error : unable to parse literal as a float: strconv.ParseFloat: parsing "1e999": value out of range"#
                ),
                (
                    #"{a="b"} | c > 0o3"#,
                    #"parse error : unable to parse literal as a float: strconv.ParseFloat: parsing "0o3": invalid syntax"#
                ),
            ], code: .invalid)
    }

    @Test("Expressions, patterns and formats are checked")
    func stages() {
        expectErrors(
            [
                (#"{a=~"("}"#, "parse error : error parsing regexp: missing closing ): `(`"),
                (
                    #"{a="b"} | c=~"*""#,
                    "parse error : error parsing regexp: missing argument to repetition operator: `*`"
                ),
                (#"{a="b"} |~ "(""#, #"parse error : stage '|~ "("' : error parsing regexp: missing closing ): `(`"#),
                (
                    #"{a="b"} | regexp "(""#,
                    "parse error : invalid regexp parser: error parsing regexp: missing closing ): `(`"
                ),
                (
                    #"{a="b"} | regexp "(x)""#,
                    "parse error : invalid regexp parser: at least one named capture must be supplied"
                ),
                (
                    #"{a="b"} | regexp "(?P<w>a)[(?P<w>](?P<w>b)""#,
                    "parse error : invalid regexp parser: duplicate extracted label name 'w'"
                ),
                (
                    #"{a="b"} | regexp "(?P<1x>.)""#,
                    "parse error : invalid regexp parser: invalid extracted label name '1x'"
                ),
                (#"{a="b"} | pattern "x""#, "parse error : invalid pattern parser: at least one capture is required"),
                (#"{a="b"} | pattern "<_>""#, "parse error : invalid pattern parser: at least one capture is required"),
                (
                    #"{a="b"} | pattern "x <a><b>""#,
                    "parse error : invalid pattern parser: found consecutive capture '<a><b>': invalid expression"
                ),
                (
                    #"{a="b"} | pattern "<a> <a>""#,
                    "parse error : invalid pattern parser: duplicate capture name (a): invalid expression"
                ),
                (
                    #"{a="b"} |> "<c>""#,
                    #"parse error : stage '|> "<c>"' : named captures are not allowed: found '<c>'"#
                ),
                (#"{a="b"} |~ ip("1.2.3.4")"#, #"parse error : stage '|~ ip("1.2.3.4")' : ip: invalid operation"#),
                (
                    #"{a="b"} | label_format c=d,c="e""#,
                    #"parse error : stage '| label_format c=d,c="e"' : multiple label name 'c' not allowed in a single "#
                        + "format operation"
                ),
                (
                    #"label_replace(rate({a="b"}[5m]),"c","$1","d","\\q")"#,
                    #"parse error : invalid regex in label_replace: error parsing regexp: invalid escape sequence: `\q`"#
                ),
            ], code: .invalid)
    }

    @Test(
        "What Loki has for trial is refused by name",
        arguments: [
            #"variants(rate({a="b"}[5m])) of ({a="b"}[5m])"#, #"{a="b"} | distinct c"#, #"{a="b"} | xml"#,
            #"{a="b"} | xml c="d""#,
        ])
    func unsupported(_ text: String) {
        do throws(LogQLError) {
            let query = try LogQLParser.parse(text)
            Issue.record("\(text) parses as \(query)")
        } catch {
            #expect(error.code == .unsupported)
            #expect(error.message.contains("is not supported"))
        }
    }

    @Test("Text, nesting, chains and expressions are bounded")
    func bounds() {
        func code(_ text: String) -> LogQLError.Code? {
            do throws(LogQLError) {
                _ = try LogQLParser.parse(text)
                return nil
            } catch {
                return error.code
            }
        }
        let long = "{a=\"" + String(repeating: "b", count: LogQLParser.textBytesMax) + "\"}"
        #expect(code(long) == .tooLarge)
        let open = String(repeating: "(", count: 60_000), close = String(repeating: ")", count: 60_000)
        #expect(code(open + "1" + close) == .tooLarge)
        #expect(code("rate(" + open + #"{a="b"}[5m]"# + close + ")") == .tooLarge)
        #expect(code(#"{a="b"} | "# + open + "c=1" + close) == .tooLarge)
        #expect(code(String(repeating: "sum(", count: 10_000) + "1") == .tooLarge)
        #expect(code(String(repeating: "label_replace(", count: 5000)) == .tooLarge)
        #expect(code("vector(1)" + String(repeating: "^vector(1)", count: 5000)) == .tooLarge)
        #expect(code("vector(1)" + String(repeating: "+vector(1)", count: 5000)) == .tooLarge)
        #expect(code(#"{a="b"} | c=1"# + String(repeating: ",c=1", count: 5000)) == .tooLarge)
        #expect(code(#"{a="b"} | c=1"# + String(repeating: " or c=1", count: 5000)) == .tooLarge)
        #expect(code(#"{a="b"} | c=1"# + String(repeating: " or c=1", count: 400)) == nil)
        #expect(code(#"{a="b"}"# + String(repeating: #"|~"c""#, count: 501)) == .tooLarge)
        #expect(code(#"{a="b"}"# + String(repeating: #"|c=~"d""#, count: 501)) == .tooLarge)
        #expect(code(#"{a="b"}"# + String(repeating: #"|="c""#, count: 20_000)) == nil)
        #expect(code("1" + String(repeating: "+1", count: 50_000)) == nil)
    }

    @Test("A window is longer than nothing")
    func window() {
        #expect(throws: LogQLError.self) { try LogQLParser.parse(#"rate({a="b"}[0])"#) }
        #expect(throws: LogQLError.self) { try LogQLParser.parse(#"rate({a="b"}[0s])"#) }
        #expect(throws: LogQLError.self) { try LogQLParser.parse(#"rate({a="b"}[300y])"#) }
    }
}
