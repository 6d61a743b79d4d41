/// Why packed bytes cannot be unpacked.
enum InflateFailure: Error, Equatable {
    case cutShort
    case invalid(String)

    var reason: String {
        switch self {
        case .cutShort: "cut short"
        case .invalid(let reason): reason
        }
    }
}

/// Unpacks deflate piece by piece with bounded memory. Spec: RFC 1951.
struct Inflater {
    private enum Stage {
        case blockStart
        case stored(rest: Int)
        case codes(literals: HuffmanTable, distances: HuffmanTable)
        case over
    }

    /// Bytes that a match can refer to.
    private static let windowBytes = 32 << 10

    private var stage = Stage.blockStart
    private var isLastBlock = false
    /// What was unpacked: up to `windowBytes` that were handed over already, then what was not.
    private var output: [UInt8] = []
    private var handedOver = 0

    /// Unpacks about a chunk and appends it; true at the end of the stream.
    mutating func next(_ bits: inout BitReader, into bytes: inout [UInt8]) throws(InflateFailure) -> Bool {
        let goal = handedOver + TelemetryFileLimits.chunkBytes
        var isOver = false
        while output.count < goal, !isOver {
            switch stage {
            case .blockStart: try readBlockStart(&bits)
            case .stored(let rest): try copyStored(rest, &bits, upTo: goal)
            case .codes(let literals, let distances):
                try unpack(literals, distances, &bits, upTo: goal)
            case .over: isOver = true
            }
        }
        drain(into: &bytes)
        return isOver
    }

    /// Hands over what is unpacked.
    mutating func drain(into bytes: inout [UInt8]) {
        bytes += output[handedOver...]
        if output.count > Self.windowBytes { output.removeFirst(output.count - Self.windowBytes) }
        handedOver = output.count
    }

    private mutating func endBlock() { stage = isLastBlock ? .over : .blockStart }

    private mutating func readBlockStart(_ bits: inout BitReader) throws(InflateFailure) {
        isLastBlock = try bits.take(1) == 1
        switch try bits.take(2) {
        case 0:
            bits.align()
            let length = try bits.take(16)
            guard try bits.take(16) == ~length & 0xFFFF else { throw .invalid("a stored block has no length") }
            stage = .stored(rest: length)
        case 1: stage = .codes(literals: try Self.fixedLiterals(), distances: try Self.fixedDistances())
        case 2:
            let (literals, distances) = try Self.readTables(&bits)
            stage = .codes(literals: literals, distances: distances)
        default: throw .invalid("a block of unknown type")
        }
    }

    private mutating func copyStored(
        _ length: Int, _ bits: inout BitReader, upTo goal: Int
    ) throws(InflateFailure) {
        var rest = length
        while rest > 0, output.count < goal {
            guard let byte = bits.byte() else {
                stage = .stored(rest: rest)
                throw .cutShort
            }
            output.append(byte)
            rest -= 1
        }
        if rest == 0 { endBlock() } else { stage = .stored(rest: rest) }
    }

    private mutating func unpack(
        _ literals: HuffmanTable, _ distances: HuffmanTable, _ bits: inout BitReader, upTo goal: Int
    ) throws(InflateFailure) {
        while output.count < goal {
            let symbol = try literals.read(&bits)
            if symbol < 256 {
                output.append(UInt8(truncatingIfNeeded: symbol))
                continue
            }
            if symbol == 256 {
                endBlock()
                return
            }
            guard symbol - 257 < Self.lengths.count else { throw .invalid("a length that does not exist") }
            let (lengthBase, lengthBits) = Self.lengths[symbol - 257]
            let length = lengthBase + (try bits.take(lengthBits))
            let code = try distances.read(&bits)
            guard code < Self.distances.count else { throw .invalid("a distance that does not exist") }
            let (distanceBase, distanceBits) = Self.distances[code]
            let distance = distanceBase + (try bits.take(distanceBits))
            guard distance <= output.count else { throw .invalid("a distance before the beginning") }
            // What is copied may be what this copy has written.
            var from = output.count - distance
            for _ in 0..<length {
                output.append(output[from])
                from += 1
            }
        }
    }

    // MARK: Tables

    /// Spec: RFC 1951, section 3.2.7.
    private static func readTables(
        _ bits: inout BitReader
    ) throws(InflateFailure) -> (literals: HuffmanTable, distances: HuffmanTable) {
        let literalCount = try bits.take(5) + 257
        let distanceCount = try bits.take(5) + 1
        let lengthCount = try bits.take(4) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw .invalid("too many symbols") }
        var lengths = [UInt8](repeating: 0, count: 19)
        for symbol in lengthOrder.prefix(lengthCount) { lengths[symbol] = UInt8(try bits.take(3)) }
        let table = try HuffmanTable(lengths: lengths)

        var codes: [UInt8] = []
        let count = literalCount + distanceCount
        while codes.count < count {
            let symbol = try table.read(&bits)
            var (value, repeats): (UInt8, Int)
            switch symbol {
            case 16:
                guard let last = codes.last else { throw .invalid("a repetition of nothing") }
                (value, repeats) = (last, 3 + (try bits.take(2)))
            case 17: (value, repeats) = (0, 3 + (try bits.take(3)))
            case 18: (value, repeats) = (0, 11 + (try bits.take(7)))
            default: (value, repeats) = (UInt8(truncatingIfNeeded: symbol), 1)
            }
            guard codes.count + repeats <= count else { throw .invalid("too many lengths") }
            codes += repeatElement(value, count: repeats)
        }
        guard codes[256] != 0 else { throw .invalid("a block without an end") }
        return (
            try HuffmanTable(lengths: codes[..<literalCount]), try HuffmanTable(lengths: codes[literalCount...])
        )
    }

    private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// Spec: RFC 1951, section 3.2.6.
    private static func fixedLiterals() throws(InflateFailure) -> HuffmanTable {
        try HuffmanTable(lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    }

    /// Codes 30 and 31 take part in the construction and never occur.
    private static func fixedDistances() throws(InflateFailure) -> HuffmanTable {
        try HuffmanTable(lengths: [UInt8](repeating: 5, count: 32))
    }

    /// By symbol from 257: least length, further bits. Spec: RFC 1951, section 3.2.5.
    private static let lengths: [(base: Int, bits: Int)] =
        series(first: 3, [0, 0, 0, 0] + (0..<6).flatMap { [$0, $0, $0, $0] }) + [(258, 0)]

    /// By symbol: least distance, further bits.
    private static let distances: [(base: Int, bits: Int)] =
        series(first: 1, [0, 0] + (0..<14).flatMap { [$0, $0] })

    private static func series(first: Int, _ bits: [Int]) -> [(base: Int, bits: Int)] {
        var base = first
        return bits.map { bits in
            defer { base += 1 << bits }
            return (base, bits)
        }
    }
}
