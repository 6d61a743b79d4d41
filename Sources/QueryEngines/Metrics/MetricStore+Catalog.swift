import ClickHouse
import PromQLEvaluation
package import PrometheusModel
import SQLSyntax
import Synchronization
import TelemetryModel
import TelemetryStore

extension MetricStore: PrometheusCatalog {
    package func series(
        _ selectors: [[LabelMatcher]], start: Int64, end: Int64, limit: Int
    ) async throws -> CatalogAnswer<Labels> {
        let places = try await present(selectors, start: start, end: end)
        let (plain, added) = index.withLock { index in
            var plain: [Labels] = []
            var added: [Int32] = []
            for place in places {
                if index.entries[Int(place)].sources[0].part.addedLabel == nil {
                    plain.append(index.labels(of: place))
                } else {
                    added.append(place)
                }
            }
            return (plain, added)
        }
        var found = Set(plain)
        if !added.isEmpty {
            // Buckets and quantiles stand in the samples only.
            for selector in selectors.isEmpty ? [[]] : selectors {
                let set = try await select(
                    SeriesRequest(matchers: selector, startExclusive: start &- 1, end: end))
                found.formUnion(set.labels)
            }
        }
        return cut(found.sorted(), limit)
    }

    package func labelNames(
        _ selectors: [[LabelMatcher]], start: Int64, end: Int64, limit: Int
    ) async throws -> CatalogAnswer<String> {
        let places = try await present(selectors, start: start, end: end)
        return cut(index.withLock { $0.labelNames(of: places) }.sorted(), limit)
    }

    package func labelValues(
        _ name: String, _ selectors: [[LabelMatcher]], start: Int64, end: Int64, limit: Int
    ) async throws -> CatalogAnswer<String> {
        let places = try await present(selectors, start: start, end: end)
        var (values, added) = index.withLock { index in
            (
                index.labelValues(name, of: places),
                places.filter { index.entries[Int($0)].sources[0].part.addedLabel == name }
            )
        }
        if !added.isEmpty {
            let matchers = try LabelMatcher(.notEqual, name, "")
            let bases = index.withLock { index in added.map { index.labels(of: $0).metricName } }
            for base in Set(bases) {
                for selector in selectors.isEmpty ? [[]] : selectors {
                    let set = try await select(
                        SeriesRequest(
                            matchers: selector + [LabelMatcher(equal: Labels.nameLabel, base), matchers],
                            startExclusive: start &- 1, end: end))
                    for labels in set.labels { values.insert(labels[name]) }
                }
            }
        }
        return cut(values.sorted(), limit)
    }

    package func metadata() async throws -> [String: [MetricMetadata]] {
        try await refresh()
        return index.withLock { $0.metadata }
    }

    package func newestSamples(
        _ selectors: [[LabelMatcher]], at time: Int64, lookback: Int64
    ) async throws -> SeriesSnapshot {
        var entries: [Labels: SeriesSnapshot.Entry] = [:]
        let known = try await metadata()
        for selector in selectors.isEmpty ? [[]] : selectors {
            let set = try await select(
                SeriesRequest(matchers: selector, startExclusive: time &- lookback, end: time))
            for series in set.labels.indices {
                let last = set.bounds[series + 1] - 1
                guard last >= set.bounds[series], !StaleMarker.isStale(set.values[last]) else { continue }
                let labels = set.labels[series]
                entries[labels] = SeriesSnapshot.Entry(
                    labels: labels, time: set.times[last], value: set.values[last],
                    histogram: set.histograms.isEmpty ? nil : set.histograms[last]?.value,
                    metadata: Self.metadata(of: labels.metricName, in: known))
            }
        }
        return SeriesSnapshot(entries.values.sorted { $0.labels < $1.labels })
    }

