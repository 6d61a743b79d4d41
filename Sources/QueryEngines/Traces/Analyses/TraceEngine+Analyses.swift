import ClickHouse
import PromQLEvaluation
import SQLSyntax
package import TelemetryModel
package import TraceAnalysis
import TelemetryStore
package import TraceQL
import TraceQLEvaluation

extension TraceEngine: TraceAnalyses {
    package func skeleton(_ id: TraceID) async throws -> TraceSkeleton? {
        try await answering {
            let table = try await loader([]).load([id])
            return table.traceIDs.isEmpty ? nil : TraceSkeleton(0, of: table)
        }
    }

    package func spans(_ ids: [SpanID], of trace: TraceID) async throws -> StoredTrace {
        try await answering { try await store.spans(ids, of: trace, settings: limits.settings) }
    }

    package func spans(answering pipeline: Pipeline, in trace: TraceID) async throws -> [SpanID]? {
        try await answering {
            let table = try await loader(pipeline.attributes).load([trace])
            guard !table.traceIDs.isEmpty else { return nil }
            return try await EvaluationThread.run {
                Result {
                    let fields = try FieldEvaluator(table)
                    var evaluator = PipelineEvaluator(pipeline, over: fields)
                    let rows = Set(try evaluator.matches(inTrace: 0).flatMap(\.rows))
                    return rows.sorted().map { table.spanIDs[Int($0)] }
                }
            }.get()
        }
    }

    package func spans(containing text: String, in trace: TraceID, limit: Int) async throws -> [SpanID] {
        try await answering {
            let rows = try await rows(Self.textSearch(text, in: trace, limit: limit))
            return rows.compactMap { $0[0].rawBytes.flatMap { SpanID(bytes: $0) } }
        }
    }

    /// ```sql
    /// SELECT span_id FROM telemetry.spans WHERE trace_id = unhex(…) AND (positionCaseInsensitiveUTF8(name, {…}) > 0 OR …)
    ///     ORDER BY start_time, span_id LIMIT n
    /// ```
    static func textSearch(_ text: String, in trace: TraceID, limit: Int) -> Select {
        let needle = Expression.parameter(.string(text))
        func has(_ haystack: Expression) -> Expression {
            .comparison(.call("positionCaseInsensitiveUTF8", haystack, needle), .greater, .integer(0))
        }
        func any(_ list: Expression) -> Expression { .call("arrayExists", .lambda("item", has(.column("item"))), list) }
        return Select(
            [.init(.column("span_id"))], from: TelemetrySchema.spans.name,
            where: .and([
                .inTraces([trace]),
                .or([
                    has(.column("name")), has(.column("service")), has(.column("status_message")),
                    any(.call("mapKeys", .column("attributes"))), any(.call("mapValues", .column("attributes"))),
                    any(.column("event_names")),
                ]),
            ]), orderBy: [.init(.column("start_time")), .init(.column("span_id"))], limit: limit)
    }

    package func visitTraces(
        answering query: Query, _ range: TraceTimeRange, limit: Int,
        visit: @Sendable (AnalysedTrace) async throws -> Void
    ) async throws -> TraceVisit {
        guard case .search(let pipeline) = query.body else {
            throw TraceQueryError(.invalid, "this is a metrics query; a query that finds spans is needed")
        }
        return try await answering {
            let deadline = self.deadline
            let plan = try await CandidatePlan.make(pipeline, lowering(for: .candidates))
            let statements = StatementFields()
            let loader = self.loader(pipeline.attributes + statements.attributes)
            var answer = TraceVisit(traces: 0, spans: 0, isComplete: true)
            let candidates = CandidateSearch(engine: self, plan: plan, range: range)
            try await candidates.run(limit: limit) { candidates in
                var steps = Array(self.steps(candidates).reversed())
                while let step = steps.popLast() {
                    try Task.checkCancellation()
                    try check(deadline)
                    guard let table = try await load(step, loader, halves: &steps) else { continue }
                    let order = step.map(\.trace)
                    let room = limit - answer.traces
                    // One more than there is room for tells that there are more.
                    let found = try await EvaluationThread.run {
                        Result {
                            try statements.traces(in: table, answering: pipeline, range, order: order, limit: room + 1)
                        }
                    }.get()
                    for trace in found {
                        guard answer.traces < limit else {
                            answer.isComplete = false
                            return false
                        }
                        try await visit(trace)
                        answer.traces += 1
                        answer.spans += trace.skeleton.count
                    }
                }
                return true
            }
            return answer
        }
    }
}

