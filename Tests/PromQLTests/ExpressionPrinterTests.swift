import PromQL
import Testing

@Suite struct ExpressionPrinterTests {
    @Test(
        "Durations are printed in the largest units, weeks and years only when exact",
        arguments: [
            (0, "0s"), (1, "1ms"), (1000, "1s"), (61_000, "1m1s"), (3_600_000, "1h"), (86_400_000, "1d"),
            (7 * 86_400_000, "1w"), (8 * 86_400_000, "8d"), (365 * 86_400_000, "1y"), (366 * 86_400_000, "366d"),
            (90_061_001, "1d1h1m1s1ms"), (-90_000, "-1m30s"), (14 * 86_400_000, "2w"),
        ] as [(Int64, String)])
    func durations(_ milliseconds: Int64, _ text: String) {
        #expect(DurationText.text(milliseconds) == text)
        // The extremes do not trap.
        #expect(DurationText.text(.min).hasPrefix("-"))
    }

    @Test("Labels stand in the order of their bytes")
    func order() throws {
        let expression = try PromQLParser.parse("{b=\"1\",\"é\"=\"2\",a=\"3\",B=\"4\"}")
        #expect(expression.description == "{\"é\"=\"2\",B=\"4\",a=\"3\",b=\"1\"}")
    }

    @Test("Text in strings is escaped as in Go")
    func strings() throws {
        let expression = try PromQLParser.parse("\"\\t\\u0000\\u00ad\u{7f}\\\\\"")
        let printed = expression.description
        let again = try PromQLParser.parse(printed)
        #expect(again.description == printed)
        #expect(printed.hasPrefix("\"\\t\\x00"))
    }

    @Test(
        "A time of @ is printed with three digits",
        arguments: [("1", "1.000"), ("-0.0004", "0.000"), ("1e12", "1000000000000.000"), ("-1.5", "-1.500")])
    func times(_ time: String, _ printed: String) throws {
        let expression = try PromQLParser.parse("a @ \(time)")
        #expect(expression.description == "a @ \(printed)")
    }
}
