import LogQLEvaluation
import Testing

@Suite struct NumberConversionTests {
    // Values: Go, strconv.ParseFloat.
    @Test(
        "a text is a number as Go reads it",
        arguments: [
            ("0", 0), ("7", 7), ("-12.5", -12.5), ("+3", 3), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E-3", 0.001),
            ("123456789012345678", 123_456_789_012_345_680), ("0.1", 0.1), ("1_000", 1000), ("0x1p4", 16),
            ("0x_1.8p1", 3), ("inf", .infinity), ("-Infinity", -.infinity), ("+Inf", .infinity),
            ("0.000000000000000000001", 1e-21), ("9007199254740993", 9_007_199_254_740_992), ("1e-400", 0),
            ("00012", 12), ("1_23.50_0_0e+1_2", 1.235e14),
        ] as [(String, Double)])
    func numbers(text: String, value: Double) {
        var text = text
        #expect(text.withUTF8 { LogQLConversions.number($0) } == value)
    }

    @Test(
        "another text is none",
        arguments: [
            "", " 1", "1 ", "abc", "1a", "--1", "1..2", ".", "e5", "1e", "1e+", "0x1", "0x", "_1", "1_", "1__0", "1_.5",
            "1e400", "-1e400", "+nan", "infin", "1,000", "12ms", "1\u{0}",
        ])
    func failures(text: String) {
        var text = text
        #expect(text.withUTF8 { LogQLConversions.number($0) } == nil)
    }

    @Test("NaN is a number") func notANumber() {
        var text = "NaN"
        #expect(text.withUTF8 { LogQLConversions.number($0) }?.isNaN == true)
    }

    @Test("the reason is Go's") func reasons() {
        var text = "ab\"c"
        #expect(
            text.withUTF8 { LogQLConversions.numberFailure($0) }
                == #"strconv.ParseFloat: parsing "ab\"c": invalid syntax"#)
        var large = "1e999"
        #expect(
            large.withUTF8 { LogQLConversions.numberFailure($0) }
                == #"strconv.ParseFloat: parsing "1e999": value out of range"#)
    }

    @Test("digits of any number read as the standard library reads them") func random() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let scale = ([1, 10, 100, 1e3, 1e7, 1e12] as [Double]).randomElement(using: &generator) ?? 1
            let value = Double(Int.random(in: -99_999_999...99_999_999, using: &generator)) / scale
            var text = "\(value)"
            #expect(text.withUTF8 { LogQLConversions.number($0) } == value)
        }
    }
}
