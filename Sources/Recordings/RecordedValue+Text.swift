#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension RecordedValue {
    /// The value as LogQL and SQL show it: a string as it is, numbers in the fewest digits, `true` and `false`, bytes in
    /// base64, lists and maps as JSON without white space; empty for a value that is none.
    ///
    /// The same text as the store keeps (`AttributeText` in `Codecs`), but for bytes and empty values inside lists and
    /// maps, which are a string of base64 and `null` here.
    package var text: String {
        switch self {
        case .string(let text): text
        case .int(let value): "\(value)"
        case .double(let value): Self.print(value)
        case .bool(let value): value ? "true" : "false"
        case .bytes(let bytes): Data(bytes).base64EncodedString()
        case .empty: ""
        case .array, .map:
            String(
                decoding: {
                    var json: [UInt8] = []
                    writeJSON(&json)
                    return json
                }(), as: UTF8.self)
        }
    }

    /// The value of an int or double; nil for all else.
    package var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    private static func print(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Recursion is as deep as the value, which `RecordingBuilder` and the decoders bound.
    private func writeJSON(_ json: inout [UInt8]) {
        switch self {
        case .string(let text): Self.quote(text, &json)
        case .int, .bool: json += text.utf8
        // A whole double keeps its ".0", which tells it from an int.
        case .double(let value) where value.isFinite: json += value.description.utf8
        case .double, .bytes: Self.quote(text, &json)
        case .empty: json += "null".utf8
        case .array(let values):
            json.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                value.writeJSON(&json)
            }
            json.append(UInt8(ascii: "]"))
        case .map(let attributes):
            json.append(UInt8(ascii: "{"))
            for (index, entry) in attributes.entries.enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                Self.quote(entry.key, &json)
                json.append(UInt8(ascii: ":"))
                entry.value.writeJSON(&json)
            }
            json.append(UInt8(ascii: "}"))
        }
    }

    /// Spec: RFC 8259, section 7.
    private static func quote(_ text: String, _ json: inout [UInt8]) {
        json.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
            case 0x08: json += "\\b".utf8
            case 0x09: json += "\\t".utf8
            case 0x0A: json += "\\n".utf8
            case 0x0C: json += "\\f".utf8
            case 0x0D: json += "\\r".utf8
            case 0..<0x20: json += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
            default: json.append(byte)
            }
        }
        json.append(UInt8(ascii: "\""))
    }
}
