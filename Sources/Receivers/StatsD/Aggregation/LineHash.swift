/// A 128-bit hash of the bytes that make a series: two lanes of multiplication, seeded anew in each process.
///
/// Series are told apart by it alone. That two of a million meet by chance has a probability of 10^-27, and the seed keeps
/// a sender from looking for such names.
struct LineHash {
    struct Value: Hashable {
        var high: UInt64
        var low: UInt64
    }

    /// What is random in a process.
    struct Seed: Sendable {
        var high: UInt64
        var low: UInt64

        init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }

        static func random() -> Seed { Seed(high: .random(in: .min ... .max), low: .random(in: .min ... .max)) }
    }

    private var high: UInt64
    private var low: UInt64

    @inline(__always)
    init(_ seed: Seed) {
        high = seed.high
        low = seed.low
    }

    /// The length goes in too, so that ("ab", "c") and ("a", "bc") differ.
    @inline(__always)
    mutating func combine(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        combine(UInt64(truncatingIfNeeded: range.count))
        let raw = UnsafeRawBufferPointer(bytes)
        var position = range.lowerBound
        while position + 8 <= range.upperBound {
            combine(raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        guard position < range.upperBound else { return }
        var tail: UInt64 = 0
        while position < range.upperBound {
            tail = tail << 8 | UInt64(bytes[position])
            position += 1
        }
        combine(tail)
    }

    mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { combine($0, 0..<$0.count) }
    }

    @inline(__always)
    mutating func combine(_ word: UInt64) {
        high = Self.mix(high ^ word, 0x9E37_79B9_7F4A_7C15) ^ (word &* 0xD6E8_FEB8_6659_FD93)
        low = Self.mix(low &+ word, 0xE703_7ED1_A0B4_28DB) ^ (word &* 0x8EBC_6AF0_9C88_C6E3)
    }

    @inline(__always)
    func finish(_ last: UInt64) -> Value {
        var copy = self
        copy.combine(last)
        return Value(high: Self.mix(copy.high, 0x5899_65CC_7537_4CC3), low: Self.mix(copy.low, 0x1D8E_4E27_C47D_124F))
    }

    @inline(__always)
    private static func mix(_ value: UInt64, _ factor: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }
}
