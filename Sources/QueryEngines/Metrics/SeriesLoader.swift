import ClickHouse
import PromQLEvaluation
import PrometheusModel
import SQLSyntax
import Synchronization
import TelemetryModel
import TelemetryStore

/// Loads rows of `metric_series` into an index; one load at a time.
///
/// Mostly only what has arrived since the last load is read. Once a day everything is read into a new index, which takes
/// the place of the old one: so series leave it that retention has removed.
final class SeriesLoader: Sendable {
    private struct State {
        var targets: [UInt64: ResourceLabels] = [:]
        /// Of the newest row that is in the index, nanoseconds; nil before the first load.
        var newest: Int64?
        /// Of the last load of everything, from 1970.
        var day: Int64 = 0
        var generation: UInt64?
        var indexGeneration: UInt64 = 0
    }

    private let store: TelemetryStore
    private let limits: MetricStoreLimits
    private let gate = AdmissionGate(width: 1, waitersMax: 1024)
    private let state = Mutex(State())

    /// Rows of a block may have arrived this much before those of the one before it: a request waits for its turn, but
    /// has the time of its arrival.
    private static let overlap: Int64 = 60_000_000_000
    private static let dayLength: Int64 = 86_400_000_000_000

    init(_ store: TelemetryStore, _ limits: MetricStoreLimits) {
        self.store = store
        self.limits = limits
    }

    private var isUpToDate: Bool {
        let today = Timestamp.now().nanoseconds / Self.dayLength
        return state.withLock { $0.generation == store.seriesGeneration && $0.day == today }
    }

    func refresh(_ index: borrowing Mutex<SeriesIndex>) async throws {
        guard !isUpToDate else { return }
        try await gate.enter()
        do {
            // Somebody else may have loaded them meanwhile.
            if !isUpToDate { try await load(index) }
        } catch {
            await gate.leave()
            throw error
        }
        await gate.leave()
    }

    private func load(_ index: borrowing Mutex<SeriesIndex>) async throws {
        var next = state.withLock { $0 }
        // Read first: what is written while the rows are read is looked for the next time.
        next.generation = store.seriesGeneration
        let now = Timestamp.now().nanoseconds
        let isWhole = next.newest == nil || next.day != now / Self.dayLength
        // Rows of a clock that ran ahead must not hide what comes after them.
        let since = isWhole ? nil : next.newest.map { min($0, now) - Self.overlap }
        if isWhole {
            next.targets = [:]
            next.newest = 0
            next.day = now / Self.dayLength
            next.indexGeneration += 1
        }
        for (id, target) in try await loadTargets(arrived(since)) { next.targets[id] = target }
        let metadata = try await loadMetadata(since)
        var fresh = SeriesIndex(generation: next.indexGeneration)
        let missing = try await addRows(since, isWhole, to: &fresh, index, &next, isLastPass: false)
        if !missing.isEmpty {
            // Resources that were written between the two reads; a resource that is gone leaves its series without a job.
            let isListed = missing.count <= SeriesFilter.listedMax
            let found = try await loadTargets(
                isListed ? .inArray(.column("id"), .unsigned(missing.sorted())) : nil)
            for (id, target) in found { next.targets[id] = target }
            _ = try await addRows(since, isWhole, to: &fresh, index, &next, isLastPass: true)
        }
        let whole = fresh
        index.withLock { index in
            if isWhole { index = whole }
            for (name, data) in metadata { index.addMetadata(data, of: name) }
        }
        let loaded = next
        state.withLock { $0 = loaded }
    }

    /// Reads rows into the new index, or into the one in use.
    ///
    /// - Returns: resources that are not known; rows that refer to them are left for the last pass.
    private func addRows(
        _ since: Int64?, _ isWhole: Bool, to fresh: inout SeriesIndex, _ index: borrowing Mutex<SeriesIndex>,
        _ next: inout State,
        isLastPass: Bool
    ) async throws -> Set<UInt64> {
        var missing: Set<UInt64> = []
        let targets = next.targets
        var newest = next.newest ?? 0
        var building = fresh
        fresh = SeriesIndex()
        try await read(since) { batch, times in
            newest = max(newest, times.max() ?? 0)
            func target(_ resource: UInt64) -> ResourceLabels? {
                if resource == 0 { return ResourceLabels.none }
                if let known = targets[resource] { return known }
                missing.insert(resource)
                return isLastPass ? ResourceLabels.none : nil
            }
            let count: Int
            if isWhole {
                Self.add(batch, times, target, to: &building)
                count = building.count
            } else {
                count = index.withLock { index in
                    Self.add(batch, times, target, to: &index)
                    return index.count
                }
            }
            if count > limits.seriesMax { throw overLimit }
        }
        fresh = building
        next.newest = newest
        return missing
    }

