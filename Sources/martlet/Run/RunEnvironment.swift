/// The variables that a command of `martlet run` gets so that its telemetry comes to the run's own server.
///
/// What a person has set is left alone where it does not decide where telemetry goes; where it does, a notice says so.
struct RunEnvironment: Equatable {
    struct Variable: Equatable {
        var name: String
        var value: String
    }

    /// Set for the command, in the order in which `--print-env` shows them.
    private(set) var variables: [Variable] = []
    /// Sentences about settings of the person's that keep telemetry away from the run.
    private(set) var notices: [String] = []

    private let given: [String: String]

    /// - Parameters:
    ///   - command: the words of the command line, for the name of the service.
    ///   - service: what the service is called whatever the environment says; nil leaves it to the environment.
    ///   - data: the server's data directory.
    ///   - url: the address of one of the server's ports; nil when it is switched off.
    init(
        command: [String], service: String?, data: String, given: [String: String], url: (String) -> String?
    ) {
        self.given = given
        let ports = Ports(
            grpc: url("otlp_grpc") ?? "", http: url("otlp_http") ?? "", statsd: url("statsd") ?? "")
        addOTLP(ports)
        addNamesAndIntervals(command: command, service: service)
        addOlderExporters(jaeger: url("jaeger_collector"), zipkin: url("zipkin"))
        addStatsD(ports)
        addSpacetimeDB(ports)
        addAutomagik(ports, clickHouse: url("clickhouse"))
        addAddresses(data: data, url: url)
        addProxyExceptions()
    }

