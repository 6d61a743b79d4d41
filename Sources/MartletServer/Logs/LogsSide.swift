import ClickHouse
import FileMirror
import HTTPSurface
import Hummingbird
import Ingest
import LogFiles
import LogProcessing
import Logging
import Metrics
import QueryAPI
import QueryEngines
import Receivers
import ServiceLifecycle
import TelemetryModel
import TelemetryStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Logs, wired: the engine and its API, and the receivers that read lines.
struct LogsSide {
    private let configuration: Configuration
    private let run: RunDirectory
    private let store: TelemetryStore
    private let pipeline: IngestPipeline
    private let limits: OTLPLimits
    private let logger: Logger
    let engine: LogEngine
    private let tailer: LogFileTailer?
    private let statistics = LogShipperStatistics()

    /// - Throws: `ServerError` when the file of inputs is wrong.
    init(
        _ configuration: Configuration, _ run: RunDirectory, _ store: TelemetryStore, _ pipeline: IngestPipeline,
        _ mirror: FileMirror?, limits: OTLPLimits, logger: Logger
    ) throws {
        self.configuration = configuration
        self.run = run
        self.store = store
        self.pipeline = pipeline
        self.limits = limits
        self.logger = logger
        var engineLimits = LogEngineLimits()
        engineLimits.settings = [
            ("max_execution_time", "\(max(1, configuration.query.maxExecutionTime.components.seconds))"),
            ("max_memory_usage", "\(configuration.query.maxMemoryBytes)"),
            ("max_threads", "\(configuration.query.threads)"),
        ]
        engine = LogEngine(store, limits: engineLimits) { await pipeline.freshen(.logs) }
        // Made before anything is started: what is wrong with the inputs is said at once.
        tailer = try Self.tailer(configuration, run, pipeline, store, mirror, statistics, logger: logger)
    }

    /// - Throws: `ServerError` that names what is wrong with the files to follow.
    static func check(_ configuration: Configuration) throws {
        for input in try inputs(configuration.logs, RunDirectory(data: configuration.data)) {
            do {
                try input.check()
            } catch let error as LogFileError {
                throw ServerError("log files: \(error.message)")
            }
        }
    }

    private static func inputs(_ settings: Configuration.Logs, _ run: RunDirectory) throws -> [LogFileInput] {
        guard settings.follow else { return [] }
        let paths =
            settings.paths.isEmpty ? ["\(run.data)/\(Configuration.Logs.defaultPaths)"] : settings.paths
        let inputs = [LogFileInput(paths: paths)]
        guard !settings.configFile.isEmpty else { return inputs }
        // What an input of its own matches is read as it says.
        return try LogInputsFile(path: settings.configFile).inputs + inputs
    }

    func services(_ plan: SurfacePlan, _ board: ListeningBoard) -> [any Service] {
        var services: [any Service] = []
        if let options = plan.loki {
            var dependencies = LokiDependencies(queries: engine, now: { Timestamp.now().nanoseconds })
            dependencies.freshen = { [pipeline] in await pipeline.freshen(.logs) }
            services.append(
                LokiSurface.make(
                    options, dependencies: dependencies, logger: logger, onListening: board.reporter("loki")
                ) { router in
                    LokiPushRoutes.add(to: router, pipeline, limits: limits)
                })
        }
        if let options = plan.syslog {
            services.append(
                SyslogReceiver(
                    SyslogOptions(host: options.host, port: options.port), sink: SyslogPipelineSink(pipeline),
                    logger: logger, onListening: board.reporter("syslog")))
        }
        if let options = plan.logShipper {
            let identity = LogShipperIdentity(
                hostName: Self.hostName, name: Self.hostName, uuid: Self.uuid(of: run.data, on: Self.hostName))
            services.append(
                LogShipperSurface.make(
                    options, page: LogShipperPage(identity, statistics), logger: logger,
                    onListening: board.reporter("log_shipper")))
        }
        if let tailer { services.append(tailer) }
        return services
    }

    private static func tailer(
        _ configuration: Configuration, _ run: RunDirectory, _ pipeline: IngestPipeline, _ store: TelemetryStore,
        _ mirror: FileMirror?, _ statistics: LogShipperStatistics, logger: Logger
    ) throws -> LogFileTailer? {
        let inputs = try inputs(configuration.logs, run)
        guard !inputs.isEmpty else { return nil }
        var options = LogFileOptions(inputs: inputs, registryPath: run.path + "/log-files.registry")
        options.hostName = hostName
        let files = FilesSide.options(configuration, run)
        // Also those that an earlier start has written.
        options.ownFiles = files.ownFiles
        // Both are there from the start: where to put files, and where to find what was made of them.
        try Files.makeDirectories(run.data + "/logs")
        if configuration.logs.processed { try Files.makeDirectories(run.data + "/processed") }
        let output =
            configuration.logs.processed
            ? ProcessedLogWriter(files.rotating(files.processedPath), space: mirror?.space) : nil
        do {
            return try LogFileTailer(
                options, sink: LogFileStoreSink(pipeline: pipeline, store: store), statistics: statistics,
                output: output, logger: logger)
        } catch let error as LogFileError {
            throw ServerError(error.message)
        } catch let error as LogProcessingError {
            throw ServerError("log inputs: \(error)")
        }
    }

    /// A name for who ships the logs of a data directory, the same after every start. Spec: RFC 9562, version 8.
    private static func uuid(of directory: String, on host: String) -> String {
        func half(_ name: String) -> UInt64 {
            var hash = StableHash()
            hash.combine(name)
            hash.combine(host)
            hash.combine(directory)
            return hash.finalize()
        }
        let high = half("high") & 0xFFFF_FFFF_FFFF_0FFF | 0x8000
        let low = half("low") & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits = TraceID(high: high, low: low).hex
        var parts: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `/api/ui` about logs, on the port of Martlet's own API.
    func addRoutes(to router: Router<SurfaceContext>) {
        var dependencies = LogUIDependencies(queries: engine)
        dependencies.freshen = { [pipeline] in await pipeline.freshen(.logs) }
        LogUIRoutes.add(to: router, dependencies, logger: logger)
    }

    /// What is known of followed files, for Martlet's own metrics.
    func note(in registry: MetricsRegistry) {
        let snapshot = statistics.snapshot
        for (name, value) in [
            ("martlet_log_files_open", snapshot.openFiles), ("martlet_log_files_lag_bytes", snapshot.lagBytes),
            ("martlet_log_files_lines", snapshot.total.lines), ("martlet_log_files_bytes", snapshot.total.bytes),
            ("martlet_log_files_acknowledged", snapshot.total.acknowledged),
            ("martlet_log_files_dropped", snapshot.total.dropped),
            ("martlet_log_files_rejected", snapshot.total.rejected),
            ("martlet_log_files_truncated", snapshot.total.truncated),
            ("martlet_log_files_retries", snapshot.total.retries),
            ("martlet_log_files_processed_failures", snapshot.processedFailures),
        ] {
            Meter(label: name, factory: registry).set(value)
        }
    }
}
