import FuzzSupport

/// Damages segments as disks, crashes and (with right checksums) strangers do.
struct SegmentMutator {
    private let template: LogTemplate
    private var random: SplitMix64

    init(_ template: LogTemplate, seed: UInt64) {
        self.template = template
        random = SplitMix64(seed: seed)
    }

    /// The first byte says which segment is damaged and which are missing, the others are the segment.
    mutating func mutate(_ buffer: UnsafeMutableBufferPointer<UInt8>, count: Int) -> Int {
        guard count > 1 else { return LibFuzzer.mutate(buffer, count: count) }
        if below(8) == 0 { return LibFuzzer.mutate(buffer, count: count) }
        var choice = buffer[0]
        if below(16) == 0 { choice = random.byte() }
        let segment = template.segments[LogFuzzer.index(choice, of: template.segments.count)]
        var bytes = below(12) == 0 ? segment.bytes : Array(buffer[1..<count])
        for _ in 0...below(3) where !bytes.isEmpty { change(&bytes, segment) }
        guard bytes.count < buffer.count else { return count }
        buffer[0] = choice
        for (index, byte) in bytes.enumerated() { buffer[index + 1] = byte }
        return bytes.count + 1
    }

    private mutating func below(_ bound: Int) -> Int { random.below(bound) }

    private mutating func change(_ bytes: inout [UInt8], _ segment: LogTemplate.Segment) {
        let start = below(bytes.count)
        let range = start..<min(bytes.count, start + 1 + below(below(2) == 0 ? 8 : 300))
        switch below(11) {
        case 0, 1: bytes[start] ^= 1 << UInt8(below(8))
        case 2: bytes[start] = random.byte()
        case 3: bytes.removeSubrange(start...)
        case 4: for index in range { bytes[index] = 0 }
        case 5: bytes.insert(contentsOf: bytes[range], at: below(bytes.count))
        case 6: bytes.removeSubrange(range)
        case 7: bytes += below(2) == 0 ? [UInt8](repeating: 0, count: range.count) : Array(bytes[range])
        case 8:
            let target = below(bytes.count)
            for (index, byte) in zip(target..<bytes.count, Array(bytes[range])) { bytes[index] = byte }
        default: forge(&bytes, segment)
        }
    }

    /// Changes a frame, or puts one elsewhere, and makes its checksums right.
    private mutating func forge(_ bytes: inout [UInt8], _ segment: LogTemplate.Segment) {
        let frames = SegmentFrame.all(in: bytes, first: segment.first)
        guard !frames.isEmpty else { return }
        var offset = frames[below(frames.count)].offset
        if below(4) == 0 {
            let frame = frames[below(frames.count)]
            offset = below(2) == 0 ? bytes.count : min(bytes.count, offset)
            bytes.insert(contentsOf: frame.header + frame.body, at: offset)
        }
        switch below(8) {
        case 0: bytes[offset + 4] = UInt8(below(3))
        case 1: bytes[offset + 5] = UInt8(below(6))
        case 2: bytes.set(UInt64(0xE0 + below(4)), at: offset + 8, bytes: 8)
        case 3, 4: bytes.set(number(), at: offset + 16, bytes: 8)
        case 5: bytes.set(number(), at: offset + 32, bytes: 4)
        case 6:
            // A note's or an intent's numbers.
            let place = offset + SegmentFrame.headerBytes + 8 * below(5)
            if place + 8 <= bytes.count { bytes.set(number(), at: place, bytes: 8) }
        default:
            let place = min(bytes.count - 1, offset + SegmentFrame.headerBytes + below(60))
            bytes[place] = random.byte()
        }
        SegmentFrame.repair(&bytes, at: offset, first: segment.first, repairsBody: below(8) > 0)
    }

    private mutating func number() -> UInt64 {
        switch below(8) {
        case 0: .max
        case 1: 1 << 62
        case 2: (1 << 62) - 1
        case 3: 1 << 63
        case 4: random.next()
        default: UInt64(below(20))
        }
    }
}
