import TelemetryModel

/// Strings as Go quotes them.
///
/// - Spec: The Go Programming Language Specification, "Rune literals" and "String literals".
enum GoString {
    /// Reads the string whose opening quote (`"`, `'` or a backtick) is at `position`, and moves behind its end; nil
    /// when it does not end or holds an escape that does not exist. Bytes that are not UTF-8 become U+FFFD.
    static func unquote(_ text: UnsafeBufferPointer<UInt8>, at position: inout Int) -> String? {
        let quote = text[position]
        var result: [UInt8] = []
        var index = position + 1
        while index < text.count {
            let byte = text[index]
            index += 1
            if byte == quote {
                position = index
                return String(decoding: result, as: UTF8.self)
            }
            if quote != UInt8(ascii: "`") {
                if byte == UInt8(ascii: "\n") { return nil }
                if byte == UInt8(ascii: "\\") {
                    guard appendEscape(text, &index, quote, &result) else { return nil }
                    continue
                }
            }
            result.append(byte)
        }
        return nil
    }

    private static func appendEscape(
        _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ quote: UInt8, _ result: inout [UInt8]
    ) -> Bool {
        guard index < text.count else { return false }
        let kind = text[index]
        index += 1
        switch kind {
        case UInt8(ascii: "a"): result.append(0x07)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "v"): result.append(0x0B)
        case UInt8(ascii: "\\"), quote: result.append(kind)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            index -= 1
            guard let value = number(text, &index, digits: 3, base: 8), value < 256 else { return false }
            result.append(UInt8(value))
        case UInt8(ascii: "x"):
            guard let value = number(text, &index, digits: 2, base: 16) else { return false }
            result.append(UInt8(value))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let digits = kind == UInt8(ascii: "u") ? 4 : 8
            guard let value = number(text, &index, digits: digits, base: 16), let scalar = Unicode.Scalar(value) else {
                return false
            }
            result.append(contentsOf: String(Character(scalar)).utf8)
        default: return false
        }
        return true
    }

    /// Exactly so many digits, at most eight.
    private static func number(
        _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int, digits: Int, base: UInt32
    ) -> UInt32? {
        guard index + digits <= text.count else { return nil }
        var value: UInt32 = 0
        for byte in text[index..<index + digits] {
            guard let digit = Hex.value(of: byte), digit < base else { return nil }
            value = value &* base &+ UInt32(digit)
        }
        index += digits
        return value
    }
}
