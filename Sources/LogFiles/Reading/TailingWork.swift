import LogProcessing
import TelemetryModel

/// The batches that are to be handed over next, and what was read with them.
struct TailingRound: Sendable {
    /// For each file its batches in order.
    var groups: [[FileBatch]] = []
    /// Whether more waits to be read already.
    var hasMore = false
    /// Whether the positions could not be written, so that nothing may be handed over.
    var isHeld = false
}

/// Where a path led when it was found.
struct KnownPath {
    var identity: FileIdentity
    var input: Int
    var seen: Timestamp
    var isGone = false
}

/// What became of a file's batches.
struct GroupResult: Sendable {
    var identity: FileIdentity
    /// Batches that were taken or given up, from the first.
    var done: Int
    /// Of these, what was given up.
    var rejected: Set<Int>
    var retries: Int
}

/// Everything about the files that blocks, on a thread of its own: looking for them, reading them, keeping positions.
///
/// `LogFileTailer` calls `nextRound`, hands over what that returns, and calls `commit`; never two rounds at once.
///
/// - Bounds: a buffer for all files of a longest line; the records of a round; for each file what the multiline assembler
///   holds. A line's beginning is read again rather than kept.
actor TailingWork {
    private nonisolated let thread = FileThread()
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    let options: LogFileOptions
    let processors: [any EventProcessing]
    let finders: [FileFinder]
    let events: LogFileEvents
    let statistics: LogShipperStatistics
    let clock: @Sendable () -> Timestamp
    let output: ProcessedLogWriter?
    let openFilesMax: Int

    var registry: LogFileRegistry
    var files: [FileIdentity: FollowedFile] = [:]
    /// The files in the order in which they have their turn.
    var order: [FileIdentity] = []
    var nextTurn = 0
    var nextScan = Timestamp(nanoseconds: .min)
    var isFirstScan = true
    /// Where found paths led.
    var paths: [String: KnownPath] = [:]
    /// When a file of this path was found cut to nothing: copies of what it had were made before.
    var cuts: [String: Timestamp] = [:]
    /// A round whose positions could not be written.
    private var held: TailingRound?
    var openCount = 0
    private var lastReadTime = Timestamp(nanoseconds: 0)
    var roundTime = Timestamp(nanoseconds: 0)

    let buffer: ReadBuffer
    var snapshot = LogShipperSnapshot()

    init(
        _ options: LogFileOptions, processors: [any EventProcessing], events: LogFileEvents,
        statistics: LogShipperStatistics, output: ProcessedLogWriter?, clock: @escaping @Sendable () -> Timestamp
    ) throws(LogFileError) {
        self.options = options
        self.processors = processors
        self.events = events
        self.statistics = statistics
        self.output = output
        self.clock = clock
        var finders: [FileFinder] = []
        for input in options.inputs {
            finders.append(
                try FileFinder(
                    patterns: input.paths, excluding: input.exclude, own: OwnFiles(options.ownFiles),
                    filesMax: options.filesMax))
        }
        self.finders = finders
        registry = LogFileRegistry(path: options.registryPath)
        openFilesMax = max(1, min(options.openFilesMax, DescriptorLimit.current / 4))
        buffer = ReadBuffer(lineBytesMax: options.inputs.map(\.lineBytesMax).max() ?? 0)
    }

    // MARK: Start

    /// Reads the positions.
    ///
    /// - Returns: those of files that were being handed over when the process ended.
    func open() throws(LogFileError) -> [RegistryEntry] {
        do throws(OpenFile.Failure) {
            if let problem = try registry.load() { events.registryIsWrong(registry.path, reason: problem) }
        } catch {
            throw LogFileError("cannot read the positions of log files at \(registry.path): \(error.reason)")
        }
        return registry.entries.filter { !$0.intents.isEmpty }
    }

    /// - Parameter stored: how many of the batches were taken.
    func resolve(_ identity: FileIdentity, stored: Int) {
        guard var entry = registry[identity] else { return }
        for intent in entry.intents.prefix(stored) { entry.commit(intent) }
        events.recovered(entry.path, stored: stored, again: entry.intents.count - stored)
        entry.intents = []
        registry[identity] = entry
    }

    // MARK: Rounds

    /// Looks for files if it is time, reads what is new, and notes what is to be handed over.
    func nextRound() -> TailingRound {
        roundTime = clock()
        if var round = held {
            guard writeRegistry() else { return TailingRound(isHeld: true) }
            held = nil
            round.isHeld = false
            return round
        }
        if roundTime >= nextScan {
            scan()
            nextScan = Timestamp(nanoseconds: roundTime.nanoseconds &+ options.scanInterval.wholeNanoseconds)
        }
        openWaiting()
        var round = readFiles()
        for identity in order {
            guard let file = files[identity], !file.batches.isEmpty else { continue }
            round.groups.append(file.batches)
            registry[identity]?.intents = file.batches.map(\.intent)
        }
        snapshot.active = round.groups.reduce(0) { $0 + $1.reduce(0) { $0 + $1.drafts.count } }
        let isWritten = writeRegistry()
        publish()
        guard isWritten || round.groups.isEmpty else {
            held = round
            return TailingRound(isHeld: true)
        }
        return round
    }

    /// A batch was too large for the sink: two are noted in its place.
    ///
    /// - Returns: the file's batches now; nil when the batch is one event, or the positions cannot be written.
    func split(_ identity: FileIdentity, at place: Int) -> [FileBatch]? {
        guard let file = files[identity], file.batches.indices.contains(place) else { return nil }
        let halves = file.batches[place].halves { offset in
            let bytes = min(offset, Fingerprint.tailBytesMax)
            // A file that was closed or cut meanwhile is told by its beginning.
            return file.file.flatMap { Fingerprint(of: $0, at: offset - bytes, bytes: bytes) } ?? .empty
        }
        guard let (first, second) = halves else { return nil }
        file.batches.replaceSubrange(place...place, with: [first, second])
        registry[identity]?.intents = file.batches.map(\.intent)
        guard writeRegistry() else { return nil }
        return file.batches
    }

    /// Notes what was taken; written with the next round.
    func commit(_ results: [GroupResult]) {
        var processed: [ProcessedLogWriter.Records] = []
        for result in results {
            guard let file = files[result.identity], var entry = registry[result.identity] else { continue }
            var counters = LogShipperCounters()
            counters.retries = result.retries
            for (index, batch) in file.batches.prefix(result.done).enumerated() {
                entry.commit(batch.intent)
                counters.batches += batch.drafts.isEmpty ? 0 : 1
                if result.rejected.contains(index) {
                    counters.rejected += batch.drafts.count
                } else {
                    counters.acknowledged += batch.drafts.count
                    if output != nil { processed.append(.init(drafts: batch.drafts, source: batch.source)) }
                }
            }
            file.counters.add(counters)
            snapshot.total.add(counters)
            let isWhole = result.done == file.batches.count
            entry.intents = file.batches.dropFirst(result.done).map(\.intent)
            file.batches = []
            updateHead(of: &entry, file)
            // Not back: a cut that was found in this round has a later time.
            entry.time = max(entry.time, roundTime)
            registry[result.identity] = entry
            guard isWhole else { continue }
            if file.restartsAfterCommit { restart(file) }
            if file.endsAfterCommit { end(file) }
        }
        snapshot.active = 0
        write(processed)
        publish()
    }

    /// Writes the positions for the last time and closes the files.
    func close() {
        _ = writeRegistry()
        for file in files.values where file.file != nil { closeFile(file, reason: "shutdown") }
        publish()
    }

    /// - Returns: whether the disk has all positions.
    private func writeRegistry() -> Bool {
        do throws(OpenFile.Failure) {
            try registry.write()
            return true
        } catch {
            events.registryFailed(registry.path, reason: error.reason)
            return false
        }
    }

    private func write(_ records: [ProcessedLogWriter.Records]) {
        guard let output, !records.isEmpty else { return }
        if let reason = output.append(records) { events.processedFailed(output.path, reason: reason) }
        snapshot.processedLines = output.lines
        snapshot.processedFailures = output.failures
    }

    /// A fingerprint of more bytes as the file grows.
    private func updateHead(of entry: inout RegistryEntry, _ file: FollowedFile) {
        let bytes = min(entry.offset, Fingerprint.headBytesMax)
        guard entry.head.bytes < bytes, let handle = file.file,
            let head = Fingerprint(of: handle, at: 0, bytes: bytes)
        else { return }
        entry.head = head
    }

    /// Observed times rise from record to record: records without a time of their own keep their order, and a batch is
    /// known by its first record's.
    func nextReadTime() -> Timestamp {
        lastReadTime = max(roundTime, Timestamp(nanoseconds: lastReadTime.nanoseconds &+ 1))
        return lastReadTime
    }

    private func publish() {
        snapshot.openFiles = openCount
        snapshot.registryEntries = registry.count
        snapshot.registryBytes = registry.bytes
        snapshot.registryWrites = registry.writes
        snapshot.registryWriteFailures = registry.writeFailures
        snapshot.files = order.compactMap { identity in
            guard let file = files[identity] else { return nil }
            return LogFileState(
                path: file.label, inode: identity.inode, size: file.status.size,
                offset: registry[identity]?.offset ?? 0, isOpen: file.file != nil, lastRead: file.state.lastData,
                counters: file.counters)
        }
        let snapshot = snapshot
        statistics.update { $0 = snapshot }
    }
}
