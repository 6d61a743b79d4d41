import ClickHouse
import SQLSyntax
import TelemetryModel
import TelemetryStore

/// Finds the traces that a query can have an answer in, newest first: by the start of their newest span for which the
/// plan's driver holds and which overlaps the time.
struct CandidateSearch: Sendable {
    let engine: TraceEngine
    let plan: CandidatePlan
    let range: TraceTimeRange

    struct Candidate: Sendable, Equatable {
        var trace: TraceID
        /// Spans of the trace and the first and last of their starts, when they are known.
        var spans: Int?
        var bounds: ClosedRange<Int64>?
    }

    /// Hands over the candidates in lists; ends when `consume` says that it has enough.
    func run(limit: Int, _ consume: ([Candidate]) async throws -> Bool) async throws {
        if plan.driver.isNever || plan.requirements.contains(where: \.isNever) { return }
        var seen: Set<TraceID> = []
        var last: Int64?
        let limits = engine.limits
        var size = min(max(limit &* limits.rowsPerTrace, limits.pageRowsMin), limits.pageRowsMax)
        // A statement names the traces that were seen.
        for _ in 0..<limits.pagesMax where seen.count <= limits.tracesPerStepMax {
            let page = try await self.page(before: last, without: Array(seen), rows: size)
            var found: [Candidate] = []
            for (trace, _) in page where seen.insert(trace).inserted {
                found.append(Candidate(trace: trace, spans: nil, bounds: nil))
            }
            if !found.isEmpty, try await !consume(found) { return }
            if page.count < size { return }
            last = page.last?.start
            size = min(size * 4, limits.pageRowsMax)
        }
        let rest = try await all(time: range.overlap).filter { !seen.contains($0.trace) }
        if !rest.isEmpty { _ = try await consume(rest) }
    }

    private func page(
        before last: Int64?, without seen: [TraceID], rows: Int
    ) async throws -> [(trace: TraceID, start: Int64)] {
        let select = Self.page(plan, range, before: last, without: seen, rows: rows)
        var page: [(trace: TraceID, start: Int64)] = []
        try await engine.store.engine.query(
            select.statement, access: .own(settings: engine.limits.settings)
        ) { batch in
            guard batch.rows > 0 else { return }
            guard let traces = batch.columns[0].fixed(StoredTraceID.self),
                let starts = batch.columns[1].fixed(Int64.self)
            else { throw TraceQueryError(.internal, "the engine returned ids in a form that is not read here") }
            for row in 0..<batch.rows { page.append((traces[row].id, starts[row])) }
        }
        return page
    }

    /// ```sql
    /// SELECT trace_id, start_time FROM telemetry.spans WHERE <time> AND <driver> AND start_time <= …
    ///     AND NOT (trace_id IN (…)) ORDER BY start_time DESC LIMIT n
    /// ```
    /// The table is sorted by start, so the engine reads from the end and stops.
    static func page(
        _ plan: CandidatePlan, _ range: TraceTimeRange, before last: Int64?, without seen: [TraceID], rows: Int
    ) -> Select {
        var conditions = range.overlap
        if let last { conditions.append(.comparison(.column("start_time"), .lessOrEqual, .time(last))) }
        if !plan.driver.isAlways { conditions.append(plan.driver.sql) }
        if !seen.isEmpty { conditions.append(.not(.inTraces(seen))) }
        return Select(
            [.init(.column("trace_id")), .init(.column("start_time"))], from: TelemetrySchema.spans.name,
            where: conditions.isEmpty ? nil : .and(conditions),
            orderBy: [.init(.column("start_time"), descending: true)], limit: rows)
    }

    /// Every candidate with its size, by reading all spans once.
    ///
    /// - Parameter time: conditions on a span of the answer.
    func all(time: [Expression]) async throws -> [Candidate] {
        var candidates: [Candidate] = []
        try await engine.store.engine.query(
            Self.all(plan, time: time).statement, access: .own(settings: engine.limits.settings)
        ) { batch in
            guard batch.rows > 0 else { return }
            guard let traces = batch.columns[0].fixed(StoredTraceID.self),
                let spans = batch.columns[1].fixed(UInt64.self), let firsts = batch.columns[2].fixed(Int64.self),
                let lasts = batch.columns[3].fixed(Int64.self)
            else { throw TraceQueryError(.internal, "the engine returned ids in a form that is not read here") }
            for row in 0..<batch.rows {
                candidates.append(
                    Candidate(
                        trace: traces[row].id, spans: Int(spans[row]),
                        bounds: firsts[row]...max(firsts[row], lasts[row])))
            }
        }
        return candidates
    }

    /// ```sql
    /// SELECT trace_id, count(), min(start_time), max(start_time) FROM telemetry.spans
    ///     WHERE trace_id IN (SELECT trace_id FROM telemetry.spans WHERE <time> AND <driver>) GROUP BY trace_id
    ///     HAVING countIf(<time> AND <driver>) > 0 AND countIf(<requirement>) > 0 …
    ///     ORDER BY maxIf(start_time, <time> AND <driver>) DESC
    /// ```
    static func all(_ plan: CandidatePlan, time: [Expression]) -> Select {
        let driver = Expression.and(time + (plan.driver.isAlways ? [] : [plan.driver.sql]))
        // Only what a condition leaves is grouped; without one the subquery would be every trace.
        let isNarrow = !time.isEmpty || !plan.driver.isAlways
        let having = ([driver] + plan.requirements.filter { !$0.isAlways }.map(\.sql)).map {
            Expression.comparison(.call("countIf", $0), .greater, .integer(0))
        }
        var select = Select(
            [
                .init(.column("trace_id")), .init(.call("count"), as: "spans"),
                .init(.call("min", .column("start_time")), as: "first"),
                .init(.call("max", .column("start_time")), as: "last"),
            ], from: TelemetrySchema.spans.name,
            where: isNarrow
                ? .inSubquery(
                    .column("trace_id"),
                    Select([.init(.column("trace_id"))], from: TelemetrySchema.spans.name, where: driver)) : nil,
            groupBy: [.column("trace_id")],
            orderBy: [.init(.call("maxIf", .column("start_time"), driver), descending: true)])
        select.having = .and(having)
        return select
    }
}

extension TraceTimeRange {
    /// The same without a bound that no stored span is outside of: a condition on time costs 3 ms of planning.
    func within(_ times: SpanTimes) -> TraceTimeRange {
        let (earliest, latest) = times.bounds
        return TraceTimeRange(
            start: start.flatMap { $0 <= earliest ? nil : $0 }, end: end.flatMap { $0 > latest ? nil : $0 })
    }

    /// Conditions on a span that it overlaps the time; one that ends before it starts is where it starts. The second is an expression that has an index.
    var overlap: [Expression] {
        var conditions: [Expression] = []
        if let end { conditions.append(.comparison(.column("start_time"), .less, .time(end))) }
        if let start {
            conditions.append(
                .comparison(
                    .call(
                        "plus", .call("toUnixTimestamp64Nano", .column("start_time")),
                        .call("greatest", .column("duration"), .integer(0))),
                    .greaterOrEqual, .integer(start)))
        }
        return conditions
    }

    /// Whether a span overlaps the time.
    func overlaps(start spanStart: Int64, duration: Int64) -> Bool {
        if let end, spanStart >= end { return false }
        if let start, spanStart &+ max(duration, 0) < start { return false }
        return true
    }
}
