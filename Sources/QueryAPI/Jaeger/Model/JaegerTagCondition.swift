import TraceQL

/// What one tag of a search asks of a span.
///
/// Jaeger keeps a tag's value as text for searching and looks for it among the tags of the span and of its process, the
/// fields of its logs, the attributes of its scope and of its links. What Jaeger shows as a tag though OTLP has a field
/// for it (`span.kind`, `error`, …) is looked for in that field as well.
struct JaegerTagCondition {
    let key: String
    let text: String

    var expression: FieldExpression {
        let written = isWritten
        guard let field else { return written }
        return .or(field, written)
    }

    private static let places: [Attribute.Scope] = [.span, .resource, .event, .instrumentation, .link]

    /// The values that read as this text.
    ///
    /// A number is compared as a number, so that `72.50` finds 72.5; a text that only looks like one stays findable.
    static func values(of text: String) -> [Value] {
        var values: [Value] = [.string(text)]
        if text == "true" || text == "false" {
            values.append(.bool(text == "true"))
        } else if let number = Int64(text) {
            values.append(.int(number))
        } else if let number = number(text) {
            values.append(.double(number))
        }
        return values
    }

    /// A decimal number; Swift would also take `0x1p3` and `nan`.
    private static func number(_ text: String) -> Double? {
        let isDecimal = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        return isDecimal ? Double(text).flatMap { $0.isFinite ? $0 : nil } : nil
    }

    /// That one of the places has the key with the value as an attribute.
    private var isWritten: FieldExpression { Self.written(key, Self.values(of: text)) }

    private static func written(_ key: String, _ values: [Value]) -> FieldExpression {
        .any(places.flatMap { place in values.map { has(place, key, $0) } })
    }

    private static func has(_ place: Attribute.Scope, _ key: String, _ value: Value) -> FieldExpression {
        .comparison(.attribute(Attribute(.attribute(place, key))), .equal, .literal(value))
    }

    /// The field of OTLP that Jaeger shows under this key, compared with the value; nil for other keys.
    private var field: FieldExpression? {
        switch key {
        case "error": return error
        case "span.kind": return kind
        case "otel.status_code": return status
        case "otel.status_description": return .intrinsic(.statusMessage, .equal, .string(text))
        case "otel.scope.name", "otel.library.name": return .intrinsic(.instrumentationName, .equal, .string(text))
        case "otel.scope.version", "otel.library.version":
            return .intrinsic(.instrumentationVersion, .equal, .string(text))
        case "event": return .intrinsic(.eventName, .equal, .string(text))
        default:
            guard key.hasPrefix("otel.scope.") else { return nil }
            let name = String(key.dropFirst("otel.scope.".count))
            return .any(Self.values(of: text).map { Self.has(.instrumentation, name, $0) })
        }
    }

    /// Jaeger writes `error` only where it is true, so a span without it is one for which it is false.
    private var error: FieldExpression? {
        switch text {
        case "true": .intrinsic(.status, .equal, .status(.error))
        case "false":
            .and(
                .intrinsic(.status, .notEqual, .status(.error)),
                .not(Self.written("error", [.bool(true), .string("true")])))
        default: nil
        }
    }

    private var kind: FieldExpression? {
        if let kind = JaegerSpanKind(name: text), let value = Value.Kind(rawValue: kind.name) {
            return .intrinsic(.kind, .equal, .kind(value))
        }
        return text.lowercased() == "unspecified" ? .intrinsic(.kind, .equal, .kind(.unspecified)) : nil
    }

    private var status: FieldExpression? {
        Value.Status(rawValue: text.lowercased()).map { .intrinsic(.status, .equal, .status($0)) }
    }
}
