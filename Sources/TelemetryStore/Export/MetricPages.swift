import ClickHouse
import SQLSyntax
package import TelemetryModel

/// The points of a selection: numbers, then histograms, exponential histograms, summaries; of each kind in order of the
/// series' id as OTLP, of time, and then of content. Samples of `target_info`, which Martlet makes, are left out, and so
/// are native histograms whose buckets are too far apart for a list of all between them.
///
/// - Cost: a statement for some thousand points of series that stand side by side, or of one series. All series of the
///   selection are held with 32 bytes each.
package struct MetricPages: StoredPages {
    private let store: TelemetryStore
    private let plan: ExportPlan
    private let perPage: Int
    /// What is left to be read, the last first.
    private var chunks: [ExportPlan.Chunk]
    private var reading: Reading?

    /// The chunk that is being read.
    private struct Reading {
        let table: PointTable
        var metrics: StoredMetrics
        var pages: ExportPages
        var exemplars: ExportExemplars
    }

    /// - Parameter exported: a series in OTLP's terms, with the kind of its points.
    package init(
        _ store: TelemetryStore, _ selection: ExportSelection, perPage: Int = Int(ExportPlan.pointsPerChunk),
        exported: @escaping @Sendable (StoredSeries, MetricKind) -> ExportedSeries
    ) async throws {
        self.store = store
        self.perPage = perPage
        plan = try await ExportPlan(store, selection, exported: exported)
        chunks = plan.chunks.reversed()
    }

    /// Points that the plan counted.
    package var pointsExpected: UInt64 { plan.entries.reduce(0) { $0 &+ $1.points } }

    package mutating func next() async throws -> StoredMetrics? {
        while true {
            if reading == nil {
                guard let chunk = chunks.popLast() else { return nil }
                reading = try await begin(chunk)
            }
            guard var current = reading else { continue }
            guard let page = try await current.pages.next(store.engine) else {
                reading = nil
                continue
            }
            current.metrics.points = page.rows.compactMap { row in
                guard let place = row[0].unsignedInteger, place > 0 else { return nil }
                return current.table.point(row, series: Int(place) - 1)
            }
            try await current.exemplars.attach(to: &current.metrics.points, isLast: page.isLast, store)
            reading = current
            if !current.metrics.points.isEmpty { return current.metrics }
        }
    }

    private func begin(_ chunk: ExportPlan.Chunk) async throws -> Reading? {
        let stored = try await plan.series(of: chunk, store)
        // Entries with one id as OTLP are one series.
        var series: [ExportedSeries] = []
        var places: [UInt64] = []
        for entry in chunk.entries {
            guard let known = stored[entry.id] else {
                places.append(0)
                continue
            }
            if series.last?.id != entry.exportID { series.append(plan.exported(known, chunk.table.kind)) }
            places.append(UInt64(series.count))
        }
        guard !series.isEmpty else { return nil }
        let sent = series.filter { $0.resource == nil }
        async let resources = store.resources(Set(sent.map(\.series.resourceID)))
        async let scopes = store.scopes(Set(sent.map(\.series.scopeID)))
        let metrics = StoredMetrics(
            points: [], series: series, resources: try await resources, scopes: try await scopes)

        // The place in the list, from 1; 0 for none.
        let place = Expression.call(
            "transform", .column("series_id"), .parameter(.unsigned(chunk.ids)), .parameter(.unsigned(places)),
            .call("toUInt64", .integer(0)))
        let pages = ExportPages(
            table: chunk.table.name, columns: [place] + chunk.table.columns.map { .column($0) },
            conditions: Self.listed(chunk.ids) + chunk.table.conditions(plan.selection),
            keys: [place, .column("time"), .column("start_time")] + chunk.table.order,
            // Several series are one page, so that exemplars of none are divided.
            rowsPerPage: series.count > 1 ? max(perPage, Int(ExportPlan.pointsPerChunk) * 2) : perPage,
            settings: plan.selection.settings)
        return Reading(
            table: chunk.table, metrics: metrics, pages: pages, exemplars: ExportExemplars(chunk, places, plan))
    }

    /// ```sql
    /// series_id >= {p0:UInt64} AND series_id <= {p1:UInt64} AND series_id IN {p2:Array(UInt64)}
    /// ```
    static func listed(_ ids: [UInt64]) -> [Expression] {
        guard let first = ids.min(), let last = ids.max() else { return [] }
        return [
            .comparison(.column("series_id"), .greaterOrEqual, .parameter(.unsigned(first))),
            .comparison(.column("series_id"), .lessOrEqual, .parameter(.unsigned(last))),
            .inArray(.column("series_id"), .unsigned(ids)),
        ]
    }
}
