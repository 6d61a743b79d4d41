import ClickHouse
import SQLSyntax
import TelemetryModel

/// The series of a metrics export in their order, with how many points each has.
///
/// Of each series a few words are held, so that millions can be; what it is called is read again with its points, unless
/// there are so few that all are remembered.
struct ExportPlan {
    struct Entry {
        let table: PointTable
        let id: UInt64
        /// The id as OTLP, by which series are sorted: so the order is the same when they come back.
        let exportID: UInt64
        let points: UInt64
    }

    /// Series read with one statement.
    struct Chunk {
        let table: PointTable
        /// Those with one export id are one series and stand side by side.
        let entries: ArraySlice<Entry>
        var ids: [UInt64] { entries.map(\.id) }
    }

    static let seriesMax = 5_000_000
    /// Series whose names are remembered; about a kilobyte each.
    static let rememberedMax = 20_000
    static let pointsPerChunk: UInt64 = 20_000
    static let seriesPerChunk = 2_000

    private(set) var entries: [Entry] = []
    private var remembered: [UInt64: StoredSeries]?
    private var withExemplars: Set<UInt64> = []
    let selection: ExportSelection
    let exported: @Sendable (StoredSeries, MetricKind) -> ExportedSeries

    init(
        _ store: TelemetryStore, _ selection: ExportSelection,
        exported: @escaping @Sendable (StoredSeries, MetricKind) -> ExportedSeries
    ) async throws {
        self.selection = selection
        self.exported = exported
        var counts: [UInt64: [PointTable: UInt64]] = [:]
        for table in PointTable.allCases {
            let conditions = table.conditions(selection)
            let select = Select(
                [.init(.column("series_id")), .init(.call("count"))], from: table.name,
                where: conditions.isEmpty ? nil : .and(conditions), groupBy: [.column("series_id")])
            try await store.engine.query(select.statement, access: .own(settings: selection.settings)) { batch in
                for row in 0..<batch.rows {
                    let id = batch.columns[0].value(at: row).unsignedInteger ?? 0
                    if let wanted = selection.series, !wanted.contains(id) { continue }
                    counts[id, default: [:]][table] = batch.columns[1].value(at: row).unsignedInteger ?? 0
                }
                guard counts.count <= Self.seriesMax else {
                    throw StoreError(
                        .exportTooLarge, "there are more than \(Self.seriesMax) metric series; narrow the time")
                }
            }
        }
        guard !counts.isEmpty else { return }
        try await name(counts, store)
        entries.sort {
            ($0.table.rank, $0.exportID, $0.table.rawValue, $0.id)
                < ($1.table.rank, $1.exportID, $1.table.rawValue, $1.id)
        }
        try await findExemplars(store)
    }

    /// Gives each series the id by which it is sorted, and leaves out those that are not wanted.
    private mutating func name(_ counts: [UInt64: [PointTable: UInt64]], _ store: TelemetryStore) async throws {
        let services = Set(selection.services)
        var newest: [UInt64: (time: Int64, series: StoredSeries?, exportIDs: [PointTable: UInt64])] = [:]
        let remembers = counts.count <= Self.rememberedMax
        let exported = exported
        try await Self.read(
            counts.count <= Self.seriesPerChunk ? Array(counts.keys) : nil, store, selection.settings
        ) { id, time, series in
            guard let tables = counts[id], newest[id].map({ $0.time <= time }) ?? true,
                services.isEmpty || services.contains(series.service),
                !series.isDerived || selection.series != nil
            else { return }
            var ids: [PointTable: UInt64] = [:]
            for table in tables.keys where table.holds(series) {
                ids[table] = series.form == .otlp ? id : exported(series, table.kind).id
            }
            newest[id] = (time, remembers ? series : nil, ids)
        }
        if remembers { remembered = newest.compactMapValues(\.series) }
        for (id, found) in newest {
            for (table, exportID) in found.exportIDs {
                entries.append(
                    Entry(table: table, id: id, exportID: exportID, points: counts[id]?[table] ?? 0))
            }
        }
    }

