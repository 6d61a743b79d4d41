import Yams

/// What a configuration file of another tool says that does not do what it looks like.
///
/// Many stacks are dead on arrival, or lose part of what they receive, by lines that look right. The rules are those that
/// stacks really failed by; each names the line and says what to do.
package struct ConfigurationReview: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case collector = "OpenTelemetry Collector"
        case prometheus = "Prometheus"
        case tempo = "Tempo"
        case statsd = "StatsD"
        case filebeat = "Filebeat"
        case compose = "Docker Compose"
        case datasources = "Grafana data sources"
    }

    package struct Finding: Sendable, Equatable {
        package enum Weight: String, Sendable {
            /// With this the tool does not start, or this part never works.
            case broken
            /// It works otherwise than it looks; telemetry is lost or changed.
            case lossy
            /// Good to know.
            case note
        }

        package var weight: Weight
        /// From 1.
        package var line: Int
        /// Where: `exporters.otlp/jaeger.endpoint`.
        package var path: String
        /// What happens, and what to do.
        package var text: String
    }

    package var file: String
    package var kind: Kind
    /// In order of lines.
    package var findings: [Finding]

    /// - Parameter file: its name, which helps to tell the kind.
    /// - Throws: `.invalidFile` when it cannot be read as what it should be, or is of no known kind.
    package init(_ text: String, file: String) throws(VerificationError) {
        self.file = file
        if file.hasSuffix(".js") || StatsDReview.looksLike(text) {
            kind = .statsd
            findings = StatsDReview.findings(text)
        } else {
            let root = try Self.root(text, file: file)
            guard let kind = Self.kind(of: root) else {
                throw VerificationError(
                    .invalidFile,
                    "\(file) is no configuration of a known kind: the Collector, Prometheus, Tempo, StatsD, Filebeat, "
                        + "Docker Compose and Grafana's data sources can be examined")
            }
            self.kind = kind
            var notes = ReviewNotes()
            switch kind {
            case .collector: CollectorReview(root).examine(&notes)
            case .prometheus: PrometheusReview(root).examine(&notes)
            case .tempo: TempoReview(root).examine(&notes)
            case .filebeat: FilebeatReview(root).examine(&notes)
            case .compose: ComposeReview(root).examine(&notes)
            case .datasources: DatasourcesReview(root).examine(&notes)
            case .statsd: break
            }
            findings = notes.findings
        }
        findings.sort { ($0.line, $0.path) < ($1.line, $1.path) }
    }

    private static func root(_ text: String, file: String) throws(VerificationError) -> Node {
        do {
            // The basic resolver leaves scalars as they are written; the encoding is named because the default depends on
            // the environment.
            guard let node = try compose(yaml: text, .basic, .default, .utf8) else {
                throw VerificationError(.invalidFile, "\(file) is empty")
            }
            return node
        } catch let error as VerificationError {
            throw error
        } catch let error as YamlError {
            throw VerificationError(.invalidFile, "\(file) is not valid YAML: \(error)")
        } catch {
            throw VerificationError(.invalidFile, "\(file): \(error)")
        }
    }

    private static func kind(of root: Node) -> Kind? {
        func has(_ key: String) -> Bool { root.mapping?[Node(key)] != nil }
        if has("receivers"), has("exporters") || has("service") { return .collector }
        if has("services") { return .compose }
        if has("datasources") { return .datasources }
        if has("scrape_configs") || has("global") && (has("rule_files") || has("alerting")) { return .prometheus }
        if has("filebeat.inputs") || has("filebeat") || has("filebeat.modules") { return .filebeat }
        let tempo = [
            "distributor", "ingester", "compactor", "querier", "query_frontend", "metrics_generator", "overrides",
        ]
        if has("storage"), tempo.contains(where: has) { return .tempo }
        return nil
    }
}

/// Collects findings.
struct ReviewNotes {
    var findings: [ConfigurationReview.Finding] = []

    mutating func add(
        _ weight: ConfigurationReview.Finding.Weight, _ node: Node?, _ path: String, _ text: String
    ) {
        findings.append(.init(weight: weight, line: node?.mark?.line ?? 1, path: path, text: text))
    }
}

extension Node {
    /// The value of a key, or of keys below each other.
    func at(_ keys: String...) -> Node? {
        var node: Node? = self
        for key in keys { node = node?.mapping?[Node(key)] }
        return node
    }

    /// Keys with their values, in the order of the file.
    var members: [(key: String, keyNode: Node, value: Node)] {
        mapping?.map { ($0.key.scalar?.string ?? "", $0.key, $0.value) } ?? []
    }

    var items: [Node] { sequence.map(Array.init) ?? [] }

    /// A scalar as it is written.
    var word: String? { scalar?.string }

    /// A list of scalars, or one alone.
    var words: [String] { sequence.map { $0.compactMap(\.word) } ?? word.map { [$0] } ?? [] }

    var isTrue: Bool { ["true", "yes", "on"].contains(word?.lowercased() ?? "") }
}
