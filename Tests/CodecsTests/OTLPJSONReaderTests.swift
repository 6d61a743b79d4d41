import Testing

@testable import Codecs

@Suite struct OTLPJSONReaderTests {
    /// Skips a whole document, which holds it to the grammar.
    private func check(_ bytes: [UInt8]) throws(DecodeError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
            var reader = JSONReader(buffer)
            try reader.skipValue()
            try reader.finish()
        }
    }

    private func read<Value>(
        _ text: String, _ body: (inout JSONReader) throws(DecodeError) -> Value
    ) throws(DecodeError) -> Value {
        try Array(text.utf8).withUnsafeBufferPointer { (buffer) throws(DecodeError) in
            var reader = JSONReader(buffer)
            return try body(&reader)
        }
    }

    @Test(arguments: [
        "{}", "[]", " {\t}\r\n", "[1,2]", #"{"a":{"b":[null,true,false]}}"#, "0", "-0", "1.5e+3", "1E2", "-0.1e-9",
        #""\u00e9\"\\\/\b\f\n\r\t""#, #""\ud83d\ude00""#, #""\ud83d""#, #""☃""#, "\"\u{7F}\"",
    ])
    func acceptsTheGrammar(text: String) throws {
        try check(Array(text.utf8))
    }

    @Test(arguments: [
        "", " ", "{", "[", "{]", "[}", "[1,]", "{,}", "[,1]", "[1 2]", "{}{}", "{} x", "{\"a\"}", "{\"a\":}",
        "{\"a\" 1}",
        "{a:1}", "{'a':1}", "{\"a\":1,}", "nul", "nulll", "truefalse", "True", "NaN", "Infinity", "-", "+1", "01",
        "-01",
        ".5", "1.", "1e", "1e+", "0x10", "1_000", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\t\"",
        "\"\u{0}\"", "// comment\n{}", "\u{FEFF}{}",
    ])
    func refusesWhatIsNoJSON(text: String) {
        #expect(throws: DecodeError.self) { try check(Array(text.utf8)) }
    }

    @Test(arguments: [
        ("{\"a\": x}", 6), ("[1,\n  2", 7), ("{} {}", 3), ("[\"ab\u{1}\"]", 4), ("[12, 1.]", 5), ("[\"a\\q\"]", 3),
    ])
    func reportsTheOffset(text: String, offset: Int) {
        let error = #expect(throws: DecodeError.self) { try check(Array(text.utf8)) }
        #expect(error?.offset == offset)
        #expect(error?.code == .malformed)
        #expect(error?.message.hasSuffix("at byte \(offset)") == true)
    }

    @Test(arguments: ["[", "{\"a\":"])
    func refusesNestingBeyondTheLimit(opening: String) throws {
        let closing = opening == "[" ? "]" : "}"
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)).utf8)
        }
        try check(nested(Limits.jsonDepth))
        for depth in [Limits.jsonDepth + 1, 10_000, 1_000_000] {
            let error = #expect(throws: DecodeError.self) { try check(nested(depth)) }
            #expect(error?.code == .tooDeep)
            #expect(error?.reason == "json is nested deeper than \(Limits.jsonDepth) levels")
        }
    }

    @Test func depthIsThatOfOpenContainersOnly() throws {
        // More containers than the limit, but beside each other.
        try check(Array(("[" + String(repeating: "[{}],", count: 1000) + "[]]").utf8))
    }

    @Test(arguments: [
        (#""plain""#, "plain"), (#""""#, ""), (#""a\u0041\n\/""#, "aA\n/"), (#""\ud83d\ude00!""#, "😀!"),
        (#""\u0000""#, "\0"), (#""na\u00efve ☃""#, "naïve ☃"), (#""\uFFFF\uD7FF\uE000""#, "\u{FFFF}\u{D7FF}\u{E000}"),
        (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
    ])
    func readsStrings(text: String, expected: String) throws {
        let (value, repaired) = try read(text) { (reader) throws(DecodeError) in
            (try reader.readString(), reader.loneSurrogateStrings + reader.invalidUTF8Strings)
        }
        #expect(value == expected)
        #expect(repaired == 0)
    }

    @Test(arguments: [
        (#""\ud83d""#, "\u{FFFD}"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
        (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
    ])
    func mendsLoneSurrogatesOncePerString(text: String, expected: String) throws {
        let (value, repaired) = try read(text) { (reader) throws(DecodeError) in
            (try reader.readString(), reader.loneSurrogateStrings)
        }
        #expect(value == expected)
        #expect(repaired == 1)
    }

    @Test(
        arguments: [
            ([0xFF], "\u{FFFD}"), ([0x61, 0xC3], "a\u{FFFD}"), ([0x5C, 0x6E, 0x80], "\n\u{FFFD}"),
            // An encoded surrogate and an overlong slash are not UTF-8 (RFC 3629, section 3).
            ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"), ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"),
        ] as [([UInt8], String)])
    func mendsBytesThatAreNotUTF8(bytes: [UInt8], expected: String) throws {
        let document = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
        let (value, repaired) = try document.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
            var reader = JSONReader(buffer)
            return (try reader.readString(), reader.invalidUTF8Strings)
        }
        #expect(value == expected)
        #expect(repaired == 1)
    }

    @Test(
        arguments: [
            ("0", .value(magnitude: 0, isNegative: false)), ("-0", .value(magnitude: 0, isNegative: false)),
            ("0e99999999999999999999", .value(magnitude: 0, isNegative: false)),
            ("18446744073709551615", .value(magnitude: .max, isNegative: false)), ("18446744073709551616", .tooLarge),
            ("-9223372036854775808", .value(magnitude: 1 << 63, isNegative: true)),
            ("1234567890123456789", .value(magnitude: 1_234_567_890_123_456_789, isNegative: false)),
            ("1e3", .value(magnitude: 1000, isNegative: false)), ("5.0", .value(magnitude: 5, isNegative: false)),
            ("1.50e1", .value(magnitude: 15, isNegative: false)), ("1500e-2", .value(magnitude: 15, isNegative: false)),
            ("1.0000000000000000000000000000000", .value(magnitude: 1, isNegative: false)), ("1.5", .fraction),
            ("1e-1", .fraction), ("1e20", .tooLarge), ("1e99999999999999999999", .tooLarge),
            ("1e-99999999999999999999", .fraction), ("12345678901234567890123", .tooLarge),
            ("0.12345678901234567890123", .fraction),
        ] as [(String, JSONNumber.Integer)])
    func keepsIntegersExactly(text: String, expected: JSONNumber.Integer) throws {
        let value = try read(text) { (reader) throws(DecodeError) in try reader.readNumber().integer }
        #expect(value == expected)
    }

    @Test(arguments: [
        "0", "-0", "0.25", "19", "1e300", "1e22", "1e23", "-1.5e-7", "9007199254740993", "0.1", "123456.789e-12",
        "5e-324",
        "2.2250738585072011e-308", "1.7976931348623157e308", "3.14159265358979323846264338327950288", "1e-400",
        "100000000000000000000000000000",
    ])
    func roundsDoublesLikeTheStandardLibrary(text: String) throws {
        let value = try read(text) { (reader) throws(DecodeError) in try reader.readNumber().double }
        #expect(value?.bitPattern == Double(text)?.bitPattern)
    }

    @Test func doubleBeyondTheRangeIsNone() throws {
        let value = try read("1e400") { (reader) throws(DecodeError) in try reader.readNumber().double }
        #expect(value == nil)
    }
}
