import Codecs
import PromQLEvaluation
import PrometheusModel
import QueryEngines

/// What is scraped.
extension PrometheusAPI {
    func targets(_ form: FormParameters) async -> PrometheusAnswer {
        let state = form["state"].lowercased()
        let pool = form["scrapePool"]
        let targets = await dependencies.targets()
        let isOfPool = { (target: ScrapeTargetStatus) in pool.isEmpty || target.scrapePool == pool }
        let showsActive = ["", "any", "active"].contains(state)
        let showsDropped = ["", "any", "dropped"].contains(state)
        let active = showsActive ? targets.active.filter(isOfPool) : []
        let dropped = showsDropped ? targets.dropped.filter(isOfPool) : []
        var counts: [String: Int] = [:]
        if showsDropped {
            for target in targets.active { counts[target.scrapePool, default: 0] += 0 }
            for target in targets.dropped { counts[target.scrapePool, default: 0] += 1 }
        }
        let sorted = counts.sorted { $0.key < $1.key }.map { (pool: $0.key, count: $0.value) }
        return .json(
            Envelope.success {
                TargetsAnswer.write(active: active, dropped: dropped, droppedCounts: sorted, into: &$0)
            })
    }

    func scrapePools() async -> PrometheusAnswer {
        let names: [String]
        if let pools = dependencies.scrapePools {
            names = await pools()
        } else {
            let targets = await dependencies.targets()
            names = (targets.active + targets.dropped).map(\.scrapePool)
        }
        return .json(
            Envelope.success { writer in
                writer.raw("{\"scrapePools\":")
                writer.list(Set(names).sorted())
                writer.raw("}")
            })
    }

    /// Metadata by target: a metric is a target's when the target's own labels have series of it.
    func targetMetadata(_ form: FormParameters) async throws -> PrometheusAnswer {
        let limit = try Self.number(form, "limit")
        let wanted = form["metric"]
        let selectors = try SelectorParameter.parseAny(form["match_target"].isEmpty ? [] : [form["match_target"]])
        let known = try await dependencies.catalog.metadata()
        var found: [(target: Labels, metric: String, metadata: MetricMetadata)] = []
        let now = dependencies.now()
        search: for target in await dependencies.targets().active
        where selectors.isEmpty || selectors.contains(where: { $0.allSatisfy { $0.matches(target.labels) } }) {
            let conditions = target.labels.entries.map { LabelMatcher(equal: $0.name, $0.value) }
            let names = try await dependencies.catalog.labelValues(
                Labels.nameLabel, [conditions], start: now &- dependencies.queries.defaults.lookback, end: now,
                limit: 0
            ).elements
            var metrics: Set<String> = []
            for name in names { metrics.formUnion(MetricFamilyName.candidates(of: name).filter { known[$0] != nil }) }
            for metric in metrics.sorted() where wanted.isEmpty || metric == wanted {
                for metadata in known[metric] ?? [] {
                    if limit >= 0, found.count >= limit { break search }
                    found.append((target.labels, metric, metadata))
                }
            }
        }
        guard !found.isEmpty else { throw PrometheusFailure(.notFound, "specified metadata not found") }
        return .json(
            Envelope.success { writer in
                writer.open("[")
                for entry in found {
                    writer.separate()
                    writer.raw("{\"target\":")
                    writer.labels(entry.target)
                    if wanted.isEmpty {
                        writer.key("metric")
                        writer.string(entry.metric)
                    }
                    writer.metadata(entry.metadata)
                    writer.close("}")
                }
                writer.close("]")
            })
    }

    func alertmanagers() async -> PrometheusAnswer {
        let (active, dropped) = await dependencies.alertmanagers()
        func write(_ urls: [String], _ writer: inout JSONWriter) {
            writer.open("[")
            for url in urls {
                writer.separate()
                writer.raw("{\"url\":")
                writer.string(url)
                writer.raw("}")
            }
            writer.close("]")
        }
        return .json(
            Envelope.success { writer in
                writer.raw("{\"activeAlertmanagers\":")
                write(active, &writer)
                writer.raw(",\"droppedAlertmanagers\":")
                write(dropped, &writer)
                writer.raw("}")
            })
    }
}

/// The metric that a series belongs to: histograms and summaries have several names for their series.
enum MetricFamilyName {
    private static let suffixes = ["_bucket", "_count", "_sum", "_total", "_created", "_info"]

    /// The name itself, and without one suffix.
    static func candidates(of name: String) -> [String] {
        [name] + suffixes.filter { name.hasSuffix($0) && name.count > $0.count }.map { String(name.dropLast($0.count)) }
    }
}
