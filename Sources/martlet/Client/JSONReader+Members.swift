import Codecs

extension JSONReader {
    /// Hands over each member of an object; `member` reads or skips exactly one value.
    mutating func readMembers(
        _ member: (String, inout JSONReader) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        var object = try beginObject()
        while let key = try nextKey(&object) {
            let name = try withBytes(of: key) { (bytes) throws(DecodeError) in String(decoding: bytes, as: UTF8.self) }
            try member(name, &self)
        }
    }

    /// Hands over each element of a list, which `element` reads or skips.
    mutating func readElements(
        _ element: (inout JSONReader) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        var list = try beginList()
        while try nextElement(&list) { try element(&self) }
    }

    /// A whole number, written as a number or, as Protobuf's JSON mapping does with 64 bits, as a string.
    mutating func readInteger() throws(DecodeError) -> Int64 {
        let start = position
        if try nextKind() == .string {
            let text = try readString()
            if let value = Int64(text) { return value }
            if let value = UInt64(text) { return Int64(clamping: value) }
            throw DecodeError(code: .malformed, message: "expected a whole number", offset: start)
        }
        let number = try readNumber()
        if case .value(let magnitude, let isNegative) = number.integer {
            return isNegative ? Int64(clamping: -Int128(magnitude)) : Int64(clamping: magnitude)
        }
        guard let value = number.double, value.magnitude < 0x1p63 else {
            throw DecodeError(code: .malformed, message: "expected a whole number", offset: start)
        }
        return Int64(value)
    }

    /// A number, or a string such as `NaN` that stands for one; null is nil.
    mutating func readDouble() throws(DecodeError) -> Double? {
        switch try nextKind() {
        case .null:
            try skipValue()
            return nil
        case .string: return Double(try readString()) ?? .nan
        default: return try readNumber().double ?? .nan
        }
    }
}

/// Answers that are read member by member.
enum AnswerReading {
    /// - Parameter depthMax: levels of objects and lists.
    /// - Throws: a sentence that the bytes are no such answer.
    static func read(
        _ bytes: [UInt8], depthMax: Int = Limits.jsonDepth,
        _ body: (inout JSONReader, UnsafeBufferPointer<UInt8>) throws(DecodeError) -> Void
    ) throws(CommandFailure) {
        do {
            try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
                var reader = JSONReader(buffer, depthMax: depthMax)
                try body(&reader, buffer)
                try reader.finish()
            }
        } catch {
            throw CommandFailure(.no, "the server's answer cannot be read: \(error)")
        }
    }
}
