import ClickHouse
import CoreMetrics
import FileMirror
import HTTPSurface
import Ingest
package import Logging
import QueryAPI
import Receivers
import ServiceLifecycle
import TelemetryModel
import TelemetryStore
import UnixSignals
import WriteAheadLog

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One running Martlet: engine, store, pipeline and surfaces, from start to orderly end.
package struct MartletServer: Sendable {
    private let configuration: Configuration
    private let environment: [String: String]
    private let logger: Logger
    private let run: RunDirectory

    package init(_ configuration: Configuration, environment: [String: String], logger: Logger) {
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
        run = RunDirectory(data: configuration.data)
    }

    /// Examines what the configuration names besides itself: files of inputs, targets and rules.
    ///
    /// - Throws: `ServerError` that names file, place and problem.
    package static func check(_ configuration: Configuration, environment: [String: String]) throws {
        try LogsSide.check(configuration)
        _ = try PrometheusFile(configuration.prometheus, environment: environment)
    }

    /// Serves until SIGTERM or SIGINT, then stops in order: receivers take nothing more, what waits is stored, the
    /// engine is released.
    ///
    /// - Parameter onReady: told once, when every surface answers.
    /// - Throws: `ServerError`, `EngineError` or `StoreError`, each with a sentence for a person.
    package func serve(onReady: @escaping @Sendable (ServerState) -> Void) async throws {
        // Held until the process is gone, so that whoever waits for its end (`stop`, `restart`) waits for the whole of it.
        _ = try run.lock()
        Allocator.returnLargeMemory()
        let startTime = Timestamp.now()
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        let readiness = Readiness()
        let board = ListeningBoard()
        let plan = try await SurfacePlan(configuration)

        try await withThrowingTaskGroup(of: Void.self) { group in
            // The health check answers 503 from the first moment on, also while a large store opens.
            let healthGroup = ServiceGroup(
                services: plan.health.map {
                    HealthSurface.make($0, readiness: readiness, logger: logger, onListening: board.reporter("health"))
                }.map { [$0] } ?? [], logger: quietLogger)
            group.addTask { try await healthGroup.run() }
            do {
                try await serveStore(plan, board, readiness, registry, startTime, onReady)
            } catch {
                await healthGroup.triggerGracefulShutdown()
                throw error
            }
            await healthGroup.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    private func serveStore(
        _ plan: SurfacePlan, _ board: ListeningBoard, _ readiness: Readiness, _ registry: MetricsRegistry,
        _ startTime: Timestamp, _ onReady: @escaping @Sendable (ServerState) -> Void
    ) async throws {
        let engine = try EmbeddedEngine(
            .init(
                directory: run.data + "/store", library: configuration.engine.library,
                sizes: EngineSizes(
                    memoryBytes: configuration.engine.memoryBytes, threads: configuration.engine.threads,
                    backgroundThreads: configuration.engine.backgroundThreads), environment: environment),
            logger: logger)
        do {
            let store = try await TelemetryStore(
                engine,
                retention: Retention(
                    traces: configuration.retention.traces, logs: configuration.retention.logs,
                    metrics: configuration.retention.metrics), logger: logger)
            try await serveSurfaces(store, plan, board, readiness, registry, startTime, onReady)
        } catch {
            await engine.close()
            throw error
        }
        await engine.close()
        run.removeState()
        logger.info("stopped")
    }

    private func serveSurfaces(
        _ store: TelemetryStore, _ plan: SurfacePlan, _ board: ListeningBoard, _ readiness: Readiness,
        _ registry: MetricsRegistry, _ startTime: Timestamp, _ onReady: @escaping @Sendable (ServerState) -> Void
    ) async throws {
        let pipeline: IngestPipeline
        let traces: TracesSide
        let logs: LogsSide
        let limits = OTLPLimits(
            bodyBytesMax: configuration.otlp.maxBodyBytes, bodyTimeLimit: configuration.otlp.bodyTimeout)
        let mirror = FilesSide.mirror(configuration, run, store, logger: logger)
        do {
            pipeline = try IngestPipeline(
                store: store, logDirectory: run.logDirectory, limits: configuration.ingest.limits, logger: logger)
            traces = TracesSide(configuration, store, pipeline, limits: limits, logger: logger)
            logs = try LogsSide(configuration, run, store, pipeline, mirror, limits: limits, logger: logger)
            if let mirror {
                pipeline.copyBlocks(to: mirror)
                await mirror.start()
            }
            // Before anything new comes in: what was acknowledged first is stored first.
            try run.write(replay: try await pipeline.recover())
        } catch let error as LogError {
            throw ServerError(error.message)
        }
        let metrics = try await MetricsSide(
            configuration, store, pipeline, plan, startTime: startTime, environment: environment, logger: logger)

        mirror?.writeMetricsPage { try await metrics.page() }

        // Stopped from last to first: receivers, then answers, then the pipeline, which stores what still waits.
        var services: [any Service] = mirror.map { [$0] } ?? []
        services.append(pipeline)
        services += metrics.services(plan, board)
        if let options = plan.selfMetrics {
            services.append(
                SelfMetricsSurface.make(
                    options, registry: registry, startTime: startTime, ingestBytes: { pipeline.budget.bytesUsed },
                    logBytes: { pipeline.logBytes },
                    beforePrint: {
                        traces.note(in: registry)
                        logs.note(in: registry)
                        mirror.map { FilesSide.note($0.snapshot, $0.space, in: registry) }
                    },
                    logger: logger, onListening: board.reporter("self_metrics")))
        }
        if let options = plan.api {
            services.append(
                HTTPSurface(options, logger: logger, onListening: board.reporter("api")) { router in
                    APIHealth.add(to: router) { pipeline.storeFailure == nil }
                    IngestRoutes.add(to: router, pipeline, plan.misdirections)
                    traces.addRoutes(to: router)
                    logs.addRoutes(to: router)
                    FilesSide.addExport(
                        to: router, configuration, run, store, pipeline, traces: traces, logs: logs, metrics: metrics,
                        logger: logger)
                })
        }
        if var options = plan.clickHouse {
            options.beforeAnswer = { await pipeline.freshen() }
            services.append(
                ClickHouseSurface.make(
                    options, store: store,
                    limits: configuration.query.limits,
                    logger: logger, onListening: board.reporter("clickhouse")))
        }
        services += traces.services(plan, board)
        services += logs.services(plan, board)
        if let options = plan.otlpHTTP {
            services.append(
                OTLPHTTPReceiver(
                    options, limits: limits, pipeline: pipeline, logger: logger,
                    onListening: board.reporter("otlp_http")))
        }
        if let options = plan.otlpGRPC {
            services.append(
                OTLPGRPCReceiver(
                    options, limits: limits, pipeline: pipeline, logger: logger,
                    onListening: board.reporter("otlp_grpc")))
        }
        let announcer = Announcer(
            plan: plan, board: board, readiness: readiness, run: run, startTime: startTime, logger: logger,
            onReady: onReady)
        services.append(announcer)

        var groupConfiguration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quietLogger)
        // A client that holds its connection must not hold the server: past this, what is open is cut off.
        groupConfiguration.maximumGracefulShutdownDuration = .seconds(15)
        let group = ServiceGroup(configuration: groupConfiguration)
        defer { readiness.stop() }
        try await group.run()
    }

    /// The service group tells of each service; start and stop are told once by this module.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}

extension Configuration.Ingest {
    var limits: IngestLimits {
        IngestLimits(
            memoryBytes: memoryBytes, blockRows: blockRows, flushInterval: flushInterval, logBytes: logBytes,
            sync: sync)
    }

    private var sync: SyncPolicy {
        switch logSync {
        case .always: .always
        case .interval: .interval(logSyncInterval)
        case .never: .never
        }
    }
}

extension Configuration.Query {
    var limits: QueryLimits {
        QueryLimits(
            maxExecutionTime: maxExecutionTime, maxMemoryBytes: maxMemoryBytes, maxResultRows: maxResultRows,
            threads: threads)
    }
}

extension ListeningBoard {
    func reporter(_ name: String) -> @Sendable (Int) -> Void {
        { port in self.report(name, port: port) }
    }
}

/// Waits until all surfaces listen, then says so: in the health check, in `run/endpoints.json`, to the caller.
private struct Announcer: Service {
    let plan: SurfacePlan
    let board: ListeningBoard
    let readiness: Readiness
    let run: RunDirectory
    let startTime: Timestamp
    let logger: Logger
    let onReady: @Sendable (ServerState) -> Void

    func run() async throws {
        await board.wait(for: plan.names)
        guard !Task.isCancelled else { return }
        let now = Timestamp.now()
        let state = ServerState(
            processID: getpid(), isReady: true, version: MartletVersion.current, startTime: startTime.rfc3339,
            endpoints: plan.endpoints(board.ports))
        readiness.becomeReady(at: now)
        try run.write(state)
        logger.info(
            "ready",
            metadata: [
                "milliseconds": "\((now.nanoseconds - startTime.nanoseconds) / 1_000_000)", "data": "\(run.data)",
            ])
        onReady(state)
        do {
            try await gracefulShutdown()
        } catch {
            // Cancelled: another service failed, and the group reports that one.
        }
        readiness.stop()
    }
}