    private mutating func findExemplars(_ store: TelemetryStore) async throws {
        let ids = Set(entries.map(\.id))
        let conditions = selection.times("point_time")
        var select = Select(
            [.init(.column("series_id"))], from: TelemetrySchema.metricExemplars.name,
            where: conditions.isEmpty ? nil : .and(conditions))
        select.isDistinct = true
        var found: Set<UInt64> = []
        try await store.engine.query(select.statement, access: .own(settings: selection.settings)) { batch in
            for row in 0..<batch.rows {
                let id = batch.columns[0].value(at: row).unsignedInteger ?? 0
                if ids.contains(id) { found.insert(id) }
            }
        }
        withExemplars = found
    }

    func hasExemplars(_ id: UInt64) -> Bool { withExemplars.contains(id) }

    /// Runs of series of one table, none with more points than a statement should read, but for a single series.
    var chunks: [Chunk] {
        var chunks: [Chunk] = []
        var begin = entries.startIndex
        var points: UInt64 = 0
        for index in entries.indices {
            if index > begin {
                let (first, previous, entry) = (entries[begin], entries[index - 1], entries[index])
                let isSameSeries = previous.exportID == entry.exportID && previous.table == entry.table
                let isFull =
                    points &+ entry.points > Self.pointsPerChunk || index - begin >= Self.seriesPerChunk
                if first.table != entry.table || (isFull && !isSameSeries) {
                    chunks.append(Chunk(table: first.table, entries: entries[begin..<index]))
                    begin = index
                    points = 0
                }
            }
            points &+= entries[index].points
        }
        if begin < entries.endIndex {
            chunks.append(Chunk(table: entries[begin].table, entries: entries[begin...]))
        }
        return chunks
    }

    /// What the series of a chunk are.
    func series(of chunk: Chunk, _ store: TelemetryStore) async throws -> [UInt64: StoredSeries] {
        if let remembered { return remembered }
        var newest: [UInt64: (time: Int64, series: StoredSeries)] = [:]
        try await Self.read(chunk.ids, store, selection.settings) { id, time, series in
            if newest[id].map({ $0.time <= time }) ?? true { newest[id] = (time, series) }
        }
        return newest.mapValues(\.series)
    }

    /// ```sql
    /// SELECT id, received_time, form, … FROM telemetry.metric_series WHERE id IN {p0:Array(UInt64)}
    /// ```
    /// A series has a row for each day, and for each description.
    private static func read(
        _ ids: [UInt64]?, _ store: TelemetryStore, _ settings: [(name: String, value: String)],
        receive: (UInt64, Int64, StoredSeries) -> Void
    ) async throws {
        let columns: [Identifier] = [
            "id", "received_time", "form", "name", "type", "unit", "description", "temporality", "is_monotonic",
            "service", "resource_id", "scope_id", "attributes", "attribute_types", "metadata",
        ]
        let select = Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.metricSeries.name,
            where: ids.map { .inArray(.column("id"), .unsigned($0.sorted())) })
        try await store.engine.query(select.statement, access: .own(settings: settings)) { batch in
            for row in 0..<batch.rows {
                let values = batch.columns.map { $0.value(at: row) }
                receive(
                    values[0].unsignedInteger ?? 0, values[1].timestamp?.nanoseconds ?? 0, StoredSeries(values))
            }
        }
    }
}

extension StoredSeries {
    fileprivate init(_ row: [ResultValue]) {
        self.init()
        form = SeriesForm(rawValue: row[2].text ?? "") ?? .otlp
        name = row[3].text ?? ""
        type = row[4].text ?? ""
        unit = row[5].text ?? ""
        description = row[6].text ?? ""
        temporality = Int32(truncatingIfNeeded: row[7].integer ?? 0)
        isMonotonic = row[8].unsignedInteger == 1
        service = row[9].text ?? ""
        resourceID = row[10].unsignedInteger ?? 0
        scopeID = row[11].unsignedInteger ?? 0
        attributes = row[12].attributes(signature: row[13])
        metadata = row[14].attributes(signature: .string(""))
    }
}
