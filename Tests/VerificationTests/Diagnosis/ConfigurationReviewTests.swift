import Testing

@testable import Verification

/// The lines are those of stacks that people really ran, shortened.
@Suite struct ConfigurationReviewTests {
    private func findings(_ text: String, _ file: String = "config.yaml") throws -> [ConfigurationReview.Finding] {
        try ConfigurationReview(text, file: file).findings
    }

    private static let collector = """
        receivers:
          otlp:
            protocols: {grpc: {endpoint: 0.0.0.0:4317}}
          statsd:
            endpoint: 0.0.0.0:8125
            is_monotonic_counter: false
          prometheus:
            config:
              scrape_configs:
                - job_name: otel-collector
                  static_configs:
                    - targets: ['localhost:8889']
        processors:
          batch: {}
          memory_limiter: {limit_mib: 512}
          attributes:
            actions:
              - {key: service.name, value: spacetimedb, action: upsert}
          filter:
            metrics:
              include:
                match_type: regexp
                metric_names: ['spacetimedb\\..*', 'otel\\..*']
        exporters:
          file/traces: {path: /data/traces/traces.jsonl, format: json}
          otlp/jaeger: {endpoint: "jaeger:14250", tls: {insecure: true}}
          prometheus: {endpoint: "0.0.0.0:8889", const_labels: {service: spacetimedb}}
          debug: {}
        service:
          telemetry:
            metrics:
              address: 0.0.0.0:8888
          pipelines:
            traces: {receivers: [otlp], processors: [batch, memory_limiter, attributes], exporters: [file/traces, otlp/jaeger]}
            metrics: {receivers: [otlp, statsd, prometheus], processors: [filter], exporters: [prometheus]}
            logs: {receivers: [otlp], exporters: [debug, missing]}
        """

    @Test("a Collector's lines by which a stack fails are each found, at their line")
    func collector() throws {
        let review = try ConfigurationReview(Self.collector, file: "otel-collector-config.yaml")
        #expect(review.kind == .collector)
        let found = Dictionary(grouping: review.findings, by: \.path)
        #expect(found["service.telemetry.metrics.address"]?.map(\.weight) == [.broken])
        #expect(found["service.telemetry.metrics.address"]?.map(\.line) == [32])
        #expect(found["exporters.otlp/jaeger.endpoint"]?.first?.text.contains("14250") == true)
        #expect(found["processors.filter.metrics.include"]?.map(\.weight) == [.lossy])
        #expect(found["processors.attributes"]?.first?.text.contains("service.name") == true)
        #expect(found["receivers.statsd"]?.map(\.weight) == [.lossy])
        #expect(found["receivers.prometheus.config.scrape_configs"]?.first?.text.contains("itself") == true)
        #expect(found["exporters.file/traces"]?.contains { $0.text.contains("cut to nothing") } == true)
        #expect(found["service.pipelines.traces.processors"]?.first?.text.contains("batch") == true)
        #expect(found["service.pipelines.logs.exporters"]?.map(\.weight) == [.broken])
        #expect(review.findings.map(\.line) == review.findings.map(\.line).sorted())
    }

    @Test("a Collector's file in which everything is used as it works has nothing broken or lossy")
    func soundCollector() throws {
        let found = try findings(
            """
            receivers: {otlp: {protocols: {grpc: {endpoint: "0.0.0.0:4317"}}}}
            processors: {memory_limiter: {limit_mib: 512}, batch: {}}
            exporters: {otlp: {endpoint: "http://tempo:4317"}}
            service:
              pipelines: {traces: {receivers: [otlp], processors: [memory_limiter, batch], exporters: [otlp]}}
            """)
        #expect(found.filter { $0.weight != .note }.isEmpty, "\(found)")
    }

    @Test(
        "ports of the other protocol are told apart",
        arguments: [
            ("otlp", "collector:4318", "4318 is HTTP"), ("otlphttp", "http://collector:4317", "4317 is gRPC"),
            ("otlp", "collector:4317", "speaks TLS"),
        ])
    func ports(exporter: String, endpoint: String, words: String) throws {
        let found = try findings(
            """
            receivers: {otlp: {}}
            exporters: {\(exporter): {endpoint: "\(endpoint)"}}
            service: {pipelines: {traces: {receivers: [otlp], exporters: [\(exporter)]}}}
            """)
        #expect(found.contains { $0.text.contains(words) }, "\(found)")
    }

    @Test("Prometheus: targets that cannot be, a timeout over the interval, no rules")
    func prometheus() throws {
        let found = try findings(
            """
            global: {scrape_interval: 15s}
            scrape_configs:
              - job_name: spacetimedb-server
                scrape_interval: 10s
                scrape_timeout: 20s
                static_configs:
                  - targets: ['host.docker.internal:9464']
              - job_name: other
                static_configs:
                  - targets: ['http://x:1/metrics']
            """)
        #expect(found.contains { $0.weight == .broken && $0.line == 5 && $0.text.contains("timeout") })
        #expect(found.contains { $0.weight == .broken && $0.line == 7 && $0.text.contains("/v1/metrics") })
        #expect(found.contains { $0.weight == .broken && $0.line == 10 && $0.text.contains("metrics_path") })
        #expect(found.contains { $0.text.contains("no alert") })
    }

