/// What a byte can be in a line: bits that are combined over a word.
enum ByteClass {
    /// Ends words, and chunks of several words.
    static let hard: UInt8 = 0x01
    /// Ends words: `:`, `/`, `@`.
    static let soft: UInt8 = 0x02
    static let digit: UInt8 = 0x04
    /// `a` to `f`, either case.
    static let hexLetter: UInt8 = 0x08
    static let otherLetter: UInt8 = 0x10
    /// Joins the parts of a name: `-`, `_`, `.`, `#`.
    static let joiner: UInt8 = 0x20
    static let beyondASCII: UInt8 = 0x40
    /// Control characters, which nobody can type, and `<`, with which LogQL would begin a capture.
    static let special: UInt8 = 0x80

    static let table: [UInt8] = (0...255).map { (byte: UInt8) -> UInt8 in
        switch byte {
        case UInt8(ascii: " "), 0x09...0x0D: hard
        case UInt8(ascii: "<"), 0x7F, 0..<0x20: special
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): hexLetter
        case UInt8(ascii: "g")...UInt8(ascii: "z"), UInt8(ascii: "G")...UInt8(ascii: "Z"): otherLetter
        case _ where byte >= 0x80: beyondASCII
        case _ where ":/@".utf8.contains(byte): soft
        case _ where "-_.#".utf8.contains(byte): joiner
        case _ where "=,;()[]{}\"'|&?!\\`".utf8.contains(byte): hard
        default: 0
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
