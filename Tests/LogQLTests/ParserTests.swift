import LogQL
import PrometheusModel
import Testing

/// What parses, read off the canonical text.
@Suite struct ParserTests {
    private func expectTexts(_ pairs: [(String, String)]) {
        for (text, expected) in pairs {
            do throws(LogQLError) {
                let query = try LogQLParser.parse(text)
                #expect(query.description == expected, "\(text)")
            } catch {
                Issue.record("\(text): \(error)")
            }
        }
    }

    @Test("Selectors have names, four operators and text in double quotes or backticks")
    func selectors() {
        expectTexts([
            (#"{a="b"}"#, #"{a="b"}"#),
            (#" { a = "b" , c!="d",e =~"f.*",g!~`h\d` } "#, #"{a="b", c!="d", e=~"f.*", g!~"h\\d"}"#),
            (#"{a="\x41\u00e9\101\t\"\\"}"#, #"{a="AéA\t\"\\"}"#),
            (#"{größe="1"}"#, #"{größe="1"}"#),
            (#"({a="b"})"#, #"{a="b"}"#),
            (#"{rate="a",sum="b",ip="c",duration="d"}"#, #"{rate="a", sum="b", ip="c", duration="d"}"#),
            (#"{a!=""}"#, #"{a!=""}"#),
            (#"{a=~".+"}"#, #"{a=~".+"}"#),
        ])
    }

    @Test("Comments go to the end of the line, or are enclosed")
    func comments() {
        expectTexts([
            ("{a=\"#\"} # |= \"x\"", ##"{a="#"}"##),
            ("# first\n{a=\"b\"}\n  # second\n  | json // third", #"{a="b"} | json"#),
            (#"{a="b"} /* | json */ | logfmt"#, #"{a="b"} | logfmt"#),
        ])
    }

    @Test("Line filters compare text, expressions, patterns and addresses, with alternatives")
    func lineFilters() {
        expectTexts([
            (
                #"{a="b"}|="c"!="d"|~`e.`!~"f"|>"<_> g"!>"h""#,
                #"{a="b"} |= "c" != "d" |~ "e." !~ "f" |> "<_> g" !> "h""#
            ),
            (#"{a="b"} |= "c" or "d" OR `e`"#, #"{a="b"} |= "c" or "d" or "e""#),
            (#"{a="b"} != ip("10.0.0.0/8") or "x" or ip("::1")"#, #"{a="b"} != ip("10.0.0.0/8") or "x" or ip("::1")"#),
            (#"{a="b"} | json |= "c""#, #"{a="b"} | json |= "c""#),
        ])
    }

    @Test("Parsers take flags and extractions")
    func parsers() {
        expectTexts([
            (#"{a="b"} | json | logfmt | unpack | decolorize"#, #"{a="b"} | json | logfmt | unpack | decolorize"#),
            (#"{a="b"} | json c, d="e[\"f\"].g[0]" != "h""#, #"{a="b"} | json c="c",d="e[\"f\"].g[0]" != "h""#),
            (
                #"{a="b"} | logfmt --keep-empty --strict c , d="e""#,
                #"{a="b"} | logfmt --strict --keep-empty c="c",d="e""#
            ),
            (#"{a="b"} | regexp `(?P<x>\d) (?P<y>.)(z)`"#, #"{a="b"} | regexp "(?P<x>\\d) (?P<y>.)(z)""#),
            (
                #"{a="b"} | pattern "<ip> - <_> <x1> <not a name>""#,
                #"{a="b"} | pattern "<ip> - <_> <x1> <not a name>""#
            ),
        ])
    }

    @Test("Stages format, drop and keep labels")
    func formats() {
        expectTexts([
            (#"{a="b"} | line_format "{{.x}}""#, #"{a="b"} | line_format "{{.x}}""#),
            (#"{a="b"} | label_format c=d , e=`{{.f}}`"#, #"{a="b"} | label_format c=d,e="{{.f}}""#),
            (#"{a="b"} | drop c, d!="e" | keep f,g=~"h""#, #"{a="b"} | drop c,d!="e" | keep f,g=~"h""#),
        ])
    }

    @Test("Label filters compare with text, numbers, durations, bytes and addresses")
    func labelFilters() {
        expectTexts([
            (
                #"{a="b"}|c="d"|e!~"f"|g>1|h>=-1.5|i<1e3|j<=+.5|k==2|l!=3|m=4"#,
                #"{a="b"} | c="d" | e!~"f" | g>1 | h>=-1.5 | i<1000 | j<=0.5 | k==2 | l!=3 | m==4"#
            ),
            (
                #"{a="b"}|c>5ms|d=1h30m|e<1d|f!=1.5s|g>-2m|h>10µs"#,
                #"{a="b"} | c>5ms | d==1h30m0s | e<24h0m0s | f!=1.5s | g>-2m0s | h>10µs"#
            ),
            (
                #"{a="b"}|c>20MB|d=1KiB|e<1.5kB|f!=0kB|g>1k|h>3B"#,
                #"{a="b"} | c>20MB | d==1KiB | e<1500B | f!=0kB | g>1kB | h>3B"#
            ),
            (#"{a="b"}|c=ip("1.2.3.4")|d!=ip("::1")"#, #"{a="b"} | c=ip("1.2.3.4") | d!=ip("::1")"#),
            (#"{a="b"} | json | status >= 500 != "x""#, #"{a="b"} | json | status>=500 != "x""#),
            (#"{a="b"} | c > 1 |~ "x""#, #"{a="b"} | c>1 |~ "x""#),
        ])
    }

    @Test("`and` binds tighter than `or`; a comma and nothing take all that follows")
    func labelFilterPrecedence() {
        func filter(_ text: String, _ expected: String) {
            expectTexts([(#"{a="b"} | \#(text)"#, #"{a="b"} | \#(expected)"#)])
        }
        filter("a=1 or b=2 and c=3", "( a==1 or ( b==2 , c==3 ) )")
        filter("a=1 and b=2 or c=3", "( ( a==1 , b==2 ) or c==3 )")
        filter("(a=1 or b=2) and c=3", "( ( a==1 or b==2 ) , c==3 )")
        filter("a=1, b=2 or c=3", "( a==1 , ( b==2 or c==3 ) )")
        filter("a=1 b=2 or c=3", "( a==1 , ( b==2 or c==3 ) )")
        filter("a=1 or b=2, c=3", "( a==1 or ( b==2 , c==3 ) )")
        filter("a=1 or b=2 c=3", "( a==1 or ( b==2 , c==3 ) )")
        filter("a=1 and b=2, c=3 and d=4 or e=5", "( a==1 , ( b==2 , ( ( c==3 , d==4 ) or e==5 ) ) )")
        filter("a=1 or b=2 or c=3", "( ( a==1 or b==2 ) or c==3 )")
        filter("a=1 OR b=2 AND (c=3)", "( a==1 or ( b==2 , c==3 ) )")
    }

    @Test("A window stands after the stages or after the selector, in or out of parentheses")
    func ranges() {
        let plain = #"count_over_time({a="b"} | json[5m])"#
        expectTexts([
            (#"count_over_time({a="b"} | json [5m])"#, plain),
            (#"count_over_time({a="b"}[5m] | json)"#, plain),
            (#"count_over_time(({a="b"} | json)[5m])"#, plain),
            (#"count_over_time(({a="b"} | json [5m]))"#, plain),
            (#"count_over_time((({a="b"}[5m] | json)))"#, plain),
            (#"rate({a="b"}[1d] offset 1h)"#, #"rate({a="b"}[1d] offset 1h0m0s)"#),
            (#"rate({a="b"}[90s] offset -5m | json)"#, #"rate({a="b"} | json[1m30s] offset -5m0s)"#),
            (#"rate(({a="b"})[1w] offset 1d)"#, #"rate({a="b"}[1w] offset 24h0m0s)"#),
        ])
    }

    @Test("Numbers are unwrapped from labels, filtered afterwards")
    func unwraps() {
        let plain = #"sum_over_time({a="b"} | unwrap c[5m])"#
        expectTexts([
            (#"sum_over_time({a="b"} | unwrap c [5m])"#, plain),
            (#"sum_over_time({a="b"}[5m] | unwrap c)"#, plain),
            (#"sum_over_time(({a="b"})[5m] | unwrap c)"#, plain),
            (#"sum_over_time(({a="b"} | unwrap c)[5m])"#, plain),
            (#"sum_over_time(({a="b"} | unwrap c [5m]))"#, plain),
            (
                #"max_over_time({a="b"} | json | unwrap duration_seconds(c) | __error__="" | d>1 [5m] offset 2s) by (e,f)"#,
                #"max_over_time({a="b"} | json | unwrap duration_seconds(c) | __error__="" | d>1[5m] offset 2s) by (e,f)"#
            ),
            (#"rate({a="b"} | unwrap bytes(bytes) [5m])"#, #"rate({a="b"} | unwrap bytes(bytes)[5m])"#),
            (
                #"avg_over_time({a="b"} | unwrap bytes [5m]) without ()"#,
                #"avg_over_time({a="b"} | unwrap bytes[5m]) without ()"#
            ),
            (
                #"quantile_over_time(0.99,{a="b"}[5m] offset 1m | json | unwrap c) by ()"#,
                #"quantile_over_time(0.99,{a="b"} | json | unwrap c[5m] offset 1m0s) by ()"#
            ),
            (#"absent_over_time({a="b"} | unwrap c [5m])"#, #"absent_over_time({a="b"} | unwrap c[5m])"#),
        ])
    }

    @Test("Vector aggregations group before or after what they aggregate")
    func vectors() {
        expectTexts([
            (#"sum by (a,b) (rate({c="d"}[5m]))"#, #"sum by (a,b)(rate({c="d"}[5m]))"#),
            (#"SUM(rate({c="d"}[5m])) BY (a,b)"#, #"sum by (a,b)(rate({c="d"}[5m]))"#),
            (#"topk(10,rate({c="d"}[5m])) without(a)"#, #"topk without (a)(10,rate({c="d"}[5m]))"#),
            (#"bottomk by (a) (1, rate({c="d"}[5m]))"#, #"bottomk by (a)(1,rate({c="d"}[5m]))"#),
            (#"max by () (rate({c="d"}[5m]))"#, #"max(rate({c="d"}[5m]))"#),
            (#"max without () (rate({c="d"}[5m]))"#, #"max without ()(rate({c="d"}[5m]))"#),
            (#"sort_desc(approx_topk(3,rate({c="d"}[5m])))"#, #"sort_desc(approx_topk(3,rate({c="d"}[5m])))"#),
            (
                #"stddev(stdvar(avg(min(count(rate({c="d"}[5m]))))))"#,
                #"stddev(stdvar(avg(min(count(rate({c="d"}[5m]))))))"#
            ),
        ])
    }

    @Test("Binary operators keep their precedence; a power groups to the right")
    func binaries() {
        expectTexts([
            ("vector(1)+vector(2)*vector(3)", "(vector(1.000000) + (vector(2.000000) * vector(3.000000)))"),
            ("(vector(1)+vector(2))*vector(3)", "((vector(1.000000) + vector(2.000000)) * vector(3.000000))"),
            ("vector(1)-vector(2)-vector(3)", "((vector(1.000000) - vector(2.000000)) - vector(3.000000))"),
            ("vector(1)^vector(2)^vector(3)", "(vector(1.000000) ^ (vector(2.000000) ^ vector(3.000000)))"),
            ("vector(1) or vector(2) and vector(3)", "(vector(1.000000) or (vector(2.000000) and vector(3.000000)))"),
            (
                "vector(1) unless vector(2) > bool vector(3)",
                "(vector(1.000000) unless (vector(2.000000) > bool vector(3.000000)))"
            ),
            ("vector(1) % -2", "(vector(1.000000) % -2)"),
            ("vector(3.14) ^ 1e7", "(vector(3.140000) ^ 1e+07)"),
            (
                "vector(1) / on (a, b) group_left (c) vector(2)",
                "(vector(1.000000) / on (a,b) group_left (c) vector(2.000000))"
            ),
            (
                "vector(1) * ignoring() group_right vector(2)",
                "(vector(1.000000) * ignoring () group_right vector(2.000000))"
            ),
            (
                "vector(1) * on (a) group_left () (vector(2) + vector(3))",
                "(vector(1.000000) * on (a) group_left () (vector(2.000000) + vector(3.000000)))"
            ),
            ("vector(1) == bool on () vector(2)", "(vector(1.000000) == bool on ()  vector(2.000000))"),
        ])
    }

    @Test("Two numbers are reduced to one")
    func literals() {
        expectTexts([
            ("2 + 3 + 4", "9"), ("5 + -6 / 3", "3"), ("4 - 1 - -2", "5"), ("2 ^ 3 ^ 2", "512"), ("-2 ^ 2", "4"),
            ("9 > 8 == 1", "1"), ("3 <= 2 < 5", "1"), ("6 > bool 0", "1"), ("2 == 2", "1"), ("2 != 2", "0"),
            ("7 % 4", "3"), ("(1 + 2) * 3", "9"), ("0x1p4 + 1_000", "1016"), (".5 + 1.", "1.5"), ("1 / 0", "NaN"),
            ("vector(1) - 3 / 4", "(vector(1.000000) - 0.75)"),
            ("-0", "-0"), ("vector(1) - -0", "(vector(1.000000) - -0)"),
        ])
    }

    @Test("Labels are replaced by an expression")
    func labelReplace() {
        expectTexts([
            (
                #"label_replace(rate({a="b"}[5m]), "c", "$1", "d", "(.*):.*")"#,
                #"label_replace(rate({a="b"}[5m]),"c","$1","d","(.*):.*")"#
            )
        ])
    }

    @Test("Matchers and labels alone are read without a query around them")
    func pieces() throws {
        let matchers = try LogQLParser.parseMatchers(#"{a="b", c!~"d"}"#)
        #expect(matchers.map(\.description) == [#"a="b""#, #"c!~"d""#])
        #expect(try LogQLParser.parseMatchers("{}", allowsAll: true).isEmpty)
        #expect(throws: LogQLError.self) { try LogQLParser.parseMatchers("{}") }
        #expect(throws: LogQLError.self) { try LogQLParser.parseMatchers(#"{a="b"} | json"#) }
        #expect(throws: LogQLError.self) { try LogQLParser.parseMatchers(#"rate({a="b"}[5m])"#) }
        #expect(try LogQLParser.parseSelection(#"{a="b"} |= "c""#).stages.count == 1)
        #expect(throws: LogQLError.self) { try LogQLParser.parseSelection("1") }
        let labels = try LogQLParser.parseLabels(#"{on="1", "a b"="2", json="3",}"#)
        #expect(labels.map(\.name) == ["on", "a b", "json"])
        #expect(labels.map(\.value) == ["1", "2", "3"])
        #expect(try LogQLParser.parseLabels("{}").isEmpty)
        for text in ["", "{", #"{a}"#, #"{a="b""#, #"{a="b"} x"#, #"{,}"#, #"{a=~"b"}"#, #"{a="b" c="d"}"#] {
            #expect(throws: LogQLError.self, "\(text)") { try LogQLParser.parseLabels(text) }
        }
    }
}
