import Ingest
package import LogFiles
package import Logging
import ServiceLifecycle
import Synchronization
package import TelemetryModel

/// Keeps files of what is stored, in the forms of the Collector's file exporter: lines of OTLP JSON of each signal, and
/// the newest values of metrics as an exposition.
///
/// A line is in its file when the block of its items is noted as stored, once also after the process was killed
/// (`MirrorPosition`), so a flush barrier has all before it in the files. Nothing that goes wrong with a file hinders the
/// pipeline: it is counted, told once, and what the file lacks the store has.
///
/// `start` comes before the pipeline recovers; as a service it rotates old files, compresses what was put aside, and writes
/// the page of metrics. Blocks are also taken when the service has ended.
package final class FileMirror: StoredBlockSink, Service {
    /// Between two looks at what there is to do.
    private static let tick = Duration.seconds(1)
    /// Between two looks at the disk when nothing was rotated.
    private static let ticksBetweenRounds = 30

    package let options: MirrorOptions
    /// The disk that all files share, that of processed lines included.
    package let space: FileSpace
    private let mirrors: [Signal: SignalMirror]
    private let upkeep: MirrorUpkeep
    private let statistics = MirrorStatistics()
    private let events: MirrorEvents
    private let page = Mutex<MetricsPage?>(nil)
    private let stop = Atomic(false)

    package init(
        _ options: MirrorOptions, references: any MirrorReferences, logger: Logger,
        clock: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        self.options = options
        let events = MirrorEvents(logger)
        let space = FileSpace(bytesMax: options.diskBytes, paths: options.rotatingPaths, clock: clock)
        self.events = events
        self.space = space
        var mirrors: [Signal: SignalMirror] = [:]
        for signal in Signal.allCases {
            mirrors[signal] = SignalMirror(
                signal, options, space: space, references: references, statistics: statistics, events: events,
                clock: clock)
        }
        self.mirrors = mirrors
        upkeep = MirrorUpkeep(
            options.rotatingPaths, options.compression, space: space, statistics: statistics, events: events)
    }

    package var snapshot: MirrorSnapshot { statistics.snapshot }

    /// Makes the files that are not there, and cuts off what a killed process has left half-written. Called once, before
    /// the pipeline recovers.
    package func start() async {
        FolderTree.make(options.run)
        for mirror in mirrors.values { await mirror.open() }
    }

    /// From now on the page of metrics is written. Called once.
    ///
    /// - Parameter render: gives the page, as port 8889 does.
    package func writeMetricsPage(_ render: @escaping @Sendable () async throws -> [UInt8]) {
        let made = MetricsPage(options.pagePath, statistics: statistics, events: events, render: render)
        page.withLock { $0 = made }
    }

    // MARK: Blocks

    package func write(_ batch: TelemetryBatch, of signal: Signal, token: String) async {
        await mirrors[signal]?.write(batch, token: token)
        if signal == .metrics, let page = page.withLock({ $0 }) { await page.noteChange() }
    }

    package func settle() async { await page.withLock { $0 }?.write() }

    // MARK: Upkeep

    package func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await maintain()
        } onCancelOrGracefulShutdown: {
            self.stop.store(true, ordering: .releasing)
            self.upkeep.stop()
        }
    }

    /// Compresses what was put aside, and counts the disk.
    package func tidy() async { await upkeep.round() }

    private var isStopping: Bool { stop.load(ordering: .acquiring) || Task.isCancelled }

    private func maintain() async {
        let pageTicks = max(1, Int(options.pageInterval.components.seconds))
        var ticks = 0
        var rotations = -1
        while !isStopping {
            let rotated = snapshot.files.values.reduce(0) { $0 + $1.rotations }
            if rotated != rotations || ticks % Self.ticksBetweenRounds == 0 {
                rotations = rotated
                await tidy()
                for mirror in mirrors.values { await mirror.rotateIfOld() }
            }
            if ticks % pageTicks == 0 { await settle() }
            ticks &+= 1
            _ = try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.tick) }
        }
    }
}
