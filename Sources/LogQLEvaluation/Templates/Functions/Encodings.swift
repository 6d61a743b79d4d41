import PrometheusModel

extension LineFunctions {
    /// Base64 and percent-encoding.
    static let encodings: TemplateFunctions = [
        "b64enc": text { text throws(TemplateError) in .string(Base64.encode(text)) },
        // As Sprig has it, the reason is the result.
        "b64dec": text { text throws(TemplateError) in .string(Base64.decode(text)) },
        "urlencode": text { text throws(TemplateError) in .string(QueryEscape.encode(text)) },
        "urldecode": text { text throws(TemplateError) in .string(try decodeQuery(text)) },
    ]

    /// Go's `url.QueryUnescape`.
    private static func decodeQuery(_ text: String) throws(TemplateError) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "%") else {
                result.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                continue
            }
            guard index + 1 < bytes.count, let high = hexadecimal(bytes[index]), let low = hexadecimal(bytes[index + 1])
            else {
                let escape = String(decoding: bytes[(index - 1)..<min(index + 2, bytes.count)], as: UTF8.self)
                throw TemplateError("invalid URL escape \"\(escape)\"")
            }
            result.append(high << 4 | low)
            index += 2
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        let digit = byte &- UInt8(ascii: "0")
        if digit < 10 { return digit }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }
}

/// RFC 4648, section 4, with padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 { group = group << 8 | (offset < count ? UInt32(bytes[index + offset]) : 0) }
            for place in 0..<4 {
                let value = Int(group >> UInt32(18 - 6 * place)) & 63
                result.append(place <= count ? alphabet[value] : UInt8(ascii: "="))
            }
            index += count
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The text, or why it is none. Line breaks count not.
    static func decode(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var group: UInt32 = 0
        var count = 0
        var index = 0
        func failure(_ place: Int) -> String { "illegal base64 data at input byte \(place)" }
        func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isBreak(byte) { continue }
            if byte == UInt8(ascii: "=") {
                guard count >= 2 else { return failure(index - 1) }
                if count == 2 {
                    while index < bytes.count, isBreak(bytes[index]) { index += 1 }
                    guard index < bytes.count else { return failure(bytes.count) }
                    guard bytes[index] == UInt8(ascii: "=") else { return failure(index) }
                    index += 1
                }
                while index < bytes.count, isBreak(bytes[index]) { index += 1 }
                guard index == bytes.count else { return failure(index) }
                group <<= UInt32(6 * (4 - count))
                result.append(UInt8(truncatingIfNeeded: group >> 16))
                if count == 3 { result.append(UInt8(truncatingIfNeeded: group >> 8)) }
                return String(decoding: result, as: UTF8.self)
            }
            guard let value = value(byte) else { return failure(index - 1) }
            group = group << 6 | UInt32(value)
            count += 1
            if count == 4 {
                for shift: UInt32 in [16, 8, 0] { result.append(UInt8(truncatingIfNeeded: group >> shift)) }
                (group, count) = (0, 0)
            }
        }
        return count == 0 ? String(decoding: result, as: UTF8.self) : failure(bytes.count - count)
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
