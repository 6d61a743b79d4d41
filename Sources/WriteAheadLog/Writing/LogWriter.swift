#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The segments of an open log and the writing of groups.
///
/// A value that does blocking calls; only the log's own queue uses it.
struct LogWriter {
    /// A segment that is not written any more.
    struct Closed {
        var name: SegmentName
        var bytes: Int
        /// Where its frames end; less than `bytes` when a failed write could not be cut off.
        var end: Int
        /// No record in it is past this one.
        var last: UInt64
    }

    let identity: UInt64
    let epoch: UInt64
    private let directory: LogDirectory
    private let options: LogOptions
    private let files: any LogFileSystem
    /// In order.
    private var closed: [Closed]
    /// Nil when a new segment is needed and could not be made yet; the next group tries again.
    private var current: SegmentWriter?
    private var last: UInt64
    private var committed: UInt64
    /// The highest first sequence that a segment's file has or may have.
    private(set) var segmentFirst: UInt64
    /// A sync is scheduled for `SyncPolicy.interval`.
    var isSyncScheduled = false
    /// The failure of a sync whose records had been completed before; see `LogStatus.syncFailures`.
    private var lateFailure: LogError?

    init(
        _ scan: LogScan, identity: UInt64, epoch: UInt64, directory: LogDirectory, options: LogOptions,
        files: any LogFileSystem
    ) {
        self.identity = identity
        self.epoch = epoch
        self.directory = directory
        self.options = options
        self.files = files
        closed = scan.segments.map { Closed(name: $0.name, bytes: $0.bytes, end: $0.end, last: $0.last) }
        last = scan.last
        committed = scan.recovery.committed
        segmentFirst = scan.recovery.nextSequence - 1
    }

    var bytes: Int { closed.reduce(current?.bytes ?? 0) { $0 + $1.bytes } }
    var segments: Int { closed.count + (current == nil ? 0 : 1) }
    var isDirty: Bool { current?.isDirty ?? false }
    var hasCurrent: Bool { current != nil }

    /// Bytes of frames that the current segment still takes.
    var room: Int { max(0, options.segmentBytesMax - (current?.bytes ?? Self.noteBytes)) }
    /// Bytes of frames that a new segment takes.
    var segmentRoom: Int { max(0, options.segmentBytesMax - Self.noteBytes) }
    /// A segment without records is not left for another: the next one would have the same first sequence.
    var canStart: Bool { current.map { $0.last > 0 } ?? false }

    private static let noteBytes = FrameHeader.byteCount + SegmentNote.byteCount

    /// Writes a group, and syncs it where the policy says so: all of it, or nothing. A group that failed is cut off
    /// again; where that fails too, or a sync has failed (after which nobody knows what the file holds on the disk),
    /// the segment is left for a new one, whose note says where the old one ends.
    mutating func write(_ group: FrameGroup) throws(LogError) {
        do throws(SystemFailure) {
            if group.startsSegment || current == nil { try startSegment(first: group.segmentFirst) }
            let start = current?.bytes ?? 0
            let lastBefore = current?.last ?? 0
            let wasDirty = isDirty
            do throws(SystemFailure) {
                try current?.write(group.frames)
            } catch {
                current?.forget(after: start, last: lastBefore)
                do throws(SystemFailure) { try current?.truncate(to: start) } catch { leaveCurrent() }
                throw error
            }
            if group.needsSync { current?.markDirty() }
            if group.needsSync, options.sync == .always || (group.hasIntent && options.sync != .never) {
                do throws(SystemFailure) {
                    try current?.sync()
                } catch {
                    if wasDirty { noteLateFailure(error) }
                    current?.forget(after: start, last: lastBefore)
                    // Not needed for a reader that has the next segment's note; a try for one that has not.
                    do throws(SystemFailure) { try current?.truncate(to: start) } catch {}
                    leaveCurrent()
                    throw error
                }
            }
            last = max(last, current?.last ?? 0)
        } catch {
            throw LogError(error, action: "write to", path: directory.path)
        }
    }

