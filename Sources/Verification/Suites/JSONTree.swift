import Codecs

/// JSON as a tree, for looking into answers and lines of files whose form is what is checked.
indirect enum JSONTree: Sendable {
    case object([(key: String, value: JSONTree)])
    case list([JSONTree])
    case string(String)
    /// NaN when it is beyond the largest double.
    case number(Double)
    case bool(Bool)
    case null

    /// nil for bytes that are not one JSON document. Depth is bounded by the reader, size by whoever read the bytes.
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        do {
            self = try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
                var reader = JSONReader(buffer)
                let tree = try Self.read(&reader)
                try reader.finish()
                return tree
            }
        } catch {
            return nil
        }
    }

    private static func read(_ reader: inout JSONReader) throws(DecodeError) -> JSONTree {
        switch try reader.nextKind() {
        case .object:
            var members: [(key: String, value: JSONTree)] = []
            var progress = try reader.beginObject()
            while let token = try reader.nextKey(&progress) {
                let key = try reader.withBytes(of: token) { (bytes) throws(DecodeError) in
                    String(decoding: bytes, as: UTF8.self)
                }
                members.append((key, try read(&reader)))
            }
            return .object(members)
        case .list:
            var items: [JSONTree] = []
            var progress = try reader.beginList()
            while try reader.nextElement(&progress) { items.append(try read(&reader)) }
            return .list(items)
        case .string: return .string(try reader.readString())
        case .number: return .number(try reader.readNumber().double ?? .nan)
        case .boolean: return .bool(try reader.readBool())
        case .null:
            try reader.skipValue()
            return .null
        }
    }

    subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// nil when it is no list or has not so many elements.
    subscript(index: Int) -> JSONTree? {
        guard case .list(let items) = self, items.indices.contains(index) else { return nil }
        return items[index]
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The elements of a list; none of anything else.
    var items: [JSONTree] {
        guard case .list(let items) = self else { return [] }
        return items
    }

    /// The names of an object's members.
    var keys: [String] {
        guard case .object(let members) = self else { return [] }
        return members.map(\.key)
    }
}
