import TelemetryModel

/// What waits to be written, and which sequences are given: the state that callers and the log's queue share.
///
/// A value; the log holds it in a mutex. The frames wait in the order of their sequences, which is the order of the
/// calls. One group at a time is taken, and ended by `wrote` or by `fail` and `settle`.
struct LogQueue {
    /// What the caller of a method has to do.
    struct Added {
        var sequence: UInt64
        /// The log's queue has no work scheduled: schedule it.
        var mustSchedule: Bool
    }

    private let bytesMax: Int
    private let directory: String
    private var frames: [PendingFrame] = []
    /// Bytes of `frames` and of the group that is being written.
    private var bytesQueued = 0
    private var bytesOnDisk: Int
    private(set) var recordsQueued = 0
    private(set) var nextSequence: UInt64
    private(set) var committed: UInt64
    private var isScheduled = false
    private var isClosed = false
    /// Set from the failure of a group until the last completion of those that failed with it has returned.
    private var failure: LogError?
    private(set) var writeFailures = 0
    var syncFailures = 0
    var lastFailure: LogError?

    init(bytesMax: Int, directory: String, bytesOnDisk: Int, nextSequence: UInt64, committed: UInt64) {
        self.bytesMax = bytesMax
        self.directory = directory
        self.bytesOnDisk = bytesOnDisk
        self.nextSequence = nextSequence
        self.committed = committed
    }

    var bytes: Int { bytesOnDisk + bytesQueued }

    /// - Throws: `.closed`, `.full`, `.tooLarge`, or the failure that is being settled.
    mutating func append(
        tag: UInt8, time: Timestamp, body: [UInt8],
        completion: @escaping @Sendable (Result<Void, LogError>) -> Void
    ) throws(LogError) -> Added {
        try check()
        let frame = PendingFrame(
            kind: .record, tag: tag, sequence: nextSequence, nanoseconds: time.nanoseconds, body: body,
            completion: completion)
        // `UInt32` is what the length has in a frame's header.
        guard frame.bytes <= bytesMax, UInt32(exactly: body.count) != nil else {
            throw LogError(
                .tooLarge,
                "a record has \(body.count) bytes, the write-ahead log at \(directory) may have \(bytesMax) in all")
        }
        guard bytes + frame.bytes <= bytesMax else {
            throw LogError(
                .full,
                "the write-ahead log at \(directory) holds \(bytes) of \(bytesMax) bytes that wait to be stored;"
                    + " send again later, or raise its limit")
        }
        nextSequence += 1
        recordsQueued += 1
        return add(frame)
    }

    /// Queues an intent or a commit.
    ///
    /// - Throws: `.closed`, or the failure that is being settled.
    mutating func note(
        _ kind: FrameHeader.Kind, last: UInt64, body: [UInt8],
        completion: @escaping @Sendable (Result<Void, LogError>) -> Void
    ) throws(LogError) -> Added {
        precondition(last < nextSequence, "a note is about records that were appended")
        try check()
        return add(PendingFrame(kind: kind, sequence: last, body: body, completion: completion))
    }

    /// Takes the frames at the head that fit into `room` bytes. When the first does not fit, it takes at least that one
    /// and as many as fit into `segmentRoom`; they then begin a new segment if `canStart`.
    ///
    /// - Returns: nil when nothing waits; the next frame then asks for work to be scheduled.
    mutating func take(room: Int, segmentRoom: Int, canStart: Bool) -> FrameGroup? {
        guard let head = frames.first else {
            isScheduled = false
            return nil
        }
        let fits = head.bytes <= room
        let first = segmentFirst
        var bytes = head.bytes
        var count = 1
        let roomUsed = fits || !canStart ? room : segmentRoom
        while count < frames.count, bytes + frames[count].bytes <= roomUsed {
            bytes += frames[count].bytes
            count += 1
        }
        let group = FrameGroup(
            frames: Array(frames[..<count]), bytes: bytes, startsSegment: !fits && canStart, segmentFirst: first)
        frames.removeFirst(count)
        return group
    }

    /// The first sequence that a segment made now may hold.
    var segmentFirst: UInt64 { frames.first { $0.kind == .record }?.sequence ?? nextSequence }

    mutating func wrote(_ group: FrameGroup, bytesOnDisk: Int) {
        bytesQueued -= group.bytes
        recordsQueued -= group.records
        self.bytesOnDisk = bytesOnDisk
    }

    /// A group could not be written: it fails, with everything that was queued behind it, and until `settle` nothing
    /// is let in, so that callers can take back what they did for the failed records in the order they did it.
    ///
    /// - Parameter segmentFirst: the highest first sequence of any segment; the next sequence is made higher.
    /// - Returns: the frames to complete with the error, in order.
    mutating func fail(_ group: FrameGroup, _ error: LogError, segmentFirst: UInt64) -> [PendingFrame] {
        failure = error
        lastFailure = error
        writeFailures += 1
        nextSequence = max(nextSequence, segmentFirst + 1)
        let failed = group.frames + frames
        frames = []
        bytesQueued = 0
        recordsQueued = 0
        return failed
    }

    mutating func settle(bytesOnDisk: Int) {
        failure = nil
        self.bytesOnDisk = bytesOnDisk
    }

    mutating func committed(through last: UInt64, bytesOnDisk: Int) {
        committed = max(committed, last)
        self.bytesOnDisk = bytesOnDisk
    }

    mutating func close() {
        isClosed = true
    }

    private func check() throws(LogError) {
        if isClosed { throw LogError(.closed, "the write-ahead log at \(directory) is closed") }
        if let failure { throw failure }
    }

    private mutating func add(_ frame: PendingFrame) -> Added {
        frames.append(frame)
        bytesQueued += frame.bytes
        defer { isScheduled = true }
        return Added(sequence: frame.sequence, mustSchedule: !isScheduled)
    }
}
