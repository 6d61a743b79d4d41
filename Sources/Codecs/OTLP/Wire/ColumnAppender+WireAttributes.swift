import OTLPMessages
import TelemetryModel

/// Which of the two open lists of attributes an entry belongs to: attributes of a row may lie between the items of its
/// lists, so that both are open at the same time.
enum WireAttributeList {
    case row
    case item
}

extension ColumnAppender {
    /// Appends one attribute to the open row.
    ///
    /// - Parameters:
    ///   - cursor: at the `KeyValue`'s length.
    ///   - level: of the `KeyValue`.
    @inline(__always)
    mutating func appendAttribute(
        _ cursor: inout WireCursor, level: Int, _ list: WireAttributeList, _ columns: AttributeWriter
    ) {
        count(&cursor)
        let bytes = cursor.bytes()
        var inner = WireCursor(bytes)
        let pair = WireKeyValue(&inner, level: level)
        var value = WireCursor(pair.value)
        var content = WireValue(&value, level: pair.values > 0 ? level + 1 : 1)
        inner.absorb(value)
        cursor.absorb(inner)
        guard cursor.failure == .none else { return }
        if pair.values > 1 || content.kind == .unusual {
            return appendUnusual(bytes, &cursor, level: level, list, columns)
        }
        let position = list == .row ? wire.rowSignature.count : wire.itemSignature.count
        let hint = list == .row ? wire.rowKeyHints[position] : wire.itemKeyHints[position]
        let key = columns.keyIndex.index(of: pair.key, hint: hint)
        if key != hint {
            if list == .row { wire.rowKeyHints[position] = key } else { wire.itemKeyHints[position] = key }
        }
        let type: AttributeType
        switch content.kind {
        case .string:
            columns.values.append(utf8: content.bytes)
            type = .string
        case .array, .map:
            guard let written = appendJSON(&content, to: columns.values, level: level + 1, &cursor) else {
                // Merging inside: the generated messages know how.
                return appendUnusual(bytes, &cursor, level: level, list, columns)
            }
            type = written
        default: type = columns.values.append(scalar: content)
        }
        columns.keys.append(key)
        if list == .row { wire.rowSignature.append(type.rawValue) } else { wire.itemSignature.append(type.rawValue) }
        if let numbers = columns.numbers, content.kind == .int || content.kind == .double {
            numbers.keys.append(key)
            numbers.values.append(content.kind == .int ? Double(content.int) : content.double)
        }
    }

    /// - Returns: nil when the generated messages have to do it. After a failure, which `cursor` has then, the row is
    ///   closed nevertheless, so that keys and values stay even until everything is taken back.
    @inline(never)
    mutating func appendJSON(
        _ value: inout WireValue, to column: TextWriter, level: Int, _ cursor: inout WireCursor
    ) -> AttributeType? {
        var json = WireJSON(wire.json)
        wire.json = []
        let (type, failure) = json.write(value, level: level)
        wire.json = json.writer.bytes
        guard !json.isUnusual else { return nil }
        if failure != .none { cursor.fail(failure) }
        wire.json.withUnsafeBufferPointer { column.append(utf8: $0) }
        return type
    }

    @inline(never)
    private mutating func appendUnusual(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout WireCursor, level: Int, _ list: WireAttributeList,
        _ columns: AttributeWriter
    ) {
        guard let pair: OTLPKeyValue = decode(bytes, .keyValue, level: level, &cursor) else { return }
        let value = AttributeText(pair.value)
        var (key, text) = (pair.key, value.text)
        let keyIndex = key.withUTF8 { columns.keyIndex.index(of: $0) }
        columns.keys.append(keyIndex)
        text.withUTF8 { columns.values.append(utf8: $0) }
        if list == .row {
            wire.rowSignature.append(value.type.rawValue)
        } else {
            wire.itemSignature.append(value.type.rawValue)
        }
        if let number = value.number, let numbers = columns.numbers {
            numbers.keys.append(keyIndex)
            numbers.values.append(number)
        }
    }

    /// Keeps an id that cannot be stored as one, as hexadecimal text, unless the row has such an attribute.
    @inline(never)
    mutating func appendOriginal(
        _ key: StaticString, _ id: UnsafeBufferPointer<UInt8>, _ list: WireAttributeList, _ columns: AttributeWriter
    ) {
        guard !id.isEmpty else { return }
        let key = columns.keyIndex.index(
            of: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        let closed = Int(columns.offsets[columns.offsets.count - 1])
        for entry in closed..<columns.keys.count where columns.keys[entry] == key { return }
        columns.keys.append(key)
        var text = Hex.encode(id)
        text.withUTF8 { columns.values.append(utf8: $0) }
        if list == .row {
            wire.rowSignature.append(AttributeType.string.rawValue)
        } else {
            wire.itemSignature.append(AttributeType.string.rawValue)
        }
    }

    /// Ends the open row of attributes.
    @inline(__always)
    mutating func close(_ columns: AttributeWriter, _ list: WireAttributeList) {
        switch list {
        case .row:
            columns.close(wire.rowSignature, hint: &wire.rowSignatureHint)
            wire.rowSignature.removeAll(keepingCapacity: true)
        case .item:
            columns.close(wire.itemSignature, hint: &wire.itemSignatureHint)
            wire.itemSignature.removeAll(keepingCapacity: true)
        }
    }
}

extension TextWriter {
    /// Appends what is no text as `AttributeText` has it, without a `String` between.
    func append(scalar value: WireValue) -> AttributeType {
        defer { closeRow() }
        switch value.kind {
        case .bool:
            append(ascii: value.bits != 0 ? "true" : "false")
            return .bool
        case .int:
            append(decimal: value.int)
            return .int
        case .double:
            append(double: value.double)
            return .double
        case .bytes:
            append(base64: value.bytes)
            return .bytes
        default: return .empty
        }
    }

    private func append(ascii text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private func append(decimal value: Int64) {
        // 19 digits and a sign.
        let room = bytes.room(for: 20)
        var digits = 0
        var rest = value.magnitude
        repeat {
            room[19 - digits] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            digits += 1
        } while rest > 0
        if value < 0 {
            room[19 - digits] = UInt8(ascii: "-")
            digits += 1
        }
        for index in 0..<digits { room[index] = room[20 - digits + index] }
        bytes.commit(digits)
    }

    private func append(double value: Double) {
        guard value.isFinite else { return append(ascii: value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity") }
        var sink = ASCIISink(bytes: bytes)
        value.write(to: &sink)
        let count = bytes.count
        if bytes[count - 2] == UInt8(ascii: "."), bytes[count - 1] == UInt8(ascii: "0") {
            bytes.truncate(to: count - 2)
        }
    }

    private func append(base64 value: UnsafeBufferPointer<UInt8>) {
        var text: [UInt8] = []
        text.reserveCapacity((value.count + 2) / 3 * 4)
        Base64.encode(UnsafeRawBufferPointer(value), into: &text)
        text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }
}

/// Takes the digits of a number without making a `String` of them.
private struct ASCIISink: TextOutputStream {
    let bytes: GrowableBuffer<UInt8>

    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    // The standard library hands numbers over this way; without it `write` would do the same with an allocation.
    mutating func _writeASCII(_ buffer: UnsafeBufferPointer<UInt8>) {
        bytes.append(contentsOf: buffer)
    }
}
