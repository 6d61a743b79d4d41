import Testing

@testable import Codecs

@Suite struct StatsDNumberTests {
    private func parse(_ text: String) -> Double? {
        Array(text.utf8).withUnsafeBufferPointer { StatsDNumber.parse($0, 0..<$0.count) }
    }

    /// The standard library's reader of numbers decides.
    @Test func numbersAreTheNearestOnes() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            #expect(parse("\(value)") == value)
        }
        for _ in 0..<20_000 {
            let text = "\(Int.random(in: -99_999_999...99_999_999)).\(Int.random(in: 0...99_999_999))"
            #expect(parse(text) == Double(text))
        }
    }

    @Test(arguments: [
        "0", "-0", "+7", "12345678901234", "9007199254740993", "18446744073709551616", "123456789012345678901234567890",
        ".5", "5.", "1e3", "1E-3", "1e+22", "1e23", "0.1", "0.30000000000000004", "4.9e-324", "1e-400",
        "000000000000000000000000000001", "1.7976931348623157e308", "0.000000000000000000000000000001",
    ])
    func formsThatAreNumbers(_ text: String) {
        let expected = Double(text) ?? Double(text.replacing("5.", with: "5.0").replacing(".5", with: "0.5"))
        #expect(parse(text) == expected)
        #expect(parse(text)?.sign == expected?.sign)
    }

    @Test(arguments: [
        "", "-", "+", ".", "e5", "1e", "1e+", "1 ", " 1", "1,5", "1.2.3", "0x1", "nan", "inf", "1e400", "--1", "+-1",
        "1f",
        "1_000", "∞",
    ])
    func formsThatAreNot(_ text: String) {
        #expect(parse(text) == nil)
    }
}
