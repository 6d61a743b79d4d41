import Codecs
import TelemetryModel

/// Stored values as OTLP JSON, the inverse of `AttributeText`.
enum ValueText {
    /// Bytes that a value which is not nested has beside six times those of its text.
    static let overhead = 32

    // Letters of `AttributeType` as constants: its raw values are calls into another module, a twentieth of a span's cost.
    private static var string: UInt8 { 0x73 }
    private static var int: UInt8 { 0x69 }
    private static var double: UInt8 { 0x64 }
    private static var bool: UInt8 { 0x62 }

    /// Writes the value of an attribute or a body.
    ///
    /// - Parameters:
    ///   - pen: at the end of `buffer`, with room for `overhead` and the escaped text. It is another one afterwards when
    ///     the value is nested.
    ///   - room: what the pen has to have room for after this value.
    @inline(__always)
    static func write(
        _ letter: UInt8, _ text: UnsafePointer<UInt8>, _ count: Int, _ pen: inout LinePen, _ buffer: LineBuffer,
        room: Int
    ) {
        switch letter {
        case Self.int:
            pen.literal("{\"intValue\":\"")
            pen.bytes(text, count)
            pen.literal("\"}")
        case Self.string:
            pen.literal("{\"stringValue\":\"")
            pen.escaped(text, count)
            pen.literal("\"}")
        case Self.bool:
            pen.literal("{\"boolValue\":")
            pen.bytes(text, count)
            pen.byte(0x7D)
        case Self.double: writeDouble(text, count, &pen)
        default: rare(letter, text, count, &pen, buffer, room: room)
        }
    }

    @inline(__always)
    private static func writeDouble(_ text: UnsafePointer<UInt8>, _ count: Int, _ pen: inout LinePen) {
        pen.literal("{\"doubleValue\":")
        // `NaN`, `Infinity` and `-Infinity` are strings in JSON.
        let isNumber = count > 0 && text[count - 1] <= UInt8(ascii: "9")
        if !isNumber { pen.byte(0x22) }
        pen.bytes(text, count)
        if !isNumber { pen.byte(0x22) }
        pen.byte(0x7D)
    }

    @inline(never)
    private static func rare(
        _ letter: UInt8, _ text: UnsafePointer<UInt8>, _ count: Int, _ pen: inout LinePen, _ buffer: LineBuffer,
        room: Int
    ) {
        switch AttributeType(rawValue: letter) {
        case .bytes:
            pen.literal("{\"bytesValue\":\"")
            pen.bytes(text, count)
            pen.literal("\"}")
        case .empty: pen.literal("{}")
        case .nested:
            // It is OTLP JSON already.
            pen.bytes(text, count)
        case .array, .map:
            buffer.take(pen)
            let start = buffer.count
            var plain = PlainValue(UnsafeBufferPointer(start: text, count: count), buffer)
            if !plain.write() {
                buffer.truncate(to: start)
                pen = buffer.pen(room: overhead + count * LinePen.escapedMax)
                write(string, text, count, &pen, buffer, room: 0)
                buffer.take(pen)
            }
            pen = buffer.pen(room: room)
        default: write(string, text, count, &pen, buffer, room: room)
        }
    }

    /// A whole attribute, `{"key":"…","value":{…}}`, for what is written once.
    static func attribute(_ attribute: StoredAttribute, to buffer: LineBuffer) {
        var (key, text) = (attribute.key, attribute.text)
        var pen = buffer.pen(room: 24 + key.utf8.count * LinePen.escapedMax)
        pen.literal("{\"key\":\"")
        key.withUTF8 { if let start = $0.baseAddress { pen.escaped(start, $0.count) } }
        pen.literal("\",\"value\":")
        buffer.take(pen)
        text.withUTF8 { text in
            var pen = buffer.pen(room: overhead + text.count * LinePen.escapedMax)
            // An empty text has no address.
            withUnsafePointer(to: UInt8(0)) { nothing in
                write(attribute.type.rawValue, text.baseAddress ?? nothing, text.count, &pen, buffer, room: 8)
            }
            buffer.take(pen)
        }
        buffer.append("}")
    }

