package import TelemetryModel

/// Reads trace and span ids as Zipkin does.
///
/// Spec: zipkin2-api.yaml, `Span`: 16 or 32 (a span: 16) lower-case hexadecimal digits. As in Zipkin's own server,
/// shorter texts are ids whose leading zeros were left out, and ids of zero are none.
package enum ZipkinIdentifier {
    /// Why a text is no id: a clause that follows the field's name.
    package struct Failure: Error, Sendable, Equatable {
        package let message: String
    }

    package static func traceID(_ text: String) throws(Failure) -> TraceID {
        try Array(text.utf8).withUnsafeBufferPointer { (bytes) throws(Failure) in try traceID(utf8: bytes) }
    }

    static func traceID(utf8 text: UnsafeBufferPointer<UInt8>) throws(Failure) -> TraceID {
        guard !text.isEmpty, text.count <= 32 else {
            throw Failure(message: "a trace id has 1 to 32 hex digits, not \(text.count)")
        }
        let lowStart = max(0, text.count - 16)
        let id = TraceID(
            high: try word(UnsafeBufferPointer(rebasing: text[..<lowStart])),
            low: try word(UnsafeBufferPointer(rebasing: text[lowStart...])))
        guard !id.isZero else { throw Failure(message: "a trace id is not all zero") }
        return id
    }

    /// - Returns: zero for a text of zeros.
    static func spanID(utf8 text: UnsafeBufferPointer<UInt8>) throws(Failure) -> SpanID {
        guard !text.isEmpty, text.count <= 16 else {
            throw Failure(message: "a span id has 1 to 16 hex digits, not \(text.count)")
        }
        return SpanID(value: try word(text))
    }

    /// 16 lower-case digits, or 32 when the id has more than 64 bits.
    package static func text(_ id: TraceID) -> String {
        id.high == 0 ? SpanID(value: id.low).hex : id.hex
    }

    private static func word(_ digits: UnsafeBufferPointer<UInt8>) throws(Failure) -> UInt64 {
        var word: UInt64 = 0
        for digit in digits {
            guard let value = Hex.value(of: digit), !(UInt8(ascii: "A")...UInt8(ascii: "F")).contains(digit) else {
                throw Failure(message: "an id is lower-case hex without a prefix")
            }
            word = word << 4 | UInt64(value)
        }
        return word
    }
}
