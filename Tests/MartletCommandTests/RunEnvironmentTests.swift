import Testing

@testable import martlet

@Suite struct RunEnvironmentTests {
    private static let ports = [
        "otlp_http": "http://127.0.0.1:4318", "otlp_grpc": "http://127.0.0.1:4317", "statsd": "udp://127.0.0.1:8125",
        "api": "http://127.0.0.1:3000", "prometheus": "http://127.0.0.1:9090", "zipkin": "http://127.0.0.1:9411",
        "clickhouse": "http://127.0.0.1:8123", "jaeger_collector": "http://127.0.0.1:14250",
    ]

    private static func make(
        _ given: [String: String] = [:], command: [String] = ["/usr/bin/app", "-x"], service: String? = nil
    ) -> RunEnvironment {
        RunEnvironment(command: command, service: service, data: "/d", given: given) { ports[$0] }
    }

    @Test func theAddressesOfTheServerAreSet() {
        let values = Self.make().merged
        #expect(values["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4318")
        #expect(values["OTEL_EXPORTER_OTLP_PROTOCOL"] == "http/protobuf")
        #expect(values["OTEL_TRACES_EXPORTER"] == "otlp")
        #expect(values["OTEL_SERVICE_NAME"] == "app")
        #expect(values["STATSD_HOST"] == "127.0.0.1")
        #expect(values["STATSD_PORT"] == "8125")
        #expect(values["DD_DOGSTATSD_PORT"] == "8125")
        #expect(values["SPACETIMEDB_TELEMETRY_ENABLED"] == "true")
        #expect(values["SPACETIMEDB_TELEMETRY_OTLP_ENDPOINT"] == "http://127.0.0.1:4317")
        #expect(values["AUTOMAGIK_TELEMETRY_ENDPOINT"] == "http://127.0.0.1:4318/v1/traces")
        #expect(values["AUTOMAGIK_TELEMETRY_CLICKHOUSE_ENDPOINT"] == "http://127.0.0.1:8123")
        #expect(values["OTEL_EXPORTER_ZIPKIN_ENDPOINT"] == "http://127.0.0.1:9411/api/v2/spans")
        #expect(values["MARTLET_DATA"] == "/d")
        #expect(values["MARTLET_API_URL"] == "http://127.0.0.1:3000")
        #expect(values["MARTLET_TEMPO_URL"] == nil)
        #expect(values["TRACEPARENT"] == nil)
        #expect(Self.make().notices == [])
    }

    @Test func theAddressIsTheOneOfTheProtocolThatIsAskedFor() {
        let values = Self.make(["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"]).merged
        #expect(values["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4317")
        #expect(values["OTEL_EXPORTER_OTLP_PROTOCOL"] == "grpc")
        let mixed = Self.make(["OTEL_EXPORTER_OTLP_LOGS_PROTOCOL": "grpc"]).merged
        #expect(mixed["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4318")
        #expect(mixed["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"] == "http://127.0.0.1:4317")
        #expect(mixed["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] == nil)
        let back = Self.make([
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": "http/json",
        ]).merged
        #expect(back["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] == "http://127.0.0.1:4318/v1/metrics")
    }

    @Test func whatAPersonHasSetStays() {
        let given = [
            "OTEL_SERVICE_NAME": "mine", "OTEL_TRACES_EXPORTER": "console,otlp", "OTEL_METRIC_EXPORT_INTERVAL": "500",
            "OTEL_BSP_SCHEDULE_DELAY": "9", "PATH": "/bin", "TRACEPARENT": "00-a-b-01",
        ]
        let environment = Self.make(given)
        for (name, value) in given { #expect(environment.merged[name] == value) }
        // Its own limit belongs to an interval that a person has set.
        #expect(environment.merged["OTEL_METRIC_EXPORT_TIMEOUT"] == nil)
        #expect(environment.notices == [])
    }

    @Test(arguments: [
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://elsewhere"), ("OTEL_LOGS_EXPORTER", "none"),
        ("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_SAMPLER", "traceidratio"), ("DD_DOGSTATSD_URL", "udp://elsewhere"),
    ])
    func whatKeepsTelemetryAwayIsTold(_ name: String, _ value: String) {
        let environment = Self.make([name: value])
        #expect(environment.merged[name] == value)
        #expect(environment.notices.count == 1)
        #expect(environment.notices.first?.hasPrefix("\(name) is set") == true)
    }

    @Test func theServiceIsNamedOnce() {
        #expect(Self.make(["OTEL_RESOURCE_ATTRIBUTES": "a=b, service.name=x"]).merged["OTEL_SERVICE_NAME"] == nil)
        #expect(Self.make(["OTEL_SERVICE_NAME": ""]).merged["OTEL_SERVICE_NAME"] == "app")
        #expect(Self.make(["OTEL_SERVICE_NAME": "x"], service: "y").merged["OTEL_SERVICE_NAME"] == "y")
    }

    @Test func aProxyIsPassedBy() {
        #expect(Self.make().merged["NO_PROXY"] == nil)
        let values = Self.make(["HTTP_PROXY": "http://proxy", "no_proxy": "intra"]).merged
        #expect(values["NO_PROXY"] == "127.0.0.1,localhost")
        #expect(values["no_proxy"] == "127.0.0.1,localhost,intra")
    }
}
