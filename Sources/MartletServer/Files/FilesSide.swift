import Codecs
import FileMirror
import HTTPSurface
import Hummingbird
import Ingest
import LogFiles
import Logging
import Metrics
import QueryAPI
import QueryEngines
import TelemetryModel
import TelemetryStore

/// Telemetry in files, wired: the mirror, and exports.
enum FilesSide {
    /// nil when it is switched off.
    static func mirror(
        _ configuration: Configuration, _ run: RunDirectory, _ store: TelemetryStore, logger: Logger
    ) -> FileMirror? {
        guard configuration.mirror.enabled else { return nil }
        return FileMirror(options(configuration, run), references: StoreReferences(store), logger: logger)
    }

    /// Where the files are, also when nothing is written to them.
    static func options(_ configuration: Configuration, _ run: RunDirectory) -> MirrorOptions {
        let settings = configuration.mirror
        var options = MirrorOptions(data: run.data, run: run.path)
        options.enriches = settings.enrich
        options.rotateBytes = Int(clamping: settings.rotateBytes)
        options.rotateAge = settings.rotateAge
        options.backups = settings.backups
        options.compression =
            switch settings.compression {
            case .zstd: .zstd
            case .gzip: .gzip
            case .none: .none
            }
        options.diskBytes = Int(clamping: settings.diskBytes)
        return options
    }

    /// `/api/ui/export/…`, on the port of Martlet's own API.
    static func addExport(
        to router: Router<SurfaceContext>, _ configuration: Configuration, _ run: RunDirectory, _ store: TelemetryStore,
        _ pipeline: IngestPipeline, traces: TracesSide, logs: LogsSide, metrics: MetricsSide, logger: Logger
    ) {
        var dependencies = ExportDependencies(
            store: store, traces: traces.engine, logs: logs.engine, metrics: metrics.metrics,
            limits: configuration.query.limits, directory: run.path + "/export")
        dependencies.freshen = { await pipeline.freshen() }
        ExportRoutes.add(to: router, dependencies, logger: logger)
    }

    /// What the mirror has done, for Martlet's own metrics.
    static func note(_ snapshot: MirrorSnapshot, _ space: FileSpace, in registry: MetricsRegistry) {
        func set(_ name: String, _ dimensions: [(String, String)] = [], value: Int) {
            Meter(label: name, dimensions: dimensions, factory: registry).set(value)
        }
        for (signal, file) in snapshot.files.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let dimensions = [("signal", signal.rawValue)]
            set("martlet_mirror_bytes", dimensions, value: file.bytes)
            set("martlet_mirror_lines", dimensions, value: file.lines)
            set("martlet_mirror_items", dimensions, value: file.items)
            set("martlet_mirror_rotations", dimensions, value: file.rotations)
            for (reason, count) in file.dropped.sorted(by: { $0.key < $1.key }) {
                set("martlet_mirror_dropped", dimensions + [("reason", reason)], value: count)
            }
            for (reason, count) in file.failures.sorted(by: { $0.key < $1.key }) {
                set("martlet_mirror_failures", dimensions + [("reason", reason)], value: count)
            }
        }
        set("martlet_mirror_pages", value: snapshot.pagesWritten)
        set("martlet_mirror_page_failures", value: snapshot.pageFailures)
        set("martlet_mirror_compressed", value: snapshot.compressed)
        set("martlet_mirror_compression_failures", value: snapshot.compressionFailures)
        set("martlet_mirror_disk_bytes", value: space.used)
    }
}
