#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

// Not in the headers that Swift sees on Linux, where it counts as an extension; the library has it. Pointers and integers
// go in the same registers in C and in Swift.
@_silgen_name("memmem")
private func memoryWithin(
    _ text: UnsafeRawPointer, _ count: Int, _ wanted: UnsafeRawPointer, _ wantedCount: Int
) -> UnsafeRawPointer?

/// Bytes somewhere in a record, in a batch or in an arena; good only while that memory is.
typealias ByteSlice = UnsafeBufferPointer<UInt8>

extension ByteSlice {
    static var nothing: ByteSlice { ByteSlice(start: nil, count: 0) }

    @inline(__always)
    init(_ start: UnsafePointer<UInt8>, _ range: Range<Int>) {
        self.init(start: start + range.lowerBound, count: range.upperBound - range.lowerBound)
    }

    /// - Precondition: the range is within the bytes.
    @inline(__always)
    func part(_ range: Range<Int>) -> ByteSlice { ByteSlice(rebasing: self[range]) }

    @inline(__always)
    func isSame(as other: ByteSlice) -> Bool {
        guard count == other.count else { return false }
        guard let a = baseAddress, let b = other.baseAddress else { return true }
        return memcmp(a, b, count) == 0
    }

    func isSame(as text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount
            && (count == 0 || baseAddress.map { memcmp($0, text.utf8Start, count) == 0 } == true)
    }

    /// Where a byte is first, at or after `start`.
    @inline(__always)
    func first(_ byte: UInt8, from start: Int) -> Int? {
        guard let base = baseAddress, start < count, let found = memchr(base + start, Int32(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// Where other bytes are first, at or after `start`.
    @inline(__always)
    func first(_ needle: ByteSlice, from start: Int) -> Int? {
        guard let wanted = needle.baseAddress, !needle.isEmpty else { return start <= count ? start : nil }
        if needle.count == 1 { return first(wanted[0], from: start) }
        guard let base = baseAddress, start < count, count - start >= needle.count,
            let found = memoryWithin(base + start, count - start, wanted, needle.count)
        else { return nil }
        return found - UnsafeRawPointer(base)
    }

    func starts(with prefix: ByteSlice) -> Bool {
        guard count >= prefix.count else { return false }
        guard let a = baseAddress, let b = prefix.baseAddress else { return true }
        return memcmp(a, b, prefix.count) == 0
    }

    /// Without ASCII space at either end.
    var trimmed: ByteSlice {
        var from = 0
        var to = count
        while from < to, self[from].isSpace { from += 1 }
        while to > from, self[to - 1].isSpace { to -= 1 }
        return part(from..<to)
    }

    /// With invalid UTF-8 as U+FFFD.
    var text: String { String(decoding: self, as: UTF8.self) }
}

extension UInt8 {
    /// Space, tab, line feed, vertical tab, form feed, carriage return.
    @inline(__always) var isSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
    @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }
    /// `[a-zA-Z0-9_]`
    @inline(__always)
    var isWord: Bool { (self | 0x20) &- 0x61 < 26 || self &- 0x30 < 10 || self == 0x5F }
}

/// A hash of bytes that senders cannot aim at one value: it is another one in every process.
enum ByteHash {
    private static let seed = UInt64(bitPattern: Int64("martlet".hashValue)) | 1

    @inline(__always)
    static func hash(_ bytes: ByteSlice) -> UInt64 {
        guard let base = bytes.baseAddress else { return seed }
        return hash(UnsafeRawPointer(base), bytes.count)
    }

    @inline(__always)
    static func hash(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var state = seed ^ UInt64(truncatingIfNeeded: count)
        var offset = 0
        while count - offset > 8 {
            state = mix(state ^ start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var tail: UInt64 = 0
        if count >= 8 {
            tail = start.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        } else if count >= 4 {
            tail =
                UInt64(start.loadUnaligned(as: UInt32.self))
                | UInt64(start.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)) << 32
        } else if count > 0 {
            tail =
                UInt64(start.load(as: UInt8.self)) | UInt64(start.load(fromByteOffset: count >> 1, as: UInt8.self)) << 8
                | UInt64(start.load(fromByteOffset: count - 1, as: UInt8.self)) << 16
        }
        return mix(state ^ tail)
    }

    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15 ^ (seed << 1))
        return product.high ^ product.low
    }
}

extension ByteHash {
    /// Of a label; labels of a set are added up, so that their order is no matter.
    @inline(__always)
    static func label(_ nameHash: UInt64, _ value: ByteSlice) -> UInt64 {
        mix(nameHash &+ hash(value).byteSwapped)
    }
}
