import Testing

@testable import MartletServer

@Suite("configuration settings")
struct ConfigurationSettingTests {
    @Test("paths and variables are unique and well formed")
    func names() {
        #expect(Set(Setting.all.map(\.path)).count == Setting.all.count)
        #expect(Set(Setting.all.map(\.environmentName)).count == Setting.all.count)
        for setting in Setting.all {
            #expect(setting.path.wholeMatch(of: /[a-z_]+(\.[a-z_]+)?/) != nil)
            #expect(setting.environmentName.wholeMatch(of: /MARTLET_[A-Z_]+/) != nil)
            #expect(!ConfigurationLoader.ignoredVariables.contains(setting.environmentName))
            #expect(!ConfigurationLoader.ignoredVariablePrefixes.contains(where: setting.environmentName.hasPrefix))
        }
        #expect(Setting.byPath["ports.otlp_grpc"]?.environmentName == "MARTLET_PORTS_OTLP_GRPC")
        #expect(Setting.byPath["data"]?.environmentName == "MARTLET_DATA")
    }

    @Test("every setting is documented in one sentence on one line")
    func documentation() {
        for setting in Setting.all {
            #expect(!setting.documentation.isEmpty && !setting.expected.isEmpty && !setting.example.isEmpty)
            #expect(!setting.documentation.contains("\n") && !setting.documentation.hasSuffix("."))
        }
    }

    @Test("the settings of a section stand in one piece, those at the top before all sections")
    func order() {
        let sections = Setting.all.map(\.section)
        let changes = zip(sections, sections.dropFirst()).count { $0 != $1 }
        #expect(changes == Setting.sections.count)
        #expect(sections.first == "")
    }

    @Test("every property of the configuration is in the table")
    func completeness() {
        // Counted by reflection: the values that are neither the configuration nor one of its sections.
        func leaves(_ value: Any) -> Int {
            Mirror(reflecting: value).children.reduce(0) { count, child in
                // Ports and durations are an enum and a struct of the standard library: only our own structs are sections.
                let type = String(reflecting: type(of: child.value))
                let isSection =
                    type.hasPrefix("MartletServer.Configuration.")
                    && Mirror(reflecting: child.value).displayStyle == .struct
                return count + (isSection ? leaves(child.value) : 1)
            }
        }
        #expect(leaves(Configuration()) == Setting.all.count)
    }

    @Test("no two settings write the same property", arguments: Setting.all.map(\.path))
    func independence(path: String) throws {
        let setting = try #require(Setting.byPath[path])
        var configuration = Configuration()
        try setting.write(.text(setting.otherText), &configuration)
        let changed = Setting.all.filter { $0.read(configuration) != $0.read(Configuration()) }
        #expect(changed.map(\.path) == [path])
    }

    @Test("the defaults are the documented ones")
    func defaults() {
        let documented = [
            "data": "./data", "bind": "127.0.0.1", "auth.mode": "token", "auth.token": "", "ports.otlp_grpc": "4317",
            "ports.otlp_http": "4318", "ports.tempo": "3200", "ports.clickhouse": "8123", "ports.health": "13133",
            "ports.self_metrics": "8888", "otlp.max_body_bytes": "64MiB", "otlp.body_timeout": "30s",
            "otlp.cors_origins": "http://localhost:*, http://127.0.0.1:*", "ingest.memory_bytes": "256MiB",
            "ingest.block_rows": "100000", "ingest.flush_interval": "5s", "ingest.log_sync": "interval",
            "ingest.log_sync_interval": "1s", "ingest.log_bytes": "1GiB", "ports.api": "3000",
            "engine.library": "", "engine.memory_bytes": "2GiB", "engine.threads": "2",
            "engine.background_threads": "2", "retention.traces": "7d", "retention.logs": "7d",
            "retention.metrics": "15d", "query.max_execution_time": "30s", "query.max_memory_bytes": "1GiB",
            "query.max_result_rows": "1000000", "query.threads": "2", "log.level": "info",
            "ports.prometheus": "9090", "ports.statsd": "8125", "ports.statsd_admin": "8126",
            "ports.exposition": "8889", "prometheus.config_file": "", "prometheus.spacetimedb": "",
            "prometheus.external_url": "",
            "prometheus.lookback": "5m", "prometheus.query_timeout": "2m", "prometheus.max_samples": "50000000",
            "statsd.flush_interval": "10s", "statsd.max_series": "100000", "statsd.receive_buffer": "4194304",
            "ports.jaeger": "16686", "ports.jaeger_grpc": "16685", "ports.jaeger_collector": "14250",
            "ports.loki": "3100", "ports.syslog": "5514", "ports.log_shipper": "5066", "logs.follow": "true",
            "logs.paths": "", "logs.config_file": "", "logs.processed": "true",
            "ports.zipkin": "9411", "traces.span_metrics": "true", "traces.service_graph": "true",
            "traces.span_metrics_dimensions": "", "traces.max_series": "20000", "traces.emit_interval": "15s",
            "mirror.enabled": "true", "mirror.enrich": "true", "mirror.rotate_bytes": "100MiB",
            "mirror.rotate_age": "7d", "mirror.backups": "3", "mirror.compression": "zstd", "mirror.disk_bytes": "2GiB",
        ]
        #expect(Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.path, $0.defaultText) }) == documented)
        #expect(Configuration().conflicts.isEmpty)
        #expect(Setting.all.filter(\.isSecret).map(\.path) == ["auth.token"])
    }
}

extension Setting {
    /// A value that is right and not the default.
    var otherText: String {
        switch path {
        case "bind": "::1"
        case "auth.mode": "none"
        case "otlp.cors_origins": "*"
        case "log.level": "debug"
        case "otlp.max_body_bytes": "7MiB"
        case "ingest.memory_bytes", "ingest.log_bytes": "777MiB"
        case "ingest.log_sync": "always"
        case "traces.span_metrics", "traces.service_graph", "logs.follow", "logs.processed", "mirror.enabled",
            "mirror.enrich":
            "false"
        case "mirror.compression": "gzip"
        case "data", "engine.library", "auth.token", "prometheus.config_file": "other"
        case "prometheus.spacetimedb", "prometheus.external_url": "http://db:3000"
        case _ where expected.contains("duration"): "77s"
        case _ where expected.contains("size"): "77MiB"
        default: "77"
        }
    }
}
