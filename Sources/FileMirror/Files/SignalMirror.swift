import LogFiles
import TelemetryModel

/// Writes the blocks of one signal to its file, on a thread of its own.
///
/// - Bounds: a line's memory; see `ReferenceTexts` and `SeriesTexts`.
actor SignalMirror {
    /// A piece of a block that is written at once, and the memory for it: about as much as stays in a core's cache.
    private static let pieceBytes = 1 << 20

    private nonisolated let thread = FileThread()
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let signal: Signal
    private let lines: any BlockLines
    private let file: MirrorFile
    private let references: any MirrorReferences
    private let statistics: MirrorStatistics
    private let events: MirrorEvents
    private let buffer = LineBuffer(capacity: 256 << 10)

    init(
        _ signal: Signal, _ options: MirrorOptions, space: FileSpace, references: any MirrorReferences,
        statistics: MirrorStatistics, events: MirrorEvents, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.signal = signal
        self.references = references
        self.statistics = statistics
        self.events = events
        file = MirrorFile(
            options.rotating(options.path(of: signal)), copyPath: signal == .traces ? options.tracesCopyPath : nil,
            positionPath: options.positionPath(of: signal), space: space, clock: clock)
        lines =
            switch signal {
            case .traces: SpanLines(enriches: options.enriches)
            case .metrics: MetricLines()
            case .logs: LogLines()
            }
    }

    func open() {
        if let failure = file.open() { fail(failure, items: 0) }
        noteSide()
    }

    func rotateIfOld() {
        if let failure = file.rotateIfOld() { fail(failure, items: 0) }
        noteSide()
    }

    /// - Returns: items of the block that are in the file now.
    @discardableResult
    func write(_ batch: TelemetryBatch, token: String) async -> Int {
        lines.learn(batch)
        guard let first = file.firstLine(of: token) else {
            statistics.update(signal) { $0.repeatedBlocks += 1 }
            return 0
        }
        let missing = lines.missing(batch)
        if !missing.isEmpty { lines.learn(await find(missing)) }
        return append(batch, token, from: first)
    }

    private func append(_ batch: TelemetryBatch, _ token: String, from first: Int) -> Int {
        let count = lines.begin(batch)
        guard count > first else { return 0 }
        var total = (items: 0, lines: 0, bytes: 0)
        var piece = (first: first, items: 0, lines: 0)
        buffer.truncate(to: 0)
        for line in first..<count {
            let items = lines.write(line, to: buffer)
            piece.items += items
            if items > 0 { piece.lines += 1 }
            let isLast = line == count - 1
            guard isLast || buffer.count >= Self.pieceBytes else { continue }
            if buffer.count > 0 {
                if let failure = file.append(
                    buffer.bytes, of: token, before: piece.first, after: line + 1, isLast: isLast)
                {
                    file.giveUp(token)
                    fail(failure, items: lines.items(from: piece.first))
                    break
                }
                total = (total.items + piece.items, total.lines + piece.lines, total.bytes + buffer.count)
            } else {
                // The last rows are none that are written.
                file.giveUp(token)
            }
            piece = (line + 1, 0, 0)
            buffer.truncate(to: 0)
            if isLast { works() }
        }
        let rotations = file.rotations
        statistics.update(signal) { file in
            file.items += total.items
            file.lines += total.lines
            file.bytes += total.bytes
            file.blocks += 1
            file.rotations = rotations
        }
        noteSide()
        return total.items
    }

    private func find(_ missing: MissingReferences) async -> FoundReferences {
        var found = FoundReferences()
        do {
            if !missing.series.isEmpty { found.series = try await references.series(missing.series) }
            let named = found.series.values.filter { $0.form == .otlp }
            let resources = missing.resources.union(named.map(\.resourceID))
            let scopes = missing.scopes.union(named.map(\.scopeID))
            if !resources.isEmpty { found.resources = try await references.resources(resources) }
            if !scopes.isEmpty { found.scopes = try await references.scopes(scopes) }
        } catch {
            events.referencesFailed(signal, error: error)
        }
        return found
    }

    private func fail(_ failure: MirrorFile.Failure, items: Int) {
        statistics.update(signal) { file in
            file.failures[failure.name, default: 0] += 1
            if items > 0 { file.dropped[failure.name, default: 0] += items }
            file.trouble = failure.reason
        }
        events.failed(file.path, reason: failure.reason)
    }

    private func works() {
        statistics.update(signal) { if !$0.trouble.isEmpty { $0.trouble = "" } }
        events.works(file.path)
    }

    private func noteSide() {
        guard let failure = file.takeSideFailure() else { return }
        statistics.update(signal) { $0.failures[failure.name, default: 0] += 1 }
        events.failed(file.path + " (its position or second name)", reason: failure.reason)
    }
}
