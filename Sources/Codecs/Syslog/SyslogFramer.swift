/// Puts the pieces of a stream together to messages.
///
/// Each message is framed in one of two ways, told by its first byte: a digit from 1 to 9 is the beginning of its
/// length (`9 <13>hello`), anything else goes to the end of its line. A NUL ends a message, too: the handler of
/// Python's library sends one and no line end. A number that no space and priority follow was text.
///
/// - Bounds: what is kept is at most one message; of a longer one its beginning is given, and the rest skipped.
/// - Spec: RFC 6587, sections 3.4.1 and 3.4.2.
package struct SyslogFramer: Sendable {
    private enum State {
        case start
        /// Digits are pending.
        case length
        /// Digits are pending, a space came, and the next byte tells whether they are a length.
        case spaceBehindLength
        case counted(left: Int)
        case line
        /// The rest of a message of which the beginning was given.
        case skippingCounted(left: Int)
        case skippingLine
    }

    private let messageBytesMax: Int
    private var state = State.start
    private var pending: [UInt8] = []

    /// More digits are no length.
    private static let lengthDigitsMax = 9

    package init(messageBytesMax: Int) { self.messageBytesMax = max(16, messageBytesMax) }

    /// - Parameter body: takes each message, and whether it was cut; the bytes are valid during the call.
    package mutating func take(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void
    ) {
        var position = 0
        while position < bytes.count {
            switch state {
            case .start:
                let byte = bytes[position]
                if Self.isEnd(byte) || byte == 0x0D || byte == 0x20 {
                    // Between messages; some senders put a line end behind a message that they counted.
                    position += 1
                } else {
                    state = (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte) ? .length : .line
                }
            case .length: takeLength(bytes, &position)
            case .spaceBehindLength: begin(bytes[position])
            case .counted(let left): takeCounted(bytes, &position, left: left, body)
            case .line: takeLine(bytes, &position, body)
            case .skippingCounted(let left):
                let count = min(left, bytes.count - position)
                position += count
                state = count == left ? .start : .skippingCounted(left: left - count)
            case .skippingLine:
                if let end = bytes[position...].firstIndex(where: Self.isEnd) {
                    position = end + 1
                    state = .start
                } else {
                    position = bytes.count
                }
            }
        }
    }

    /// The stream ended: what waits is a message, if not a whole one.
    package mutating func finish(_ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void) {
        switch state {
        case .counted where !pending.isEmpty: give(isCut: true, body)
        case .line, .length, .spaceBehindLength: give(isCut: false, body)
        default: break
        }
        pending = []
        state = .start
    }

    private mutating func takeLength(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) {
        let byte = bytes[position]
        if ByteScanner.isDigit(byte), pending.count < Self.lengthDigitsMax {
            pending.append(byte)
            position += 1
            return
        }
        guard byte == 0x20 else {
            // Text that begins with a number: what is pending stays its beginning.
            state = .line
            return
        }
        position += 1
        state = .spaceBehindLength
    }

    private mutating func begin(_ byte: UInt8) {
        guard byte == UInt8(ascii: "<") else {
            pending.append(0x20)
            state = .line
            return
        }
        let length = pending.reduce(0) { $0 &* 10 &+ Int($1 &- UInt8(ascii: "0")) }
        pending.removeAll(keepingCapacity: true)
        state = .counted(left: length)
    }

    private mutating func takeCounted(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, left: Int,
        _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void
    ) {
        let count = min(left, bytes.count - position, messageBytesMax - pending.count)
        let part = UnsafeBufferPointer(rebasing: bytes[position..<position + count])
        position += count
        if count == left {
            state = .start
            if pending.isEmpty { return body(part, false) }
            pending.append(contentsOf: part)
            return give(isCut: false, body)
        }
        pending.append(contentsOf: part)
        if pending.count == messageBytesMax {
            state = .skippingCounted(left: left - count)
            give(isCut: true, body)
        } else {
            state = .counted(left: left - count)
        }
    }

    private mutating func takeLine(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int,
        _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void
    ) {
        let room = messageBytesMax - pending.count
        let window = bytes[position..<min(bytes.count, position + room + 1)]
        if let end = window.firstIndex(where: Self.isEnd) {
            let part = UnsafeBufferPointer(rebasing: bytes[position..<end])
            position = end + 1
            state = .start
            if pending.isEmpty { return body(part, false) }
            pending.append(contentsOf: part)
            return give(isCut: false, body)
        }
        let count = min(room, bytes.count - position)
        pending.append(contentsOf: bytes[position..<position + count])
        position += count
        // One byte more than fits, and none of them an end.
        if window.count > room {
            state = .skippingLine
            give(isCut: true, body)
        }
    }

    private mutating func give(isCut: Bool, _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void) {
        pending.withUnsafeBufferPointer { if !$0.isEmpty { body($0, isCut) } }
        // A message of a megabyte is rare; its memory is not kept for the next.
        pending.removeAll(keepingCapacity: pending.capacity <= 64 << 10)
    }

    private static func isEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0 }
}
