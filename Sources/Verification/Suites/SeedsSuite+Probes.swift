import Recordings
import TelemetryModel

/// The requests of the verification scripts that change nothing.
extension SeedsSuite {
    /// A request and what the answer must be.
    struct Probe {
        let name: String
        let endpoint: String
        let path: String
        /// What is wrong with a body that came with status 200; nil when it is right.
        let judge: @Sendable (String) -> String?

        init(
            _ name: String, _ endpoint: String, _ path: String,
            judge: @escaping @Sendable (String) -> String? = { _ in nil }
        ) {
            self.name = name
            self.endpoint = endpoint
            self.path = path
            self.judge = judge
        }
    }

    static func probes(_ recording: Recording, _ options: SuiteOptions) async -> [CheckReport] {
        guard let prober = options.prober else {
            return [.skipped("probes: the ports answer", "there is no server to ask")]
        }
        var reports: [CheckReport] = []
        for probe in standing + asking(recording) { reports.append(await run(probe, prober)) }
        reports.append(await administration(prober))
        return reports
    }

    static func run(_ probe: Probe, _ prober: any EndpointProber) async -> CheckReport {
        let name = "probes: \(probe.name)"
        guard prober.has(probe.endpoint) else {
            return .skipped(name, "the endpoint \(probe.endpoint) is not open")
        }
        let answer = await prober.get(probe.endpoint, probe.path)
        var report = CheckReport(name: name, outcome: .passed, message: "200")
        report.expected = "GET \(probe.path) on \(probe.endpoint) answers 200"
        report.examined = 1
        guard let answer else {
            report.outcome = .failed
            report.message = "no answer"
            return report
        }
        report.actual = "\(answer.status)"
        if answer.status != 200 {
            report.outcome = .failed
            report.message = "answered \(answer.status)"
            report.evidence = [Recording.cut(answer.body)]
        } else if let problem = probe.judge(answer.body) {
            report.outcome = .failed
            report.message = problem
            report.evidence = [Recording.cut(answer.body)]
        }
        return report
    }

    // MARK: What always answers

    private static let standing: [Probe] = [
        Probe("health check", "health", "/"),
        Probe("collector's exposition", "exposition", "/metrics"),
        Probe("own metrics", "self_metrics", "/metrics") { body in
            body.contains("# TYPE") ? nil : "no metrics in the page"
        },
        Probe("Prometheus is healthy", "prometheus", "/-/healthy"),
        Probe("Prometheus is ready", "prometheus", "/-/ready"),
        Probe("Prometheus targets", "prometheus", "/api/v1/targets") { body in
            let targets = JSONTree(body)?["data"]?["activeTargets"]
            guard case .list = targets else { return "no data.activeTargets" }
            // A process that nothing is scraped by has none, and the script only asks that those there are are up.
            let down = targets?.items.filter { $0["health"]?.text == "down" } ?? []
            return down.isEmpty ? nil : "\(down.count) targets are down"
        },
        Probe("Prometheus names", "prometheus", "/api/v1/label/__name__/values", judge: isSuccess),
        Probe("Grafana's health path", "api", "/api/health"),
        Probe("Jaeger's page", "jaeger", "/"),
        Probe("Jaeger's services", "jaeger", "/api/services") { body in
            guard case .list = JSONTree(body)?["data"] else { return "no list of services" }
            return nil
        },
        Probe("Tempo is ready", "tempo", "/ready"),
        Probe("Tempo's search", "tempo", "/api/search?limit=1") { body in
            guard case .list = JSONTree(body)?["traces"] else { return "no list of traces" }
            return nil
        },
        Probe("Tempo's tags", "tempo", "/api/v2/search/tags"),
        Probe("ClickHouse answers", "clickhouse", "/ping") { body in
            body.hasPrefix("Ok") ? nil : "answered \(Recording.cut(body))"
        },
        Probe("Filebeat's statistics", "log_shipper", "/stats"),
        Probe("StatsD administration by HTTP", "statsd_admin", "/"),
    ]

    private static let isSuccess: @Sendable (String) -> String? = { body in
        JSONTree(body)?["status"]?.text == "success" ? nil : "status is not success"
    }

