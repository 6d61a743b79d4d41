/// Makes messages of the bytes that a client sends: a value that is fed and asked, without any socket.
///
/// A fragmented message is put together; control frames may come between its parts.
///
/// - Spec: RFC 6455, sections 5.2 to 5.5 and 8.1.
struct WebSocketReader {
    enum Event: Equatable {
        case text(String)
        case binary([UInt8])
        case ping([UInt8])
        case pong
        /// Nil when the peer gave no code.
        case close(WebSocketCloseCode?)
        /// The peer broke the protocol, or a bound; nothing is read any more.
        case violation(WebSocketCloseCode, String)
    }

    /// Bytes of a message, and so of each of its frames.
    private let bytesMax: Int
    private var received: [UInt8] = []
    private var message: [UInt8] = []
    /// What the message that is being put together is of.
    private var messageOpcode: WebSocketFrames.Opcode?
    private var hasEnded = false

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// What is complete now. After a close or a violation there is nothing more.
    mutating func read(_ bytes: some Sequence<UInt8>) -> [Event] {
        guard !hasEnded else { return [] }
        received.append(contentsOf: bytes)
        var events: [Event] = []
        var position = 0
        while !hasEnded, let event = next(&position) {
            if let event { events.append(event) }
        }
        received.removeSubrange(..<(hasEnded ? received.count : position))
        return events
    }

    /// Nil when a frame is not complete; a nil event for a part of a message.
    private mutating func next(_ position: inout Int) -> Event?? {
        let available = received.count - position
        guard available >= 2 else { return nil }
        let first = received[position]
        let second = received[position + 1]
        let isFinal = first & 0x80 != 0
        guard first & 0x70 == 0 else { return violation(.protocolError, "a reserved bit is set") }
        guard let opcode = WebSocketFrames.Opcode(rawValue: first & 0x0F) else {
            return violation(.protocolError, "unknown opcode \(first & 0x0F)")
        }
        guard second & 0x80 != 0 else { return violation(.protocolError, "a frame of a client is not masked") }

        var length = Int(second & 0x7F)
        var headBytes = 2
        if opcode.isControl {
            guard isFinal else { return violation(.protocolError, "a control frame is fragmented") }
            guard length <= WebSocketFrames.controlBytesMax else {
                return violation(.protocolError, "a control frame has more than 125 bytes")
            }
        } else if length >= 126 {
            let lengthBytes = length == 126 ? 2 : 8
            guard available >= 2 + lengthBytes else { return nil }
            var wide: UInt64 = 0
            for byte in received[(position + 2)..<(position + 2 + lengthBytes)] { wide = wide << 8 | UInt64(byte) }
            guard wide <= UInt64(bytesMax) else { return tooLarge() }
            length = Int(wide)
            headBytes += lengthBytes
        }
        if !opcode.isControl, message.count + length > bytesMax { return tooLarge() }
        guard available >= headBytes + 4 + length else { return nil }

        let mask = Array(received[(position + headBytes)..<(position + headBytes + 4)])
        let start = position + headBytes + 4
        var payload = Array(received[start..<(start + length)])
        for index in payload.indices { payload[index] ^= mask[index & 3] }
        position = start + length
        return .some(event(opcode, isFinal, payload))
    }

    private mutating func event(_ opcode: WebSocketFrames.Opcode, _ isFinal: Bool, _ payload: [UInt8]) -> Event? {
        switch opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong
        case .close: return close(payload)
        case .continuation:
            guard messageOpcode != nil else { return violation(.protocolError, "nothing is to be continued") }
        case .text, .binary:
            guard messageOpcode == nil else {
                return violation(.protocolError, "a message begins inside another")
            }
            messageOpcode = opcode
        }
        message.append(contentsOf: payload)
        guard isFinal else { return nil }
        let bytes = message
        let isText = messageOpcode == .text
        message = []
        messageOpcode = nil
        guard isText else { return .binary(bytes) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return violation(.invalidText, "a text is not UTF-8")
        }
        return .text(text)
    }

    private mutating func close(_ payload: [UInt8]) -> Event {
        hasEnded = true
        if payload.isEmpty { return .close(nil) }
        guard payload.count >= 2 else { return violation(.protocolError, "a close code has one byte") }
        let code = WebSocketCloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.isAllowedOnTheWire else { return violation(.protocolError, "close code \(code.rawValue)") }
        guard String(validating: payload.dropFirst(2), as: UTF8.self) != nil else {
            return violation(.invalidText, "a close reason is not UTF-8")
        }
        return .close(code)
    }

    private mutating func tooLarge() -> Event {
        violation(.tooLarge, "a message has more than \(bytesMax) bytes")
    }

    private mutating func violation(_ code: WebSocketCloseCode, _ reason: String) -> Event {
        hasEnded = true
        message = []
        return .violation(code, reason)
    }
}
