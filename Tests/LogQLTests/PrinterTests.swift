import LogQL
import PrometheusModel
import Testing

@Suite struct PrinterTests {
    @Test("A tree prints as a query that parses to the same tree", arguments: 0..<20)
    func roundTrip(_ seed: Int) {
        var trees = RandomTree(random: SplitMix(state: UInt64(seed) &* 7919 &+ 1))
        for _ in 0..<200 {
            let query = trees.query()
            for text in [query.description, query.prettyPrinted, query.prettyPrinted(columns: 20)] {
                do throws(LogQLError) {
                    let again = try LogQLParser.parse(text)
                    #expect(again == query, "\(text) became \(again)")
                } catch {
                    Issue.record("\(text): \(error)")
                }
            }
        }
    }

    private func expectLines(_ text: String, columns: Int, _ lines: [String]) throws {
        let query = try LogQLParser.parse(text)
        #expect(query.prettyPrinted(columns: columns) == lines.joined(separator: "\n"))
    }

    @Test("A query that fits stays on its line")
    func short() throws {
        try expectLines(#"{job="a",  b="c"}|json"#, columns: 100, [#"{job="a", b="c"} | json"#])
        let selector = #"{service="shop", region="north"}"#
        try expectLines(selector, columns: 20, [selector])
        let long = #"{a=""# + String(repeating: "b", count: 80) + #""} | json"#
        #expect(try LogQLParser.parse(long).prettyPrinted == long)
        let longer = #"{a=""# + String(repeating: "b", count: 90) + #""} | json"#
        #expect(try LogQLParser.parse(longer).prettyPrinted == longer.dropLast(7) + "\n  | json")
    }

    @Test("Stages stand on lines of their own, line filters as many as fit")
    func stages() throws {
        try expectLines(
            #"{job="a"} | logfmt | level="error""#, columns: 20, [#"{job="a"}"#, "  | logfmt", #"  | level="error""#])
        try expectLines(
            #"{job="a"} |= "b" != "c" |~ "d" |= "e" or "f""#, columns: 15,
            [#"{job="a"}"#, #"  |= "b" != "c""#, #"  |~ "d""#, #"  |= "e" or "f""#])
    }

    @Test("Arguments stand one level further in, the window after the last stage")
    func aggregations() throws {
        try expectLines(
            #"count_over_time({job="a", b="c"}|logfmt[1m])"#, columns: 20,
            ["count_over_time(", #"  {job="a", b="c"}"#, "    | logfmt [1m]", ")"])
        try expectLines(
            #"topk by (a,b) (5, quantile_over_time(0.9, {job="a"} | unwrap bytes(c) | d=1 [1h] offset 90m) by (e))"#,
            columns: 20,
            [
                "topk by (a, b)(", "  5,", "  quantile_over_time(", "    0.9,", #"    {job="a"}"#,
                "      | unwrap bytes(c)", "      | d==1 [1h] offset 1h30m", "  ) by (e)", ")",
            ])
        try expectLines(
            #"label_replace(rate({job="a"}[1m]), "b", "$1", "c", "(.*)")"#, columns: 15,
            [
                "label_replace(", "  rate(", #"    {job="a"} [1m]"#, "  ),", #"  "b","#, #"  "$1","#, #"  "c","#,
                #"  "(.*)""#, ")",
            ])
    }

    @Test("Operands keep the parentheses that they need")
    func operators() throws {
        try expectLines(
            "vector(1) + vector(2) / on (a, b) group_left (c, d) vector(3)", columns: 30,
            [
                "  vector(1.000000)", "+", "    vector(2.000000)", "  / on (a, b) group_left (c, d)",
                "    vector(3.000000)",
            ])
        try expectLines(
            "(vector(1) + vector(2)) * vector(3)", columns: 30,
            [
                "  (", "      vector(1.000000)", "    +", "      vector(2.000000)", "  )", "*", "  vector(3.000000)",
            ])
        try expectLines(
            "(vector(1) + vector(2)) * vector(3)", columns: 40,
            ["  (vector(1.000000) + vector(2.000000))", "*", "  vector(3.000000)"])
    }

    @Test("Durations print in the units of Go, windows in those of Prometheus")
    func durations() {
        let pairs: [(Int64, String, String)] = [
            (0, "0s", "0s"), (1, "1ns", "1ns"), (1500, "1.5µs", "1.5µs"), (250_000_000, "250ms", "250ms"),
            (1_500_000_000, "1.5s", "1s500ms"), (90_000_000_000, "1m30s", "1m30s"),
            (3_600_000_000_000, "1h0m0s", "1h"), (86_400_000_000_000, "24h0m0s", "1d"),
            (-60_000_000_000, "-1m0s", "-1m0s"), (.min, "-2562047h47m16.854775808s", "-2562047h47m16.854775808s"),
            (.max, "2562047h47m16.854775807s", "2562047h47m16.854775807s"),
        ]
        for (nanoseconds, go, prometheus) in pairs {
            #expect(DurationText.goText(nanoseconds) == go)
            #expect(DurationText.prometheusText(nanoseconds) == prometheus)
            #expect(DurationText.go(go) == nanoseconds)
            #expect(DurationText.any(prometheus) == nanoseconds)
        }
        for text in ["", "-", "5", "s", ".s", "1.5", "5x", "9223372036854775808ns", "3000000h", "1h-1m", "1.5d", "m5"] {
            #expect(DurationText.go(text) == nil, "\(text)")
        }
        #expect(DurationText.go(".5s") == 500_000_000)
        #expect(DurationText.go("1.s") == 1_000_000_000)
        #expect(DurationText.go("+1.0000000005s") == 1_000_000_000)
        #expect(DurationText.go("0") == 0)
        #expect(DurationText.any("1w") == 604_800_000_000_000)
        #expect(DurationText.any("1y2d") == 31_708_800_000_000_000)
    }

    @Test("Counts of bytes are read as humanize reads them, and print in the largest unit that divides them")
    func bytes() {
        let pairs: [(String, UInt64?)] = [
            ("7", 7), ("7MB", 7_000_000), ("3MiB", 3_145_728), ("7mb", 7_000_000), ("7 MB", 7_000_000),
            ("2.5KB", 2500), ("1,200.5MB", 1_200_500_000), ("1k", 1000), ("1Ki", 1024), ("1B", 1), ("2 b", 2),
            ("1.5EB", 1_500_000_000_000_000_000), ("", nil), ("B", nil), ("7 XB", nil), ("-7 MB", nil),
            ("1.2.3k", nil), ("19EB", nil), ("1.5", 1),
        ]
        for (text, count) in pairs { #expect(ByteCountText.parse(text) == count, "\(text)") }
        for (count, text) in [
            (0, "0kB"), (1, "1B"), (1000, "1kB"), (1024, "1KiB"), (1500, "1500B"), (20_000_000, "20MB"),
            (1 << 30, "1GiB"),
        ] as [(UInt64, String)] { #expect(ByteCountText.print(count) == text) }
    }
}
