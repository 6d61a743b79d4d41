import PromQLEvaluation
import TelemetryModel
import TelemetryStore
import TraceQL
import TraceQLEvaluation

extension TraceEngine {
    /// See `TraceQueries.search`.
    package func search(
        _ request: TraceSearchRequest, progress: @Sendable (TraceSearchProgress) async throws -> Void
    ) async throws -> TraceSearchResult {
        guard case .search(let pipeline) = request.query.body else {
            throw TraceQueryError(.invalid, "this is a metrics query; ask /api/metrics/query_range for it")
        }
        return try await answering {
            if let filter = try await FilterSearch.make(request, pipeline, self), let result = try await filter.run() {
                try await progress(
                    TraceSearchProgress(
                        traces: result.traces, inspectedTraces: result.inspectedTraces,
                        inspectedSpans: result.inspectedSpans))
                return result
            }
            let deadline = self.deadline
            let plan = try await CandidatePlan.make(pipeline, lowering(for: .candidates))
            let loader = self.loader(pipeline.attributes)
            var result = TraceSearchResult(traces: [], inspectedTraces: 0, inspectedSpans: 0)
            let candidates = CandidateSearch(engine: self, plan: plan, range: request.range.within(store.spanTimes))
            try await candidates.run(limit: request.limit) { candidates in
                // The last is next.
                var steps = Array(self.steps(candidates).reversed())
                while let step = steps.popLast() {
                    try Task.checkCancellation()
                    try check(deadline)
                    guard let table = try await load(step, loader, halves: &steps) else { continue }
                    result.inspectedTraces += table.traceIDs.count
                    result.inspectedSpans += table.rows
                    let finder = TraceFinder(request, pipeline, order: step.map(\.trace))
                    let wanted = request.limit - result.traces.count
                    let found = try await self.found(finder, in: table, wanted)
                    result.traces += found
                    try await progress(
                        TraceSearchProgress(
                            traces: found, inspectedTraces: result.inspectedTraces,
                            inspectedSpans: result.inspectedSpans))
                    if result.traces.count >= request.limit { return false }
                }
                return true
            }
            return result
        }
    }

    /// Evaluates a table; a large one on a thread of its own.
    func found(_ finder: TraceFinder, in table: SpanTable, _ wanted: Int) async throws -> [FoundTrace] {
        guard table.rows > limits.spansInPlace else { return try finder.traces(in: table, limit: wanted) }
        return try await EvaluationThread.run { Result { try finder.traces(in: table, limit: wanted) } }.get()
    }

    /// The traces of a step. Traces whose sizes were not known may be too many spans to load at once: then the halves of
    /// the step take its place.
    func load(
        _ step: ArraySlice<CandidateSearch.Candidate>, _ loader: SpanTableLoader,
        halves steps: inout [ArraySlice<CandidateSearch.Candidate>]
    ) async throws -> SpanTable? {
        do {
            return try await loader.load(step.map(\.trace), bounds: Self.bounds(step))
        } catch let error as TraceQueryError where error.kind == .tooLarge && step.count > 1 {
            let middle = step.startIndex + step.count / 2
            steps.append(step[middle...])
            steps.append(step[..<middle])
            return nil
        }
    }

    /// Candidates in lists of about as many spans as are good to evaluate at once.
    func steps(_ candidates: [CandidateSearch.Candidate]) -> [ArraySlice<CandidateSearch.Candidate>] {
        var steps: [ArraySlice<CandidateSearch.Candidate>] = []
        var begin = 0
        var spans = 0
        // Most searches end in the first step; one that goes on takes larger ones, as each costs its planning.
        var tracesPerStep = limits.tracesPerStep
        for index in candidates.indices {
            spans += candidates[index].spans ?? max(1, limits.spansPerStep / tracesPerStep)
            if spans >= limits.spansPerStep || index - begin + 1 >= limits.tracesPerStepMax {
                steps.append(candidates[begin...index])
                begin = index + 1
                spans = 0
                tracesPerStep = min(tracesPerStep * 2, limits.tracesPerStep * 32)
            }
        }
        if begin < candidates.count { steps.append(candidates[begin...]) }
        return steps
    }

    static func bounds(_ step: ArraySlice<CandidateSearch.Candidate>) -> ClosedRange<Int64>? {
        var all: ClosedRange<Int64>?
        for candidate in step {
            guard let bounds = candidate.bounds else { return nil }
            all =
                all.map { min($0.lowerBound, bounds.lowerBound)...max($0.upperBound, bounds.upperBound) } ?? bounds
        }
        return all
    }
}

/// Evaluates a search over a table and shows what it found.
struct TraceFinder: Sendable {
    let request: TraceSearchRequest
    let pipeline: Pipeline
    let order: [TraceID]

    init(_ request: TraceSearchRequest, _ pipeline: Pipeline, order: [TraceID]) {
        self.request = request
        self.pipeline = pipeline
        self.order = order
    }

