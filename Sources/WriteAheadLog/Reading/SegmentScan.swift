/// Finds the frames of one segment, from its beginning to `end`.
///
/// A frame whose header's checksum is wrong says nothing, its length least of all: the search goes on byte by byte to
/// the next header that is right, and what lies between is one damage.
struct SegmentScan {
    /// What is found, in order of offset.
    enum Finding {
        /// A frame whose body is right.
        case frame(FrameHeader, offset: Int)
        /// A frame whose header is right and whose body is not.
        case damagedBody(FrameHeader, offset: Int)
        /// No frame, up to the next one that is.
        case damage(Range<Int>)
        /// The end of the file lies within a frame, or is zeros.
        case tornTail(Range<Int>)
    }

    private let reader: SegmentReader
    private let end: Int
    private let isPlausible: (FrameHeader, Int) -> Bool

    /// - Parameters:
    ///   - end: at most the size of the file.
    ///   - isPlausible: whether a header with a right checksum may stand at an offset, after what was found so far.
    init(_ reader: SegmentReader, end: Int, isPlausible: @escaping (FrameHeader, Int) -> Bool) {
        self.reader = reader
        self.end = end
        self.isPlausible = isPlausible
    }

    /// - Cost: each byte is read once, or twice within a damage.
    func run(_ visit: (Finding) -> Void) {
        var offset = 0
        while offset < end {
            if end - offset < FrameHeader.byteCount {
                visit(.tornTail(offset..<end))
                return
            }
            guard let header = frame(at: offset) else {
                let next = nextFrame(after: offset)
                if next == nil, reader.isZero(offset..<end) {
                    // A file grows before its bytes are written, so after a loss of power it may end in zeros.
                    visit(.tornTail(offset..<end))
                } else {
                    visit(.damage(offset..<(next ?? end)))
                }
                offset = next ?? end
                continue
            }
            let body = offset + FrameHeader.byteCount
            guard end - body >= Int(header.bodyBytes) else {
                visit(.tornTail(offset..<end))
                return
            }
            let next = body + Int(header.bodyBytes)
            if reader.checksum(of: body..<next) == header.bodyChecksum {
                visit(.frame(header, offset: offset))
            } else {
                visit(.damagedBody(header, offset: offset))
            }
            offset = next
        }
    }

    private func frame(at offset: Int) -> FrameHeader? {
        guard case .frame(let header) = reader.header(at: offset), isPlausible(header, offset) else { return nil }
        return header
    }

    private func nextFrame(after offset: Int) -> Int? {
        var start = offset + 1
        while let candidate = reader.nextMagic(in: start..<end) {
            if frame(at: candidate) != nil { return candidate }
            start = candidate + 1
        }
        return nil
    }
}