    /// `"name":"text"` with a comma behind it; nothing for an empty text.
    static func member(_ name: StaticString, _ text: String, to buffer: LineBuffer) {
        guard !text.isEmpty else { return }
        var text = text
        var pen = buffer.pen(room: name.utf8CodeUnitCount + 8 + text.utf8.count * LinePen.escapedMax)
        pen.byte(0x22)
        pen.literal(name)
        pen.literal("\":\"")
        text.withUTF8 { if let start = $0.baseAddress { pen.escaped(start, $0.count) } }
        pen.literal("\",")
        buffer.take(pen)
    }
}

/// Plain JSON of a nested value as OTLP JSON.
private struct PlainValue {
    /// Deeper than any decoder takes in.
    private static let depthMax = 200

    private let text: UnsafeBufferPointer<UInt8>
    private let buffer: LineBuffer
    private var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>, _ buffer: LineBuffer) {
        self.text = text
        self.buffer = buffer
    }

    /// - Returns: false when the text is not JSON as `AttributeText` writes it; a part may be written then.
    mutating func write() -> Bool { value(depth: 0) && position == text.count }

    private var next: UInt8 { position < text.count ? text[position] : 0 }

    private mutating func value(depth: Int) -> Bool {
        guard depth < Self.depthMax else { return false }
        switch next {
        case UInt8(ascii: "\""):
            guard let string = string() else { return false }
            wrap("{\"stringValue\":", string, "}")
            return true
        case UInt8(ascii: "["):
            return list("arrayValue", closing: UInt8(ascii: "]")) { $0.value(depth: depth + 1) }
        case UInt8(ascii: "{"):
            return list("kvlistValue", closing: UInt8(ascii: "}")) { plain in
                guard let key = plain.string(), plain.take(UInt8(ascii: ":")) else { return false }
                plain.wrap("{\"key\":", key, ",\"value\":")
                guard plain.value(depth: depth + 1) else { return false }
                plain.buffer.append("}")
                return true
            }
        case UInt8(ascii: "t"): return literal("true", "{\"boolValue\":true}")
        case UInt8(ascii: "f"): return literal("false", "{\"boolValue\":false}")
        case UInt8(ascii: "n"): return literal("null", "{}")
        default: return number()
        }
    }

    private mutating func list(
        _ member: StaticString, closing: UInt8, _ element: (inout PlainValue) -> Bool
    ) -> Bool {
        position += 1
        buffer.append("{\"")
        buffer.append(member)
        if take(closing) {
            buffer.append("\":{}}")
            return true
        }
        buffer.append("\":{\"values\":[")
        while true {
            guard element(&self) else { return false }
            if take(closing) { break }
            guard take(UInt8(ascii: ",")) else { return false }
            buffer.append(",")
        }
        buffer.append("]}}")
        return true
    }

    /// A string with its quotes, as it stands there.
    private mutating func string() -> Range<Int>? {
        let start = position
        guard take(UInt8(ascii: "\"")) else { return nil }
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                position += 1
                return start..<position
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return nil
    }

    private mutating func number() -> Bool {
        let start = position
        var isInteger = true
        scan: while position < text.count {
            switch text[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): position += 1
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                isInteger = false
                position += 1
            default: break scan
            }
        }
        guard position > start else { return false }
        if isInteger {
            wrap("{\"intValue\":\"", start..<position, "\"}")
        } else {
            // A whole double has ".0" here to tell it from an integer.
            let isWhole = position - start > 2 && text[position - 1] == 0x30 && text[position - 2] == 0x2E
            wrap("{\"doubleValue\":", start..<(isWhole ? position - 2 : position), "}")
        }
        return true
    }

    private mutating func literal(_ word: StaticString, _ result: StaticString) -> Bool {
        for index in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[index]) { return false }
        buffer.append(result)
        return true
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte, position < text.count else { return false }
        position += 1
        return true
    }

    private func wrap(_ before: StaticString, _ part: Range<Int>, _ after: StaticString) {
        var pen = buffer.pen(room: part.count + before.utf8CodeUnitCount + after.utf8CodeUnitCount)
        pen.literal(before)
        pen.bytes(UnsafeBufferPointer(rebasing: text[part]))
        pen.literal(after)
        buffer.take(pen)
    }
}
