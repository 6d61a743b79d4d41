/// Writes a request whose length is known beforehand, at one place or at several in turn.
///
/// The bytes are reached by pointer, because this loop decides whether the load or the server is measured; every write is
/// checked against the length, which is what makes the pointers safe.
struct RequestWriter {
    private let base: UnsafeMutableRawPointer
    private let count: Int

    private init(_ base: UnsafeMutableRawPointer, _ count: Int) {
        self.base = base
        self.count = count
    }

    /// A request of `bytes` bytes, all of which `write` has to write.
    static func request(bytes: Int, _ write: (RequestWriter) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bytes) { buffer, written in
            guard let base = buffer.baseAddress, bytes > 0 else { return }
            write(RequestWriter(base, bytes))
            written = bytes
        }
    }

    /// Bytes that a varint takes.
    static func size(varint value: Int) -> Int { max(1, (Int.bitWidth - value.leadingZeroBitCount + 6) / 7) }

    /// Bytes of a length-delimited field of a number below 16.
    static func size(field content: Int) -> Int { 1 + size(varint: content) + content }

    /// Writes tag and length of a length-delimited field of a number below 16.
    func header(_ number: UInt8, length: Int, at offset: inout Int) {
        byte(number << 3 | 2, at: &offset)
        var rest = UInt64(length)
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80, at: &offset)
            rest >>= 7
        }
        byte(UInt8(rest), at: &offset)
    }

    func byte(_ value: UInt8, at offset: inout Int) {
        precondition(offset < count)
        base.storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
        offset += 1
    }

    func bytes(_ bytes: [UInt8], at offset: inout Int) {
        precondition(offset >= 0 && bytes.count <= count - offset)
        bytes.withUnsafeBytes { source in
            if let address = source.baseAddress { (base + offset).copyMemory(from: address, byteCount: source.count) }
        }
        offset += bytes.count
    }

    /// Writes a copy of a fragment with the values of an item.
    @inline(__always)
    func fragment(_ fragment: borrowing Fragment, _ item: borrowing ItemValues, at offset: inout Int) {
        let start = offset
        bytes(fragment.bytes, at: &offset)
        // A slot lies within its fragment, whose end was checked.
        for slot in fragment.slots { fill(base + start + slot.offset, slot, item) }
    }

    @inline(__always)
    private func fill(_ place: UnsafeMutableRawPointer, _ slot: Slot, _ item: borrowing ItemValues) {
        // The upper half of the product is the random part.
        let random = (item.noise &* slot.salt) >> 32
        switch slot.value {
        case .traceID:
            store(item.traceHigh.bigEndian, place)
            store(item.traceLow.bigEndian, place + 8)
        case .spanID: store(item.spanID.bigEndian, place)
        case .parentID: store(item.parentID.bigEndian, place)
        case .startTime: store(item.startTime.littleEndian, place)
        case .endTime: store(item.endTime.littleEndian, place)
        case .uid:
            hex(item.uidHigh, place)
            hex(item.uidLow, place + 16)
        case .digits(let count): digits(random, count, place)
        case .seriesDigits(let count):
            var rest = item.series
            for index in stride(from: count - 1, through: 0, by: -1) {
                place.storeBytes(of: 0x30 + UInt8(rest % 10), toByteOffset: index, as: UInt8.self)
                rest /= 10
            }
        case .varint3:
            place.storeBytes(of: UInt8(truncatingIfNeeded: random) | 0x80, as: UInt8.self)
            place.storeBytes(of: UInt8(truncatingIfNeeded: random >> 8) | 0x80, toByteOffset: 1, as: UInt8.self)
            // Bit 20 of the number is set, so that it never gets shorter.
            place.storeBytes(
                of: UInt8(truncatingIfNeeded: random >> 16) & 0x3F | 0x40, toByteOffset: 2, as: UInt8.self)
        case .fraction: store((Double(random % 1_000_000) / 1_000_000).bitPattern.littleEndian, place)
        case .flag: place.storeBytes(of: random & 7 == 0 ? 1 : 0, as: UInt8.self)
        case .cumulativeInteger: store((item.round * 1_000 + random % 1_000).littleEndian, place)
        case .cumulativeDouble:
            store((Double(item.round) + Double(random % 1_000) / 1_000).bitPattern.littleEndian, place)
        case .histogramCount: store(MetricHistogram.count(round: item.round).littleEndian, place)
        case .histogramSum: store(MetricHistogram.sum(round: item.round).bitPattern.littleEndian, place)
        case .histogramBuckets:
            for (index, weight) in MetricHistogram.weights.enumerated() {
                store((weight * (item.round + 1)).littleEndian, place + 8 * index)
            }
        }
    }

    @inline(__always)
    private func store(_ value: UInt64, _ place: UnsafeMutableRawPointer) {
        place.storeBytes(of: value, as: UInt64.self)
    }

    /// The leading digits of a fraction of 2^32: a multiplication for each instead of a division.
    @inline(__always)
    private func digits(_ random: UInt64, _ count: Int, _ place: UnsafeMutableRawPointer) {
        var rest = random
        for index in 0..<count {
            rest = (rest & 0xFFFF_FFFF) * 10
            place.storeBytes(of: 0x30 + UInt8(truncatingIfNeeded: rest >> 32), toByteOffset: index, as: UInt8.self)
        }
    }

    @inline(__always)
    private func hex(_ value: UInt64, _ place: UnsafeMutableRawPointer) {
        for index in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: value >> (60 - 4 * UInt64(index))) & 15
            place.storeBytes(of: digit < 10 ? 0x30 + digit : 0x57 + digit, toByteOffset: index, as: UInt8.self)
        }
    }
}

/// The histogram of the metric load: fifteen buckets whose counts grow with every round.
enum MetricHistogram {
    static let bounds: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]
    static let weights: [UInt64] = [3, 9, 27, 64, 88, 70, 41, 22, 12, 8, 5, 3, 2, 1, 1]
    private static let weightsSum = weights.reduce(0, +)

    static func count(round: UInt64) -> UInt64 { weightsSum * (round + 1) }
    static func sum(round: UInt64) -> Double { Double(count(round: round)) * 0.12 }
}