    /// What is known of a series' metric: under its own name, or that of the family it is part of.
    private static func metadata(of name: String, in known: [String: [MetricMetadata]]) -> MetricMetadata {
        if let own = known[name]?.first { return own }
        for suffix in ["_bucket", "_sum", "_count", "_total"] where name.hasSuffix(suffix) {
            if let family = known[String(name.dropLast(suffix.count))]?.first { return family }
        }
        return MetricMetadata()
    }

    package func statistics(limit: Int) async throws -> CatalogStatistics {
        try await refresh()
        let (count, names, labels) = index.withLock { ($0.count, $0.metricNames, $0.labelStatistics()) }
        let select = Select(
            [.init(.call("min", .column("time"))), .init(.call("max", .column("time"))), .init(.call("count"))],
            from: TelemetrySchema.metricSamples.name)
        let row = try await store.engine.rows(select.statement).first ?? []
        let isEmpty = row.count < 3 || row[2].unsignedInteger ?? 0 == 0
        func top(_ counts: some Sequence<(String, Int)>) -> [(name: String, value: Int)] {
            counts.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(limit).map { (name: $0.0, value: $0.1) }
        }
        return CatalogStatistics(
            seriesCount: count, labelPairCount: labels.pairs.count,
            oldest: isEmpty ? nil : row[0].timestamp?.milliseconds,
            newest: isEmpty ? nil : row[1].timestamp?.milliseconds,
            seriesByMetricName: top(names.map { ($0.name, $0.count) }),
            valuesByLabelName: top(labels.values.map { ($0.key, $0.value) }),
            bytesByLabelName: top(labels.bytes.map { ($0.key, $0.value) }),
            seriesByLabelPair: top(labels.pairs.map { ($0.key, $0.value) }))
    }

