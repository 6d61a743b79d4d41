import PrometheusModel
import TelemetryModel

/// One address that is scraped, as relabelling has made it.
struct ScrapeTarget: Hashable, Sendable {
    /// What discovery and the job said, before relabelling.
    let discoveredLabels: [String: String]
    /// After relabelling, those that begin with two underscores among them.
    let labels: Labels
    /// What its samples get.
    let publicLabels: Labels
    let url: String
    let interval: Duration
    /// At most `interval`.
    let timeout: Duration

    /// Two targets of a job with this in common are one.
    struct Key: Hashable, Sendable {
        let labels: Labels
        let url: String
    }

    var key: Key { Key(labels: labels, url: url) }

    /// Spreads targets over their intervals, the same in every run.
    func offset(seed: UInt64) -> UInt64 {
        var hash = StableHash()
        for label in labels.entries {
            hash.combine(label.name)
            hash.combine(label.value)
        }
        hash.combine(url)
        return hash.finalize() ^ seed
    }
}

/// What becomes of a discovered target.
enum TargetOutcome: Hashable, Sendable {
    case scraped(ScrapeTarget)
    /// Relabelling dropped it; the labels are those before.
    case dropped([String: String])
    /// It cannot be scraped: the reason, to be logged.
    case invalid(String)
}

extension ScrapeJob {
    /// Makes the targets of a group.
    ///
    /// - Spec: Prometheus 3.5, "Configuration", `<relabel_config>`: labels before relabelling, `__meta_` labels removed
    ///   after it, `instance` set to `__address__` when it is not there.
    func targets(of group: TargetGroup) -> [TargetOutcome] {
        group.targets.map { target(of: group.labels.merging($0, uniquingKeysWith: { _, own in own })) }
    }

    private func target(of found: [String: String]) -> TargetOutcome {
        let discovered = discoveredLabels(found)
        guard let relabelled = targetRules.apply(to: Labels(discovered)), !relabelled.isEmpty else {
            return .dropped(discovered)
        }
        let address = relabelled["__address__"]
        guard !address.isEmpty else { return .invalid("no address") }
        guard !address.utf8.contains(UInt8(ascii: "/")) else { return .invalid("`\(address)` is no host with port") }
        let intervalText = relabelled["__scrape_interval__"], timeoutText = relabelled["__scrape_timeout__"]
        guard let interval = PrometheusDuration.duration(intervalText), interval > .zero else {
            return .invalid("`__scrape_interval__` is no duration above zero")
        }
        guard let timeout = PrometheusDuration.duration(timeoutText), timeout > .zero else {
            return .invalid("`__scrape_timeout__` is no duration above zero")
        }
        guard timeout <= interval else {
            return .invalid("scrape timeout of \(timeoutText) is greater than scrape interval of \(intervalText)")
        }
        let scheme = relabelled["__scheme__"]
        guard scheme == "http" || scheme == "https" else { return .invalid("`__scheme__` is neither http nor https") }
        var labels = Labels(sorted: relabelled.entries.filter { !$0.name.hasPrefix("__meta_") })
        if labels["instance"].isEmpty { labels = labels.setting("instance", address) }
        return .scraped(
            ScrapeTarget(
                discoveredLabels: discovered, labels: labels,
                publicLabels: Labels(sorted: labels.entries.filter { !$0.name.hasPrefix("__") }),
                url: url(labels), interval: interval, timeout: timeout))
    }

    private func discoveredLabels(_ found: [String: String]) -> [String: String] {
        var labels = found.filter { !$0.value.isEmpty }
        func setDefault(_ name: String, _ value: String) {
            if labels[name] == nil, !value.isEmpty { labels[name] = value }
        }
        setDefault("job", name)
        setDefault("__scrape_interval__", PrometheusDuration.print(interval))
        setDefault("__scrape_timeout__", PrometheusDuration.print(timeout))
        setDefault("__metrics_path__", path)
        setDefault("__scheme__", scheme)
        for (name, values) in parameters {
            if let first = values.first { setDefault("__param_" + name, first) }
        }
        return labels
    }

    /// Labels `__param_…` stand for the first value of a parameter.
    private func url(_ labels: Labels) -> String {
        var parameters = parameters.filter { !$0.value.isEmpty }
        for label in labels.entries where label.name.hasPrefix("__param_") {
            let name = String(label.name.dropFirst("__param_".count))
            parameters[name, default: [""]][0] = label.value
        }
        let path = labels["__metrics_path__"]
        let query = WebAddress.query(parameters)
        let slash = path.isEmpty || path.hasPrefix("/") ? "" : "/"
        return "\(labels["__scheme__"])://\(labels["__address__"])\(slash)\(WebAddress.escapedPath(path))"
            + (query.isEmpty ? "" : "?\(query)")
    }
}
