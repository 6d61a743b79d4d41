import Codecs
import LogFiles
import Synchronization

/// What is done beside the writing, on a thread of its own: compressing files that were put aside, and counting the disk.
actor MirrorUpkeep {
    private nonisolated let thread = FileThread()
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private nonisolated let isStopping = Atomic(false)
    private let names: [RotatedName]
    private let compression: FileCompression
    private let space: FileSpace
    private let statistics: MirrorStatistics
    private let events: MirrorEvents
    private var isClean = false

    init(
        _ paths: [String], _ compression: FileCompression, space: FileSpace, statistics: MirrorStatistics,
        events: MirrorEvents
    ) {
        names = paths.map { RotatedName($0) }
        self.compression = compression
        self.space = space
        self.statistics = statistics
        self.events = events
    }

    /// Ends a round that is going on.
    nonisolated func stop() { isStopping.store(true, ordering: .releasing) }

    func round() {
        if !isClean {
            for name in names { RotatedCompression.clean(name) }
            isClean = true
        }
        for name in names {
            let (files, failure) = RotatedCompression.compress(name, as: compression) {
                self.isStopping.load(ordering: .acquiring)
            }
            statistics.update {
                $0.compressed += files
                if failure != nil { $0.compressionFailures += 1 }
            }
            let what = name.path + " (compression)"
            if let failure { events.failed(what, reason: failure.reason) } else { events.works(what) }
        }
        space.measure()
    }
}