    /// Makes a segment where there is none; failing, leaves that to the next group.
    mutating func startSegmentIfNeeded(first: UInt64) throws(LogError) {
        guard current == nil else { return }
        do throws(SystemFailure) {
            try startSegment(first: first)
        } catch {
            throw LogError(error, action: "write to", path: directory.path)
        }
    }

    /// Syncs what was written since the last sync. A segment whose sync failed is left for a new one.
    mutating func sync() {
        guard isDirty, options.sync != .never else { return }
        do throws(SystemFailure) {
            try current?.sync()
        } catch {
            noteLateFailure(error)
            if canStart { leaveCurrent() }
        }
    }

    /// The failure, since it was last asked for, of a sync whose records had been completed before.
    mutating func takeLateFailure() -> LogError? {
        defer { lateFailure = nil }
        return lateFailure
    }

    /// Removes the segments whose records are all stored. The current one too, when it has grown and holds nothing
    /// else, so that an idle log takes little disk.
    ///
    /// In order, and never past one that cannot be removed: a segment's intents, and its note of where the one before
    /// ends, are needed as long as an earlier segment is there.
    mutating func free(through last: UInt64, nextFirst: UInt64) {
        committed = max(committed, last)
        if let segment = current, segment.last > 0, segment.last <= committed,
            segment.bytes > options.segmentBytesMax / 2
        {
            // Should it fail, the segment stays and is written on.
            do throws(SystemFailure) { try startSegment(first: nextFirst) } catch {}
        }
        var removed = 0
        for segment in closed {
            guard segment.last <= committed else { break }
            do throws(SystemFailure) {
                try files.remove(directory.path(of: segment.name))
            } catch {
                guard error.isAbsence else { break }
            }
            removed += 1
        }
        closed.removeFirst(removed)
        if removed > 0, options.sync != .never {
            // A file that comes back holds stored records only, so a failure changes nothing.
            do throws(SystemFailure) { try files.syncDirectory(directory.descriptor) } catch {}
        }
    }

    /// Closes the descriptor. Nothing may be written afterwards.
    mutating func close() {
        leaveCurrent()
    }

    /// Makes a segment the current one; failing, leaves everything as it was.
    private mutating func startSegment(first: UInt64) throws(SystemFailure) {
        // Before the note says where the old one ends, so that after a loss of power it is that long.
        syncBeforeLeaving()
        let name = SegmentName(first: first, epoch: epoch)
        let previous = current.map { ($0.name.first, $0.bytes) } ?? closed.last.map { ($0.name.first, $0.end) }
        let note = SegmentNote(
            identity: identity, committed: committed, last: last, previousFirst: previous?.0 ?? 0,
            previousEnd: UInt64(previous?.1 ?? 0))
        let path = directory.path(of: name)
        var segment = try SegmentWriter(name, path: path, files: files)
        do throws(SystemFailure) {
            try segment.write([PendingFrame(kind: .segment, sequence: first, body: note.encode()) { _ in }])
            if options.sync != .never {
                try segment.sync()
                try files.syncDirectory(directory.descriptor)
            }
        } catch {
            segment.close()
            do throws(SystemFailure) { try files.remove(path) } catch {
                // The file stays, a segment without records. A reader takes no record of an earlier segment that is
                // not before its first, so the earlier one must not be written on.
                segmentFirst = max(segmentFirst, first)
                leaveCurrent()
            }
            throw error
        }
        leaveCurrent()
        segmentFirst = max(segmentFirst, first)
        current = segment
    }

    private mutating func leaveCurrent() {
        syncBeforeLeaving()
        guard let segment = current else { return }
        segment.close()
        closed.append(Closed(name: segment.name, bytes: segment.bytes, end: segment.bytes, last: segment.last))
        current = nil
    }

    private mutating func syncBeforeLeaving() {
        guard isDirty, options.sync != .never else { return }
        do throws(SystemFailure) { try current?.sync() } catch { noteLateFailure(error) }
    }

    private mutating func noteLateFailure(_ failure: SystemFailure) {
        lateFailure = LogError(failure, action: "sync", path: directory.path)
    }
}

extension SystemFailure {
    fileprivate var isAbsence: Bool { number == ENOENT }
}
