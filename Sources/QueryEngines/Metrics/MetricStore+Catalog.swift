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
        let range = CatalogRange(start: start, end: end)
        let found = try await present(selectors, range) { index, places in
            var answer = PresentSeries()
            for place in places {
                let entry = index.entries[Int(place)]
                let labels = index.labels(of: place)
                if let added = entry.source.part.addedLabel {
                    for source in entry.sources { answer.families.append((source.id, labels, added)) }
                } else {
                    answer.labels.insert(labels)
                }
            }
            return answer
        }
        let added = try await addedLabels(of: found.families, range).filter { labels in
            selectors.isEmpty
                || selectors.contains { selector in
                    // The name may be one that the sender used.
                    selector.allSatisfy { $0.name == Labels.nameLabel || $0.matches(labels) }
                }
        }
        return cut(found.labels.union(added).sorted(), limit)
    }

    package func labelNames(
        _ selectors: [[LabelMatcher]], start: Int64, end: Int64, limit: Int
    ) async throws -> CatalogAnswer<String> {
        let names = try await present(selectors, CatalogRange(start: start, end: end)) { index, places in
            index.labelNames(of: places)
        }
        return cut(names.sorted(), limit)
    }

    package func labelValues(
        _ name: String, _ selectors: [[LabelMatcher]], start: Int64, end: Int64, limit: Int
    ) async throws -> CatalogAnswer<String> {
        let range = CatalogRange(start: start, end: end)
        var (values, families) = try await present(selectors, range) { index, places in
            var families: [AddedFamily] = []
            for place in places where index.entries[Int(place)].source.part.addedLabel == name {
                let labels = index.labels(of: place)
                for source in index.entries[Int(place)].sources { families.append((source.id, labels, name)) }
            }
            return (index.labelValues(name, of: places), families)
        }
        for labels in try await addedLabels(of: families, range) {
            let matches =
                selectors.isEmpty
                || selectors.contains { $0.allSatisfy { $0.name == Labels.nameLabel || $0.matches(labels) } }
            if matches { values.insert(labels[name]) }
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
                SeriesRequest(matchers: selector, startExclusive: time &- lookback, end: time), newestOnly: true)
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
        let (count, names, labels) = index.withLock {
            ($0.count, $0.metricNames, $0.labelStatistics(pairsMax: limit))
        }
        let select = Select(
            [.init(.call("min", .column("time"))), .init(.call("max", .column("time"))), .init(.call("count"))],
            from: TelemetrySchema.metricSamples.name)
        let row = try await store.engine.rows(select.statement, access: .own(settings: limits.settings)).first ?? []
        let isEmpty = row.count < 3 || row[2].unsignedInteger ?? 0 == 0
        func top(_ counts: some Sequence<(String, Int)>) -> [(name: String, value: Int)] {
            counts.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(limit).map { (name: $0.0, value: $0.1) }
        }
        return CatalogStatistics(
            seriesCount: count, labelPairCount: labels.pairCount,
            oldest: isEmpty ? nil : row[0].timestamp?.milliseconds,
            newest: isEmpty ? nil : row[1].timestamp?.milliseconds,
            seriesByMetricName: top(names.map { ($0.name, $0.count) }),
            valuesByLabelName: top(labels.values),
            bytesByLabelName: top(labels.bytes),
            seriesByLabelPair: top(labels.pairs))
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
                    // Exemplars of a histogram are its buckets', not those of its sum and count.
                    for source in index.entries[Int(place)].sources where source.part.hasExemplars {
                        labels[source.id] = own
                    }
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
        conditions += SeriesFilter.conditions(on: ids)
        let columns: [Identifier] = ["series_id", "time", "value", "trace_id", "span_id", "attributes"]
        let select = Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.metricExemplars.name, where: .and(conditions),
            orderBy: [.init(.column("time"))], limit: ids.count <= SeriesFilter.listedMax ? Self.exemplarsMax + 1 : nil)
        var found: [(UInt64, Exemplar)] = []
        try await store.engine.query(select.statement, access: .own(settings: limits.settings)) { batch in
            for row in 0..<batch.rows {
                let id = batch.columns[0].value(at: row).unsignedInteger ?? 0
                guard ids.contains(id) else { continue }
                found.append((id, Self.exemplar(batch.columns.map { $0.value(at: row) })))
                if found.count > Self.exemplarsMax {
                    throw QueryError(
                        .execution,
                        "the range has more than \(Self.exemplarsMax) exemplars; ask for fewer series or less time")
                }
            }
        }
        return found
    }

    private static func exemplar(_ row: [ResultValue]) -> Exemplar {
        var labels: [Label] = (row[5].pairs ?? []).map {
            Label(OTLPLabels.name(of: $0.key.text ?? ""), $0.value.text ?? "")
        }
        if let id = TraceID(bytes: row[3].rawBytes ?? []), !id.isZero { labels.append(Label("trace_id", id.hex)) }
        if let id = SpanID(bytes: row[4].rawBytes ?? []), !id.isZero { labels.append(Label("span_id", id.hex)) }
        return Exemplar(
            labels: Labels(labels), value: row[2].number ?? 0, time: row[1].timestamp?.milliseconds ?? 0)
    }

    /// Exemplars in one answer.
    private static let exemplarsMax = 100_000

    // MARK: Which series are there

    /// Looks at the entries that match and have samples in the range.
    ///
    /// A series is written once a day that it is seen, so the index knows the days on which its samples arrived. A series
    /// of other days than the range's is looked up in the samples, because what was imported has another day of arrival;
    /// that is exact to the hour.
    private func present<Answer: Sendable>(
        _ selectors: [[LabelMatcher]], _ range: CatalogRange,
        _ body: (borrowing SeriesIndex, [Int32]) -> Answer
    ) async throws -> Answer {
        try await refresh()
        func matching(_ index: inout SeriesIndex) -> [Int32] {
            selectors.isEmpty ? index.all : Array(Set(selectors.flatMap { index.select($0) })).sorted()
        }
        func isOfRange(_ entry: SeriesIndex.Entry) -> Bool {
            entry.lastDay >= range.firstDay && entry.firstDay <= range.lastDay
        }
        let outside = index.withLock { index in
            var ids: Set<UInt64> = []
            for place in matching(&index) where !isOfRange(index.entries[Int(place)]) {
                for source in index.entries[Int(place)].sources { ids.insert(source.id) }
            }
            return ids
        }
        let imported = outside.isEmpty ? [] : try await stored(among: outside, range)
        return index.withLock { index in
            let places = matching(&index).filter { place in
                let entry = index.entries[Int(place)]
                return isOfRange(entry) || !imported.isEmpty && entry.sources.contains { imported.contains($0.id) }
            }
            return body(index, places)
        }
    }

    /// Which of the series have samples in the hours of the range.
    ///
    /// ```sql
    /// SELECT series_id FROM telemetry.metric_samples
    /// WHERE (hour >= a AND hour <= b AND series_id >= … AND series_id <= … AND series_id IN {…}) GROUP BY series_id
    /// ```
    private func stored(among ids: Set<UInt64>, _ range: CatalogRange) async throws -> Set<UInt64> {
        var found: Set<UInt64> = []
        for table in SampleRead.Table.allCases where table != .sums {
            let select = Select(
                [.init(.column("series_id"))], from: table.name,
                where: .and(range.conditions(table) + SeriesFilter.conditions(on: ids)), groupBy: [.column("series_id")]
            )
            try await store.engine.query(select.statement, access: .own(settings: limits.settings)) { batch in
                guard batch.rows > 0, let stored = batch.columns[0].fixed(UInt64.self) else { return }
                found.formUnion(stored)
            }
        }
        return found
    }

    /// A stored series whose samples bring a label, under labels without it.
    private typealias AddedFamily = (id: UInt64, labels: Labels, added: String)

    private struct PresentSeries: Sendable {
        var labels: Set<Labels> = []
        var families: [(id: UInt64, labels: Labels, added: String)] = []
    }

    /// Labels of families with the values that stand in their samples.
    ///
    /// ```sql
    /// SELECT series_id, bounds FROM telemetry.metric_histograms WHERE (…) GROUP BY series_id, bounds
    /// ```
    private func addedLabels(of families: [AddedFamily], _ range: CatalogRange) async throws -> Set<Labels> {
        var found: Set<Labels> = []
        for (label, table, column) in [
            ("le", SampleRead.Table.histograms, "bounds"), ("quantile", .summaries, "quantiles"),
        ] as [(String, SampleRead.Table, Identifier)] {
            var labels: [UInt64: Labels] = [:]
            for family in families where family.added == label { labels[family.id] = family.labels }
            guard !labels.isEmpty else { continue }
            let select = Select(
                [.init(.column("series_id")), .init(.column(column))], from: table.name,
                where: .and(range.conditions(table) + SeriesFilter.conditions(on: Set(labels.keys))),
                groupBy: [.column("series_id"), .column(column)])
            try await store.engine.query(select.statement, access: .own(settings: limits.settings)) { batch in
                for row in 0..<batch.rows {
                    guard let own = labels[batch.columns[0].value(at: row).unsignedInteger ?? 0] else { continue }
                    let values = (batch.columns[1].value(at: row).items ?? []).compactMap(\.number)
                    for value in label == "le" ? values + [.infinity] : values {
                        found.insert(own.setting(label, NumberText.plain(value)))
                    }
                    if found.count > limits.selectedSeriesMax {
                        throw QueryError(
                            .execution, "more than \(limits.selectedSeriesMax) series match; narrow the selector")
                    }
                }
            }
        }
        return found
    }

    private func cut<Element: Sendable>(_ elements: [Element], _ limit: Int) -> CatalogAnswer<Element> {
        guard limit > 0, elements.count > limit else { return CatalogAnswer(elements) }
        return CatalogAnswer(Array(elements.prefix(limit)), isTruncated: true)
    }
}

/// The span of time of a question, both ends inclusive.
private struct CatalogRange: Sendable {
    private let from: Timestamp
    private let to: Timestamp
    /// Days from 1970.
    let firstDay: Int32
    let lastDay: Int32

    init(start: Int64, end: Int64) {
        from = Timestamp(clampingMilliseconds: start)
        to = Timestamp(clampingMilliseconds: end)
        firstDay = Int32(clamping: start / 86_400_000)
        lastDay = Int32(clamping: end / 86_400_000)
    }

    func conditions(_ table: SampleRead.Table) -> [Expression] {
        if table.hasHour {
            return [
                .comparison(.column("hour"), .greaterOrEqual, .integer(Int64(from.hours))),
                .comparison(.column("hour"), .lessOrEqual, .integer(Int64(to.hours))),
            ]
        }
        func time(_ value: Timestamp) -> Expression { .call("fromUnixTimestamp64Nano", .integer(value.nanoseconds)) }
        return [
            .comparison(.column("time"), .greaterOrEqual, time(from)),
            .comparison(.column("time"), .lessOrEqual, time(to)),
        ]
    }
}
