package import ClickHouse
package import PromQLEvaluation
package import PrometheusModel
import SQLSyntax
import Synchronization
import TelemetryModel
package import TelemetryStore

/// Metrics as PromQL sees them, read from the store: an index of the series in memory, and samples by SQL.
package final class MetricStore: Sendable {
    let store: TelemetryStore
    let limits: MetricStoreLimits
    let index = Mutex(SeriesIndex())
    private let loader: SeriesLoader

    package init(_ store: TelemetryStore, limits: MetricStoreLimits = MetricStoreLimits()) {
        self.store = store
        self.limits = limits
        loader = SeriesLoader(store, limits)
    }

    /// Brings the index up to what the store has.
    func refresh() async throws {
        try await loader.refresh(index)
    }

    /// The sources of selected entries, by the part that they are read from.
    struct Selection {
        struct Item {
            var entry: Int32
            var id: UInt64
            var isSummedUp: Bool
        }

        var labels: [Int32: Labels] = [:]
        var items: [SeriesIndex.Part: [Item]] = [:]
        var metricCount = 0
        var isEmpty: Bool { items.isEmpty }
    }

    func selection(_ matchers: [LabelMatcher]) -> [Int32] {
        index.withLock { $0.select(matchers) }
    }
}

/// What bounds reading metrics.
package struct MetricStoreLimits: Sendable {
    /// Series of all metrics that are indexed; about 150 bytes each. Over it queries fail and say so.
    package var seriesMax = 5_000_000
    /// Samples of one selector.
    package var samplesMax = 50_000_000
    /// Settings of every statement, as the engine names them.
    package var settings: [(name: String, value: String)] = []

    package init() {}
}

/// Loads new rows of `metric_series` into the index; one load at a time.
private final class SeriesLoader: Sendable {
    private struct State {
        var targets: [UInt64: StoredTarget] = [:]
        /// Of the newest row that is in the index, nanoseconds.
        var newest: Int64?
        var generation: UInt64?
    }

    private let store: TelemetryStore
    private let limits: MetricStoreLimits
    private let gate = AdmissionGate(width: 1, waitersMax: 1024)
    private let state = Mutex(State())

    /// Rows of a block may have arrived this much before those of the one before it.
    private static let overlap: Int64 = 600_000_000_000

    init(_ store: TelemetryStore, _ limits: MetricStoreLimits) {
        self.store = store
        self.limits = limits
    }

    func refresh(_ index: borrowing Mutex<SeriesIndex>) async throws {
        let known = state.withLock { ($0.generation, $0.newest) }
        guard store.seriesGeneration != known.0 || known.1 == nil else { return }
        try await gate.enter()
        do {
            let loaded = try await load()
            if let loaded {
                index.withLock { index in
                    for (series, resource) in loaded.rows { index.add(series, of: loaded.targets[resource] ?? .none) }
                    for (name, data) in loaded.metadata { index.addMetadata(data, of: name) }
                }
                state.withLock { state in
                    state.targets = loaded.targets
                    if let newest = loaded.newest { state.newest = newest }
                    state.generation = loaded.generation
                }
            }
        } catch {
            await gate.leave()
            throw error
        }
        await gate.leave()
    }

    private struct Loaded {
        var rows: [(StoredSeries, UInt64)] = []
        var targets: [UInt64: StoredTarget] = [:]
        var metadata: [(String, MetricMetadata)] = []
        var newest: Int64?
        var generation: UInt64
    }

