import Codecs

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Memory for lines on their way to a file, used again and again.
///
/// Who writes asks for room for the longest that an item can become, and gets a `LinePen`, which does not look at the
/// bound again: that is what makes a span cheap.
///
/// Used by one owner at a time.
// Sendable: used by the actor that owns it only.
final class LineBuffer: @unchecked Sendable {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int = 64 << 10) {
        self.capacity = max(capacity, 64)
        base = Self.memory(nil, self.capacity)
    }

    deinit { free(base) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// A pen at the end, with room for so many bytes; `take` ends its use.
    @inline(__always)
    func pen(room: Int) -> LinePen {
        if capacity - count < room { grow(room) }
        return LinePen(at: base + count)
    }

    /// Keeps what a pen has written.
    @inline(__always)
    func take(_ pen: LinePen) { count = pen.at - base }

    func truncate(to length: Int) { count = min(count, length) }

    func append(_ other: [UInt8]) {
        var pen = pen(room: other.count)
        other.withUnsafeBufferPointer { pen.bytes($0) }
        take(pen)
    }

    func append(_ text: StaticString) {
        var pen = pen(room: text.utf8CodeUnitCount)
        pen.literal(text)
        take(pen)
    }

    @inline(never)
    private func grow(_ room: Int) {
        capacity = max(capacity * 2, count + room)
        base = Self.memory(base, capacity)
    }

    private static func memory(_ old: UnsafeMutablePointer<UInt8>?, _ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        guard let memory = realloc(old, capacity) else {
            // As the standard library's allocation would: there is no going on without memory.
            preconditionFailure("out of memory: \(capacity) bytes")
        }
        return memory.assumingMemoryBound(to: UInt8.self)
    }
}

/// Writes JSON to memory of which there is enough.
struct LinePen {
    /// The most that a byte of a text can become: `\u00XX`.
    static let escapedMax = 6

    private(set) var at: UnsafeMutablePointer<UInt8>

    @inline(__always)
    init(at: UnsafeMutablePointer<UInt8>) { self.at = at }

    @inline(__always)
    mutating func byte(_ byte: UInt8) {
        at.pointee = byte
        at += 1
    }

    @inline(__always)
    mutating func literal(_ text: StaticString) {
        at.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        at += text.utf8CodeUnitCount
    }

    @inline(__always)
    mutating func bytes(_ source: UnsafePointer<UInt8>, _ count: Int) {
        at.update(from: source, count: count)
        at += count
    }

    @inline(__always)
    mutating func bytes(_ source: UnsafeBufferPointer<UInt8>) {
        if let start = source.baseAddress { bytes(start, source.count) }
    }

    /// The comma that a list ends in instead of its bracket is taken back by who closes it.
    @inline(__always)
    mutating func takeBack(_ count: Int = 1) { at -= count }

    @inline(__always)
    var last: UInt8 { at[-1] }

    // MARK: Texts

    /// A text with the escapes of RFC 8259, section 7, eight bytes at a time while there are none.
    @inline(__always)
    mutating func escaped(_ source: UnsafePointer<UInt8>, _ count: Int) {
        var rest = count
        var from = UnsafeRawPointer(source)
        var to = UnsafeMutableRawPointer(at)
        while rest >= 8 {
            let word = from.loadUnaligned(as: UInt64.self)
            to.storeBytes(of: word, as: UInt64.self)
            if Self.needsEscape(word) { break }
            from += 8
            to += 8
            rest -= 8
        }
        at = to.assumingMemoryBound(to: UInt8.self)
        if rest > 0 { escapedSlowly(from.assumingMemoryBound(to: UInt8.self), rest) }
    }

