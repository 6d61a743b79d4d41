/// A protobuf message as a tree that can be changed and written again.
///
/// It holds whatever bytes it was read from: what breaks the grammar stays behind the fields as `rest`, and tags and
/// lengths that are longer than needed stay so.
struct WireTree {
    let kind: OTLPGrammar.Kind
    var fields: [WireField] = []
    var rest: [UInt8] = []

    init(_ kind: OTLPGrammar.Kind) {
        self.kind = kind
    }

    /// Deeper messages stay bytes, since this recurses.
    private static let depthMax = 130

    init(_ kind: OTLPGrammar.Kind, decoding bytes: ArraySlice<UInt8>, depth: Int = 0) {
        self.kind = kind
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let start = position
            guard let field = WireField(bytes, &position, of: kind, depth: depth) else {
                rest = Array(bytes[start...])
                return
            }
            fields.append(field)
        }
    }

    func encode(to bytes: inout [UInt8]) {
        for field in fields { field.encode(to: &bytes) }
        bytes += rest
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        encode(to: &bytes)
        return bytes
    }

    /// This message and those inside.
    var messages: Int { fields.reduce(1) { $0 + ($1.message?.messages ?? 0) } }

    /// Calls with the message of that number, counted in the order of the bytes.
    mutating func withMessage(at number: Int, _ body: (inout WireTree) -> Void) {
        guard number > 0 else { return body(&self) }
        var remaining = number - 1
        for index in fields.indices {
            guard let inside = fields[index].message?.messages else { continue }
            if remaining < inside {
                fields[index].message?.withMessage(at: remaining, body)
                return
            }
            remaining -= inside
        }
    }

    func message(at number: Int) -> WireTree {
        var found = self
        var copy = self
        copy.withMessage(at: number) { found = $0 }
        return found
    }

    static let messageDepthMax = depthMax
}

struct WireField {
    var number: UInt32
    var wireType: UInt8
    /// The value's bytes as they are written, without a length; not used where there is a message.
    var bytes: [UInt8] = []
    var message: WireTree?
    /// Bytes that the tag and the length take at least.
    var tagBytes = 1
    var lengthBytes = 1

    init(number: UInt32, wireType: UInt8, bytes: [UInt8] = [], message: WireTree? = nil) {
        self.number = number
        self.wireType = wireType
        self.bytes = bytes
        self.message = message
    }

    fileprivate init?(_ bytes: ArraySlice<UInt8>, _ position: inout Int, of kind: OTLPGrammar.Kind, depth: Int) {
        var start = position
        guard let tag = bytes.readVarint(&position), tag <= UInt64(UInt32.max) else { return nil }
        tagBytes = position - start
        number = UInt32(tag >> 3)
        wireType = UInt8(tag & 7)
        start = position
        switch wireType {
        case 0: guard bytes.readVarint(&position) != nil else { return nil }
        case 1: position += 8
        case 5: position += 4
        case 2:
            guard let length = bytes.readVarint(&position), length <= UInt64(bytes.endIndex - position) else {
                return nil
            }
            lengthBytes = position - start
            start = position
            position += Int(length)
        // The marks of a group have no value.
        case 3, 4: break
        default: return nil
        }
        guard position <= bytes.endIndex else { return nil }
        let value = bytes[start..<position]
        if wireType == 2, depth < WireTree.messageDepthMax, let child = OTLPGrammar.child(of: kind, number: number) {
            message = WireTree(child, decoding: value, depth: depth + 1)
        } else {
            self.bytes = Array(value)
        }
    }

    func encode(to output: inout [UInt8]) {
        output.appendVarint(UInt64(number) << 3 | UInt64(wireType), bytesMin: tagBytes)
        guard wireType == 2 else {
            output += message?.bytes ?? bytes
            return
        }
        let content = message?.bytes ?? bytes
        output.appendVarint(UInt64(content.count), bytesMin: lengthBytes)
        output += content
    }
}

extension ArraySlice<UInt8> {
    fileprivate func readVarint(_ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < endIndex, shift < 64 {
            let byte = self[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}

extension [UInt8] {
    /// - Parameter bytesMin: the varint is made that long by bytes that add nothing.
    mutating func appendVarint(_ value: UInt64, bytesMin: Int = 1) {
        var value = value
        var written = 1
        while value >= 0x80 || written < bytesMin {
            append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
            written += 1
        }
        append(UInt8(value))
    }

    mutating func appendFixed64(_ value: UInt64) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