    private var overLimit: QueryError {
        QueryError(.execution, "the store has more than \(limits.seriesMax) metric series")
    }

    // Without the time limit of queries: a load that is broken off is begun anew by the next query.
    private var access: StatementAccess { .own(settings: limits.settings.filter { $0.name != "max_execution_time" }) }

    /// ```sql
    /// SELECT id, received_time, form, … FROM telemetry.metric_series WHERE received_time >= …
    /// ```
    private func read(
        _ since: Int64?, consume: (ResultBatch, UnsafeBufferPointer<Int64>) throws -> Void
    ) async throws {
        let columns: [Identifier] = [
            "id", "received_time", "form", "name", "type", "unit", "description", "temporality", "is_monotonic",
            "resource_id", "attributes",
        ]
        let select = Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.metricSeries.name, where: arrived(since))
        try await store.engine.query(select.statement, access: access) { batch in
            guard batch.rows > 0, let times = batch.columns[1].fixed(Int64.self) else { return }
            try consume(batch, times)
        }
    }

    private func arrived(_ since: Int64?) -> Expression? {
        since.map {
            .comparison(.column("received_time"), .greaterOrEqual, .call("fromUnixTimestamp64Nano", .integer($0)))
        }
    }

    private static func add(
        _ batch: ResultBatch, _ times: UnsafeBufferPointer<Int64>, _ target: (UInt64) -> ResourceLabels?,
        to index: inout SeriesIndex
    ) {
        let columns = batch.columns
        for row in 0..<batch.rows {
            let id = columns[0].value(at: row).unsignedInteger ?? 0
            let day = Int32(truncatingIfNeeded: times[row] / dayLength)
            let form = SeriesForm(rawValue: columns[2].text(at: row)) ?? .otlp
            let type = columns[4].text(at: row)
            let (unit, description) = (columns[5].text(at: row), columns[6].text(at: row))
            if index.touch(id, day: day) {
                // A row of a known series is there because of another day, or because its description is new.
                if form == .prometheus {
                    let type = MetricType(rawValue: type) ?? .unknown
                    index.addMetadata(
                        MetricMetadata(type: type, help: description, unit: unit),
                        of: MetricFamilyName.family(of: columns[3].text(at: row), type: type))
                }
                continue
            }
            guard let target = target(columns[9].value(at: row).unsignedInteger ?? 0) else { continue }
            index.add(
                StoredSeries(
                    id: id, form: form, name: columns[3].text(at: row), type: type, unit: unit,
                    description: description, temporality: columns[7].value(at: row).integer ?? 0,
                    isMonotonic: columns[8].value(at: row).integer == 1, attributes: attributes(columns[10], row),
                    day: day),
                of: target)
        }
    }

    private static func attributes(_ column: ResultColumn, _ row: Int) -> [(key: String, value: String)] {
        guard let (offsets, keys, values) = column.map else {
            return (column.value(at: row).pairs ?? []).map { ($0.key.text ?? "", $0.value.text ?? "") }
        }
        return (Int(offsets[row])..<Int(offsets[row + 1])).map { (keys.text(at: $0), values.text(at: $0)) }
    }

    private func loadTargets(_ condition: Expression?) async throws -> [UInt64: ResourceLabels] {
        var found: [UInt64: ResourceLabels] = [:]
        let columns: [Identifier] = ["id", "attributes"]
        let select = Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.resources.name, where: condition)
        try await store.engine.query(select.statement, access: access) { batch in
            for row in 0..<batch.rows {
                let id = batch.columns[0].value(at: row).unsignedInteger ?? 0
                if found[id] == nil { found[id] = ResourceLabels(Self.attributes(batch.columns[1], row)) }
            }
        }
        return found
    }

    private func loadMetadata(_ since: Int64?) async throws -> [(String, MetricMetadata)] {
        let columns: [Identifier] = ["name", "type", "unit", "description"]
        let select = Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.metricMetadata.name, where: arrived(since),
            orderBy: [.init(.column("received_time"))])
        return try await store.engine.rows(select.statement, access: access).map { row in
            (
                row[0].text ?? "",
                MetricMetadata(
                    type: MetricType(rawValue: row[1].text ?? "") ?? .unknown, help: row[3].text ?? "",
                    unit: row[2].text ?? "")
            )
        }
    }
}