    /// The whole environment of the command.
    var merged: [String: String] {
        given.merging(variables.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    private struct Ports {
        let grpc: String
        let http: String
        let statsd: String

        /// Host and number of StatsD.
        var datagrams: (host: String, port: String)? {
            let address = statsd.drop { $0 != "/" }.drop { $0 == "/" }
            guard let colon = address.lastIndex(of: ":") else { return nil }
            return (
                String(address[..<colon].filter { $0 != "[" && $0 != "]" }),
                String(address[address.index(after: colon)...])
            )
        }
    }

    // MARK: OpenTelemetry

    /// - Spec: OpenTelemetry, "OTLP Exporter Configuration": a variable of one signal goes before the general one.
    private mutating func addOTLP(_ ports: Ports) {
        func address(of protocolName: String?) -> String { protocolName == "grpc" ? ports.grpc : ports.http }
        let general = given["OTEL_EXPORTER_OTLP_PROTOCOL"].flatMap { $0.isEmpty ? nil : $0 }
        set("OTEL_EXPORTER_OTLP_ENDPOINT", address(of: general))
        setIfAbsent("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
        setIfAbsent("OTEL_EXPORTER_OTLP_INSECURE", "true")
        for (signal, path) in [("TRACES", "traces"), ("METRICS", "metrics"), ("LOGS", "logs")] {
            setIfAbsent("OTEL_\(signal)_EXPORTER", "otlp")
            let endpoint = "OTEL_EXPORTER_OTLP_\(signal)_ENDPOINT"
            if let own = given[endpoint], !own.isEmpty {
                notices.append("\(endpoint) is set to \(own): \(path) go there and not to this run")
            } else if let own = given["OTEL_EXPORTER_OTLP_\(signal)_PROTOCOL"], !own.isEmpty,
                address(of: own) != address(of: general)
            {
                // The general address is one of the other protocol.
                set(endpoint, own == "grpc" ? ports.grpc : "\(ports.http)/v1/\(path)")
            }
            if let exporter = given["OTEL_\(signal)_EXPORTER"], !exporter.isEmpty,
                !exporter.split(separator: ",").contains("otlp")
            {
                notices.append("OTEL_\(signal)_EXPORTER is set to \(exporter): no \(path) are sent by OTLP")
            }
        }
        if given["OTEL_SDK_DISABLED"]?.lowercased() == "true" {
            notices.append("OTEL_SDK_DISABLED is set: the SDK sends nothing")
        }
        if let sampler = given["OTEL_TRACES_SAMPLER"], sampler != "always_on", sampler != "parentbased_always_on",
            !sampler.isEmpty
        {
            notices.append("OTEL_TRACES_SAMPLER is set to \(sampler): some spans may not be sent")
        }
    }

    private mutating func addNamesAndIntervals(command: [String], service: String?) {
        let name = command.first?.split(separator: "/").last.map(String.init) ?? "command"
        if let service {
            set("OTEL_SERVICE_NAME", service)
        } else if !(given["OTEL_RESOURCE_ATTRIBUTES"] ?? "").split(separator: ",").contains(where: {
            $0.drop { $0 == " " }.hasPrefix("service.name=")
        }) {
            setIfAbsent("OTEL_SERVICE_NAME", name)
        }
        // A command of a test is often over before the usual minute or five seconds are.
        if isAbsent("OTEL_METRIC_EXPORT_INTERVAL") {
            set("OTEL_METRIC_EXPORT_INTERVAL", "1000")
            // SDKs refuse a time limit above the interval; its default is 30 s.
            setIfAbsent("OTEL_METRIC_EXPORT_TIMEOUT", "1000")
        }
        setIfAbsent("OTEL_BSP_SCHEDULE_DELAY", "200")
        setIfAbsent("OTEL_BLRP_SCHEDULE_DELAY", "200")
    }

    private mutating func addOlderExporters(jaeger: String?, zipkin: String?) {
        if let jaeger { set("OTEL_EXPORTER_JAEGER_ENDPOINT", jaeger) }
        if let zipkin { set("OTEL_EXPORTER_ZIPKIN_ENDPOINT", "\(zipkin)/api/v2/spans") }
    }

    // MARK: Others

    private mutating func addStatsD(_ ports: Ports) {
        guard let (host, port) = ports.datagrams else { return }
        set("STATSD_HOST", host)
        set("STATSD_PORT", port)
        set("DD_AGENT_HOST", host)
        set("DD_DOGSTATSD_PORT", port)
        if let url = given["DD_DOGSTATSD_URL"], !url.isEmpty {
            notices.append("DD_DOGSTATSD_URL is set to \(url): DogStatsD goes there and not to this run")
        }
    }

    private mutating func addSpacetimeDB(_ ports: Ports) {
        let prefix = "SPACETIMEDB_TELEMETRY_"
        set(prefix + "ENABLED", "true")
        set(prefix + "TRACING_ENABLED", "true")
        set(prefix + "TRACING_EXPORTER", "otlp")
        set(prefix + "OTLP_ENDPOINT", ports.grpc)
        setIfAbsent(prefix + "SAMPLING_STRATEGY", "always_on")
        set(prefix + "METRICS_ENABLED", "true")
        set(prefix + "METRICS_EXPORTER", "otlp")
        set(prefix + "METRICS_OTLP_ENDPOINT", ports.grpc)
        if let name = variables.first(where: { $0.name == "OTEL_SERVICE_NAME" })?.value {
            setIfAbsent(prefix + "SERVICE_NAME", name)
        }
    }

    private mutating func addAutomagik(_ ports: Ports, clickHouse: String?) {
        let prefix = "AUTOMAGIK_TELEMETRY_"
        set(prefix + "ENABLED", "true")
        set(prefix + "ENDPOINT", ports.http + "/v1/traces")
        set(prefix + "METRICS_ENDPOINT", ports.http + "/v1/metrics")
        set(prefix + "LOGS_ENDPOINT", ports.http + "/v1/logs")
        if let clickHouse { set(prefix + "CLICKHOUSE_ENDPOINT", clickHouse) }
    }

    /// Variables with the addresses of ports, by the port's name, for tests that ask the server from within the run.
    static let addressVariables = [
        ("MARTLET_API_URL", "api"), ("MARTLET_OTLP_HTTP_URL", "otlp_http"), ("MARTLET_OTLP_GRPC_URL", "otlp_grpc"),
        ("MARTLET_PROMETHEUS_URL", "prometheus"), ("MARTLET_TEMPO_URL", "tempo"), ("MARTLET_LOKI_URL", "loki"),
        ("MARTLET_CLICKHOUSE_URL", "clickhouse"), ("MARTLET_JAEGER_URL", "jaeger"), ("MARTLET_ZIPKIN_URL", "zipkin"),
        ("MARTLET_HEALTH_URL", "health"),
    ]

    private mutating func addAddresses(data: String, url: (String) -> String?) {
        // A setting of Martlet's own: verbs within the run talk to the run's server.
        set("MARTLET_DATA", data)
        for (name, port) in Self.addressVariables {
            if let address = url(port) { set(name, address) }
        }
    }

    /// The server is on this machine, wherever a proxy is.
    private mutating func addProxyExceptions() {
        let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "grpc_proxy"]
        guard proxies.contains(where: { !isAbsent($0) }) else { return }
        for name in ["no_proxy", "NO_PROXY"] {
            let rest = given[name].flatMap { $0.isEmpty ? nil : "," + $0 } ?? ""
            set(name, "127.0.0.1,localhost" + rest)
        }
    }

    // MARK: Setting

    private func isAbsent(_ name: String) -> Bool { given[name]?.isEmpty ?? true }

    private mutating func set(_ name: String, _ value: String) { variables.append(Variable(name: name, value: value)) }

    /// An empty value is as good as none (OpenTelemetry, "Environment Variable Specification").
    private mutating func setIfAbsent(_ name: String, _ value: String) {
        if isAbsent(name) { set(name, value) }
    }
}
