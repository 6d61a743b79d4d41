import Codecs

/// JSON in parameters and bodies.
enum JSONText {
    /// The members of an object whose values are texts, numbers or booleans, each as its text.
    ///
    /// - Throws: a sentence for the client.
    static func map(_ text: String) throws(JaegerFailure) -> [(key: String, value: String)] {
        try read(text) { (reader, bytes) throws(DecodeError) in
            var members: [(key: String, value: String)] = []
            try object(&reader, bytes) { (key, reader) throws(DecodeError) in
                members.append((key, try scalar(&reader, bytes)))
            }
            return members
        }
    }

    static func read<Result>(
        _ text: String,
        _ body: (inout JSONReader, UnsafeBufferPointer<UInt8>) throws(DecodeError) -> Result
    ) throws(JaegerFailure) -> Result {
        do {
            return try Array(text.utf8).withUnsafeBufferPointer { (bytes) throws(DecodeError) in
                var reader = JSONReader(bytes)
                let result = try body(&reader, bytes)
                try reader.finish()
                return result
            }
        } catch {
            throw JaegerFailure(400, "\(error.message)")
        }
    }

    static func object(
        _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>,
        _ member: (String, inout JSONReader) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        var progress = try reader.beginObject()
        while let token = try reader.nextKey(&progress) {
            let key = try reader.withBytes(of: token) { (bytes) throws(DecodeError) in
                String(decoding: bytes, as: UTF8.self)
            }
            try member(key, &reader)
        }
    }

    /// A text, or a number or boolean as it is written.
    static func scalar(
        _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(DecodeError) -> String {
        switch try reader.nextKind() {
        case .string: return try reader.readString()
        case .boolean, .number: return try source(&reader, bytes)
        case .null, .list, .object:
            throw DecodeError(
                code: .malformed, message: "expected a text, a number or a boolean", offset: reader.position)
        }
    }

    /// The next value as it is written.
    static func source(
        _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(DecodeError) -> String {
        _ = try reader.nextKind()
        let start = reader.position
        try reader.skipValue()
        return String(decoding: bytes[start..<reader.position], as: UTF8.self)
    }
}
