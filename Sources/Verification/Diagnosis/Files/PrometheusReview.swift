import PrometheusModel
import TelemetryModel
import Yams

/// Lines of a Prometheus configuration by which stacks failed.
struct PrometheusReview {
    private let root: Node

    init(_ root: Node) { self.root = root }

    func examine(_ notes: inout ReviewNotes) {
        let interval = root.at("global", "scrape_interval")?.word ?? "1m"
        for job in root.at("scrape_configs")?.items ?? [] {
            let name = job.at("job_name")?.word ?? ""
            let path = "scrape_configs.\(name)"
            if name.isEmpty {
                notes.add(.broken, job, "scrape_configs", "a job without job_name: Prometheus does not start")
            }
            let every = job.at("scrape_interval")?.word ?? interval
            if let timeout = job.at("scrape_timeout"), let limit = timeout.word.flatMap(Self.seconds),
                let seconds = Self.seconds(every), limit > seconds
            {
                notes.add(
                    .broken, timeout, "\(path).scrape_timeout",
                    "the timeout \(timeout.word ?? "") is longer than the interval \(every): Prometheus does not start")
            }
            for target in job.at("static_configs")?.items.flatMap({ $0.at("targets")?.items ?? [] }) ?? [] {
                self.target(target, path, job, &notes)
            }
        }
        if root.at("rule_files") == nil || root.at("rule_files")?.items.isEmpty == true {
            let managers = root.at("alerting", "alertmanagers")?.items ?? []
            notes.add(
                .note, root.at("alerting") ?? root, "rule_files",
                "no rules, so no alert ever fires"
                    + (managers.isEmpty ? "" : "; the alertmanagers are told nothing"))
        }
    }

    private func target(_ target: Node, _ path: String, _ job: Node, _ notes: inout ReviewNotes) {
        guard let word = target.word else { return }
        if word.contains("/") {
            notes.add(
                .broken, target, "\(path).static_configs.targets",
                "\(word) is no host:port: the path goes into metrics_path, the scheme into scheme")
        }
        let host = word.prefix { $0 != ":" }
        let port = word.split(separator: ":").last.flatMap { Int($0) }
        if host == "host.docker.internal" {
            notes.add(
                .note, target, "\(path).static_configs.targets",
                "the name is known in Docker Desktop only; on Linux it needs extra_hosts: host-gateway")
        }
        if (host.contains("spacetimedb") || path.contains("spacetimedb")),
            job.at("metrics_path")?.word != "/v1/metrics" || port != 3000
        {
            notes.add(
                .broken, target, "\(path).static_configs.targets",
                "SpacetimeDB has its metrics at port 3000, path /v1/metrics; nothing listens at \(word), so up is always 0"
            )
        }
        if host.contains("jaeger"), port == 14269 {
            notes.add(
                .note, target, "\(path).static_configs.targets",
                "14269 is the admin port of Jaeger 1; Jaeger 2 has its metrics on 8888")
        }
    }

    private static func seconds(_ text: String) -> Double? {
        guard let duration = try? DurationText.parse(text) else { return nil }
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
