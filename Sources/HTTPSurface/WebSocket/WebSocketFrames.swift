/// Frames as a server reads and writes them.
///
/// - Spec: RFC 6455, section 5.
enum WebSocketFrames {
    enum Opcode: UInt8 {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA

        var isControl: Bool { rawValue & 0x8 != 0 }
    }

    /// The payload of a control frame has at most so many bytes (section 5.5).
    static let controlBytesMax = 125

    /// A whole frame, not masked, as all of a server's are.
    static func encode(_ opcode: Opcode, _ payload: some Collection<UInt8>) -> [UInt8] {
        let count = payload.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 10)
        bytes.append(0x80 | opcode.rawValue)
        switch count {
        case ..<126: bytes.append(UInt8(count))
        case ..<65_536:
            bytes.append(126)
            bytes.append(UInt8(truncatingIfNeeded: count >> 8))
            bytes.append(UInt8(truncatingIfNeeded: count))
        default:
            bytes.append(127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: count >> shift))
            }
        }
        bytes.append(contentsOf: payload)
        return bytes
    }

    /// A close frame; the reason is cut so that the frame stays in its bound.
    static func close(_ code: WebSocketCloseCode, reason: String) -> [UInt8] {
        var payload = [UInt8(truncatingIfNeeded: code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
        for character in reason.unicodeScalars {
            let bytes = UTF8.encode(character) ?? UTF8.encodedReplacementCharacter
            guard payload.count + bytes.count <= controlBytesMax else { break }
            payload.append(contentsOf: bytes)
        }
        return encode(.close, payload)
    }
}

/// Why a connection is closed, as a number on the wire.
///
/// - Spec: RFC 6455, section 7.4.1.
package struct WebSocketCloseCode: RawRepresentable, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let normal = WebSocketCloseCode(rawValue: 1000)
    /// The server stops.
    package static let goingAway = WebSocketCloseCode(rawValue: 1001)
    package static let protocolError = WebSocketCloseCode(rawValue: 1002)
    /// A text that is not UTF-8.
    package static let invalidText = WebSocketCloseCode(rawValue: 1007)
    package static let policy = WebSocketCloseCode(rawValue: 1008)
    package static let tooLarge = WebSocketCloseCode(rawValue: 1009)
    package static let internalError = WebSocketCloseCode(rawValue: 1011)
    package static let tryAgainLater = WebSocketCloseCode(rawValue: 1013)

    /// Whether a peer may send it; the others are for programs to tell themselves, or reserved.
    var isAllowedOnTheWire: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
