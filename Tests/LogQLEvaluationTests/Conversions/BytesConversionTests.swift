import LogQLEvaluation
import Testing

@Suite struct BytesConversionTests {
    // Values: go-humanize, ParseBytes.
    @Test(
        "a text is a number of bytes as go-humanize reads it",
        arguments: [
            ("3B", 3), ("1.5MB", 1_500_000), ("20 KiB", 20480), ("2,048", 2048), ("1g", 1_000_000_000),
            ("1 GI", 1 << 30),
            ("1.5B", 1), ("42", 42), ("2Kb", 2000), ("1PiB", 1 << 50), ("1eib", 1 << 60), ("1 tb ", 1_000_000_000_000),
            ("0", 0), ("12.5kb", 12500), ("1,000,000 b", 1_000_000), ("7ki", 7168),
        ] as [(String, UInt64)])
    func sizes(text: String, bytes: UInt64) {
        var text = text
        #expect(text.withUTF8 { LogQLConversions.bytes($0) } == bytes)
    }

    @Test(
        "another text is none, and why",
        arguments: [
            ("", #"strconv.ParseFloat: parsing "": invalid syntax"#), ("1XB", "unhandled size name: xb"),
            ("-1B", #"strconv.ParseFloat: parsing "": invalid syntax"#), ("16 EiB", "too large: 16 EiB"),
            ("1.2.3MB", #"strconv.ParseFloat: parsing "1.2.3": invalid syntax"#),
            ("84 JB", "unhandled size name: jb"), ("1e3", "unhandled size name: e3"),
        ])
    func failures(text: String, reason: String) {
        var text = text
        #expect(text.withUTF8 { LogQLConversions.bytes($0) } == nil)
        #expect(text.withUTF8 { LogQLConversions.bytesFailure($0) } == reason)
    }

    @Test("no bytes make a conversion trap") func random() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("0123456789.,_-+eExXpPiIkKmMbBsShHnNuµ aAfFtTyY\u{0}\u{7F}\"\\".utf8) + [0xFF, 0xC2]
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...24, using: &generator) {
                bytes.append(alphabet.randomElement(using: &generator) ?? 0)
            }
            bytes.withUnsafeBufferPointer { text in
                if LogQLConversions.number(text) == nil { _ = LogQLConversions.numberFailure(text) }
                if LogQLConversions.duration(text) == nil { _ = LogQLConversions.durationFailure(text) }
                if LogQLConversions.bytes(text) == nil { _ = LogQLConversions.bytesFailure(text) }
            }
        }
    }
}
