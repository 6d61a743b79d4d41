import Testing

@testable import Codecs

@Suite struct ExpositionNumberTests {
    private func parse(_ text: String) -> Double? {
        Array(text.utf8).withUnsafeBufferPointer { ExpositionNumber.parse($0) }
    }

    @Test(arguments: [
        ("0", 0), ("-0", -0.0), ("1", 1), ("+1", 1), ("1.", 1), (".5", 0.5), ("-.5", -0.5), ("1e3", 1000),
        ("1E+03", 1000), ("1e-3", 0.001), ("123456789012345678", 123_456_789_012_345_680),
        ("0.1", 0.1), ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
        ("5e-324", Double.leastNonzeroMagnitude),
        ("1e-400", 0), ("9007199254740993", 9_007_199_254_740_992), ("0.30000000000000004", 0.30000000000000004),
        ("00000000000000000000000000001", 1), ("1e22", 1e22), ("1e23", 1e23), ("inf", Double.infinity),
        ("+Inf", Double.infinity), ("-INFINITY", -Double.infinity), ("0.000000000000000000000000000000001", 1e-33),
        ("123456789012345678901234567890", 123_456_789_012_345_678_901_234_567_890.0),
    ])
    func reads(text: String, value: Double) { #expect(parse(text)?.bitPattern == value.bitPattern) }

    @Test(arguments: [
        "", "+", "-", ".", "e3", "1e", "1e+", "1e3.5", "1..2", "--1", "0x10", "0x1p3", "1_000", "1e309", "-1e999",
        "infi",
        "infinit", "nanx", "+nan", "-NaN", "1f", " 1", "1 ", "1,5", "٣", "in", "1inf",
    ])
    func refuses(text: String) { #expect(parse(text) == nil) }

    @Test func isTheNumberThatSwiftReads() {
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state ^ state >> 29)
            guard value.isFinite else { continue }
            #expect(parse(value.description) == value)
            let short = Double(Int64(bitPattern: state) >> 40) / 1000
            #expect(parse(short.description) == short)
        }
    }

    @Test(arguments: [
        (0.0, "0.0"), (1, "1.0"), (-1, "-1.0"), (0.1, "0.1"), (99999, "99999.0"), (1e6, "1e+06"),
        (1_234_567, "1.234567e+06"), (1e21, "1e+21"), (0.00001, "1e-05"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
        (.nan, "NaN"), (2.5, "2.5"),
    ])
    func writesLikeOpenMetrics(value: Double, text: String) { #expect(ExpositionNumber.openMetrics(value) == text) }

    @Test func timesAreCutToMillisecondsAndNeverTrap() {
        #expect(ExpositionNumber.milliseconds(1_520_879_607.789) == 1_520_879_607_789)
        #expect(ExpositionNumber.milliseconds(-0.0015) == -1)
        #expect(ExpositionNumber.milliseconds(1e300) == .min)
        #expect(ExpositionNumber.milliseconds(-1e300) == .min)
    }
}
