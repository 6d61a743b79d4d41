/// What a byte can be in a statement. Bytes above ASCII are letters.
enum ByteClass {
    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x7F }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte >= 0x80 }

    /// Letters, digits and `$`, which most systems take inside of a name.
    @inline(__always)
    static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == 0x24 }
}

/// A place in a text with the steps that all normalizers need. Each step moves on, so that a text is read once.
struct StatementCursor {
    let input: UnsafeBufferPointer<UInt8>
    var index = 0

    init(_ input: UnsafeBufferPointer<UInt8>) {
        self.input = input
    }

    var isAtEnd: Bool { index >= input.count }

    /// 0 beyond the end.
    @inline(__always)
    func peek(_ offset: Int = 0) -> UInt8 {
        index + offset < input.count ? input[index + offset] : 0
    }

    /// 0 before the beginning.
    var before: UInt8 { index > 0 && index <= input.count ? input[index - 1] : 0 }

    func slice(from start: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
        input[start..<Swift.min(Swift.max(index, start), input.count)]
    }

    mutating func advance(_ count: Int = 1) { index = Swift.min(index + count, input.count) }

    mutating func skip(while matches: (UInt8) -> Bool) {
        while index < input.count, matches(input[index]) { index += 1 }
    }

    mutating func skipLine() {
        skip { $0 != 0x0A && $0 != 0x0D }
    }

    /// Goes behind the closing quote; a doubled one belongs to the text.
    ///
    /// - Returns: false when the text ends first.
    @discardableResult
    mutating func skipQuoted(_ quote: UInt8, escapes: Bool, doubles: Bool = true) -> Bool {
        while index < input.count {
            let byte = input[index]
            index += 1
            if byte == quote {
                guard doubles, peek() == quote else { return true }
                index += 1
            } else if escapes, byte == UInt8(ascii: "\\") {
                advance()
            }
        }
        return false
    }

    /// Goes behind a text; to the end if it does not occur.
    mutating func skip(behind text: [UInt8]) {
        guard let first = text.first else { return }
        while index < input.count {
            guard input[index] == first, input.count - index >= text.count else {
                index += 1
                continue
            }
            if input[index..<(index + text.count)].elementsEqual(text) {
                index += text.count
                return
            }
            index += 1
        }
    }

    /// A number as programs write them, with whatever letters follow it: `1_000`, `0xFF`, `1.5e-3`, `10L`, `5min`.
    mutating func skipNumber() {
        let isHex = peek() == UInt8(ascii: "0") && peek(1) | 0x20 == UInt8(ascii: "x")
        var last: UInt8 = 0
        while index < input.count {
            let byte = input[index]
            switch byte {
            case UInt8(ascii: "."):
                // `1..5` is a range, and `1.a` no number.
                guard !isHex, last != byte, peek(1) != byte, !ByteClass.isLetter(peek(1)) else { return }
            case UInt8(ascii: "+"), UInt8(ascii: "-"):
                guard !isHex, last | 0x20 == UInt8(ascii: "e"), ByteClass.isDigit(peek(1)) else { return }
            default:
                guard ByteClass.isDigit(byte) || ByteClass.isLetter(byte) else { return }
            }
            last = byte
            index += 1
        }
    }
}
