import PrometheusModel

/// A JSON document as a template's value: numbers are floating point, of two members of one name the last stays.
///
/// - Spec: RFC 8259; Go, `json.Unmarshal` into an `interface{}`.
enum JSONValue {
    /// Objects and arrays inside one another.
    private static let depthMax = 200

    /// Nil when the text is not one document.
    static func decode(_ text: String) -> TemplateValue? {
        var text = text
        return text.withUTF8 { bytes in
            var reader = Reader(bytes: bytes)
            guard let value = reader.value(depth: 0) else { return nil }
            reader.skipSpace()
            return reader.place == bytes.count ? value : nil
        }
    }

    private struct Reader {
        let bytes: UnsafeBufferPointer<UInt8>
        var place = 0

        var next: UInt8? { place < bytes.count ? bytes[place] : nil }

        mutating func skipSpace() {
            while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
        }

        mutating func take(_ word: StaticString) -> Bool {
            let count = word.utf8CodeUnitCount
            guard place + count <= bytes.count else { return false }
            let isSame = word.withUTF8Buffer { word in
                for offset in 0..<count where bytes[place + offset] != word[offset] { return false }
                return true
            }
            if isSame { place += count }
            return isSame
        }

        mutating func value(depth: Int) -> TemplateValue? {
            guard depth < JSONValue.depthMax else { return nil }
            skipSpace()
            switch next {
            case UInt8(ascii: "{"): return object(depth: depth)
            case UInt8(ascii: "["): return array(depth: depth)
            case UInt8(ascii: "\""): return string().map { .string($0) }
            case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
            case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
            case UInt8(ascii: "n"): return take("null") ? TemplateValue.none : nil
            default: return number()
            }
        }

        private mutating func object(depth: Int) -> TemplateValue? {
            place += 1
            var members: [String: TemplateValue] = [:]
            skipSpace()
            if take("}") { return .map(members) }
            while true {
                skipSpace()
                guard next == UInt8(ascii: "\""), let name = string() else { return nil }
                skipSpace()
                guard take(":"), let value = value(depth: depth + 1) else { return nil }
                members[name] = value
                skipSpace()
                if take("}") { return .map(members) }
                guard take(",") else { return nil }
            }
        }

        private mutating func array(depth: Int) -> TemplateValue? {
            place += 1
            var elements: [TemplateValue] = []
            skipSpace()
            if take("]") { return .list(elements) }
            while true {
                guard let value = value(depth: depth + 1) else { return nil }
                elements.append(value)
                skipSpace()
                if take("]") { return .list(elements) }
                guard take(",") else { return nil }
            }
        }

        private mutating func number() -> TemplateValue? {
            let start = place
            _ = take("-")
            if !take("0") {
                guard digits() else { return nil }
            }
            if take("."), !digits() { return nil }
            if take("e") || take("E") {
                if !take("+") { _ = take("-") }
                guard digits() else { return nil }
            }
            let text = UnsafeBufferPointer(rebasing: bytes[start..<place])
            return LogQLConversions.number(text).map { .float($0) }
        }

        private mutating func digits() -> Bool {
            let start = place
            while let byte = next, byte &- UInt8(ascii: "0") < 10 { place += 1 }
            return place > start
        }

        private mutating func string() -> String? {
            place += 1
            let start = place
            while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
            var result = Array(bytes[start..<place])
            while let byte = next {
                place += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard escape(into: &result) else { return nil }
                case 0..<0x20: return nil
                default: result.append(byte)
                }
            }
            return nil
        }

        private mutating func escape(into result: inout [UInt8]) -> Bool {
            guard let byte = next else { return false }
            place += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                guard var code = codeUnit() else { return false }
                if code & 0xFC00 == 0xD800, place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
                    bytes[place + 1] == UInt8(ascii: "u")
                {
                    let after = place
                    place += 2
                    guard let low = codeUnit() else { return false }
                    if low & 0xFC00 == 0xDC00 {
                        code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
                    } else {
                        place = after
                    }
                }
                // Half of a pair stands for no character.
                result.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
            default: return false
            }
            return true
        }

        private mutating func codeUnit() -> UInt32? {
            guard place + 4 <= bytes.count else { return nil }
            var code: UInt32 = 0
            for byte in bytes[place..<place + 4] {
                let digit = byte &- UInt8(ascii: "0")
                let letter = (byte | 0x20) &- UInt8(ascii: "a")
                guard digit < 10 || letter < 6 else { return nil }
                code = code << 4 | UInt32(digit < 10 ? digit : letter + 10)
            }
            place += 4
            return code
        }
    }
}
