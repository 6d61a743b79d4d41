/// Reads protobuf's wire format in place.
///
/// A failure is remembered and moves the cursor to its end, so that a loop needs no `try` on every value: it ends by
/// itself, and whoever began it looks at `failure`. Nothing outside the range is ever read. What is accepted and what is
/// refused is what SwiftProtobuf accepts and refuses, which the tests compare.
///
/// Spec: Protocol Buffers, "Encoding".
struct WireCursor {
    enum Failure: UInt8 {
        case none
        /// A length or value goes past the end.
        case truncated
        /// A tag, varint or group breaks the grammar.
        case malformed
        case invalidUTF8
        case tooDeep
        /// More messages, or more memory, than a request may take.
        case tooLarge
    }

    private(set) var position: UnsafePointer<UInt8>
    private let start: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    private(set) var failure = Failure.none

    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        // An empty buffer may have no address; any will do, since none is read.
        start = bytes.baseAddress ?? WireCursor.nowhere
        position = start
        end = position + bytes.count
    }

    // Unsafe only in name: an address that is never read.
    nonisolated(unsafe) private static let nowhere = UnsafePointer(UnsafeMutablePointer<UInt8>.allocate(capacity: 1))

    /// A cursor over the same range from its start, without a failure.
    var restarted: WireCursor { WireCursor(UnsafeBufferPointer(start: start, count: end - start)) }

    @inline(__always) var isAtEnd: Bool { position >= end }

    @inline(never)
    mutating func fail(_ reason: Failure) {
        if failure == .none { failure = reason }
        position = end
    }

    /// Takes over the failure of a cursor inside this one.
    @inline(__always)
    mutating func absorb(_ inner: WireCursor) {
        if inner.failure != .none { fail(inner.failure) }
    }

    /// The next field: its number times eight and its wire type. Zero after a failure, which is no tag.
    @inline(__always)
    mutating func tag() -> UInt32 {
        let first = position[0]
        if first < 0x80 {
            position += 1
            return UInt32(first)
        }
        return longTag()
    }

    /// At most five bytes, of which the last holds four bits.
    @inline(never)
    private mutating func longTag() -> UInt32 {
        var value: UInt32 = 0
        var shift: UInt32 = 0
        while position < end {
            let byte = position[0]
            position += 1
            if shift == 28, byte > 15 { break }
            value |= UInt32(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        fail(.malformed)
        return 0
    }

    @inline(__always)
    mutating func varint() -> UInt64 {
        if position < end, position[0] < 0x80 {
            let value = UInt64(position[0])
            position += 1
            return value
        }
        return longVarint()
    }

    /// At most ten bytes; bits past the 64th are lost.
    @inline(never)
    private mutating func longVarint() -> UInt64 {
        guard position < end else {
            fail(.truncated)
            return 0
        }
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift <= 63 {
            let byte = position[0]
            position += 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift += 7
        }
        fail(.malformed)
        return 0
    }

    @inline(__always)
    mutating func fixed64() -> UInt64 {
        guard end - position >= 8 else {
            fail(.truncated)
            return 0
        }
        let value = UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
        position += 8
        return value
    }

    @inline(__always)
    mutating func fixed32() -> UInt32 {
        guard end - position >= 4 else {
            fail(.truncated)
            return 0
        }
        let value = UInt32(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt32.self))
        position += 4
        return value
    }

    @inline(__always)
    mutating func double() -> Double { Double(bitPattern: fixed64()) }

    /// The bytes of a length-delimited value.
    @inline(__always)
    mutating func bytes() -> UnsafeBufferPointer<UInt8> {
        let length = varint()
        guard length <= UInt64(end - position) else {
            // Two gigabytes and more are no length at all (SwiftProtobuf says malformed).
            fail(length < 0x7FFF_FFFF ? .truncated : .malformed)
            return UnsafeBufferPointer(start: end, count: 0)
        }
        let value = UnsafeBufferPointer(start: position, count: Int(length))
        position += Int(length)
        return value
    }

    /// The bytes of a string, which is UTF-8.
    @inline(__always)
    mutating func string() -> UnsafeBufferPointer<UInt8> {
        let value = bytes()
        if !UTF8Text.isValid(value) { fail(.invalidUTF8) }
        return value
    }

    /// A cursor over a message inside.
    @inline(__always)
    mutating func message() -> WireCursor { WireCursor(bytes()) }

    /// Skips a field that is not known, or whose wire type is not the known one.
    ///
    /// - Parameter level: of the message that the field stands in; the request is 1. Groups count as levels.
    @inline(never)
    mutating func skip(_ tag: UInt32, level: Int) {
        // Zero is no field's number. After a failure the cursor is at its end and this changes nothing.
        guard tag >> 3 != 0 else { return fail(.malformed) }
        switch tag & 7 {
        case 0: _ = varint()
        case 1: _ = fixed64()
        case 2: _ = bytes()
        case 3: skipGroup(tag >> 3, level: level + 1)
        case 5: _ = fixed32()
        // The end of a group that did not begin, and types that do not exist.
        default: fail(.malformed)
        }
    }

    /// OTLP has no groups; an unknown one is skipped as a whole.
    private mutating func skipGroup(_ number: UInt32, level: Int) {
        guard level <= Limits.protobufDepth else { return fail(.tooDeep) }
        while position < end {
            // Inside a group SwiftProtobuf reads tags as plain varints.
            let raw = varint()
            guard failure == .none else { return }
            guard raw < UInt64(UInt32.max), raw >> 3 != 0 else { return fail(.malformed) }
            let inner = UInt32(raw)
            if inner & 7 == 4 {
                if inner >> 3 != number { fail(.malformed) }
                return
            }
            skip(inner, level: level)
        }
        fail(.truncated)
    }
}