    @Test("Tempo: sections that version 3 refuses, and span metrics that go nowhere")
    func tempo() throws {
        let found = try findings(
            """
            distributor: {receivers: {otlp: {protocols: {grpc: {endpoint: "0.0.0.0:4317"}, http: {}}}}}
            ingester: {max_block_duration: 5m}
            compactor: {compaction: {block_retention: 168h}}
            storage: {trace: {backend: local, local: {path: /var/tempo/blocks}}}
            overrides: {defaults: {metrics_generator: {processors: [service-graphs, span-metrics]}}}
            """)
        #expect(found.filter { $0.weight == .broken }.map(\.path) == ["ingester", "compactor"])
        #expect(found.contains { $0.path == "metrics_generator" && $0.weight == .lossy })
        #expect(found.contains { $0.text.contains("localhost") })
    }

    @Test("StatsD: a Collector as Graphite, and bins in seconds")
    func statsd() throws {
        let review = try ConfigurationReview(
            """
            {
              port: 8125,
              // graphiteHost: "otel-collector",
              backends: ["./backends/console", "./backends/graphite"],
              graphite: {
                host: "otel-collector",
                port: 2003,
                globalPrefix: "spacetimedb"
              },
              prefixStats: "spacetimedb",
              deleteIdleStats: true,
              histogram: [{ metric: 'spacetimedb.database.query_time', bins: [0.1, 0.5, 1, 2, 5, 10] }]
            }
            """, file: "config.js")
        #expect(review.kind == .statsd)
        #expect(review.findings.contains { $0.weight == .broken && $0.line == 6 })
        #expect(review.findings.contains { $0.weight == .lossy && $0.text.contains("milliseconds") })
        #expect(review.findings.filter { $0.line == 3 }.isEmpty)
    }

    @Test("Filebeat: text where JSON is expected, a name with a date, an input that is gone")
    func filebeat() throws {
        let found = try findings(
            """
            filebeat.inputs:
              - type: log
                paths: [/data/logs/*.jsonl]
                json.keys_under_root: true
                multiline.pattern: '^\\{'
            output.file:
              path: /data/processed
              filename: filebeat-processed
              codec.format:
                string: '%{[@timestamp]} %{[message]}'
            """)
        #expect(found.contains { $0.line == 2 && $0.weight == .broken })
        #expect(found.contains { $0.path == "output.file.codec" && $0.weight == .lossy })
        #expect(found.contains { $0.path == "output.file.filename" })
        #expect(found.contains { $0.path == "filebeat.inputs.multiline" })
    }

    @Test("Docker Compose: images of any version, health checks that cannot run, traces without a volume")
    func compose() throws {
        let found = try findings(
            """
            services:
              otel-collector:
                image: otel/opentelemetry-collector-contrib:latest
                healthcheck: {test: ["CMD", "curl", "-f", "http://localhost:13133/"]}
              statsd:
                image: statsd/statsd:v0.10.2
                environment: [STATSD_CONFIG_FILE=/etc/statsd.js]
              tempo:
                image: grafana/tempo:2.9.0
                volumes: ["./tempo.yaml:/etc/tempo.yaml"]
            networks: {telemetry: {external: true}}
            """)
        #expect(found.map(\.path).filter { $0.hasSuffix("image") } == ["services.otel-collector.image"])
        #expect(found.contains { $0.path == "services.otel-collector.healthcheck" && $0.weight == .broken })
        #expect(found.contains { $0.path.contains("STATSD_CONFIG_FILE") })
        #expect(found.contains { $0.path == "services.tempo.volumes" })
    }

    @Test("Grafana: a page of metrics as Prometheus, links to sources that are not there")
    func datasources() throws {
        let found = try findings(
            """
            apiVersion: 1
            datasources:
              - {name: OTEL-Collector, type: prometheus, uid: otel, url: "http://otel-collector:8889"}
              - name: Jaeger
                type: jaeger
                uid: jaeger-uid
                jsonData:
                  tracesToLogs: {datasourceUid: loki-uid}
                  serviceMap: {datasourceUid: jaeger-uid}
            """)
        #expect(found.filter { $0.weight == .broken }.count == 3)
    }

    @Test("what is of no known kind, or no YAML, is said so", arguments: ["a: 1", "- 1", "a: [", "", "just words"])
    func unknown(text: String) {
        #expect(throws: VerificationError.self) { try ConfigurationReview(text, file: "x.yaml") }
    }
}
