import LogFiles
import TelemetryModel

/// The file with the newest values of all metrics as an exposition: written as a whole, when there are new ones, and seen
/// by readers as the old one or the new one.
actor MetricsPage {
    private nonisolated let thread = FileThread()
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let path: String
    private let render: @Sendable () async throws -> [UInt8]
    private let statistics: MirrorStatistics
    private let events: MirrorEvents
    /// Counts up with each block of points, and is noted when a page is begun: so a page has what came before.
    private var changes = 0
    private var written = 0
    private var isWriting = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(
        _ path: String, statistics: MirrorStatistics, events: MirrorEvents,
        render: @escaping @Sendable () async throws -> [UInt8]
    ) {
        self.path = path
        self.render = render
        self.statistics = statistics
        self.events = events
    }

    func noteChange() { changes += 1 }

    /// Writes the page if there is something new, or if it is gone.
    func write() async {
        while isWriting { await withCheckedContinuation { self.waiting.append($0) } }
        guard written < changes || changes > 0 && !FolderTree.hasFile(path) else { return }
        isWriting = true
        let target = changes
        do {
            let page = try await render()
            if !FolderTree.hasFile(path) { FolderTree.makeFolder(of: path) }
            try ReplacedFile.write([page], to: path, isSynced: false, isForAll: true)
            written = target
            statistics.update {
                $0.pagesWritten += 1
                $0.pageBytes = page.count
            }
            events.works(path)
        } catch {
            statistics.update { $0.pageFailures += 1 }
            events.failed(path, reason: (error as? FileFailure)?.reason ?? "\(error)")
        }
        isWriting = false
        let waiting = waiting
        self.waiting = []
        for waiter in waiting { waiter.resume() }
    }
}
