import Testing
import TraceQL

@Suite struct ErrorTests {
    @Test("A mistake is reported where it stands, with what was found and what was expected")
    func places() {
        let cases: [(text: String, part: String, message: String)] = [
            ("", "", "expected `{`, `(`, an aggregate or a function, found the end of the query"),
            ("{ .a = }", "}", "expected an attribute or a value, found `}`"),
            ("{ .a = 1 .b }", ".b", "expected an operator or `}`, found the attribute `.b`"),
            ("{ .a = 1", "", "expected an operator or `}`, found the end of the query"),
            ("{ durration > 1s }", "durration", "unknown name `durration`; did you mean `duration`?"),
            (
                "{ foo = 1 }", "foo",
                "unknown name `foo`; an attribute begins with its scope or a dot: `span.foo`, `.foo`"
            ),
            (
                "{ service.name = 1 }", "service.name",
                "unknown scope `service`; an attribute without a scope begins with a dot: `.service.name`"
            ),
            ("{ trace:kind = server }", "trace:kind", "unknown intrinsic `trace:kind`; did you mean `trace:id`?"),
            ("{ span:nane = server }", "span:nane", "unknown intrinsic `span:nane`; did you mean `span:name`?"),
            ("{ span. = 1 }", "span.", "an attribute's name is missing after `span.`"),
            ("{ .a = 'x' }", "'", "text is quoted by \" or `, not by '"),
            ("{ .a = \"x }", "\"x }", "the text in quotes is not closed by `\"`"),
            (
                "{ .a = \"\\d\" }", "\"\\d",
                "unknown escape `\\d`; a backslash is written `\\\\`, or the text in backticks"
            ),
            ("{ .a & .b }", "&", "`&` is no operator; write `&&`"),
            ("{ .a >> .b }", ">>", "`>>` stands between spansets `{ … }`, not between fields"),
            ("{ } | ratte()", "ratte", "unknown function `ratte`; did you mean `rate`?"),
            ("{ } | duration > 1s", "duration", "`duration` is a field; filters stand in braces: `{ duration … }`"),
            (
                "{ } | count()", "",
                "expected a comparison after the aggregate, as in `count() > 1`, found the end of the query"
            ),
            ("{ } + { }", "+", "`+` cannot stand between spansets and spansets"),
            ("{ } && count() > 1", "&&", "`&&` cannot stand between spansets and a comparison"),
            ("{ } | topk(10)", "topk", "`topk` stands after a metrics function such as `rate()`"),
            ("rate()", "rate", "`rate` needs spansets before it: `{ } | rate(…)`"),
            (
                "{ } | rate() | count() > 1", "count",
                "expected `topk` or `bottomk`; nothing else stands after metrics, found `count`"
            ),
            (
                "{ .a = 99999999999999999999 }", "99999999999999999999",
                "the integer `99999999999999999999` does not fit into 64 bits"
            ),
            (
                "{ .a = 9223372036854775808 }", "9223372036854775808",
                "the integer `9223372036854775808` does not fit into 64 bits"
            ),
            ("{ .a = 1e999 }", "1e999", "the number `1e999` is too large"),
            ("{ .a = 300y }", "300y", "the duration `300y` is over 292 years"),
            ("{ .a = 5mm }", "5mm", "`5mm` is neither a number nor a duration"),
            ("3 = 2", "3 = 2", "a comparison of two numbers; one side must be an aggregate"),
            ("2 * 3", "2 * 3", "a number alone is no query"),
            ("{ } /* ", "/* ", "the comment is not closed by `*/`"),
            ("({ } | rate()) * 10s", "10s", "metrics are combined with numbers, not with durations"),
            ("({ } | rate()) > 1 / 0", "1 / 0", "the number is not finite"),
            ("service.name = ", "", "expected an attribute or a value, found the end of the query"),
        ]
        for (text, part, message) in cases {
            let error = failure(text)
            #expect(error?.kind == .parse, "\(text)")
            #expect(error?.message == message, "\(text)")
            if let error { #expect(self.part(text, error.range) == part, "\(text)") }
        }
    }

    @Test("What parses and does not go together is reported where it stands")
    func findings() {
        let cases: [(text: String, part: String, message: String)] = [
            ("{ 1 + 1 }", "1 + 1", "a filter must be true or false, not a number"),
            ("{ .a = 1 || 1 + \"x\" = 2 }", "1 + \"x\"", "`+` cannot join a number and a text"),
            ("{ kind < consumer }", "kind", "`<` does not go with a span kind"),
            ("{ .a && (name) }", "(name)", "`&&` does not go with a text"),
            ("{ -\"foo\" = .a }", "-\"foo\"", "`-` needs a number, not a text"),
            ("{ !1 = .a }", "!1", "`!` needs true or false, not a number"),
            ("{ name = nil }", "name", "`name` is never nil"),
            ("{ nil = resource.service.name }", "resource.service.name", "`resource.service.name` is never nil"),
            ("{ .a =~ \"[\" }", "\"[\"", "the regular expression does not compile: missing ]: ["),
            ("{ } | avg(1 + 2) > 3", "1 + 2", "`avg` needs an attribute of the spans"),
            ("{ } | avg(name) > 3", "name", "`avg` needs a number, not a text"),
            ("{ } | by(1)", "1", "`by` needs an attribute of the spans"),
            ("{ } | rate() | topk(0)", "0", "at least one series must be kept"),
            ("{ } | quantile_over_time(duration, 0.5, 2)", "2", "a quantile is between 0 and 1"),
            ("{ } | min_over_time(status)", "status", "`min_over_time` needs a number, not a status"),
            ("{ } | compare({ }) > 1", "{ } | compare({ })", "`compare` cannot be filtered"),
            ("{ } | compare({ }, 0)", "0", "`compare` shows at least one value"),
            ("{ } | compare({ }, 1, 5, 4)", "5, 4", "the times of `compare` are nanoseconds, the end after the start"),
        ]
        for (text, part, message) in cases {
            let error = failure(text)
            #expect(error?.kind == .check, "\(text)")
            #expect(error?.message == message, "\(text)")
            if let error { #expect(self.part(text, error.range) == part, "\(text)") }
        }
    }

    @Test("What has no meaning here is unsupported")
    func unsupported() {
        for text in [
            "{ parent }", "{ parent = nil }", "{ .a =~ .b }", "{ } | select(parent)", "{ } | rate() by (parent)",
        ] {
            #expect(failure(text)?.kind == .unsupported, "\(text)")
        }
    }

    @Test("Lines and columns count from 1, columns in characters")
    func lines() {
        let error = failure("{ true }\n  | { .é = \"😀\" %% }")
        #expect(error?.line == 2)
        #expect(error?.column == 17)
        #expect(error?.description == "parse error at line 2, column 17: expected an attribute or a value, found `%`")
    }

    @Test("A mistake of the text comes before one of types")
    func order() {
        #expect(failure("{ 1 + \"x\" = 1 } | nothing()")?.kind == .parse)
        #expect(failure("{ 1 = true } | by(1)")?.range == SourceRange(2, 10))
    }

    @Test("A query has a limit of bytes, of nesting, of operators in a chain, and of regular expressions")
    func limits() throws {
        let spaces = String(repeating: " ", count: TraceQLParser.textBytesMax - 2)
        _ = try TraceQLParser.parse("{" + spaces + "}")
        #expect(failure("{ " + spaces + "}")?.message == "the query has 131073 bytes, limit is 131072")

        let limit = TraceQLParser.nestingMax
        for (open, inside, close) in [
            ("(", ".a", " )"), ("!", ".a", ""), ("-", ".a", ""), ("1 ^ ", "1", ""),
            ("(1 || 1 = 1 + 1 * 1 ^ ", ".a", " )"),
        ] {
            let deep = { (count: Int) in
                "{ " + String(repeating: open, count: count) + inside + String(repeating: close, count: count) + " }"
            }
            let room = open.contains("||") || open.contains("^") ? limit / 3 : limit - 2
            _ = try TraceQLParser.parseWithoutChecks(deep(room))
            #expect(failure(deep(limit + 1))?.kind == .parse)
            #expect(failure(deep(3000))?.message == "nested more than 200 deep")
        }
        #expect(failure(String(repeating: "(", count: 100_000))?.message == "nested more than 200 deep")
        #expect(failure(String(repeating: "-", count: 100_000))?.message == "nested more than 200 deep")

        let chain = { (count: Int) in "{ " + Array(repeating: ".a = 1", count: count).joined(separator: " || ") + " }" }
        let long = try TraceQLParser.parse(chain(TraceQLParser.depthMax - 3))
        #expect(try TraceQLParser.parse(long.description) == long)
        #expect(failure(chain(TraceQLParser.depthMax + 1))?.message.hasPrefix("more than 500 operators") == true)
        let patterns = Array(repeating: "{ .a =~ \"b\" }", count: TraceQLParser.patternsMax + 1).joined(
            separator: " | ")
        #expect(failure(patterns)?.message == "more than 500 regular expressions")
    }

    private func failure(_ text: String) -> TraceQLError? {
        do throws(TraceQLError) {
            let query = try TraceQLParser.parse(text)
            Issue.record("\(text) parses as \(query)")
            return nil
        } catch {
            return error
        }
    }

    private func part(_ text: String, _ range: SourceRange) -> String {
        String(decoding: Array(text.utf8)[range.start..<range.end], as: UTF8.self)
    }
}
