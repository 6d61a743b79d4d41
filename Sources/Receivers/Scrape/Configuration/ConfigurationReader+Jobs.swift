import PrometheusModel
import Yams

extension ConfigurationReader {
    private static let jobKeys = ConfigurationKeys(
        limitKeys.union(clientKeys.read).union([
            "job_name", "scrape_interval", "scrape_timeout", "metrics_path", "scheme", "params", "honor_labels",
            "honor_timestamps", "track_timestamps_staleness", "static_configs", "http_sd_configs", "file_sd_configs",
            "relabel_configs", "metric_relabel_configs", "scrape_protocols", "fallback_scrape_protocol",
            "always_scrape_classic_histograms", "enable_compression", "extra_scrape_metrics",
            "metric_name_validation_scheme", "metric_name_escaping_scheme",
        ]),
        ignored: clientKeys.ignored.merging(
            [
                "scrape_failure_log_file": "failures are in the log",
                "native_histogram_bucket_limit": "native histograms are stored as they are exposed",
                "native_histogram_min_bucket_factor": "native histograms are stored as they are exposed",
                "scrape_native_histograms": "the answer's format decides",
            ], uniquingKeysWith: { first, _ in first }),
        refused: clientKeys.refused.merging(
            [
                "convert_classic_histograms_to_nhcb": "histograms are stored as they are exposed",
                "scrape_classic_histograms": "it is called `always_scrape_classic_histograms` since Prometheus 3",
            ], uniquingKeysWith: { first, _ in first }))

    mutating func readJobs(_ node: Node, defaults: PrometheusConfiguration.Global) -> [ScrapeJob] {
        var jobs: [ScrapeJob] = []
        var names: Set<String> = []
        for element in list(node, "scrape_configs") {
            guard let job = readJob(element, defaults: defaults) else { continue }
            let nameNode = element.mapping?["job_name"] ?? element
            if !names.insert(job.name).inserted {
                report(nameNode, "`job_name`: there are two jobs named `\(job.name)`")
            }
            jobs.append(job)
        }
        return jobs
    }

    private mutating func readJob(_ node: Node, defaults: PrometheusConfiguration.Global) -> ScrapeJob? {
        guard node.mapping != nil else {
            report(node, "`scrape_configs`: expected a job with its `job_name`")
            return nil
        }
        var job = ScrapeJob(name: "")
        job.interval = defaults.scrapeInterval
        job.limits = defaults.limits
        job.protocols = defaults.protocols ?? ScrapeProtocol.defaults
        job.keepsClassicHistograms = defaults.keepsClassicHistograms
        job.nameValidation = defaults.nameValidation
        var escaping = defaults.nameEscaping
        var timeout: (value: Duration, node: Node)?
        var client = ClientSettings()
        section(node, "scrape_configs", keys: Self.jobKeys) { reader, key, value in
            switch key {
            case "job_name": job.name = reader.text(value, key) ?? ""
            case "scrape_interval": job.interval = reader.duration(value, key, isZeroAllowed: true) ?? job.interval
            case "scrape_timeout":
                if let read = reader.duration(value, key, isZeroAllowed: true) { timeout = (read, value) }
            case "metrics_path": job.path = reader.text(value, key) ?? job.path
            case "scheme": job.scheme = reader.readScheme(value) ?? job.scheme
            case "params": job.parameters = reader.readParameters(value)
            case "honor_labels": job.honorsLabels = reader.flag(value, key) ?? false
            case "honor_timestamps": job.honorsTimestamps = reader.flag(value, key) ?? true
            case "track_timestamps_staleness": job.tracksTimestampsStaleness = reader.flag(value, key) ?? false
            case "static_configs": job.discoveries.append(.fixed(reader.readStaticGroups(value, key)))
            case "file_sd_configs": job.discoveries += reader.list(value, key).compactMap { reader.readFiles($0) }
            case "http_sd_configs": job.discoveries += reader.list(value, key).compactMap { reader.readHTTP($0) }
            case "relabel_configs": job.targetRules = reader.readRules(value, key)
            case "metric_relabel_configs": job.sampleRules = reader.readRules(value, key)
            case "scrape_protocols": job.protocols = reader.readProtocols(value) ?? job.protocols
            case "fallback_scrape_protocol": job.fallbackProtocol = reader.choice(value, key)
            case "always_scrape_classic_histograms":
                job.keepsClassicHistograms = reader.flag(value, key) ?? job.keepsClassicHistograms
            case "enable_compression": client.options.allowsCompression = reader.flag(value, key) ?? true
            case "extra_scrape_metrics": job.reportsExtraMetrics = reader.flag(value, key) ?? false
            case "metric_name_validation_scheme": job.nameValidation = reader.choice(value, key) ?? job.nameValidation
            case "metric_name_escaping_scheme": escaping = reader.choice(value, key)
            case _ where Self.limitKeys.contains(key): reader.readLimit(key, value, into: &job.limits)
            default: reader.readClient(key, value, into: &client)
            }
        }
        if job.name.isEmpty { report(node, "a job has no `job_name`") }
        if let timeout, timeout.value > job.interval {
            report(
                timeout.node,
                "`scrape_timeout` of \(PrometheusDuration.print(timeout.value)) is greater than "
                    + "`scrape_interval` of \(PrometheusDuration.print(job.interval)) in job `\(job.name)`")
        }
        job.timeout = timeout?.value ?? min(defaults.scrapeTimeout, job.interval)
        job.nameEscaping = escaping ?? (job.nameValidation == .utf8 ? .allowUTF8 : .underscores)
        if job.nameValidation == .legacy, job.nameEscaping == .allowUTF8 {
            report(node, "job `\(job.name)`: names of the legacy form need an escaping other than allow-utf-8")
        }
        job.client = finish(client, at: node)
        return job
    }

