package import OTLPMessages
package import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An OTLP value as stored text with its type, and back without loss.
///
/// - string: as it is. int: decimal. double: shortest decimal, `NaN`, `Infinity`, `-Infinity`; a whole double has no
///   ".0", its type tells it from an int. bool: `true`, `false`. bytes: base64.
/// - array, map: plain JSON as a person would write it, whole doubles with ".0"; where plain JSON would lose something
///   (bytes, empty values, NaN, a key twice), OTLP JSON with the type `nested`.
package struct AttributeText: Sendable, Equatable {
    package var text: String
    package var type: AttributeType
    /// The value of an int or double.
    package var number: Double?

    package init(_ value: OTLPAnyValue) {
        switch value.value {
        case nil, .stringValueStrindex:
            self.init(text: "", type: .empty)
        case .stringValue(let text):
            self.init(text: text, type: .string)
        case .boolValue(let value):
            self.init(text: value ? "true" : "false", type: .bool)
        case .intValue(let value):
            self.init(text: "\(value)", type: .int, number: Double(value))
        case .doubleValue(let value):
            self.init(text: Self.print(value), type: .double, number: value)
        case .bytesValue(let data):
            self.init(text: data.base64EncodedString(), type: .bytes)
        case .arrayValue, .kvlistValue:
            var plain = PlainJSON()
            plain.write(value)
            if plain.isLossless {
                let isArray = if case .arrayValue = value.value { true } else { false }
                self.init(text: plain.text, type: isArray ? .array : .map)
            } else {
                self.init(text: String(decoding: OTLPJSONEncoder.encode(value: value), as: UTF8.self), type: .nested)
            }
        }
    }

    private init(text: String, type: AttributeType, number: Double? = nil) {
        self.text = text
        self.type = type
        self.number = number
    }

    static func print(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// The value that was stored; text that does not fit its type (a store edited by hand) comes back as a string.
    package static func value(of attribute: StoredAttribute) -> OTLPAnyValue {
        var value = OTLPAnyValue()
        switch attribute.type {
        case .empty: break
        case .bool: value.boolValue = attribute.text == "true"
        case .int:
            if let number = Int64(attribute.text) {
                value.intValue = number
            } else {
                value.stringValue = attribute.text
            }
        case .double:
            if let number = Double(attribute.text) {
                value.doubleValue = number
            } else {
                value.stringValue = attribute.text
            }
        case .bytes:
            if let data = Data(base64Encoded: attribute.text) {
                value.bytesValue = data
            } else {
                value.stringValue = attribute.text
            }
        case .string: value.stringValue = attribute.text
        case .array, .map:
            if let parsed = try? PlainJSON.parse(attribute.text) {
                value = parsed
            } else {
                value.stringValue = attribute.text
            }
        case .nested:
            if let parsed = try? OTLPJSONDecoder.decodeValue(Array(attribute.text.utf8)) {
                value = parsed
            } else {
                value.stringValue = attribute.text
            }
        }
        return value
    }
}

/// Plain JSON of nested values.
private struct PlainJSON {
    private var writer = JSONWriter()
    private(set) var isLossless = true

    var text: String { String(decoding: writer.bytes, as: UTF8.self) }

    /// Recursion is bounded by the depth limits of both decoders.
    mutating func write(_ value: OTLPAnyValue) {
        switch value.value {
        case nil, .bytesValue, .stringValueStrindex:
            isLossless = false
        case .stringValue(let text): writer.string(text)
        case .boolValue(let flag): writer.bool(flag)
        case .intValue(let number): writer.integer(number)
        case .doubleValue(let number):
            guard number.isFinite else {
                isLossless = false
                return
            }
            // `description` always has a point or an exponent, which is how `parse` knows a double.
            writer.bytes.append(contentsOf: number.description.utf8)
        case .arrayValue(let array):
            writer.open("[")
            for item in array.values where isLossless {
                writer.separate()
                write(item)
            }
            writer.close("]")
        case .kvlistValue(let list):
            isLossless = isLossless && Set(list.values.map(\.key)).count == list.values.count
            writer.open("{")
            for pair in list.values where isLossless {
                writer.separate()
                writer.string(pair.key)
                writer.bytes.append(UInt8(ascii: ":"))
                write(pair.value)
            }
            writer.close("}")
        }
    }

    static func parse(_ text: String) throws(DecodeError) -> OTLPAnyValue {
        try Array(text.utf8).withUnsafeBufferPointer { (bytes) throws(DecodeError) in
            var reader = JSONReader(bytes)
            let value = try read(&reader, bytes)
            try reader.finish()
            return value
        }
    }

    private static func read(
        _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(DecodeError) -> OTLPAnyValue {
        var value = OTLPAnyValue()
        switch try reader.nextKind() {
        case .string: value.stringValue = try reader.readString()
        case .boolean: value.boolValue = try reader.readBool()
        case .null: _ = try reader.readNull()
        case .number:
            let start = reader.position
            let number = try reader.readNumber()
            // A point or an exponent makes the text no Int64.
            if let integer = Int64(String(decoding: bytes[start..<reader.position], as: UTF8.self)) {
                value.intValue = integer
            } else {
                value.doubleValue = number.double ?? .infinity
            }
        case .list:
            var array = OTLPArrayValue()
            var progress = try reader.beginList()
            while try reader.nextElement(&progress) { array.values.append(try read(&reader, bytes)) }
            value.arrayValue = array
        case .object:
            var list = OTLPKeyValueList()
            var progress = try reader.beginObject()
            while let key = try reader.nextKey(&progress) {
                var pair = OTLPKeyValue()
                pair.key = try reader.withBytes(of: key) { (bytes) throws(DecodeError) in
                    String(decoding: bytes, as: UTF8.self)
                }
                pair.value = try read(&reader, bytes)
                list.values.append(pair)
            }
            value.kvlistValue = list
        }
        return value
    }
}
