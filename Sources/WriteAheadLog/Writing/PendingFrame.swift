/// A record or a note that waits to be written.
struct PendingFrame: Sendable {
    var kind: FrameHeader.Kind
    var tag: UInt8 = 0
    var sequence: UInt64
    var nanoseconds: Int64 = 0
    var body: [UInt8] = []
    /// Called once, outside every lock.
    var completion: @Sendable (Result<Void, LogError>) -> Void

    var bytes: Int { FrameHeader.byteCount + body.count }
}

/// What is written by one call of the writer: all of it, or nothing.
struct FrameGroup: Sendable {
    var frames: [PendingFrame]
    var bytes: Int
    /// The current segment has no room for the first frame.
    var startsSegment: Bool
    /// The first sequence of a segment that would begin with this group.
    var segmentFirst: UInt64

    /// A group of commits alone is not worth a sync: a lost commit costs a replay that the store drops.
    var needsSync: Bool { frames.contains { $0.kind != .commit } }
    var hasIntent: Bool { frames.contains { $0.kind == .intent } }
    var records: Int { frames.count { $0.kind == .record } }
}
