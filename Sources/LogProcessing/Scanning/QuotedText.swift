/// Strings in double quotes with backslash escapes.
enum QuotedText {
    /// Takes the string, quotes and all; nil, and nothing taken, when it does not end.
    static func take(_ text: inout Text) -> String? {
        guard text.first == UInt8(ascii: "\"") else { return nil }
        var place = text.start + 1
        var hasEscapes = false
        while place < text.end {
            let byte = text.bytes[place]
            if byte == UInt8(ascii: "\"") {
                let inner = Text(text.bytes, (text.start + 1)..<place)
                text.start = place + 1
                return hasEscapes ? unescaped(inner) : inner.string
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                place += 1
            }
            place += 1
        }
        return nil
    }

    private static func unescaped(_ text: Text) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text
        while !rest.isEmpty {
            let byte = rest.first
            rest.skip(1)
            guard byte == UInt8(ascii: "\\"), !rest.isEmpty else {
                result.append(byte)
                continue
            }
            let escape = rest.first
            rest.skip(1)
            switch escape {
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "u"):
                let digits = rest.prefix(4)
                if digits.count == 4, let unit = UInt32(digits.string, radix: 16), let scalar = Unicode.Scalar(unit) {
                    result.append(contentsOf: String(Character(scalar)).utf8)
                    rest.skip(4)
                } else {
                    result.append(contentsOf: "\\u".utf8)
                }
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escape)
            default:
                result.append(byte)
                result.append(escape)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