/// Reads the statements of database spans from a table.
struct StatementFields: Sendable {
    private let keys = StatementAttribute.keys.map { Attribute(.attribute(.span, $0)) }
    private let systems = StatementAttribute.systemKeys.map { Attribute(.attribute(.span, $0)) }

    var attributes: [Attribute] { keys + systems }

    func traces(
        in table: SpanTable, answering pipeline: Pipeline, _ range: TraceTimeRange, order: [TraceID], limit: Int
    ) throws(TraceQLEvaluationError) -> [AnalysedTrace] {
        let fields = try FieldEvaluator(table)
        var evaluator = PipelineEvaluator(pipeline, over: fields)
        var places: [TraceID: Int] = [:]
        for (index, trace) in table.traceIDs.enumerated() { places[trace] = index }
        let texts = keys.map { ($0, fields.column($0)) }
        let systems = systems.map { fields.column($0) }
        var found: [AnalysedTrace] = []
        for id in order where found.count < limit {
            guard let trace = places[id] else { continue }
            let matched = Set(try evaluator.matches(inTrace: trace).flatMap(\.rows)).sorted().map { Int($0) }
            let isInRange = matched.contains {
                range.overlaps(start: table.starts[$0], duration: table.durations[$0])
            }
            guard isInRange else { continue }
            let rows = table.traceOffsets[trace]..<table.traceOffsets[trace + 1]
            var statements: [AnalysedTrace.Statement] = []
            for row in rows {
                for (attribute, column) in texts {
                    guard case .string(let text) = column.firstValue(at: row), !text.isEmpty else { continue }
                    let system = systems.lazy.compactMap { column -> String? in
                        if case .string(let name) = column.firstValue(at: row) { return name }
                        return nil
                    }.first
                    guard case .attribute(_, let key) = attribute.target else { continue }
                    statements.append(
                        AnalysedTrace.Statement(row: row - rows.lowerBound, text: text, system: system ?? "", key: key))
                    break
                }
            }
            found.append(
                AnalysedTrace(
                    id: id, skeleton: TraceSkeleton(trace, of: table), statements: statements,
                    matched: matched.map { $0 - rows.lowerBound }))
        }
        return found
    }
}

extension TraceSkeleton {
    /// One trace of a table.
    init(_ trace: Int, of table: SpanTable) {
        let rows = table.traceOffsets[trace]..<table.traceOffsets[trace + 1]
        let services = Names(table.services, rows)
        let operations = Names(table.names, rows)
        self.init(
            spanIDs: Array(table.spanIDs[rows]), parentIDs: Array(table.parentIDs[rows]),
            starts: Array(table.starts[rows]), durations: Array(table.durations[rows]), services: services.codes,
            operations: operations.codes, kinds: table.kinds[rows].map { UInt8(clamping: $0) },
            statuses: table.statuses[rows].map { UInt8(clamping: $0) }, serviceNames: services.values,
            operationNames: operations.values)
    }

    /// The texts of some rows of a column, without those of others.
    private struct Names {
        var values: [String] = []
        var codes: [UInt32] = []

        init(_ column: TextColumn, _ rows: Range<Int>) {
            var known: [UInt32: UInt32] = [:]
            codes.reserveCapacity(rows.count)
            for row in rows {
                let code = column.codes[row]
                if let place = known[code] {
                    codes.append(place)
                } else {
                    let place = UInt32(values.count)
                    known[code] = place
                    values.append(column.values[Int(code)])
                    codes.append(place)
                }
            }
        }
    }
}