    package func exemplars(
        _ selectors: [[LabelMatcher]], start: Int64, end: Int64
    ) async throws -> [(series: Labels, exemplars: [Exemplar])] {
        try await refresh()
        let labels: [UInt64: Labels] = index.withLock { index in
            var labels: [UInt64: Labels] = [:]
            for selector in selectors {
                for place in index.select(selector) {
                    let own = index.labels(of: place)
                    for source in index.entries[Int(place)].sources { labels[source.id] = own }
                }
            }
            return labels
        }
        guard !labels.isEmpty else { return [] }
        let rows = try await readExemplars(of: Set(labels.keys), start: start, end: end)
        var found: [Labels: [Exemplar]] = [:]
        for (id, exemplar) in rows {
            guard let series = labels[id] else { continue }
            found[series, default: []].append(exemplar)
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted { $0.time < $1.time }) }
    }

    /// ```sql
    /// SELECT series_id, time, value, trace_id, span_id, attributes FROM telemetry.metric_exemplars
    /// WHERE (time >= … AND time < … AND series_id IN {p0:Array(UInt64)}) LIMIT n
    /// ```
    private func readExemplars(of ids: Set<UInt64>, start: Int64, end: Int64) async throws -> [(UInt64, Exemplar)] {
        func time(_ milliseconds: Int64) -> Expression {
            .call("fromUnixTimestamp64Nano", .integer(Timestamp(clampingMilliseconds: milliseconds).nanoseconds))
        }
        var conditions: [Expression] = [
            .comparison(.column("time"), .greaterOrEqual, time(start)),
            .comparison(.column("time"), .lessOrEqual, time(end)),
        ]
        if ids.count <= 8_000 { conditions.append(.inArray(.column("series_id"), .unsigned(ids.sorted()))) }
        let columns: [Identifier] = ["series_id", "time", "value", "trace_id", "span_id", "attributes"]
        let select = Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.metricExemplars.name, where: .and(conditions),
            orderBy: [.init(.column("time"))], limit: Self.exemplarsMax + 1)
        var found: [(UInt64, Exemplar)] = []
        for row in try await store.engine.rows(select.statement) {
            var labels: [Label] = (row[5].pairs ?? []).map {
                Label(OTLPLabels.name(of: $0.key.text ?? ""), $0.value.text ?? "")
            }
            if let id = TraceID(bytes: row[3].rawBytes ?? []), !id.isZero { labels.append(Label("trace_id", id.hex)) }
            if let id = SpanID(bytes: row[4].rawBytes ?? []), !id.isZero { labels.append(Label("span_id", id.hex)) }
            found.append(
                (
                    row[0].unsignedInteger ?? 0,
                    Exemplar(
                        labels: Labels(labels), value: row[2].number ?? 0, time: row[1].timestamp?.milliseconds ?? 0)
                ))
        }
        guard found.count <= Self.exemplarsMax else {
            throw QueryError(
                .execution, "the range has more than \(Self.exemplarsMax) exemplars; ask for fewer series or less time")
        }
        return found
    }

    /// Exemplars in one answer.
    private static let exemplarsMax = 100_000

    // MARK: Which series are there

    /// Entries that match and have samples in the range.
    ///
    /// A series is written once a day that it is seen, so the index knows the days on which its samples arrived: that
    /// decides when the range reaches to now, as it does for a person. A range in the past is looked up in the samples,
    /// because what was imported has another day of arrival; it is exact to the hour.
    private func present(_ selectors: [[LabelMatcher]], start: Int64, end: Int64) async throws -> [Int32] {
        try await refresh()
        let day: Int64 = 86_400_000
        let firstDay = Int32(clamping: start / day)
        let lastDay = Int32(clamping: end / day)
        let (inRange, outside) = index.withLock { index in
            let places =
                selectors.isEmpty
                ? index.all : Array(Set(selectors.flatMap { index.select($0) })).sorted()
            var inRange: [Int32] = []
            var outside: [Int32] = []
            for place in places {
                let entry = index.entries[Int(place)]
                if entry.lastDay >= firstDay, entry.firstDay <= lastDay {
                    inRange.append(place)
                } else {
                    outside.append(place)
                }
            }
            return (inRange, outside)
        }
        guard !outside.isEmpty else { return inRange }
        let stored = try await seriesWithSamples(start: start, end: end)
        let imported = index.withLock { index in
            outside.filter { place in index.entries[Int(place)].sources.contains { stored.contains($0.id) } }
        }
        return inRange + imported
    }

    /// ```sql
    /// SELECT series_id FROM telemetry.metric_samples WHERE (hour >= a AND hour <= b) GROUP BY series_id
    /// ```
    private func seriesWithSamples(start: Int64, end: Int64) async throws -> Set<UInt64> {
        var found: Set<UInt64> = []
        let hours = (Timestamp(clampingMilliseconds: start).hours, Timestamp(clampingMilliseconds: end).hours)
        for table in SampleRead.Table.allCases where table != .sums {
            func bound(_ comparison: Expression.Comparison, _ hour: Int32, _ milliseconds: Int64) -> Expression {
                table.hasHour
                    ? .comparison(.column("hour"), comparison, .integer(Int64(hour)))
                    : .comparison(
                        .column("time"), comparison,
                        .call(
                            "fromUnixTimestamp64Nano",
                            .integer(Timestamp(clampingMilliseconds: milliseconds).nanoseconds)))
            }
            let select = Select(
                [.init(.column("series_id"))], from: table.name,
                where: .and([bound(.greaterOrEqual, hours.0, start), bound(.lessOrEqual, hours.1, end)]),
                groupBy: [.column("series_id")])
            try await store.engine.query(
                select.statement, access: .own(settings: limits.settings)
            ) { batch in
                guard batch.rows > 0, let ids = batch.columns[0].fixed(UInt64.self) else { return }
                found.formUnion(ids)
            }
        }
        return found
    }

    private func cut<Element: Sendable>(_ elements: [Element], _ limit: Int) -> CatalogAnswer<Element> {
        guard limit > 0, elements.count > limit else { return CatalogAnswer(elements) }
        return CatalogAnswer(Array(elements.prefix(limit)), isTruncated: true)
    }
}