    /// Nil when somebody else has loaded them meanwhile.
    private func load() async throws -> Loaded? {
        let before = state.withLock { $0 }
        // Read first: what is written while the rows are read is looked for the next time.
        var loaded = Loaded(targets: before.targets, newest: before.newest, generation: store.seriesGeneration)
        guard loaded.generation != before.generation || before.newest == nil else { return nil }
        var missing: Set<UInt64> = []
        let select = seriesSelect(after: before.newest.map { $0 - Self.overlap })
        try await store.engine.query(select.statement, access: access) { batch in
            guard batch.rows > 0, let times = batch.columns[10].fixed(Int64.self) else { return }
            for row in 0..<batch.rows {
                let (series, resource) = Self.series(batch, row, times[row])
                loaded.newest = max(loaded.newest ?? .min, times[row])
                loaded.rows.append((series, resource))
                if resource != 0, loaded.targets[resource] == nil { missing.insert(resource) }
            }
            guard loaded.rows.count <= limits.seriesMax else {
                throw QueryError(.execution, "the store has more than \(limits.seriesMax) metric series")
            }
        }
        for (id, target) in try await loadTargets(missing) { loaded.targets[id] = target }
        loaded.metadata = try await loadMetadata()
        return loaded
    }

    private var access: StatementAccess { .own(settings: limits.settings) }

    /// ```sql
    /// SELECT id, form, … FROM telemetry.metric_series WHERE received_time >= …
    /// ```
    private func seriesSelect(after time: Int64?) -> Select {
        let columns: [Identifier] = [
            "id", "form", "name", "type", "unit", "description", "temporality", "is_monotonic", "resource_id",
            "attributes", "received_time",
        ]
        return Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.metricSeries.name,
            where: time.map {
                .comparison(.column("received_time"), .greaterOrEqual, .call("fromUnixTimestamp64Nano", .integer($0)))
            })
    }

    private static func series(_ batch: ResultBatch, _ row: Int, _ time: Int64) -> (StoredSeries, UInt64) {
        let columns = batch.columns
        let series = StoredSeries(
            id: columns[0].value(at: row).unsignedInteger ?? 0,
            form: SeriesForm(rawValue: columns[1].text(at: row)) ?? .otlp, name: columns[2].text(at: row),
            type: columns[3].text(at: row), unit: columns[4].text(at: row), description: columns[5].text(at: row),
            temporality: columns[6].value(at: row).integer ?? 0,
            isMonotonic: columns[7].value(at: row).integer == 1, attributes: attributes(columns[9], row),
            day: Int32(truncatingIfNeeded: time / 86_400_000_000_000))
        return (series, columns[8].value(at: row).unsignedInteger ?? 0)
    }

    private static func attributes(_ column: ResultColumn, _ row: Int) -> [(key: String, value: String)] {
        guard let (offsets, keys, values) = column.map else { return [] }
        return (Int(offsets[row])..<Int(offsets[row + 1])).map { (keys.text(at: $0), values.text(at: $0)) }
    }

    private func loadTargets(_ ids: Set<UInt64>) async throws -> [UInt64: StoredTarget] {
        guard !ids.isEmpty else { return [:] }
        var found: [UInt64: StoredTarget] = [:]
        let columns: [Identifier] = ["id", "attributes"]
        let select = Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.resources.name,
            where: ids.count > 10_000 ? nil : .inArray(.column("id"), .unsigned(ids.sorted())))
        try await store.engine.query(select.statement, access: access) { batch in
            for row in 0..<batch.rows {
                let id = batch.columns[0].value(at: row).unsignedInteger ?? 0
                if ids.contains(id) { found[id] = StoredTarget(Self.attributes(batch.columns[1], row)) }
            }
        }
        return found
    }

    private func loadMetadata() async throws -> [(String, MetricMetadata)] {
        let columns: [Identifier] = ["name", "type", "unit", "description"]
        let select = Select(columns.map { .init(.column($0)) }, from: TelemetrySchema.metricMetadata.name)
        return try await store.engine.rows(select.statement).map { row in
            (
                row[0].text ?? "",
                MetricMetadata(
                    type: MetricType(rawValue: row[1].text ?? "") ?? .unknown, help: row[3].text ?? "",
                    unit: row[2].text ?? "")
            )
        }
    }
}
