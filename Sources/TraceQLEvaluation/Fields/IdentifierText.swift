import TelemetryModel
import TraceQL

/// Ids in queries: either case, and with or without their leading zeros.
enum IdentifierText {
    /// Whether the values of a field are ids.
    static func isIdentifier(_ expression: FieldExpression) -> Bool {
        guard case .attribute(let attribute) = expression, case .intrinsic(let intrinsic) = attribute.target else {
            return false
        }
        switch intrinsic {
        case .spanID, .parentID, .parent, .traceID, .linkTraceID, .linkSpanID: return true
        default: return false
        }
    }

    /// The one form of an id that others are compared in; other values as they are.
    static func canonical(_ value: Value) -> Value {
        switch value {
        case .string(let text): .string(String(text.lowercased().drop { $0 == "0" }))
        case .list(let elements): .list(elements.map(canonical))
        default: value
        }
    }

    /// The span id that a text stands for; nil when it can be none.
    static func spanID(_ text: String) -> SpanID? {
        let digits = text.drop { $0 == "0" }
        guard digits.utf8.count <= 16 else { return nil }
        guard let bytes = digits.isEmpty ? [UInt8](repeating: 0, count: 8) : Hex.decode(digits, paddedTo: 8) else {
            return nil
        }
        return SpanID(bytes: bytes)
    }
}
