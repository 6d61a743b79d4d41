import HTTPSurface
import Hummingbird
import Ingest
import Logging
import Metrics
import QueryAPI
import QueryEngines
import Receivers
import ServiceLifecycle
import TelemetryModel
import TelemetryStore

/// What is asked of traces and what is derived of them, wired: the engine, its APIs, the receivers that are theirs.
struct TracesSide {
    let engine: TraceEngine
    private let pipeline: IngestPipeline
    private let derived: DerivedMetrics
    private let limits: OTLPLimits
    private let logger: Logger

    init(
        _ configuration: Configuration, _ store: TelemetryStore, _ pipeline: IngestPipeline, limits: OTLPLimits,
        logger: Logger
    ) {
        self.pipeline = pipeline
        self.limits = limits
        self.logger = logger
        var engineLimits = TraceEngineLimits()
        engineLimits.settings = [
            ("max_execution_time", "\(max(1, configuration.query.maxExecutionTime.components.seconds))"),
            ("max_memory_usage", "\(configuration.query.maxMemoryBytes)"),
            ("max_threads", "\(configuration.query.threads)"),
        ]
        engine = TraceEngine(store, limits: engineLimits)
        var options = DerivedOptions()
        options.interval = configuration.traces.emitInterval
        options.spanMetrics.isEnabled = configuration.traces.spanMetrics
        options.spanMetrics.dimensions = configuration.traces.spanMetricsDimensions
        options.spanMetrics.labelSetsMax = configuration.traces.maxSeries
        options.serviceGraph.isEnabled = configuration.traces.serviceGraph
        derived = DerivedMetrics(
            options, sink: PipelineSink(pipeline), beforeTheEnd: { await pipeline.freshen() },
            onFailure: { samples, error in
                logger.warning(
                    "samples derived from spans were not taken; they are sent again with the next ones",
                    metadata: ["samples": "\(samples)", "error": "\(error)"])
            })
        if options.isEnabled { pipeline.observeSpans(with: derived) }
    }

    func services(_ plan: SurfacePlan, _ board: ListeningBoard) -> [any Service] {
        var services: [any Service] = [derived]
        let freshen: @Sendable () async -> Void = { [pipeline] in await pipeline.freshen() }
        if let options = plan.tempo {
            var dependencies = TempoDependencies(queries: engine, now: { Timestamp.now().nanoseconds })
            dependencies.freshen = freshen
            services.append(
                TempoSurface.make(
                    options, services: [TempoStreamingService(dependencies, logger: logger)],
                    dependencies: dependencies, logger: logger, onListening: board.reporter("tempo")))
        }
        var jaeger = JaegerDependencies(queries: engine)
        jaeger.freshen = freshen
        jaeger.archive = { [engine] in try await engine.archive($0) }
        if let options = plan.jaeger {
            services.append(
                JaegerSurface.make(
                    options, services: [JaegerRPCService(jaeger, logger: logger)], dependencies: jaeger,
                    logger: logger, onListening: board.reporter("jaeger")))
        }
        if let options = plan.jaegerGRPC {
            services.append(
                HTTPSurface(
                    options, services: [JaegerRPCService(jaeger, logger: logger)], logger: logger,
                    onListening: board.reporter("jaeger_grpc")
                ) { _ in })
        }
        if let options = plan.zipkin {
            let dependencies = ZipkinDependencies(
                queries: engine, version: MartletVersion.current, freshen: freshen)
            services.append(
                HTTPSurface(options, logger: logger, onListening: board.reporter("zipkin")) { router in
                    ZipkinQueryRoutes.add(to: router, dependencies, logger: logger)
                    ZipkinRoutes.add(to: router, pipeline, limits: limits)
                })
        }
        if let options = plan.jaegerCollector {
            services.append(
                JaegerCollectorReceiver(
                    options, limits: limits, pipeline: pipeline, logger: logger,
                    onListening: board.reporter("jaeger_collector")))
        }
        return services
    }

    /// `/api/ui` about traces, on the port of Martlet's own API.
    func addRoutes(to router: Router<SurfaceContext>) {
        var dependencies = TraceUIDependencies(queries: engine, analyses: engine)
        dependencies.freshen = { [pipeline] in await pipeline.freshen() }
        TraceUIRoutes.add(to: router, dependencies, logger: logger)
    }

    /// What is known of derivation, for Martlet's own metrics.
    func note(in registry: MetricsRegistry) {
        let statistics = derived.statistics
        for (name, value) in [
            ("martlet_derived_spans_observed", statistics.spansObserved),
            ("martlet_derived_spans_refused", statistics.spansRefused),
            ("martlet_derived_label_sets", statistics.spanLabelSets),
            ("martlet_derived_edges", statistics.edges),
            ("martlet_derived_edges_refused", statistics.edgesRefused),
            ("martlet_derived_sides_waiting", statistics.sidesWaiting),
            ("martlet_derived_sides_unpaired", statistics.sidesUnpaired),
            ("martlet_derived_sides_dropped", statistics.sidesDropped),
            ("martlet_derived_samples", statistics.samplesEmitted),
            ("martlet_derived_requests_failed", statistics.requestsFailed),
        ] {
            Meter(label: name, factory: registry).set(value)
        }
    }
}
