/// A hash of pieces of lines, the same in every run.
///
/// Two shapes with one hash would count as one template, of which one is then wrong: with the 65,536 shapes that are
/// remembered the chance is 10^-10.
struct ShapeHash {
    private(set) var value: UInt64

    init(seed: UInt64) {
        value = seed ^ 0x243F_6A88_85A3_08D3
    }

    mutating func combine(_ other: UInt64) {
        let product = (value ^ other).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        value = product.high ^ product.low ^ (other &* 0xD6E8_FEB8_6659_FD93)
    }

    /// The bytes and their count.
    mutating func combine(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) {
        combine(UInt64(truncatingIfNeeded: end &- start))
        let raw = UnsafeRawBufferPointer(bytes)
        var position = start
        while position &+ 8 <= end {
            combine(raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position &+= 8
        }
        guard position < end else { return }
        var tail: UInt64 = 0
        while position < end {
            tail = tail << 8 | UInt64(bytes[position])
            position &+= 1
        }
        combine(tail)
    }
}
