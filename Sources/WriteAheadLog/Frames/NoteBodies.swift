/// The body of the frame that each segment begins with.
struct SegmentNote: Equatable {
    static let byteCount = 40

    /// Random, made with the log's first segment and carried on by every later one.
    var identity: UInt64
    /// All records through this one were stored when the segment was made.
    var committed: UInt64
    /// The last record that was written before this segment; 0 for none. A reader that has an earlier segment and has
    /// not seen this record knows that some are missing; without an earlier one they were stored, since segments are
    /// removed in order.
    var last: UInt64
    /// The segment before this one, by its first sequence; 0 for none.
    var previousFirst: UInt64
    /// Where that one ends. What lies behind is of a write that failed and was refused, and could not be cut off.
    var previousEnd: UInt64

    func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        for value in [identity, committed, last, previousFirst, previousEnd] { bytes.appendLittleEndian(value) }
        return bytes
    }

    init(identity: UInt64, committed: UInt64, last: UInt64, previousFirst: UInt64, previousEnd: UInt64) {
        self.identity = identity
        self.committed = committed
        self.last = last
        self.previousFirst = previousFirst
        self.previousEnd = previousEnd
    }

    /// Nil when it is not `byteCount` bytes.
    init?(decoding bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        func word(_ index: Int) -> UInt64 { bytes.littleEndian(at: index * 8, as: UInt64.self) }
        self.init(
            identity: word(0), committed: word(1), last: word(2), previousFirst: word(3), previousEnd: word(4))
    }
}

extension LogIntent {
    /// Enough for the token below; a longer body is not one of ours.
    static let bodyBytesMax = 256

    /// An intent of this opening of this log.
    init(first: UInt64, last: UInt64, identity: UInt64, epoch: UInt64) {
        self.init(first: first, last: last, token: "wal-\(identity.hex)-\(epoch.hex)-\(first)-\(last)")
    }

    /// The first sequence, then the token as UTF-8; the last sequence is the frame's. The token is written out so that
    /// it is read back as it was even if the segment's own frame, which has the identity, is damaged.
    func encodeBody() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(first)
        return bytes + token.utf8
    }

    /// Nil when the body is too short or too long.
    init?(decodingBody bytes: UnsafeRawBufferPointer, last: UInt64) {
        guard (8...Self.bodyBytesMax).contains(bytes.count) else { return nil }
        self.init(
            first: bytes.littleEndian(at: 0, as: UInt64.self), last: last,
            token: String(decoding: bytes[8...], as: UTF8.self))
    }
}
