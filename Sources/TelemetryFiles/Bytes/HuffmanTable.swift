/// Codes of deflate: symbols by their lengths. Spec: RFC 1951, section 3.2.2.
struct HuffmanTable {
    /// Bits that one look decides; longer codes are rare by construction and are read bit by bit.
    private static let fastBits = 10
    private static let lengthMax = 15

    /// By the next bits: symbol << 4 | length; 0 for a code that is longer, or none.
    private var fast = [UInt16](repeating: 0, count: 1 << fastBits)
    /// Codes of each length.
    private var counts = [Int](repeating: 0, count: lengthMax + 1)
    /// Ordered by length, then by number.
    private var symbols: [UInt16] = []

    /// - Parameter lengths: by symbol, up to 288 of them; 0 for one that does not occur, at most 15.
    /// - Throws: when there are more codes than the lengths have room for, or fewer, but for a single code.
    init(lengths: some Collection<UInt8>) throws(InflateFailure) {
        for length in lengths { counts[Int(length)] += 1 }
        let used = lengths.count - counts[0]
        counts[0] = 0
        var room = 1
        for length in 1...Self.lengthMax {
            room = room << 1 - counts[length]
            guard room >= 0 else { throw .invalid("too many codes") }
        }
        guard room == 0 || used <= 1 else { throw .invalid("codes are missing") }

        var (code, first) = (0, 0)
        var next = [Int](repeating: 0, count: Self.lengthMax + 1)
        var nextCode = next
        for length in 1...Self.lengthMax {
            next[length] = first
            nextCode[length] = code
            first += counts[length]
            code = (code + counts[length]) << 1
        }
        symbols = [UInt16](repeating: 0, count: used)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            let length = Int(length)
            symbols[next[length]] = UInt16(symbol)
            next[length] += 1
            let code = nextCode[length]
            nextCode[length] += 1
            guard length <= Self.fastBits else { continue }
            var index = Self.reversed(code, length)
            while index < fast.count {
                fast[index] = UInt16(symbol) << 4 | UInt16(length)
                index += 1 << length
            }
        }
    }

    /// The next symbol.
    @inline(__always)
    func read(_ bits: inout BitReader) throws(InflateFailure) -> Int {
        if bits.count < Self.lengthMax { bits.fill() }
        let entry = fast[Int(truncatingIfNeeded: bits.bits & UInt64(Self.fastMask))]
        guard entry != 0 else { return try readSlowly(&bits) }
        let length = Int(entry & 15)
        guard length <= bits.count else { throw .cutShort }
        bits.drop(length)
        return Int(entry >> 4)
    }

    private static let fastMask = (1 << fastBits) - 1

    /// Codes of one length follow each other, so that a code's distance from the first of its length is its place.
    private func readSlowly(_ bits: inout BitReader) throws(InflateFailure) -> Int {
        var (code, first, index) = (0, 0, 0)
        for length in 1...Self.lengthMax {
            guard length <= bits.count else { throw .cutShort }
            code |= Int(truncatingIfNeeded: bits.bits >> UInt64(length - 1)) & 1
            let count = counts[length]
            if code - count < first {
                bits.drop(length)
                return Int(symbols[index + code - first])
            }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        throw .invalid("a code that does not exist")
    }

    private static func reversed(_ code: Int, _ length: Int) -> Int {
        var (rest, result) = (code, 0)
        for _ in 0..<length {
            result = result << 1 | rest & 1
            rest >>= 1
        }
        return result
    }
}
