import Dispatch
import Synchronization
package import TelemetryModel

/// A durable log of opaque records, one per telemetry signal: a record is appended and acknowledged before its rows are
/// in the store, and forgotten when they are.
///
/// The life of a record: `append` gives it a sequence; its completion says that it is kept (`SyncPolicy` says against
/// what); `intend` notes which records are about to be stored as one block, and under which token; `commit` says that
/// they are. After a crash `recovery` has what was not committed, `replay` reads it, and the same ranges are stored
/// again under the same tokens, so that the store drops what it has.
///
/// Files: segments named by `SegmentName`, each a sequence of frames (`FrameHeader`), the first of which is a
/// `SegmentNote`. Every opening begins a new segment and none appends to an old one.
///
/// Concurrency: calls only queue; one serial queue writes. While it writes one group of frames, the next collects, so a
/// sync is shared by whoever waits. Nothing is scheduled while nothing waits.
package final class WriteAheadLog: Sendable {
    /// What was found when the log was opened.
    package let recovery: LogRecovery

    private let options: LogOptions
    private let directory: LogDirectory
    private let files: any LogFileSystem
    private let queue: DispatchQueue
    private let identity: UInt64
    private let epoch: UInt64
    private let state: Mutex<LogQueue>
    /// Held during I/O, and taken by `queue` only, so nobody waits for it.
    private let writer: Mutex<LogWriter>
    /// Where the records of `recovery` stand; emptied when they are committed.
    private let places: Mutex<[LogScan.Place]>

    /// Opens the log of a directory, or makes one; reads all segments once and removes those that are not needed.
    ///
    /// - Parameters:
    ///   - identity: random; of a new log.
    ///   - epoch: random; of this opening.
    /// - Throws: `.notALog` for a file or a newer version's log, `.unwritable` and `.readOnly` where this process may not
    ///   write, `.inUse` when it is open elsewhere, `.inputOutput`. A full disk does not throw: what is in the log can be
    ///   replayed, and appends fail until there is space.
    package init(
        _ options: LogOptions, files: any LogFileSystem = SystemFiles(),
        identity: UInt64 = .random(in: .min ... .max), epoch: UInt64 = .random(in: .min ... .max)
    ) throws(LogError) {
        self.options = options
        self.files = files
        self.epoch = epoch
        directory = try LogDirectory(making: options.directory, isSynced: options.sync != .never)
        let scan = try LogScan(directory, files: files)
        recovery = scan.recovery
        guard recovery.nextSequence < SegmentName.sequenceLimit else {
            throw LogError(
                .notALog, "\(directory.path) has a segment whose first sequence no log reaches; move it away")
        }
        self.identity = scan.identity ?? identity
        var writer = LogWriter(
            scan, identity: self.identity, epoch: epoch, directory: directory, options: options, files: files)
        do throws(LogError) {
            try writer.startSegmentIfNeeded(first: recovery.nextSequence)
        } catch {
            guard error.code == .diskFull else { throw error }
        }
        // Only now: the new segment's note has the watermark that the old ones had.
        if writer.hasCurrent { writer.free(through: recovery.committed, nextFirst: recovery.nextSequence) }
        state = Mutex(
            LogQueue(
                bytesMax: options.bytesMax, directory: directory.path, bytesOnDisk: writer.bytes,
                nextSequence: recovery.nextSequence, committed: recovery.committed))
        self.writer = Mutex(writer)
        places = Mutex(scan.places)
        queue = DispatchQueue(label: "write-ahead log", qos: .userInitiated)
    }

    deinit {
        writer.withLock { $0.close() }
    }

    /// Reads what opening would read, and changes and locks nothing: for a person who asks, also while a server has the
    /// log open (what is being written then looks like a torn tail) and on a disk that is mounted read-only.
    ///
    /// - Throws: `.notALog` when there is none, `.unwritable` when this user may not read it, `.inputOutput`.
    package static func inspect(
        directory: String, files: any LogFileSystem = SystemFiles()
    ) throws(LogError) -> LogRecovery {
        try LogScan(LogDirectory(reading: directory), files: files).recovery
    }

    package var status: LogStatus {
        state.withLock { state in
            LogStatus(
                bytes: state.bytes, bytesMax: options.bytesMax, recordsQueued: state.recordsQueued,
                committed: state.committed, nextSequence: state.nextSequence, writeFailures: state.writeFailures,
                syncFailures: state.syncFailures, lastFailure: state.lastFailure)
        }
    }

    /// Bytes of the segments on disk and of what waits to be written: what `bytesMax` bounds.
    package var bytes: Int { state.withLock { $0.bytes } }

    /// Visits the records that were found uncommitted at opening, in order of sequence, with one body in memory at a
    /// time. Those that have been committed since are left out.
    ///
    /// - Parameter onDamage: called in place of `visit` for a record that was whole at opening and is not any more.
    /// - Throws: what `visit` throws; `LogError` when a segment cannot be opened.
    package func replay(
        onDamage: (LogDamage) -> Void = { _ in }, _ visit: (LogEntry) throws -> Void
    ) throws {
        var reader: SegmentReader?
        for place in places.withLock({ $0 }) {
            guard place.sequence > state.withLock({ $0.committed }) else { continue }
            if reader?.name != place.segment {
                reader = try SegmentReader(place.segment, in: directory, files: files)
            }
            switch read(place, reader) {
            case .success(let entry): try visit(entry)
            case .failure(let damage): onDamage(damage.damage)
            }
        }
    }

    /// Queues a record and returns at once; nothing here waits for a disk. The order of the calls is the order of the
    /// log, so callers who need one hold a lock of their own.
    ///
    /// When a write fails, its records and all that were queued by then fail, in order, and `append` throws until the
    /// last of their completions has returned. A caller can so take back, last first or all together, what it did for
    /// them, and knows that nothing came in between.
    ///
    /// - Parameter completion: called once, on the log's queue, when the record is written (and synced, under `.always`)
    ///   or has failed. The log writes nothing until it returns.
    /// - Returns: the record's sequence, higher than every one before.
    /// - Throws: `.full` past `bytesMax`, `.tooLarge`, `.closed`, or the failure of a write as above. `completion` is
    ///   then not called.
    package func append(
        tag: UInt8, time: Timestamp, body: [UInt8],
        completion: @escaping @Sendable (Result<Void, LogError>) -> Void
    ) throws(LogError) -> UInt64 {
        let added = try state.withLock { (state) throws(LogError) in
            try state.append(tag: tag, time: time, body: body, completion: completion)
        }
        if added.mustSchedule { queue.async { self.run() } }
        return added.sequence
    }

    /// Notes that the records `first...last` are about to be stored as one block. Durable (but under
    /// `SyncPolicy.never`) when this returns, with every record queued before; a block must not be stored sooner, or
    /// after a loss of power a replay might choose other ranges and store records twice.
    ///
    /// - Returns: with the same token each time for the same range.
    /// - Throws: `.closed`, or the failure of the write; the note may be tried again.
    /// - Precondition: `first...last` have been appended or recovered.
    package func intend(first: UInt64, last: UInt64) async throws(LogError) -> LogIntent {
        precondition(first <= last, "an intent is about at least one record")
        let intent = LogIntent(first: first, last: last, identity: identity, epoch: epoch)
        try await note(.intent, last: last, body: intent.encodeBody())
        return intent
    }

    /// Says that all records through `last` are stored, and frees their segments. Not synced: if the note is lost, the
    /// records are replayed under the tokens that the store has seen.
    ///
    /// - Throws: `.closed`, or the failure of the write. The segments are freed all the same, because it may be for want
    ///   of their space that the note could not be written.
    /// - Precondition: `last` has been appended or recovered.
    package func commit(through last: UInt64) async throws(LogError) {
        try await note(.commit, last: last, body: [])
    }

    /// Writes what is queued, syncs (but under `.never`) and closes the files. Later calls throw `.closed`; another may open the
    /// log.
    package func close() async {
        state.withLock { $0.close() }
        await withCheckedContinuation { continuation in
            queue.async {
                while self.writeGroup() {}
                self.writer.withLock { $0.close() }
                self.collectLateFailure()
                self.directory.release()
                continuation.resume()
            }
        }
    }

    private func note(_ kind: FrameHeader.Kind, last: UInt64, body: [UInt8]) async throws(LogError) {
        let result: Result<Void, LogError> = await withCheckedContinuation { continuation in
            do throws(LogError) {
                let added = try state.withLock { (state) throws(LogError) in
                    try state.note(kind, last: last, body: body) { continuation.resume(returning: $0) }
                }
                if added.mustSchedule { queue.async { self.run() } }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        try result.get()
    }
}

// The queue's work: every function below runs on `queue`.
extension WriteAheadLog {
    /// One group, then again from the back of the queue, so that a sync that is due is not starved by writes.
    private func run() {
        if writeGroup() { queue.async { self.run() } }
    }

    /// - Returns: false when nothing waited.
    private func writeGroup() -> Bool {
        let (room, segmentRoom, canStart) = writer.withLock { ($0.room, $0.segmentRoom, $0.canStart) }
        let taken = state.withLock { $0.take(room: room, segmentRoom: segmentRoom, canStart: canStart) }
        guard let group = taken else { return false }
        do throws(LogError) {
            let bytes = try writer.withLock { (writer) throws(LogError) in
                try writer.write(group)
                return writer.bytes
            }
            state.withLock { $0.wrote(group, bytesOnDisk: bytes) }
            for frame in group.frames where frame.kind != .commit { frame.completion(.success(())) }
            commit(group.frames)
            for frame in group.frames where frame.kind == .commit { frame.completion(.success(())) }
        } catch {
            fail(group, error)
        }
        collectLateFailure()
        scheduleSync()
        return true
    }

    private func fail(_ group: FrameGroup, _ error: LogError) {
        let segmentFirst = writer.withLock { $0.segmentFirst }
        let (failed, next) = state.withLock { state in
            (state.fail(group, error, segmentFirst: segmentFirst), state.nextSequence)
        }
        // At once, and before anyone is told: until the new segment's note says where the old one ends, a crash would
        // bring back what could not be cut off. If it cannot be made, the next group tries again.
        do throws(LogError) {
            try writer.withLock { (writer) throws(LogError) in try writer.startSegmentIfNeeded(first: next) }
        } catch {}
        commit(failed)
        for frame in failed { frame.completion(.failure(error)) }
        let bytes = writer.withLock { $0.bytes }
        state.withLock { $0.settle(bytesOnDisk: bytes) }
    }

    /// Frees what the commits among frames say is stored.
    private func commit(_ frames: [PendingFrame]) {
        let last = frames.lazy.filter { $0.kind == .commit }.map(\.sequence).max() ?? 0
        guard last > 0 else { return }
        let nextFirst = state.withLock { $0.segmentFirst }
        let bytes = writer.withLock { writer in
            writer.free(through: last, nextFirst: nextFirst)
            return writer.bytes
        }
        state.withLock { $0.committed(through: last, bytesOnDisk: bytes) }
        places.withLock { places in
            if let lastPlace = places.last, lastPlace.sequence <= last { places = [] }
        }
    }

    /// Sees to it that what was written is synced in time; nothing is scheduled while nothing is dirty.
    private func scheduleSync() {
        guard case .interval(let interval) = options.sync else { return }
        let isDue = writer.withLock { writer in
            guard writer.isDirty, !writer.isSyncScheduled else { return false }
            writer.isSyncScheduled = true
            return true
        }
        guard isDue else { return }
        queue.asyncAfter(deadline: .now() + interval.dispatchInterval) { [weak self] in
            guard let self else { return }
            writer.withLock { writer in
                writer.isSyncScheduled = false
                writer.sync()
            }
            collectLateFailure()
        }
    }

    private func collectLateFailure() {
        guard let failure = writer.withLock({ $0.takeLateFailure() }) else { return }
        state.withLock { state in
            state.syncFailures += 1
            state.lastFailure = failure
        }
    }
}

extension WriteAheadLog {
    private struct ReplayDamage: Error {
        var damage: LogDamage
    }

    /// Reads a record again, and tests it again.
    private func read(_ place: LogScan.Place, _ reader: SegmentReader?) -> Result<LogEntry, ReplayDamage> {
        var damage = LogDamage(
            file: place.segment.text, offset: place.offset, length: FrameHeader.byteCount, kind: .header,
            sequence: place.sequence)
        guard let reader, case .frame(let header) = reader.header(at: place.offset),
            header.kind == .record, header.epoch == place.segment.epoch, header.sequence == place.sequence
        else { return .failure(ReplayDamage(damage: damage)) }
        let start = place.offset + FrameHeader.byteCount
        damage.kind = .body
        damage.length += Int(header.bodyBytes)
        guard start + Int(header.bodyBytes) <= reader.bytes else { return .failure(ReplayDamage(damage: damage)) }
        let body = reader.bytes(start..<(start + Int(header.bodyBytes)))
        guard Checksum.of(body) == header.bodyChecksum else { return .failure(ReplayDamage(damage: damage)) }
        return .success(
            LogEntry(
                sequence: header.sequence, tag: header.tag, time: Timestamp(nanoseconds: header.nanoseconds), body: body
            ))
    }
}

extension Duration {
    /// Held between 1 ms and a day.
    fileprivate var dispatchInterval: DispatchTimeInterval {
        let bounded = min(max(self, .milliseconds(1)), .seconds(86400))
        let (seconds, attoseconds) = bounded.components
        return .nanoseconds(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
    }
}
