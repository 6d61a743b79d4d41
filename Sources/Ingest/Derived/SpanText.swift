import PrometheusModel
import TelemetryModel

/// Texts of spans as the labels of what is derived from them.
enum SpanText {
    /// Bytes of a label's value; a longer text is cut, so that a label set has a bounded size.
    static let valueBytesMax = 1024

    /// The text, cut before the character that passes the limit.
    static func bounded(_ text: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: cut(text), as: UTF8.self)
    }

    @inline(__always)
    static func cut(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard text.count > valueBytesMax else { return text }
        var end = valueBytesMax
        // Not within a character: its later bytes are 10xxxxxx.
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return UnsafeBufferPointer(rebasing: text[..<end])
    }

    static func kind(_ number: Int32) -> String {
        switch number {
        case 0: "SPAN_KIND_UNSPECIFIED"
        case 1: "SPAN_KIND_INTERNAL"
        case 2: "SPAN_KIND_SERVER"
        case 3: "SPAN_KIND_CLIENT"
        case 4: "SPAN_KIND_PRODUCER"
        case 5: "SPAN_KIND_CONSUMER"
        // As protobuf's libraries print a number that they do not know.
        default: "\(number)"
        }
    }

    static func status(_ number: Int32) -> String {
        switch number {
        case 0: "STATUS_CODE_UNSET"
        case 1: "STATUS_CODE_OK"
        case 2: "STATUS_CODE_ERROR"
        default: "\(number)"
        }
    }

    /// The label of an attribute; one whose name is taken gets two underscores before it.
    static func label(_ attribute: String, taken: Set<String>) -> String {
        let name = OTLPLabels.name(of: attribute)
        return taken.contains(name) ? "__" + name : name
    }
}

/// The key of a label set: its values one after the other, each with its length before it.
struct LabelKey: Sendable {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        append(Int32(truncatingIfNeeded: text.count))
        bytes.append(contentsOf: text)
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    mutating func append(_ number: Int32) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }
}