    @inline(__always)
    private static func needsEscape(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // A byte is zero where borrowing takes its high bit, unless it had one (the usual test for a zero in a word).
        let control = (word &- ones &* 0x20) & ~word
        let quotes = word ^ ones &* 0x22
        let slashes = word ^ ones &* 0x5C
        let found = control | (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes
        return found & (ones &* 0x80) != 0
    }

    @inline(__always)
    private mutating func escapedSlowly(_ source: UnsafePointer<UInt8>, _ count: Int) {
        for index in 0..<count {
            let value = source[index]
            if value >= 0x20, value != 0x22, value != 0x5C {
                byte(value)
            } else {
                escape(value)
            }
        }
    }

    @inline(never)
    private mutating func escape(_ value: UInt8) {
        byte(0x5C)
        switch value {
        case 0x08: byte(UInt8(ascii: "b"))
        case 0x09: byte(UInt8(ascii: "t"))
        case 0x0A: byte(UInt8(ascii: "n"))
        case 0x0C: byte(UInt8(ascii: "f"))
        case 0x0D: byte(UInt8(ascii: "r"))
        case 0x22, 0x5C: byte(value)
        default:
            literal("u00")
            byte(Self.digit(value >> 4))
            byte(Self.digit(value & 15))
        }
    }

    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 &+ value : 0x57 &+ value }

    // MARK: Ids

    /// Eight bytes as sixteen lower-case digits.
    ///
    /// - Parameter stored: the bytes in order.
    @inline(__always)
    mutating func hex(_ stored: UInt64) {
        let value = UInt64(bigEndian: stored)
        let to = UnsafeMutableRawPointer(at)
        to.storeBytes(of: Self.digits(UInt32(truncatingIfNeeded: value >> 32)).bigEndian, as: UInt64.self)
        to.storeBytes(
            of: Self.digits(UInt32(truncatingIfNeeded: value)).bigEndian, toByteOffset: 8, as: UInt64.self)
        at += 16
    }

    /// The eight digits of a number: its nibbles are spread over the bytes, then each becomes a digit.
    @inline(__always)
    private static func digits(_ value: UInt32) -> UInt64 {
        var word = UInt64(value)
        word = (word & 0xFFFF_0000) << 16 | word & 0xFFFF
        word = (word & 0x0000_FF00_0000_FF00) << 8 | word & 0x0000_00FF_0000_00FF
        word = (word & 0x00F0_00F0_00F0_00F0) << 4 | word & 0x000F_000F_000F_000F
        let letters = (word &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return word &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    // MARK: Numbers

    /// Bytes that an integer takes at most.
    static let integerMax = 20

    @inline(__always)
    mutating func integer(_ value: Int64) {
        if value < 0 { byte(UInt8(ascii: "-")) }
        integer(value.magnitude)
    }

    /// Two digits at a time, from the end.
    @inline(__always)
    mutating func integer(_ value: UInt64) {
        let pairs = Self.pairs.utf8Start
        let length = Self.length(value)
        var rest = value
        var end = length
        while rest >= 100 {
            let pair = Int(rest % 100) &* 2
            rest /= 100
            end &-= 2
            at[end] = pairs[pair]
            at[end &+ 1] = pairs[pair &+ 1]
        }
        if rest >= 10 {
            at[0] = pairs[Int(rest) &* 2]
            at[1] = pairs[Int(rest) &* 2 &+ 1]
        } else {
            at[0] = 0x30 &+ UInt8(truncatingIfNeeded: rest)
        }
        at += length
    }

    /// Digits of a number.
    @inline(__always)
    private static func length(_ value: UInt64) -> Int {
        // Times of this century.
        if value >= 1_000_000_000_000_000_000 { return value < 10_000_000_000_000_000_000 ? 19 : 20 }
        var length = 1
        var bound: UInt64 = 10
        while value >= bound {
            length &+= 1
            bound &*= 10
        }
        return length
    }

    private static let pairs: StaticString = """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
        5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """

    /// Bytes that a double takes at most: `"-Infinity"`, or a sign, 17 digits, a point and an exponent.
    static let doubleMax = 32

    /// The shortest text that reads back as the same double, as `JSONWriter.double` writes it.
    @inline(never)
    mutating func double(_ value: Double) {
        // Whole numbers are most of all, and cheap.
        if value.magnitude < 1e15, let whole = Int64(exactly: value), whole != 0 || value.sign == .plus {
            return integer(whole)
        }
        guard value.isFinite else {
            return literal(value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\"")
        }
        var text = value.description
        text.withUTF8 { text in
            let isWhole = text.count > 2 && text[text.count - 1] == 0x30 && text[text.count - 2] == 0x2E
            bytes(UnsafeBufferPointer(rebasing: text[..<(isWhole ? text.count - 2 : text.count)]))
        }
    }
}
