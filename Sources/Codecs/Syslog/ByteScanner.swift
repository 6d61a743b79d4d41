/// A place in bytes, for formats that are read a field at a time. Never goes past their end.
struct ByteScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }
    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    func peek(_ distance: Int) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    /// What is not read yet.
    var rest: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: bytes[min(position, bytes.count)...]) }

    mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpaces() {
        while current == 0x20 { position += 1 }
    }

    /// The bytes before the next one that is in `ends`, or the end.
    mutating func take(while isInside: (UInt8) -> Bool) -> UnsafeBufferPointer<UInt8> {
        let start = position
        while let byte = current, isInside(byte) { position += 1 }
        return UnsafeBufferPointer(rebasing: bytes[start..<position])
    }

    /// The bytes before the next space, or the end.
    mutating func word() -> UnsafeBufferPointer<UInt8> { take { $0 != 0x20 } }

    /// Exactly so many digits, at most 18; nil, and nothing taken, otherwise.
    mutating func digits(_ count: Int) -> Int64? {
        guard position + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[position..<position + count] {
            guard Self.isDigit(byte) else { return nil }
            value = value &* 10 &+ Int64(byte &- UInt8(ascii: "0"))
        }
        position += count
        return value
    }

    /// One to `most` digits that no other follows, `most` at most 18.
    mutating func number(most: Int) -> Int64? {
        var count = 0
        while let byte = peek(count), Self.isDigit(byte) {
            count += 1
            if count > most { return nil }
        }
        return count == 0 ? nil : digits(count)
    }

    /// The digits of a fraction of a second, as nanoseconds; those after the ninth are skipped.
    mutating func fraction() -> Int64 {
        var value: Int64 = 0
        var scale: Int64 = 100_000_000
        while let byte = current, Self.isDigit(byte) {
            value += Int64(byte &- UInt8(ascii: "0")) * scale
            scale /= 10
            position += 1
        }
        return value
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
