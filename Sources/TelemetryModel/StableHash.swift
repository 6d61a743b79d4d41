/// A 64-bit hash that is the same in every process and on every machine, so that it can name stored things (resources,
/// scopes, metric series). Not cryptographic: at 10^6 names the chance of one collision is 3·10^-8.
package struct StableHash: Sendable {
    private var state: UInt64 = 0x243F_6A88_85A3_08D3

    package init() {}

    package mutating func combine(_ value: UInt64) {
        let product = (state ^ value).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        state = product.high ^ product.low ^ (value &* 0xD6E8_FEB8_6659_FD93)
    }

    /// The length goes in too, so that ("ab", "c") and ("a", "bc") differ.
    package mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        combine(UInt64(bytes.count))
        var position = 0
        while position + 8 <= bytes.count {
            combine(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
            position += 8
        }
        guard position < bytes.count else { return }
        var tail: UInt64 = 0
        for offset in stride(from: bytes.count - 1, through: position, by: -1) {
            tail = tail << 8 | UInt64(bytes[offset])
        }
        combine(tail)
    }

    package mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { combine(UnsafeRawBufferPointer($0)) }
    }

    /// Never zero, which stands for "none".
    package func finalize() -> UInt64 {
        var value = state
        value ^= value >> 33
        value = value &* 0xFF51_AFD7_ED55_8CCD
        value ^= value >> 33
        return value == 0 ? 1 : value
    }

    /// The hash with its first byte made of a name, so that what has one name lies together where ids are sorted: a query
    /// for one metric of many reads a part of an hour's points and not all of them.
    ///
    /// 56 bits are left: at 10^6 series of one metric the chance of one collision is 7·10^-6.
    package func finalize(besideOthersNamed name: String) -> UInt64 {
        var prefix = StableHash()
        prefix.combine(name)
        let id = (prefix.finalize() << 56) | (finalize() >> 8)
        return id == 0 ? 1 : id
    }
}
