#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension OTLPJSONDecoder {
    mutating func readString() throws(DecodeError) -> String {
        try reader.readString()
    }

    mutating func readBool() throws(DecodeError) -> Bool {
        try reader.readBool()
    }

    mutating func readBase64() throws(DecodeError) -> Data {
        let token = try reader.readStringToken()
        let data = try reader.withBytes(of: token) { (text) throws(DecodeError) in Base64.decode(text) }
        guard let data else { throw malformed("bytes are not base64", at: token) }
        return data
    }

    // MARK: Integers

    /// An `int32`, `uint32`, `int64`, `fixed64` and so on.
    ///
    /// - Spec: proto3 JSON mapping: 64-bit integers are strings, 32-bit integers are numbers, and "either numbers or
    ///   strings are accepted".
    mutating func readInteger<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws(DecodeError) -> Value {
        if Value.bitWidth == 64, try reader.nextKind() == .object {
            return try readJavaScriptLong()
        }
        let start = try startOfValue()
        switch try readNumber(named: "an integer", { $0.integer }) {
        case .value(let magnitude, let isNegative):
            if let value = Self.integer(Value.self, magnitude: magnitude, isNegative: isNegative) { return value }
            throw outOfRange(at: start)
        case .tooLarge:
            throw outOfRange(at: start)
        case .fraction:
            throw DecodeError(code: .malformed, message: "expected an integer, found a fraction", offset: start)
        }
    }

    private static func integer<Value: FixedWidthInteger>(
        _: Value.Type, magnitude: UInt64, isNegative: Bool
    ) -> Value? {
        guard isNegative else { return Value(exactly: magnitude) }
        // The magnitude of the least Int64 is one more than that of the greatest, so it cannot be negated.
        if magnitude == Int64.min.magnitude { return Value(exactly: Int64.min) }
        return Int64(exactly: magnitude).flatMap { Value(exactly: -$0) }
    }

    private enum LongField: String, OTLPJSONField {
        case low, high, unsigned
        static let table = OTLPJSONFieldTable<Self>()
    }

    /// A 64-bit integer as its two halves.
    ///
    /// JavaScript's numbers hold 53 bits, so that OpenTelemetry's JavaScript exporters computed times with the class
    /// `Long` and, when its conversion was left out, sent its members.
    private mutating func readJavaScriptLong<Value: FixedWidthInteger>() throws(DecodeError) -> Value {
        let start = try startOfValue()
        var low: UInt32?
        var high: UInt32?
        var isUnsigned: Bool?
        try readFields(of: LongField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .low: low = try decoder.readHalf()
            case .high: high = try decoder.readHalf()
            case .unsigned: isUnsigned = try decoder.readBool()
            }
        }
        guard let low, let high else {
            throw DecodeError(code: .malformed, message: "expected an integer, found an object", offset: start)
        }
        repairs.add(.jsLong)
        let bits = UInt64(high) << 32 | UInt64(low)
        // Without the flag the bits are taken as the field's own type has them.
        let value: Value? =
            switch isUnsigned {
            case true?: Value(exactly: bits)
            case false?: Value(exactly: Int64(bitPattern: bits))
            case nil: Value(truncatingIfNeeded: bits)
            }
        guard let value else { throw outOfRange(at: start) }
        return value
    }

    /// Half of a `Long`, whose members are signed 32-bit integers in JavaScript; unsigned ones are taken as well.
    private mutating func readHalf() throws(DecodeError) -> UInt32 {
        let start = try startOfValue()
        guard try reader.nextKind() == .number else {
            throw DecodeError(code: .malformed, message: "expected a number", offset: start)
        }
        let value = try readInteger(Int64.self)
        guard (Int64(Int32.min)...Int64(UInt32.max)).contains(value) else { throw outOfRange(at: start) }
        return UInt32(truncatingIfNeeded: value)
    }

    // MARK: Doubles

    mutating func readDouble() throws(DecodeError) -> Double {
        let start = try startOfValue()
        if try reader.nextKind() == .string {
            let mark = reader.mark
            let token = try reader.readStringToken()
            let special = try reader.withBytes(of: token) { (text) throws(DecodeError) in Self.specialDouble(text) }
            if let special { return special }
            reader.rewind(to: mark)
        }
        guard let value = try readNumber(named: "a number", { $0.double }) else { throw outOfRange(at: start) }
        return value
    }

    private static func specialDouble(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        if text.elementsEqual("NaN".utf8) { return .nan }
        if text.elementsEqual("Infinity".utf8) { return .infinity }
        if text.elementsEqual("-Infinity".utf8) { return -.infinity }
        return nil
    }

    // MARK: Enums

    /// The number of an enum's value, which may be one that its proto file does not know.
    mutating func readEnum(_ names: OTLPJSONEnumNames) throws(DecodeError) -> Int {
        guard try reader.nextKind() == .string else {
            return Int(try readInteger(Int32.self))
        }
        let mark = reader.mark
        let token = try reader.readStringToken()
        let number = try reader.withBytes(of: token) { (text) throws(DecodeError) -> Int? in
            // A name never begins with a digit or a sign, a number always does.
            guard let first = text.first, first > UInt8(ascii: "9") else { return nil }
            guard let number = names.number(of: text) else {
                throw malformed("unknown name of an enum value, expected \(names.prefix)...", at: token)
            }
            return number
        }
        if let number {
            repairs.add(.enumName)
            return number
        }
        reader.rewind(to: mark)
        let value = try readInteger(Int32.self)
        repairs.add(.enumStringNumber)
        return Int(value)
    }

    // MARK: Helpers

    /// The offset of the next value, for messages.
    mutating func startOfValue() throws(DecodeError) -> Int {
        _ = try reader.nextKind()
        return reader.position
    }

    func malformed(_ message: String, at token: JSONReader.StringToken) -> DecodeError {
        DecodeError(code: .malformed, message: message, offset: token.range.lowerBound - 1)
    }

    private func outOfRange(at offset: Int) -> DecodeError {
        DecodeError(code: .malformed, message: "number is out of range", offset: offset)
    }

    /// Reads a number, or a string that is one from its first to its last character.
    private mutating func readNumber<Value>(
        named expected: String, _ convert: (JSONNumber) -> Value
    ) throws(DecodeError) -> Value {
        switch try reader.nextKind() {
        case .number:
            return convert(try reader.readNumber())
        case .string:
            let token = try reader.readStringToken()
            return try reader.withBytes(of: token) { (text) throws(DecodeError) in
                guard let number = JSONNumber(text: text) else {
                    throw malformed("expected \(expected), found a string that is none", at: token)
                }
                return convert(number)
            }
        case let kind:
            throw DecodeError(
                code: .malformed, message: "expected \(expected), found \(kind.rawValue)", offset: reader.position)
        }
    }
}

/// The names of an enum's values. The enums of OTLP number them from zero without gaps.
struct OTLPJSONEnumNames: Sendable {
    /// What every name begins with in the proto file, as enum values of protobuf share one namespace.
    let prefix: String
    /// The rest of each name, at the index that is its number.
    let names: [String]

    /// The number of a name with or without its prefix.
    func number(of text: UnsafeBufferPointer<UInt8>) -> Int? {
        let hasPrefix = text.starts(with: prefix.utf8)
        let name = text.dropFirst(hasPrefix ? prefix.utf8.count : 0)
        return names.firstIndex { $0.utf8.elementsEqual(name) }
    }
}
