/// One thing an operator can set. Reading, printing, variable names and suggestions all come from `Setting.all`.
package struct Setting: Sendable {
    /// The key in the file, sections joined by dots: `ports.otlp_grpc`.
    package let path: String
    /// One sentence for the operator, without final period.
    package let documentation: String
    /// What a value must be, to be read after "expected".
    package let expected: String
    /// A value that is right, as it stands in the file.
    package let example: String
    /// Never printed, logged or quoted in an error.
    package let isSecret: Bool
    let printsPlain: Bool
    /// The value in a configuration, printed.
    package let read: @Sendable (Configuration) -> RawSettingValue
    let write: @Sendable (RawSettingValue, inout Configuration) throws(SettingValueError) -> Void

    init<Value>(
        _ path: String, _ property: any WritableKeyPath<Configuration, Value> & Sendable, _ kind: SettingKind<Value>,
        _ documentation: String
    ) {
        self.path = path
        self.documentation = documentation
        self.expected = kind.expected
        // A good example is the default, unless that is nothing.
        self.example =
            switch kind.print(Configuration()[keyPath: property]) {
            case .text(let text) where !text.isEmpty: text
            case .list(let elements) where !elements.isEmpty:
                "[" + elements.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
            default: kind.example
            }
        self.isSecret = kind.isSecret
        self.printsPlain = kind.printsPlain
        self.read = { kind.print($0[keyPath: property]) }
        self.write = { raw, configuration throws(SettingValueError) in
            configuration[keyPath: property] = try kind.parse(raw)
        }
    }

    /// The variable that sets it: `MARTLET_PORTS_OTLP_GRPC`.
    package var environmentName: String {
        Self.environmentPrefix + path.uppercased().split(separator: ".").joined(separator: "_")
    }

    /// The default as one line of text, empty when the default is nothing.
    package var defaultText: String {
        switch read(Configuration()) {
        case .text(let text): text
        case .list(let elements): elements.joined(separator: ", ")
        }
    }

    /// The section, empty for a key at the top; and the key inside it.
    var section: Substring { path.split(separator: ".").dropLast().first ?? "" }
    var key: Substring { path.split(separator: ".").last ?? "" }

    static let environmentPrefix = "MARTLET_"

    /// In the order in which the file is printed: keys at the top first, then the sections, each in one piece.
    package static let all: [Setting] = [
        Setting("data", \.data, .path(), "directory of everything that is kept"),
        Setting(
            "bind", \.bind, .address,
            "address of all ports; anything but loopback needs auth.token, or auth.mode none said explicitly"),

        Setting(
            "auth.mode", \.auth.mode, .choice,
            "token asks for auth.token (an empty one, allowed on loopback only, asks for nothing), none never asks"),
        Setting("auth.token", \.auth.token, .secret, "secret that clients send as Bearer token or Basic password"),

        Setting("ports.otlp_grpc", \.ports.otlpGRPC, .port, "OTLP over gRPC (0 any free port, off not opened)"),
        Setting("ports.otlp_http", \.ports.otlpHTTP, .port, "OTLP over HTTP (0 any free port, off not opened)"),
        Setting(
            "ports.prometheus", \.ports.prometheus, .port,
            "Prometheus API and remote write (0 any free port, off not opened)"),
        Setting("ports.statsd", \.ports.statsd, .port, "StatsD over UDP and TCP (0 any free port, off not opened)"),
        Setting(
            "ports.statsd_admin", \.ports.statsdAdmin, .port,
            "StatsD administration (0 any free port, off not opened)"),
        Setting(
            "ports.exposition", \.ports.exposition, .port,
            "newest values of all metrics, to be scraped (0 any free port, off not opened)"),
        Setting("ports.tempo", \.ports.tempo, .port, "Tempo API (0 any free port, off not opened)"),
        Setting("ports.loki", \.ports.loki, .port, "Loki API, in and out (0 any free port, off not opened)"),
        Setting("ports.syslog", \.ports.syslog, .port, "syslog over UDP and TCP (0 any free port, off not opened)"),
        Setting(
            "ports.log_shipper", \.ports.logShipper, .port,
            "statistics of the files that are followed (0 any free port, off not opened)"),
        Setting(
            "ports.jaeger", \.ports.jaeger, .port, "Jaeger query API, HTTP and gRPC (0 any free port, off not opened)"),
        Setting(
            "ports.jaeger_grpc", \.ports.jaegerGRPC, .port, "Jaeger query API, gRPC (0 any free port, off not opened)"),
        Setting(
            "ports.jaeger_collector", \.ports.jaegerCollector, .port,
            "Jaeger's and OTLP spans over gRPC (0 any free port, off not opened)"),
        Setting("ports.zipkin", \.ports.zipkin, .port, "Zipkin, in and out (0 any free port, off not opened)"),
        Setting("ports.clickhouse", \.ports.clickHouse, .port, "ClickHouse HTTP API (0 any free port, off not opened)"),
        Setting("ports.api", \.ports.api, .port, "Martlet's own API (0 any free port, off not opened)"),
        Setting("ports.health", \.ports.health, .port, "health checks (0 any free port, off not opened)"),
        Setting("ports.self_metrics", \.ports.selfMetrics, .port, "own metrics (0 any free port, off not opened)"),

        Setting("otlp.max_body_bytes", \.otlp.maxBodyBytes, .size, "largest request body after decompression"),
        Setting("otlp.body_timeout", \.otlp.bodyTimeout, .duration(), "longest wait for a request body to be complete"),
        Setting("otlp.cors_origins", \.otlp.corsOrigins, .origins, "origins of web pages that may call the HTTP ports"),

        Setting(
            "ingest.memory_bytes", \.ingest.memoryBytes, .size,
            "memory of all requests in flight and all rows waiting together; above it senders are asked to retry"),
        Setting(
            "ingest.block_rows", \.ingest.blockRows, .count(1...Int.max),
            "this many waiting rows are stored without delay"),
        Setting(
            "ingest.flush_interval", \.ingest.flushInterval, .duration(),
            "longest time that rows wait for a block to fill under steady load"),
        Setting(
            "ingest.log_sync", \.ingest.logSync, .choice,
            "when acknowledged data is safe from a loss of power: always (at once), interval, or never (when the system writes)"
        ),
        Setting(
            "ingest.log_sync_interval", \.ingest.logSyncInterval, .duration(),
            "longest time until acknowledged data is safe from a loss of power, with log_sync interval"),
        Setting(
            "ingest.log_bytes", \.ingest.logBytes, .size,
            "disk for data that is acknowledged and not stored yet, per signal; above it senders are asked to retry"),

        Setting(
            "engine.library", \.engine.library, .path(orEmpty: "it is found by itself"),
            "path of the engine's library, empty to have it found"),
        Setting("engine.memory_bytes", \.engine.memoryBytes, .size, "memory of the engine"),
        Setting("engine.threads", \.engine.threads, .count(1...1024), "threads of the engine"),
        Setting(
            "engine.background_threads", \.engine.backgroundThreads, .count(1...1024),
            "threads of the engine for merges and clean-up"),

        Setting("retention.traces", \.retention.traces, .duration(atLeast: .seconds(1)), "how long spans are kept"),
        Setting("retention.logs", \.retention.logs, .duration(atLeast: .seconds(1)), "how long logs are kept"),
        Setting("retention.metrics", \.retention.metrics, .duration(atLeast: .seconds(1)), "how long samples are kept"),

        Setting("query.max_execution_time", \.query.maxExecutionTime, .duration(), "longest time of one query"),
        Setting("query.max_memory_bytes", \.query.maxMemoryBytes, .size, "memory of one query"),
        Setting("query.max_result_rows", \.query.maxResultRows, .count(1...Int.max), "rows in one answer"),
        Setting("query.threads", \.query.threads, .count(1...1024), "threads of one query"),

        Setting(
            "prometheus.config_file", \.prometheus.configFile, .path(orEmpty: "nothing is scraped, there are no rules"),
            "file in Prometheus' form: scrape_configs, rule_files, alerting, receivers"),
        Setting(
            "prometheus.spacetimedb", \.prometheus.spacetimedb, .url(orEmpty: "none is scraped"),
            "address of a SpacetimeDB whose /v1/metrics are scraped"),
        Setting(
            "prometheus.external_url", \.prometheus.externalURL, .url(orEmpty: "the address of the port"),
            "where people reach the Prometheus port; stands in alerts"),
        Setting(
            "prometheus.lookback", \.prometheus.lookback, .duration(atLeast: .milliseconds(1)),
            "how far back PromQL looks for a sample"),
        Setting("prometheus.query_timeout", \.prometheus.queryTimeout, .duration(), "longest time of one PromQL query"),
        Setting(
            "prometheus.max_samples", \.prometheus.maxSamples, .count(1...Int.max),
            "samples that one PromQL query may hold at once, 16 bytes each"),

        Setting("statsd.flush_interval", \.statsd.flushInterval, .duration(), "how often StatsD metrics are stored"),
        Setting(
            "statsd.max_series", \.statsd.maxSeries, .count(1...Int.max),
            "different StatsD metrics kept at a time; lines of more are dropped and counted"),
        Setting(
            "statsd.receive_buffer", \.statsd.receiveBuffer, .count(0...Int.max),
            "bytes of the UDP socket's buffer, 0 for the system's default"),

        Setting(
            "traces.span_metrics", \.traces.spanMetrics, .flag,
            "whether traces_spanmetrics_* are made of spans as they come in"),
        Setting(
            "traces.service_graph", \.traces.serviceGraph, .flag,
            "whether traces_service_graph_* are made of spans as they come in"),
        Setting(
            "traces.span_metrics_dimensions", \.traces.spanMetricsDimensions, .names,
            "attributes that become labels of span metrics"),
        Setting(
            "traces.max_series", \.traces.maxSeries, .count(1...Int.max),
            "sets of labels of span metrics kept at a time; spans of more are counted as refused"),
        Setting(
            "traces.emit_interval", \.traces.emitInterval, .duration(atLeast: .milliseconds(100)),
            "how often samples are made of them"),

        Setting("logs.follow", \.logs.follow, .flag, "whether log files are followed"),
        Setting(
            "logs.paths", \.logs.paths, .names,
            "patterns of files to follow, empty for logs/*.{jsonl,log} in the data directory"),
        Setting(
            "logs.config_file", \.logs.configFile, .path(orEmpty: "all files are read in the same way"),
            "file with inputs: patterns, formats, multiline rules, processors"),
        Setting(
            "logs.processed", \.logs.processed, .flag,
            "whether the records made of followed files are written to processed/ as ECS lines"),

        Setting("mirror.enabled", \.mirror.enabled, .flag, "whether what is stored is written to files, too"),
        Setting(
            "mirror.enrich", \.mirror.enrich, .flag,
            "whether spans in files get service.name and deployment.environment of their resource"),
        Setting("mirror.rotate_bytes", \.mirror.rotateBytes, .size, "a file is put aside before it is larger"),
        Setting(
            "mirror.rotate_age", \.mirror.rotateAge, .duration(atLeast: .seconds(60)),
            "a file is put aside when it is older"),
        Setting("mirror.backups", \.mirror.backups, .count(0...1000), "files put aside that are kept of each"),
        Setting(
            "mirror.compression", \.mirror.compression, .choice, "of files that were put aside: zstd, gzip or none"),
        Setting(
            "mirror.disk_bytes", \.mirror.diskBytes, .size,
            "disk for all these files; past it the oldest that were put aside go, then nothing is written"),

        Setting("log.level", \.log.level, .choice, "least severe level of Martlet's own log that is written"),
    ]

    static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })
    static let byEnvironmentName = Dictionary(uniqueKeysWithValues: all.map { ($0.environmentName, $0) })
    static let sections = Set(all.map(\.section)).subtracting([""])

    /// The settings of a section, or the one setting itself.
    static func paths(under path: String) -> [String] {
        all.filter { $0.path == path || $0.section == path }.map(\.path)
    }
}