    /// The traces with an answer that overlaps the time, in the order of the candidates.
    func traces(in table: SpanTable, limit: Int) throws(TraceQLEvaluationError) -> [FoundTrace] {
        let fields = try FieldEvaluator(table)
        var evaluator = PipelineEvaluator(pipeline, over: fields)
        var places: [TraceID: Int] = [:]
        for (index, trace) in table.traceIDs.enumerated() { places[trace] = index }
        let shown = pipeline.attributes.filter(\.isShown).map { ($0.key, fields.column($0)) }
        var found: [FoundTrace] = []
        var shownSpans = 0
        for trace in order {
            guard let index = places[trace] else { continue }
            let matches = try evaluator.matches(inTrace: index)
            let isInRange = matches.contains { match in
                match.rows.contains {
                    request.range.overlaps(start: table.starts[Int($0)], duration: table.durations[Int($0)])
                }
            }
            guard isInRange else { continue }
            shownSpans += matches.reduce(0) { $0 + request.shown(of: $1.rows.count) }
            guard shownSpans <= TraceSearchRequest.shownSpansMax else { throw request.tooManyShown }
            var answer = FoundTrace(index, of: table)
            answer.spansets = matches.map { match in
                let rows = request.spansPerSpanset > 0 ? match.rows.prefix(request.spansPerSpanset) : match.rows[...]
                return FoundTrace.Spanset(
                    attributes: match.groups.map { ("by(\($0.expression))", $0.value) }
                        + match.scalars.map { ("\($0.expression)", $0.value) },
                    spans: rows.map { FoundSpan(Int($0), of: table, shown) }, matched: match.rows.count)
            }
            found.append(answer)
            if found.count >= limit { break }
        }
        return found
    }
}

extension TraceSearchRequest {
    /// Spans shown in one answer.
    static let shownSpansMax = 1_000_000

    func shown(of matched: Int) -> Int { spansPerSpanset > 0 ? min(spansPerSpanset, matched) : matched }

    var tooManyShown: TraceQLEvaluationError {
        TraceQLEvaluationError(
            .overLimit,
            "the answer has more than \(Self.shownSpansMax) spans; ask for fewer of each trace, or fewer traces")
    }
}

extension FoundTrace {
    /// The trace without spansets.
    init(_ trace: Int, of table: SpanTable) {
        let rows = table.traceOffsets[trace]..<table.traceOffsets[trace + 1]
        var end = Int64.min
        var services: [UInt32: ServiceStatistics] = [:]
        var root: Int?
        for row in rows {
            let (rowEnd, isPast) = table.starts[row].addingReportingOverflow(table.durations[row])
            end = max(end, isPast ? .max : rowEnd)
            var statistics = services[table.services.codes[row]] ?? ServiceStatistics(spans: 0, errors: 0)
            statistics.spans += 1
            if table.statuses[row] == 2 { statistics.errors += 1 }
            services[table.services.codes[row]] = statistics
            if root == nil, table.parentIDs[row].isZero { root = row }
        }
        let start = rows.first.map { table.starts[$0] } ?? 0
        let ids = Set(table.spanIDs[rows])
        let orphans = rows.reduce(0) { count, row in
            table.parentIDs[row].isZero || ids.contains(table.parentIDs[row]) ? count : count + 1
        }
        self.init(
            id: table.traceIDs[trace],
            rootService: root.map { table.services.values[Int(table.services.codes[$0])] },
            rootName: root.map { table.names.values[Int(table.names.codes[$0])] }, start: start,
            duration: max(end &- start, 0),
            services: Dictionary(
                uniqueKeysWithValues: services.map { (table.services.values[Int($0.key)], $0.value) }),
            spansets: [])
        self.orphans = orphans
    }
}

extension FoundSpan {
    init(_ row: Int, of table: SpanTable, _ shown: [(key: String, column: ValueColumn)]) {
        self.init(
            id: table.spanIDs[row], name: table.names.values[Int(table.names.codes[row])],
            service: table.services.values[Int(table.services.codes[row])], start: table.starts[row],
            duration: table.durations[row],
            attributes: shown.compactMap { shown in
                let value = shown.column.firstValue(at: row)
                return value == .none ? nil : (shown.key, value)
            })
    }
}

extension Attribute {
    /// What is a member of every found span or trace need not be shown as an attribute.
    var isShown: Bool {
        switch target {
        case .attribute: true
        case .intrinsic(let intrinsic):
            switch intrinsic {
            case .name, .duration, .traceDuration, .rootName, .rootService, .traceID, .spanID: ofParent
            default: true
            }
        }
    }

    /// As Tempo names an attribute of a found span: without its scope.
    var key: String {
        switch target {
        case .attribute(_, let name): ofParent ? "parent.\(name)" : name
        case .intrinsic: description
        }
    }
}
