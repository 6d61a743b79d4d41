import Codecs
import TelemetryModel

/// Ids of traces in the forms that programs write them in.
enum LogTraceID {
    /// 1 to 32 hex digits in either case, a UUID, 64 hex digits (of which the first 32 are the id, as at intake), or 16
    /// bytes in base64; nil for other texts.
    static func parse(_ text: String) -> TraceID? {
        if let id = TraceID(anyForm: text) { return id }
        if let id = TraceID(hex: text), !id.isZero { return id }
        let decoded = Array(text.utf8).withUnsafeBufferPointer { Base64.decode($0).map { Array($0) } }
        guard let id = decoded.flatMap({ TraceID(bytes: $0) }), !id.isZero else { return nil }
        return id
    }
}
