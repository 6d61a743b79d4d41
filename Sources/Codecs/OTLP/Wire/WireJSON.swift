import TelemetryModel

/// Writes arrays and maps on the wire as `AttributeText` has them: plain JSON where nothing is lost, else OTLP JSON.
///
/// Every part of the value is looked at in either form, so that what the generated messages refuse is refused here.
struct WireJSON {
    var writer: JSONWriter
    private var failure = WireCursor.Failure.none
    private var isLossless = true
    /// Something that the generated messages have to merge.
    private(set) var isUnusual = false

    /// - Parameter bytes: memory to write into.
    init(_ bytes: consuming [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        writer = JSONWriter(bytes)
    }

    /// - Parameters:
    ///   - value: an array or map.
    ///   - level: of the `AnyValue` that holds it.
    /// - Returns: the stored type; the failure is none when the value is sound.
    mutating func write(_ value: WireValue, level: Int) -> (type: AttributeType, failure: WireCursor.Failure) {
        plain(value, level: level)
        if failure == .none, !isLossless, !isUnusual {
            writer.bytes.removeAll(keepingCapacity: true)
            otlp(value, level: level)
            return (.nested, failure)
        }
        return (value.kind == .array ? .array : .map, failure)
    }

    // MARK: Plain JSON

    private mutating func plain(_ value: WireValue, level: Int) {
        switch value.kind {
        case .empty, .stringIndex, .bytes: isLossless = false
        case .unusual: isUnusual = true
        case .string: writer.string(utf8: value.bytes)
        case .bool: writer.bool(value.bits != 0)
        case .int: writer.integer(value.int)
        case .double:
            guard value.double.isFinite else {
                isLossless = false
                return
            }
            // `description` always has a point or an exponent, which is how a reader knows a double.
            writer.bytes.append(contentsOf: value.double.description.utf8)
        case .array:
            writer.open("[")
            eachElement(of: value, level: level) { json, element, level in
                json.writer.separate()
                json.plain(element, level: level)
            }
            writer.close("]")
        case .map:
            writer.open("{")
            if hasRepeatedKey(value.bytes, level: level + 1) { isLossless = false }
            eachPair(of: value, level: level) { json, pair, level in
                json.writer.separate()
                json.writer.string(utf8: pair.key)
                json.writer.bytes.append(UInt8(ascii: ":"))
                guard let inner = json.value(of: pair, level: level) else { return }
                json.plain(inner, level: level + 1)
            }
            writer.close("}")
        }
    }

    /// Compares each key with those before it; past a few keys by a set.
    private mutating func hasRepeatedKey(_ list: UnsafeBufferPointer<UInt8>, level: Int) -> Bool {
        var keys: Set<String> = []
        var cursor = WireCursor(list)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            guard tag == 0x0A else {
                cursor.skip(tag, level: level)
                continue
            }
            var inner = cursor.message()
            let pair = WireKeyValue(&inner, level: level + 1)
            cursor.absorb(inner)
            // The failure is met again, and kept, when the pairs are written.
            guard cursor.failure == .none else { return false }
            if !keys.insert(String(decoding: pair.key, as: UTF8.self)).inserted { return true }
        }
        return false
    }

    // MARK: OTLP JSON

    private mutating func otlp(_ value: WireValue, level: Int) {
        writer.open("{")
        defer { writer.close("}") }
        switch value.kind {
        case .empty: break
        case .unusual: isUnusual = true
        case .stringIndex:
            writer.key("stringValueStrindex")
            writer.integer(Int32(truncatingIfNeeded: value.bits))
        case .string:
            writer.key("stringValue")
            writer.string(utf8: value.bytes)
        case .bool:
            writer.key("boolValue")
            writer.bool(value.bits != 0)
        case .int:
            writer.key("intValue")
            writer.quotedInteger(value.int)
        case .double:
            writer.key("doubleValue")
            writer.double(value.double)
        case .bytes:
            writer.key("bytesValue")
            writer.bytes.append(UInt8(ascii: "\""))
            Base64.encode(UnsafeRawBufferPointer(value.bytes), into: &writer.bytes)
            writer.bytes.append(UInt8(ascii: "\""))
        case .array:
            writer.key("arrayValue")
            writer.open("{")
            let start = beginValues()
            eachElement(of: value, level: level) { json, element, level in
                json.writer.separate()
                json.otlp(element, level: level)
            }
            endValues(start)
            writer.close("}")
        case .map:
            writer.key("kvlistValue")
            writer.open("{")
            let start = beginValues()
            eachPair(of: value, level: level) { json, pair, level in
                json.writer.separate()
                json.writer.open("{")
                if !pair.key.isEmpty {
                    json.writer.key("key")
                    json.writer.string(utf8: pair.key)
                }
                if pair.values > 0, let inner = json.value(of: pair, level: level) {
                    json.writer.key("value")
                    json.otlp(inner, level: level + 1)
                }
                if Int32(truncatingIfNeeded: pair.keyIndex) != 0 {
                    json.writer.key("keyStrindex")
                    json.writer.integer(Int32(truncatingIfNeeded: pair.keyIndex))
                }
                json.writer.close("}")
            }
            endValues(start)
            writer.close("}")
        }
    }

    private mutating func beginValues() -> Int {
        let start = writer.bytes.count
        writer.key("values")
        writer.open("[")
        return start
    }

    /// An empty list is left out.
    private mutating func endValues(_ start: Int) {
        if writer.bytes.last == UInt8(ascii: "[") {
            writer.bytes.removeLast(writer.bytes.count - start)
        } else {
            writer.close("]")
        }
    }

    // MARK: Walking

    private mutating func eachElement(
        of array: WireValue, level: Int, _ body: (inout WireJSON, WireValue, Int) -> Void
    ) {
        guard level + 1 <= Limits.protobufDepth else { return fail(.tooDeep) }
        var cursor = WireCursor(array.bytes)
        while !cursor.isAtEnd, failure == .none {
            let tag = cursor.tag()
            guard tag == 0x0A else {
                cursor.skip(tag, level: level + 1)
                continue
            }
            var inner = cursor.message()
            let element = WireValue(&inner, level: level + 2)
            cursor.absorb(inner)
            if cursor.failure == .none { body(&self, element, level + 2) }
        }
        fail(cursor.failure)
    }

    private mutating func eachPair(of map: WireValue, level: Int, _ body: (inout WireJSON, WireKeyValue, Int) -> Void) {
        guard level + 1 <= Limits.protobufDepth else { return fail(.tooDeep) }
        var cursor = WireCursor(map.bytes)
        while !cursor.isAtEnd, failure == .none {
            let tag = cursor.tag()
            guard tag == 0x0A else {
                cursor.skip(tag, level: level + 1)
                continue
            }
            var inner = cursor.message()
            let pair = WireKeyValue(&inner, level: level + 2)
            cursor.absorb(inner)
            if pair.values > 1 { isUnusual = true }
            if cursor.failure == .none { body(&self, pair, level + 2) }
        }
        fail(cursor.failure)
    }

    /// Nil after a failure. A pair without a value has the empty one.
    private mutating func value(of pair: WireKeyValue, level: Int) -> WireValue? {
        var cursor = WireCursor(pair.value)
        guard pair.values > 0 else { return WireValue(&cursor, level: 1) }
        let value = WireValue(&cursor, level: level + 1)
        fail(cursor.failure)
        return failure == .none ? value : nil
    }

    private mutating func fail(_ reason: WireCursor.Failure) {
        if failure == .none { failure = reason }
    }
}
