import HTTPSurface

/// Which surfaces are opened, and where: the configured ports with taken ones replaced.
struct SurfacePlan: Sendable {
    private struct Kind {
        let name: String
        let scheme: String
        let purpose: String
        let port: PortSetting
        var usesDatagrams = false
    }

    private var options: [String: SurfaceOptions] = [:]
    private var instead: [String: Int] = [:]
    private let kinds: [Kind]
    private let host: String
    /// What comes to a port that takes something else, on all of them.
    let misdirections = Misdirections()

    var otlpGRPC: SurfaceOptions? { options["otlp_grpc"] }
    var otlpHTTP: SurfaceOptions? { options["otlp_http"] }
    var prometheus: SurfaceOptions? { options["prometheus"] }
    var statsd: SurfaceOptions? { options["statsd"] }
    /// Only with the port of StatsD itself.
    var statsdAdmin: SurfaceOptions? { options["statsd"] == nil ? nil : options["statsd_admin"] }
    var exposition: SurfaceOptions? { options["exposition"] }
    var tempo: SurfaceOptions? { options["tempo"] }
    var loki: SurfaceOptions? { options["loki"] }
    var syslog: SurfaceOptions? { options["syslog"] }
    var logShipper: SurfaceOptions? { options["log_shipper"] }
    var jaeger: SurfaceOptions? { options["jaeger"] }
    var jaegerGRPC: SurfaceOptions? { options["jaeger_grpc"] }
    var jaegerCollector: SurfaceOptions? { options["jaeger_collector"] }
    var zipkin: SurfaceOptions? { options["zipkin"] }
    var clickHouse: SurfaceOptions? { options["clickhouse"] }
    var api: SurfaceOptions? { options["api"] }
    var health: SurfaceOptions? { options["health"] }
    var selfMetrics: SurfaceOptions? { options["self_metrics"] }

    /// The names of all surfaces that will listen.
    var names: Set<String> { Set(options.keys) }

    /// - Throws: `ServerError` when no port can be had.
    init(_ configuration: Configuration) async throws {
        // Every surface listens on one address, so the name is settled here for all of them.
        host = configuration.bind.lowercased() == "localhost" ? "127.0.0.1" : configuration.bind
        let ports = configuration.ports
        kinds = [
            Kind(
                name: "otlp_grpc", scheme: "http", purpose: "OTLP/gRPC: traces, metrics, logs in", port: ports.otlpGRPC),
            Kind(
                name: "otlp_http", scheme: "http", purpose: "OTLP/HTTP: /v1/traces /v1/metrics /v1/logs in",
                port: ports.otlpHTTP),
            Kind(
                name: "prometheus", scheme: "http", purpose: "Prometheus API: PromQL; remote write in",
                port: ports.prometheus),
            Kind(
                name: "statsd", scheme: "udp", purpose: "StatsD and DogStatsD in, UDP and TCP", port: ports.statsd,
                usesDatagrams: true),
            Kind(
                name: "statsd_admin", scheme: "http", purpose: "StatsD administration, text and HTTP",
                port: ports.statsd == .off ? .off : ports.statsdAdmin),
            Kind(
                name: "exposition", scheme: "http", purpose: "newest values of all metrics: /metrics",
                port: ports.exposition),
            Kind(
                name: "tempo", scheme: "http", purpose: "Tempo API: TraceQL, traces by id; gRPC too", port: ports.tempo),
            Kind(
                name: "loki", scheme: "http", purpose: "Loki API: LogQL, tail; push and /otlp/v1/logs in",
                port: ports.loki),
            Kind(
                name: "syslog", scheme: "udp", purpose: "syslog in, RFC 5424 and 3164, UDP and TCP", port: ports.syslog,
                usesDatagrams: true),
            Kind(
                name: "log_shipper", scheme: "http", purpose: "statistics of followed log files: /stats",
                port: ports.logShipper),
            Kind(
                name: "jaeger", scheme: "http", purpose: "Jaeger query API, classic and v3; gRPC too",
                port: ports.jaeger),
            Kind(name: "jaeger_grpc", scheme: "http", purpose: "Jaeger query API over gRPC", port: ports.jaegerGRPC),
            Kind(
                name: "jaeger_collector", scheme: "http", purpose: "Jaeger's and OTLP spans in over gRPC",
                port: ports.jaegerCollector),
            Kind(name: "zipkin", scheme: "http", purpose: "Zipkin spans in, Zipkin API", port: ports.zipkin),
            Kind(name: "clickhouse", scheme: "http", purpose: "ClickHouse HTTP: SQL, reading", port: ports.clickHouse),
            Kind(
                name: "api", scheme: "http", purpose: "Martlet's own API: flush barrier, arrival ledger, /api/ui",
                port: ports.api),
            Kind(name: "health", scheme: "http", purpose: "health check", port: ports.health),
            Kind(
                name: "self_metrics", scheme: "http", purpose: "Martlet's own metrics: /metrics",
                port: ports.selfMetrics),
        ]
        let token =
            configuration.auth.mode == .token && !configuration.auth.token.isEmpty ? configuration.auth.token : nil
        let isLoopback = configuration.isLoopback
        var taken: Set<Int> = []
        for kind in kinds {
            guard let wanted = kind.port.number else { continue }
            let port: Int
            do {
                port = try await FreePort.find(
                    wanted, host: host, reserved: taken, withDatagrams: kind.usesDatagrams)
            } catch {
                throw ServerError("cannot listen on \(host):\(wanted) for \(kind.name): \(error)")
            }
            if port != wanted { instead[kind.name] = wanted }
            if port != 0 { taken.insert(port) }
            // A health check carries no credentials.
            var surface = SurfaceOptions(
                name: kind.name, host: host, port: port,
                access: AccessRule(
                    requiresLoopbackHost: isLoopback, token: kind.name == "health" ? nil : token,
                    origins: configuration.otlp.corsOrigins))
            surface.misdirections = misdirections
            options[kind.name] = surface
        }
    }

    /// The endpoints with the ports that are really open.
    func endpoints(_ ports: [String: Int]) -> [Endpoint] {
        kinds.compactMap { kind in
            ports[kind.name].map {
                Endpoint(
                    name: kind.name, host: host, port: $0, scheme: kind.scheme, purpose: kind.purpose,
                    instead: instead[kind.name])
            }
        }
    }
}