    mutating func readScheme(_ node: Node) -> String? {
        guard let scheme = text(node, "scheme") else { return nil }
        if scheme == "http" || scheme == "https" { return scheme }
        report(node, "`scheme`: expected http or https")
        return nil
    }

    private mutating func readParameters(_ node: Node) -> [String: [String]] {
        var result: [String: [String]] = [:]
        guard let mapping = node.mapping else {
            report(node, "`params`: expected names with lists of values")
            return result
        }
        for (nameNode, valuesNode) in mapping {
            guard let name = text(nameNode, "params") else { continue }
            result[name] = texts(valuesNode, "params")
        }
        return result
    }

    // MARK: - Relabelling

    private static let ruleKeys = ConfigurationKeys([
        "source_labels", "separator", "regex", "modulus", "target_label", "replacement", "action",
    ])

    mutating func readRules(_ node: Node, _ key: String) -> [RelabelRule] {
        var rules: [RelabelRule] = []
        for element in list(node, key) {
            if let rule = readRule(element, key) { rules.append(rule) }
        }
        return rules
    }

    private mutating func readRule(_ node: Node, _ name: String) -> RelabelRule? {
        var action = RelabelRule.Action.replace
        var sources: [String] = []
        var separator = RelabelRule.defaultSeparator
        var target = ""
        var expression = RelabelRule.defaultExpression
        var modulus: UInt64 = 0
        var replacement = RelabelRule.defaultReplacement
        section(node, name, keys: Self.ruleKeys) { reader, key, value in
            switch key {
            case "source_labels": sources = reader.texts(value, key)
            case "separator": separator = reader.text(value, key) ?? separator
            case "regex": expression = reader.text(value, key) ?? expression
            case "modulus": modulus = UInt64(reader.count(value, key) ?? 0)
            case "target_label": target = reader.text(value, key) ?? target
            case "replacement": replacement = reader.text(value, key) ?? replacement
            case "action":
                // Upstream takes any case.
                let lowered = value.scalar.map { Node.scalar(.init($0.string.lowercased(), $0.tag, $0.style, $0.mark)) }
                action = reader.choice(lowered ?? value, key) ?? action
            default: break
            }
        }
        do throws(RelabelRule.Failure) {
            return try RelabelRule(
                action, sourceLabels: sources, separator: separator, targetLabel: target, expression: expression,
                modulus: modulus, replacement: replacement)
        } catch {
            report(node, "`\(name)`: \(error.reason)")
            return nil
        }
    }

    // MARK: - Where targets come from

    private static let groupKeys = ConfigurationKeys(["targets", "labels"])

    mutating func readStaticGroups(_ node: Node, _ key: String) -> [TargetGroup] {
        var groups: [TargetGroup] = []
        for element in list(node, key) {
            var addresses: [String] = []
            var labels: [String: String] = [:]
            section(element, key, keys: Self.groupKeys) { reader, key, value in
                switch key {
                case "targets":
                    for target in reader.list(value, key) {
                        guard let address = reader.text(target, key) else { continue }
                        if address.contains("/") {
                            reader.report(target, "`targets`: expected host:port, got `\(address)`")
                        } else {
                            addresses.append(address)
                        }
                    }
                case "labels": labels = reader.labels(value, key)
                default: break
                }
            }
            groups.append(TargetGroup(addresses: addresses, labels: labels))
        }
        return groups
    }

    private mutating func readFiles(_ node: Node) -> TargetDiscovery? {
        var paths: [String] = []
        var refresh = Duration.seconds(300)
        section(node, "file_sd_configs", keys: ConfigurationKeys(["files", "refresh_interval"])) { reader, key, value in
            switch key {
            case "files":
                for element in reader.list(value, key) {
                    guard let path = reader.text(element, key) else { continue }
                    if FileDiscovery.isPattern(path) {
                        paths.append(reader.path(path))
                    } else {
                        reader.report(
                            element, "`files`: expected a path that ends in .json, .yml or .yaml, got `\(path)`")
                    }
                }
            case "refresh_interval": refresh = reader.duration(value, key) ?? refresh
            default: break
            }
        }
        if paths.isEmpty { report(node, "`file_sd_configs` names no `files`") }
        return .files(paths, refresh: refresh)
    }

    private mutating func readHTTP(_ node: Node) -> TargetDiscovery? {
        let keys = ConfigurationKeys(
            Self.clientKeys.read.union(["url", "refresh_interval"]), ignored: Self.clientKeys.ignored,
            refused: Self.clientKeys.refused)
        var url = ""
        var refresh = Duration.seconds(60)
        var client = ClientSettings()
        section(node, "http_sd_configs", keys: keys) { reader, key, value in
            switch key {
            case "url":
                url = reader.text(value, key) ?? ""
                if WebAddress(String(url.prefix { $0 != "?" })) == nil {
                    reader.report(value, "`url`: expected an address such as http://host:port/path")
                }
            case "refresh_interval": refresh = reader.duration(value, key) ?? refresh
            default: reader.readClient(key, value, into: &client)
            }
        }
        if url.isEmpty { report(node, "`http_sd_configs` has no `url`") }
        return .http(url: url, refresh: refresh, client: finish(client, at: node))
    }
}
