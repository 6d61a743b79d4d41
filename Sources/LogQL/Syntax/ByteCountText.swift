/// Counts of bytes: `20MB` (decimal units), `1KiB` (binary units), `1.5k`.
package enum ByteCountText {
    /// Lower case, without the `b` at their end.
    private static let units: [String: Double] = [
        "": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "p": 1e15, "e": 1e18, "ki": 0x1p10, "mi": 0x1p20,
        "gi": 0x1p30, "ti": 0x1p40, "pi": 0x1p50, "ei": 0x1p60,
    ]
    /// Largest first. The parser reads none over these.
    private static let printed: [(name: String, count: UInt64)] = [
        ("PB", 1_000_000_000_000_000), ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000),
        ("PiB", 1 << 50), ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("kB", 1000), ("KiB", 1 << 10),
    ]

    /// A number, spaces perhaps, and a unit in any case, as `humanize.ParseBytes` of Go reads it. Parts of a byte fall
    /// away.
    package static func parse(_ text: String) -> UInt64? {
        let bytes = text.utf8
        let digits = bytes.prefix { Lexer.isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
        // Commas group digits.
        let number = digits.filter { $0 != UInt8(ascii: ",") }
        guard case .success(let value) = FloatText.parse(String(decoding: number, as: UTF8.self)) else { return nil }
        var rest = Substring(bytes.dropFirst(digits.count))
        while let first = rest.unicodeScalars.first, first.properties.isWhitespace { rest.unicodeScalars.removeFirst() }
        while let last = rest.unicodeScalars.last, last.properties.isWhitespace { rest.unicodeScalars.removeLast() }
        var unit = rest.lowercased()
        if unit.utf8.last == UInt8(ascii: "b") { unit.removeLast() }
        guard let factor = units[unit] else { return nil }
        return UInt64(exactly: (value * factor).rounded(.towardZero))
    }

    /// Text without spaces that reads back as the same count, in the largest unit that divides it.
    package static func print(_ count: UInt64) -> String {
        // `0B` begins a binary literal for Loki.
        guard count > 0 else { return "0kB" }
        for unit in printed where count % unit.count == 0 {
            // Beyond 53 bits the number would not read back.
            return "\(count / unit.count)\(unit.name)"
        }
        return "\(count)B"
    }
}