    /// The text form of the port, as `nc` and the script's author speak it.
    private static func administration(_ prober: any EndpointProber) async -> CheckReport {
        let name = "probes: StatsD administration by text"
        guard prober.has("statsd_admin") else { return .skipped(name, "the endpoint statsd_admin is not open") }
        let answer = await prober.line("statsd_admin", "health", until: "\n")
        let isUp = answer?.hasPrefix("health: up") ?? false
        var report = CheckReport(
            name: name, outcome: isUp ? .passed : .failed, message: Recording.cut(answer ?? "no answer"))
        report.expected = "health: up"
        report.actual = Recording.cut(answer ?? "no answer")
        report.examined = 1
        return report
    }

    // MARK: What answers when something came

    private static func asking(_ recording: Recording) -> [Probe] {
        var probes: [Probe] = []
        if let span = recording.spans.last {
            let trace = span.traceID.hex
            probes.append(tempoTrace(trace))
            probes.append(jaegerTrace(trace))
            let service = recording.service(span.resource)
            probes.append(
                Probe("Jaeger knows the service", "jaeger", "/api/services") { body in
                    let services = JSONTree(body)?["data"]?.items.compactMap(\.text) ?? []
                    return services.contains(service) ? nil : "\(Recording.cut(service)) is not among the services"
                })
            probes.append(
                Probe("ClickHouse counts spans", "clickhouse", "/?query=SELECT%20count()%20FROM%20telemetry.spans") {
                    body in
                    (Int(body.split(whereSeparator: \.isWhitespace).first ?? "") ?? 0) > 0 ? nil : "no spans"
                })
        }
        if let series = recording.series.first(where: { $0.points.last != nil }), let point = series.points.last {
            // Instant queries look back five minutes, so the second after the point sees it.
            let time = "\(point.time / 1_000_000_000 + 1)"
            probes.append(query("PromQL has results", "count({__name__!=\"\"})", time: time))
            if recording.series.contains(where: { words($0).starts(with: ["spacetimedb", "database", "operations"]) }) {
                probes.append(
                    query(
                        "PromQL finds spacetimedb_database_operations_total", "spacetimedb_database_operations_total",
                        time: time))
            }
        }
        return probes
    }

    private static func words(_ series: RecordedSeries) -> [String] { MetricAggregationSuite.words(series.name) }

    static func query(_ name: String, _ promQL: String, time: String? = nil) -> Probe {
        let when = time.map { "&time=\($0)" } ?? ""
        return Probe(name, "prometheus", "/api/v1/query?query=\(percentEncoded(promQL))\(when)") { body in
            let tree = JSONTree(body)
            guard tree?["status"]?.text == "success" else { return "status is not success" }
            return tree?["data"]?["result"]?.items.isEmpty ?? true ? "no result" : nil
        }
    }

    static func tempoTrace(_ id: String) -> Probe {
        Probe("Tempo has the trace", "tempo", "/api/traces/\(id)") { body in
            let tree = JSONTree(body)
            let batches = tree?["batches"]?.items ?? tree?["trace"]?["resourceSpans"]?.items ?? []
            return batches.isEmpty ? "no spans in the answer" : nil
        }
    }

    /// The members that the examples' tests read.
    static func jaegerTrace(_ id: String) -> Probe {
        Probe("Jaeger has the trace", "jaeger", "/api/traces/\(id)") { body in
            guard let trace = JSONTree(body)?["data"]?[0] else { return "no data[0]" }
            guard trace["traceID"]?.text != nil, trace["processes"] != nil else { return "no traceID or processes" }
            guard let span = trace["spans"]?[0] else { return "no spans" }
            let keys = [
                "traceID", "spanID", "operationName", "references", "startTime", "duration", "tags", "processID",
            ]
            let missing = keys.filter { span[$0] == nil }
            return missing.isEmpty ? nil : "a span has no \(missing.joined(separator: ", "))"
        }
    }

    /// For a query of a URL. Spec: RFC 3986, section 2.3, unreserved characters stay.
    static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return encoded
    }
}
