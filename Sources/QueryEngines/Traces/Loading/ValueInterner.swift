import Codecs
import OTLPMessages
import TelemetryModel
import TraceQL

/// Gives each distinct stored value a code, in order of first appearance; code 0 is `.none`.
struct ValueInterner {
    private(set) var values: [Value] = [.none]
    private let texts = StringInterner()
    /// By text and type: two types can have one text.
    private var codes: [UInt64: UInt32] = [:]

    mutating func code(_ text: UnsafeBufferPointer<UInt8>, _ letter: UInt8) -> UInt32 {
        guard letter != AttributeType.empty.rawValue else { return 0 }
        let index = texts.index(ofUTF8: text)
        let key = UInt64(UInt32(bitPattern: index)) << 8 | UInt64(letter)
        if let known = codes[key] { return known }
        let code = UInt32(values.count)
        values.append(StoredValue.read(texts.values.string(at: Int(index)), letter))
        codes[key] = code
        return code
    }

    mutating func code(_ value: Value) -> UInt32 {
        switch value {
        case .none: return 0
        case .string(let text):
            var text = text
            return text.withUTF8 { code($0, AttributeType.string.rawValue) }
        default:
            if let known = others[value] { return known }
            let code = UInt32(values.count)
            values.append(value)
            others[value] = code
            return code
        }
    }

    private var others: [Value: UInt32] = [:]
}

/// An attribute's stored text and type letter as a value of TraceQL.
enum StoredValue {
    static func read(_ text: String, _ letter: UInt8) -> Value {
        let type = AttributeType(rawValue: letter) ?? .string
        switch type {
        case .string, .bytes, .map, .nested: return .string(text)
        case .int: return Int64(text).map { .int($0) } ?? .string(text)
        case .double: return Double(text).map { .double($0) } ?? .string(text)
        case .bool: return .bool(text == "true")
        case .empty: return .none
        case .array:
            let stored = StoredAttribute(key: "", text: text, type: .array)
            guard case .arrayValue(let items) = AttributeText.value(of: stored).value else { return .string(text) }
            return .list(
                items.values.compactMap { item -> Value? in
                    switch item.value {
                    case .stringValue(let text): return .string(text)
                    case .intValue(let number): return .int(number)
                    case .doubleValue(let number): return .double(number)
                    case .boolValue(let flag): return .bool(flag)
                    default: return nil
                    }
                })
        }
    }
}
