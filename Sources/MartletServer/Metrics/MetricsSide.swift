import AsyncHTTPClient
import HTTPSurface
import HTTPTypes
import Ingest
import Logging
import PromQLEvaluation
import PrometheusModel
import QueryAPI
import QueryEngines
import Receivers
import ServiceLifecycle
import Synchronization
import TelemetryModel
import TelemetryStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Everything around metrics: scraping, StatsD, rules, and the Prometheus API.
struct MetricsSide: Sendable {
    let metrics: MetricStore
    let engine: PromQLEngine
    private let configuration: Configuration
    private let environment: [String: String]
    private let logger: Logger
    private let pipeline: IngestPipeline
    private let scraping: ScrapeManager
    private let fetcher: HTTPScrapeFetcher
    private let rules: RuleManager
    private let webhooks: [WebhookNotifier]
    private let alertmanagers: [AlertmanagerNotifier]
    private let alertmanagerURLs: [String]
    private let client: HTTPClient
    private let file: FileHolder
    private let startTime: Timestamp
    /// Without a slash at its end.
    private let externalURL: String

    /// The configuration file as it was read last.
    private final class FileHolder: Sendable {
        let file: Mutex<PrometheusFile>
        let lastReload: Mutex<(time: Timestamp, succeeded: Bool)>

        init(_ file: PrometheusFile) {
            self.file = Mutex(file)
            lastReload = Mutex((.now(), true))
        }
    }

    /// - Throws: `ServerError` when the configuration in Prometheus' form cannot be used.
    init(
        _ configuration: Configuration, _ store: TelemetryStore, _ pipeline: IngestPipeline, _ plan: SurfacePlan,
        startTime: Timestamp,
        environment: [String: String], logger: Logger
    ) async throws {
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
        self.pipeline = pipeline
        self.startTime = startTime
        let given = configuration.prometheus.externalURL
        let own =
            plan.prometheus.flatMap {
                $0.port == 0 ? nil : "http://\($0.host.contains(":") ? "[\($0.host)]" : $0.host):\($0.port)"
            } ?? ""
        let externalURL = given.isEmpty ? own : String(given.reversed().drop { $0 == "/" }.reversed())
        self.externalURL = externalURL
        var limits = MetricStoreLimits()
        limits.samplesMax = configuration.prometheus.maxSamples
        limits.settings = [
            ("max_execution_time", "\(max(1, configuration.query.maxExecutionTime.components.seconds))"),
            ("max_threads", "\(configuration.query.threads)"),
        ]
        metrics = MetricStore(store, limits: limits)
        var options = EvaluationOptions()
        options.lookback = Self.milliseconds(configuration.prometheus.lookback)
        options.samplesMax = configuration.prometheus.maxSamples
        options.timeout = configuration.prometheus.queryTimeout
        engine = PromQLEngine(source: metrics, options: options)

        let read = try PrometheusFile(configuration.prometheus, environment: environment)
        for note in read.notes { logger.warning("\(note)") }
        file = FileHolder(read)
        let sink = PipelineSink(pipeline)
        fetcher = HTTPScrapeFetcher()
        var scraper = ScrapeManager.Options(userAgent: "Martlet/\(MartletVersion.current)")
        // A stop is followed by a start: the series go on then.
        scraper.marksSeriesAtShutdown = false
        scraping = ScrapeManager(
            read.configuration, fetcher: fetcher, sink: sink, logger: logger, options: scraper)
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        self.client = client
        let transport = HTTPWebhookTransport(client)
        webhooks = read.configuration.receivers.flatMap { receiver in
            receiver.webhooks.map {
                WebhookNotifier(
                    .init(
                        name: receiver.name, url: $0.url, sendsResolved: $0.sendsResolved, externalURL: externalURL),
                    transport: transport, logger: logger)
            }
        }
        alertmanagerURLs = read.alertmanagers.map(\.url)
        alertmanagers = read.alertmanagers.map {
            AlertmanagerNotifier(.init(url: $0.url, timeout: $0.timeout), transport: transport, logger: logger)
        }
        let notifiers: [any AlertNotifier] = [LogAlertNotifier(logger: logger)] + webhooks + alertmanagers
        rules = RuleManager(
            querying: EngineRuleQuerying(engine), sink: RuleSink(sink: sink, pipeline: pipeline), notifiers: notifiers,
            logger: logger)
        await rules.reload(read.groups, settings: read.ruleSettings(externalURL: externalURL))
    }

    /// What runs, in the order in which it is started; stopped the other way round.
    func services(_ plan: SurfacePlan, _ board: ListeningBoard) -> [any Service] {
        var services: [any Service] = [
            ClientCloser(client: client, fetcher: fetcher), IndexWarmer(metrics: metrics, logger: logger),
        ]
        services += webhooks
        services += alertmanagers
        services.append(rules)
        services.append(scraping)
        let limits = OTLPLimits(
            bodyBytesMax: configuration.otlp.maxBodyBytes, bodyTimeLimit: configuration.otlp.bodyTimeout)
        if let options = plan.prometheus {
            services.append(
                PrometheusSurface.make(
                    options, dependencies: dependencies, logger: logger, onListening: board.reporter("prometheus")
                ) { router in
                    RemoteWriteRoutes.add(to: router, pipeline, limits: limits)
                    for path in RemoteWriteRoutes.paths {
                        PrometheusSurface.refuseOtherMethods(on: router, path, allowed: [.post])
                    }
                })
        }
        if let options = plan.exposition {
            services.append(
                ExpositionSurface.make(
                    options, dependencies: dependencies, logger: logger, onListening: board.reporter("exposition")))
        }
        if let options = plan.statsd { services.append(statsd(options, plan.statsdAdmin, board)) }
        return services
    }

