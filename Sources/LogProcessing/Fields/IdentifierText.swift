import TelemetryModel

/// Trace and span ids in the forms that logs have them in.
enum IdentifierText {
    /// 32 hexadecimal digits; a UUID with dashes; 64 digits, of which the first 32 count (as automagik's clients make
    /// them); 16 digits, the low half. Nil for others, and for zeros.
    static func traceID(_ text: Text) -> TraceID? {
        switch text.count {
        case 16:
            guard let low = word(text) else { return nil }
            return low == 0 ? nil : TraceID(high: 0, low: low)
        case 32, 64:
            guard let high = word(text.prefix(16)), let low = word(text.dropping(16).prefix(16)) else { return nil }
            if text.count == 64, word(text.dropping(32).prefix(16)) == nil || word(text.dropping(48)) == nil {
                return nil
            }
            let id = TraceID(high: high, low: low)
            return id.isZero ? nil : id
        case 36:
            var high: UInt64 = 0, low: UInt64 = 0, digits = 0
            for index in 0..<36 {
                if index == 8 || index == 13 || index == 18 || index == 23 {
                    guard text[index] == UInt8(ascii: "-") else { return nil }
                    continue
                }
                guard let value = Hex.value(of: text[index]) else { return nil }
                if digits < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
                digits += 1
            }
            let id = TraceID(high: high, low: low)
            return id.isZero ? nil : id
        default: return nil
        }
    }

    /// 16 hexadecimal digits; nil for others, and for zeros.
    static func spanID(_ text: Text) -> SpanID? {
        guard text.count == 16, let value = word(text), value != 0 else { return nil }
        return SpanID(value: value)
    }

    /// Datadog's ids: decimal numbers of 64 bits, or, for traces, 32 hexadecimal digits.
    static func datadogTraceID(_ text: Text) -> TraceID? {
        if text.count == 32 { return traceID(text) }
        guard let value = decimal(text) else { return nil }
        return TraceID(high: 0, low: value)
    }

    static func datadogSpanID(_ text: Text) -> SpanID? {
        decimal(text).map { SpanID(value: $0) } ?? spanID(text)
    }

    /// W3C Trace Context, `traceparent`: `00-<trace id>-<span id>-<flags>`.
    static func traceParent(_ text: Text) -> (trace: TraceID, span: SpanID, flags: UInt32)? {
        guard text.count >= 55, text[2] == UInt8(ascii: "-"), text[35] == UInt8(ascii: "-"),
            text[52] == UInt8(ascii: "-"), let trace = traceID(text.dropping(3).prefix(32)),
            let span = spanID(text.dropping(36).prefix(16)), let high = Hex.value(of: text[53]),
            let low = Hex.value(of: text[54])
        else { return nil }
        return (trace, span, UInt32(high << 4 | low))
    }

    private static func word(_ text: Text) -> UInt64? {
        guard text.count == 16 else { return nil }
        var value: UInt64 = 0
        for index in 0..<16 {
            guard let digit = Hex.value(of: text[index]) else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return value
    }

    private static func decimal(_ text: Text) -> UInt64? {
        guard text.count >= 1, text.count <= 20 else { return nil }
        for index in 0..<text.count where !Bytes.isDigit(text[index]) { return nil }
        guard let value = UInt64(text.string), value != 0 else { return nil }
        return value
    }
}
