import PromQL
import Testing

/// Lines of `format_query`. The width is 10 in most cases so that the cases stay short.
@Suite struct PrettyPrinterTests {
    @Test(
        "What is too long is broken at its node, each level two columns further in",
        arguments: [
            ("a+b", "a + b"),
            ("a == bool 1", "  a\n== bool\n  1"),
            ("a + ignoring(job) b", "  a\n+ ignoring (job)\n  b"),
            ("foo + baar + foo_3", "  foo + baar\n+\n  foo_3"),
            ("foo_1 + foo_2 + foo_3", "    foo_1\n  +\n    foo_2\n+\n  foo_3"),
            ("sum by() (errors:rate10s)", "sum(\n  errors:rate10s\n)"),
            ("topk(10, errors:rate10s)", "topk(\n  10,\n  errors:rate10s\n)"),
            (
                "sum(errors:rate10s) without(a, b) / 2",
                "  sum without (a, b) (\n    errors:rate10s\n  )\n/\n  2"
            ),
            ("rate(foo[1m])", "rate(\n  foo[1m]\n)"),
            (
                "histogram_quantile(0.9, rate(foo[1m] @ start()))",
                "histogram_quantile(\n  0.9,\n  rate(\n    foo[1m] @ start()\n  )\n)"
            ),
            (
                "max_over_time(rate(requests_total[1m])[1m:] @ start() offset 1m)",
                "max_over_time(\n  rate(\n    requests_total[1m]\n  )[1m:] @ start() offset 1m\n)"
            ),
            ("((foo_long))", "(\n  (foo_long)\n)"),
            ("(foo_long + bar_long)", "(\n    foo_long\n  +\n    bar_long\n)"),
            ("-vector_selector", "-vector_selector"),
            ("(-vector_selector)", "(\n  -vector_selector\n)"),
            ("-rate(foo[1m] @ start())", "-rate(\n  foo[1m] @ start()\n)"),
            ("-(foo_1 + foo_2)", "-(\n    foo_1\n  +\n    foo_2\n)"),
            ("-foo_1 ^ foo_2", "-foo_1\n^\n  foo_2"),
            ("Inf ^ vector_selector", "  Inf\n^\n  vector_selector"),
            ("a_vector_selector @ 1", "a_vector_selector @ 1.000"),
            ("rate(foo[2*1h])", "rate(\n  foo[2 * 1h]\n)"),
            ("label_join(up, \"a\", \"b\")", "label_join(\n  up,\n  \"a\",\n  \"b\"\n)"),
            // Prometheus forgets the indentation of a subquery that fits.
            ("deriv(a[1m:])", "deriv(\na[1m:]\n)"),
        ])
    func breaks(_ query: String, _ lines: String) throws {
        let expression = try PromQLParser.parse(query)
        #expect(expression.prettyPrinted(columns: 10) == lines)
        let again = try PromQLParser.parse(lines)
        #expect(again.description == expression.description)
    }

    @Test("A line holds 100 bytes")
    func width() throws {
        let name = String(repeating: "a", count: 95)
        let fitting = try PromQLParser.parse("abs(\(name.dropLast(0)))")
        #expect(fitting.prettyPrinted == "abs(\(name))")
        let longer = try PromQLParser.parse("abs(\(name)a)")
        #expect(longer.prettyPrinted == "abs(\n  \(name)a\n)")
    }
}
