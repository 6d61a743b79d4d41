import OTLPMessages
import TraceMessages

/// The tags of a span, sorted out: those that OTLP has a field for, and the attributes that remain.
///
/// A tag is taken as such a field only where it has the type and a value that the field can hold; otherwise it stays
/// an attribute, so that nothing is lost.
struct JaegerSpanTags {
    private(set) var scope = OTLPScope()
    private(set) var kind = OTLPSpan.SpanKind.unspecified
    private(set) var status = OTLPStatus()
    private(set) var traceState = ""
    private(set) var attributes: [OTLPKeyValue] = []

    init(_ tags: [JaegerProtoKeyValue]) {
        attributes.reserveCapacity(tags.count)
        for tag in tags where !take(tag) { attributes.append(OTLPKeyValue(tag)) }
    }

    /// False when the tag is an attribute.
    private mutating func take(_ tag: JaegerProtoKeyValue) -> Bool {
        switch tag.key {
        case "error": return takeError(tag)
        case "otel.status_code":
            guard let code = tag.text.flatMap(Self.statusCode) else { return false }
            // An `error` that is true has the last word.
            if status.code != .error { status.code = code }
            return true
        case "otel.status_description": return take(tag) { $0.status.message = $1 }
        case "w3c.tracestate": return take(tag) { $0.traceState = $1 }
        case "otel.scope.name", "otel.library.name": return take(tag) { $0.scope.name = $1 }
        case "otel.scope.version", "otel.library.version": return take(tag) { $0.scope.version = $1 }
        case "span.kind":
            guard kind == .unspecified, let kind = tag.text.flatMap(Self.kind) else { return false }
            self.kind = kind
            return true
        default:
            guard tag.key.hasPrefix(Self.scopePrefix), tag.key.utf8.count > Self.scopePrefix.utf8.count else {
                return false
            }
            var attribute = OTLPKeyValue(tag)
            attribute.key = String(tag.key.dropFirst(Self.scopePrefix.count))
            scope.attributes.append(attribute)
            return true
        }
    }

    private static let scopePrefix = "otel.scope."

    private mutating func take(_ tag: JaegerProtoKeyValue, _ set: (inout JaegerSpanTags, String) -> Void) -> Bool {
        guard let text = tag.text else { return false }
        set(&self, text)
        return true
    }

    /// Only `true` is a status; what else senders write there (what went wrong, in words) is theirs.
    private mutating func takeError(_ tag: JaegerProtoKeyValue) -> Bool {
        let isError = tag.vType == .bool ? tag.vBool : tag.text == "true"
        if isError { status.code = .error }
        return isError
    }

    private static func statusCode(_ text: String) -> OTLPStatus.StatusCode? {
        switch text.uppercased() {
        case "OK": .ok
        case "ERROR": .error
        case "UNSET": .unset
        default: nil
        }
    }

    private static func kind(_ text: String) -> OTLPSpan.SpanKind? {
        switch text.lowercased() {
        case "internal": .internal
        case "server": .server
        case "client": .client
        case "producer": .producer
        case "consumer": .consumer
        default: nil
        }
    }
}

extension JaegerProtoKeyValue {
    /// Of a tag that is a text.
    fileprivate var text: String? { vType == .string ? vStr : nil }
}

extension OTLPKeyValue {
    /// A tag of a type that is not known reads as its text.
    init(_ tag: JaegerProtoKeyValue) {
        self.init()
        key = tag.key
        value = OTLPAnyValue()
        switch tag.vType {
        case .string, .UNRECOGNIZED: value.stringValue = tag.vStr
        case .bool: value.boolValue = tag.vBool
        case .int64: value.intValue = tag.vInt64
        case .float64: value.doubleValue = tag.vFloat64
        case .binary: value.bytesValue = tag.vBinary
        }
    }

    static func text(_ key: String, _ text: String) -> OTLPKeyValue {
        var pair = OTLPKeyValue()
        pair.key = key
        pair.value.stringValue = text
        return pair
    }

    static func texts(_ key: String, _ texts: [String]) -> OTLPKeyValue {
        var pair = OTLPKeyValue()
        pair.key = key
        pair.value.arrayValue.values = texts.map { text in
            var value = OTLPAnyValue()
            value.stringValue = text
            return value
        }
        return pair
    }
}