    /// The newest values of all metrics in the text format, as the port for scraping shows them.
    func page() async throws -> [UInt8] { try await ExpositionSurface.page(dependencies) }

    private func statsd(_ lines: SurfaceOptions, _ admin: SurfaceOptions?, _ board: ListeningBoard) -> StatsDReceiver {
        var options = StatsDOptions(host: lines.host, port: lines.port, administrationPort: admin?.port)
        options.flushInterval = configuration.statsd.flushInterval
        options.receiveBufferBytes = configuration.statsd.receiveBufferBytes
        options.aggregation.seriesMax = configuration.statsd.maxSeries
        if let rule = admin?.access {
            options.refusal = { host, origin, authorization in
                rule.refusal(host: host, origin: origin, authorization: authorization)?.message
            }
        }
        let sink = PipelineSink(pipeline)
        let receiver = StatsDReceiver(options, sink: sink, logSink: sink, logger: logger) { ports in
            board.report("statsd", port: ports.lines)
            if let port = ports.administration { board.report("statsd_admin", port: port) }
        }
        pipeline.addGatheringSource { await receiver.handOver() }
        return receiver
    }

    private var dependencies: PrometheusDependencies {
        var dependencies = PrometheusDependencies(queries: engine, catalog: metrics)
        let (scraping, rules, file, pipeline) = (scraping, rules, file, pipeline)
        let urls = alertmanagerURLs
        dependencies.freshen = { await pipeline.freshen() }
        dependencies.targets = { scraping.targets() }
        dependencies.scrapePools = { file.file.withLock { $0.configuration.scrapeJobs.map(\.name).sorted() } }
        dependencies.ruleGroups = { await rules.groups() }
        dependencies.alertmanagers = { (urls.map { $0 + "/api/v2/alerts" }, []) }
        dependencies.configuration = { file.file.withLock { $0.shownText } }
        dependencies.flags = flags
        let (startTime, retention, memory) = (
            startTime, configuration.retention.metrics, configuration.engine.memoryBytes
        )
        let threads = configuration.query.threads
        dependencies.runtime = {
            var facts = RuntimeFacts()
            facts.startTime = startTime.milliseconds
            facts.workingDirectory = Self.workingDirectory
            facts.hostname = Self.hostname
            let last = file.lastReload.withLock { $0 }
            facts.lastReloadSucceeded = last.succeeded
            facts.lastReload = last.time.milliseconds
            facts.threads = threads
            facts.memoryBytesMax = Int64(memory)
            facts.storageRetention = DurationText.print(retention)
            return facts
        }
        dependencies.reload = { try await reload() }
        // The same as `martlet stop` and a signal of the system.
        dependencies.quit = { kill(getpid(), SIGTERM) }
        return dependencies
    }

    /// Reads the configuration in Prometheus' form again. What is wrong with it changes nothing.
    private func reload() async throws {
        do {
            let read = try PrometheusFile(configuration.prometheus, environment: environment)
            for note in read.notes { logger.warning("\(note)") }
            scraping.reload(read.configuration)
            await rules.reload(read.groups, settings: read.ruleSettings(externalURL: externalURL))
            let before = file.file.withLock { file in
                defer { file = read }
                return file
            }
            if before.configuration.receivers != read.configuration.receivers
                || before.configuration.alertmanagers != read.configuration.alertmanagers
            {
                logger.warning("receivers of alerts changed; that takes a restart")
            }
            file.lastReload.withLock { $0 = (.now(), true) }
            logger.info("configuration of scraping and rules read again")
        } catch {
            // The time stays that of the configuration in use.
            file.lastReload.withLock { $0.succeeded = false }
            logger.error(
                "the configuration could not be read again; the last one stays", metadata: ["error": "\(error)"])
            throw error
        }
    }

    private var flags: [String: String] {
        [
            "config.file": configuration.prometheus.configFile,
            "query.lookback-delta": DurationText.print(configuration.prometheus.lookback),
            "query.max-samples": "\(configuration.prometheus.maxSamples)",
            "query.timeout": DurationText.print(configuration.prometheus.queryTimeout),
            "storage.tsdb.retention.time": DurationText.print(configuration.retention.metrics),
            "web.enable-lifecycle": "true",
            "web.enable-remote-write-receiver": "true",
        ]
    }

    private static func milliseconds(_ duration: Duration) -> Int64 { duration.nanoseconds / 1_000_000 }

    private static var workingDirectory: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static var hostname: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Samples of rules, which the next rule of a group may ask for at once.
private struct RuleSink: RuleSampleSink {
    let sink: PipelineSink
    let pipeline: IngestPipeline

    func admit(_ request: [UInt8], sampleCount: Int) async throws {
        try await sink.admit(request, sampleCount: sampleCount, source: "rules")
        await pipeline.freshen()
    }
}

/// Loads the index of series at the start, so that the first query finds it.
private struct IndexWarmer: Service {
    let metrics: MetricStore
    let logger: Logger

    func run() async throws {
        do {
            try await metrics.refresh()
        } catch {
            logger.warning(
                "the index of metric series could not be loaded; the next query tries again",
                metadata: ["error": "\(error)"])
        }
        try? await gracefulShutdown()
    }
}

/// Shuts the HTTP clients down when everything that uses them has ended.
private struct ClientCloser: Service {
    let client: HTTPClient
    let fetcher: HTTPScrapeFetcher

    func run() async throws {
        try? await gracefulShutdown()
        try await fetcher.shutdown()
        try await client.shutdown()
    }
}
