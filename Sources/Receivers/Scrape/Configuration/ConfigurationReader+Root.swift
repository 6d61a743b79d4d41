import PrometheusModel
import Yams

extension ConfigurationReader {
    private static let rootKeys = ConfigurationKeys(
        ["global", "scrape_configs", "rule_files", "alerting", "receivers"],
        ignored: [
            "storage": "what is kept and how long is said in Martlet's own configuration",
            "tracing": "Martlet does not send traces of its own queries",
            "remote_write": "samples are not sent on", "remote_read": "samples are not read from elsewhere",
            "otlp": "OTLP is translated with the default strategy", "runtime": "it is about Go's garbage collector",
            "route": "every alert goes to every receiver", "inhibit_rules": "no alert silences another",
            "templates": "messages are not made from templates",
        ],
        refused: ["scrape_config_files": "write the jobs into `scrape_configs`"])

    mutating func read(_ text: String) -> PrometheusConfiguration {
        var configuration = PrometheusConfiguration()
        guard let root = compose(text) else { return configuration }
        // The jobs take their defaults from the global section, wherever that stands.
        if let global = root.mapping?["global"] { configuration.global = readGlobal(global) }
        let defaults = configuration.global
        section(root, "the configuration", keys: Self.rootKeys) { reader, key, value in
            switch key {
            case "scrape_configs": configuration.scrapeJobs = reader.readJobs(value, defaults: defaults)
            case "rule_files": configuration.ruleFiles = reader.texts(value, key).map { reader.path($0) }
            case "alerting": reader.readAlerting(value, into: &configuration)
            case "receivers": configuration.receivers = reader.list(value, key).compactMap { reader.readReceiver($0) }
            default: break
            }
        }
        return configuration
    }

    private static let globalKeys = ConfigurationKeys(
        limitKeys.union([
            "scrape_interval", "scrape_timeout", "evaluation_interval", "external_labels", "scrape_protocols",
            "always_scrape_classic_histograms", "metric_name_validation_scheme", "metric_name_escaping_scheme",
        ]),
        ignored: [
            "query_log_file": "queries are logged as Martlet's own configuration says",
            "scrape_failure_log_file": "failures are in the log",
            "rule_query_offset": "rules are evaluated without an offset",
            "scrape_native_histograms": "the answer's format decides",
        ],
        refused: ["convert_classic_histograms_to_nhcb": "histograms are stored as they are exposed"])

    private mutating func readGlobal(_ node: Node) -> PrometheusConfiguration.Global {
        var global = PrometheusConfiguration.Global()
        var timeout: (value: Duration, node: Node)?
        section(node, "global", keys: Self.globalKeys) { reader, key, value in
            switch key {
            case "scrape_interval":
                if let read = reader.duration(value, key, isZeroAllowed: true) { global.scrapeInterval = read }
            case "scrape_timeout":
                if let read = reader.duration(value, key, isZeroAllowed: true) { timeout = (read, value) }
            case "evaluation_interval":
                if let read = reader.duration(value, key, isZeroAllowed: true) { global.evaluationInterval = read }
            case "external_labels":
                global.externalLabels = reader.labels(value, key).mapValues { reader.expand($0) }
            case "scrape_protocols": global.protocols = reader.readProtocols(value)
            case "always_scrape_classic_histograms": global.keepsClassicHistograms = reader.flag(value, key) ?? false
            case "metric_name_validation_scheme": global.nameValidation = reader.choice(value, key) ?? .utf8
            case "metric_name_escaping_scheme": global.nameEscaping = reader.choice(value, key)
            default: reader.readLimit(key, value, into: &global.limits)
            }
        }
        if let timeout {
            global.scrapeTimeout = timeout.value
            if timeout.value > global.scrapeInterval {
                report(
                    timeout.node,
                    "`scrape_timeout` of \(PrometheusDuration.print(timeout.value)) is greater than "
                        + "`scrape_interval` of \(PrometheusDuration.print(global.scrapeInterval))")
            }
        } else {
            global.scrapeTimeout = min(global.scrapeTimeout, global.scrapeInterval)
        }
        return global
    }

    static let limitKeys: Set<String> = [
        "sample_limit", "label_limit", "label_name_length_limit", "label_value_length_limit", "target_limit",
        "body_size_limit", "keep_dropped_targets",
    ]

    mutating func readLimit(_ key: String, _ node: Node, into limits: inout ScrapeLimits) {
        guard let value = key == "body_size_limit" ? size(node, key) : count(node, key) else { return }
        switch key {
        case "sample_limit": limits.samples = value
        case "label_limit": limits.labels = value
        case "label_name_length_limit": limits.labelNameBytes = value
        case "label_value_length_limit": limits.labelValueBytes = value
        case "target_limit": limits.targets = value
        case "body_size_limit": limits.bodyBytes = value
        case "keep_dropped_targets": limits.droppedTargets = value
        default: break
        }
    }

    mutating func readProtocols(_ node: Node) -> [ScrapeProtocol]? {
        var protocols: [ScrapeProtocol] = []
        for element in list(node, "scrape_protocols") {
            guard let read: ScrapeProtocol = choice(element, "scrape_protocols") else { continue }
            if protocols.contains(read) {
                report(element, "`scrape_protocols`: `\(read.rawValue)` stands there twice")
            } else {
                protocols.append(read)
            }
        }
        return protocols.isEmpty ? nil : protocols
    }

    /// `$NAME` and `${NAME}` become the variable, empty when it is not set; `$$` is a dollar sign.
    private func expand(_ text: String) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            if rest.first == "$" {
                result += "$"
                rest.removeFirst()
                continue
            }
            let isBraced = rest.first == "{"
            let body = isBraced ? rest.dropFirst() : rest
            let name = body.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            let after = body[name.endIndex...]
            guard !name.isEmpty, !isBraced || after.first == "}" else {
                result += "$"
                continue
            }
            result += environment[String(name)] ?? ""
            rest = isBraced ? after.dropFirst() : after
        }
        return result + rest
    }
}
