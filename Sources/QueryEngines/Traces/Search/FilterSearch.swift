import ClickHouse
import SQLSyntax
import TelemetryModel
import TelemetryStore
import TraceQL
import TraceQLEvaluation

/// A search by one filter that SQL says exactly, which is what people ask most: one statement gives the matching spans
/// with what is shown of them, a second their traces without attributes.
///
/// The general way reads the attributes of all spans of the traces it finds, which for twenty traces costs more than
/// finding them.
struct FilterSearch: Sendable {
    /// Pages tried, each larger; a filter that needs more is answered in the general way.
    private static let pagesMax = 3

    let engine: TraceEngine
    let request: TraceSearchRequest
    let pipeline: Pipeline
    let filter: RowCondition
    let readings: [FieldReading]
    /// Fields of resources and scopes.
    let referenced: [Attribute]
    /// The time of the request without bounds that no span was outside of when it began.
    let range: TraceTimeRange

    /// Nil when the query is not of this kind.
    static func make(
        _ request: TraceSearchRequest, _ pipeline: Pipeline, _ engine: TraceEngine
    ) async throws -> FilterSearch? {
        guard case .spansets(.filter) = pipeline.stages.first else { return nil }
        for stage in pipeline.stages.dropFirst() {
            guard case .select = stage else { return nil }
        }
        let keys = engine.store.attributeKeys
        let pipeline = pipeline.scoped(by: keys)
        guard case .spansets(.filter(let expression)) = pipeline.stages.first else { return nil }
        var readings: [FieldReading] = []
        var referenced: [Attribute] = []
        for attribute in pipeline.attributes where attribute.isShown {
            guard !attribute.ofParent else { return nil }
            switch attribute.target {
            case .intrinsic(let intrinsic) where !intrinsic.isOfRow: return nil
            case .attribute(.any, _): return nil
            default: break
            }
            if let reading = FieldReading(attribute.target, keys: keys) {
                if case .referenced = reading.form {
                    referenced.append(attribute)
                } else {
                    readings.append(reading)
                }
            }
        }
        let filter = try await engine.lowering(for: .answer).lower(expression)
        guard filter.isExact else { return nil }
        return FilterSearch(
            engine: engine, request: request, pipeline: pipeline, filter: filter, readings: readings,
            referenced: referenced, range: request.range.within(engine.store.spanTimes))
    }

    /// Nil when it takes more pages than are tried.
    func run() async throws -> TraceSearchResult? {
        if filter.isNever || request.limit <= 0 {
            return TraceSearchResult(traces: [], inspectedTraces: 0, inspectedSpans: 0)
        }
        // A trace has some ten spans in the middle, of which few match.
        let rowsPerTrace = filter.isAlways ? engine.limits.rowsPerTrace : 6
        var rows = min(max(request.limit &* rowsPerTrace, 64), engine.limits.pageRowsMax)
        for _ in 0..<Self.pagesMax {
            let page = try await self.page(rows)
            let isAll = page.rows < rows
            if isAll || page.traces.count >= request.limit {
                // More than one statement should name, or more spans than are held at once: the general way takes them
                // in parts.
                guard min(page.traces.count, request.limit) <= engine.limits.tracesPerStepMax else { return nil }
                do {
                    return try await answer(page, isAll: isAll)
                } catch let error as TraceQueryError where error.kind == .tooLarge {
                    return nil
                }
            }
            guard rows < engine.limits.pageRowsMax else { return nil }
            rows = min(rows * 8, engine.limits.pageRowsMax)
        }
        return nil
    }

    // MARK: Matching spans

    /// Matching spans, newest first.
    private struct Page {
        /// In order of their first span.
        var traces: [TraceID] = []
        var spans: [TraceID: [(id: SpanID, row: Int)]] = [:]
        var lastStart = Int64.min
        var rows = 0
        var fields: [(target: Attribute.Target, column: FieldColumn)] = []
    }

    private func page(_ rows: Int) async throws -> Page {
        var page = Page()
        var collectors = readings.map { FieldCollector($0) }
        try await engine.store.engine.query(
            Self.select(filter, range, readings, rows: rows).statement,
            access: .own(settings: engine.limits.settings)
        ) { batch in
            guard batch.rows > 0 else { return }
            guard let traces = batch.columns[0].fixed(StoredTraceID.self),
                let starts = batch.columns[1].fixed(Int64.self), let spans = batch.columns[2].fixed(StoredSpanID.self)
            else { throw TraceQueryError(.internal, "the engine returned spans in a form that is not read here") }
            for row in 0..<batch.rows {
                let trace = traces[row].id
                if page.spans[trace] == nil { page.traces.append(trace) }
                page.spans[trace, default: []].append((spans[row].id, page.rows + row))
                page.lastStart = starts[row]
            }
            page.rows += batch.rows
            var column = 3
            for index in collectors.indices {
                let width = collectors[index].width
                try collectors[index].add(Array(batch.columns[column..<column + width]), rows: batch.rows)
                column += width
            }
        }
        page.fields = zip(readings, collectors).map { ($0.target, $1.column) }
        return page
    }

    /// ```sql
    /// SELECT trace_id, start_time, span_id, … FROM telemetry.spans WHERE <time> AND <filter>
    ///     ORDER BY start_time DESC LIMIT n
    /// ```
    static func select(
        _ filter: RowCondition, _ range: TraceTimeRange, _ readings: [FieldReading], rows: Int
    ) -> Select {
        var conditions = range.overlap
        if !filter.isAlways { conditions.append(filter.sql) }
        return Select(
            [.init(.column("trace_id")), .init(.column("start_time")), .init(.column("span_id"))]
                + readings.flatMap(\.allOutputs).enumerated().map {
                    .init($0.element, as: Identifier("f\($0.offset)"))
                },
            from: TelemetrySchema.spans.name, where: conditions.isEmpty ? nil : .and(conditions),
            orderBy: [.init(.column("start_time"), descending: true)], limit: rows)
    }

    // MARK: Their traces

    private func answer(_ page: Page, isAll: Bool) async throws -> TraceSearchResult {
        let wanted = Array(page.traces.prefix(request.limit))
        let table = try await engine.loader(referenced).load(wanted)
        let fields = try FieldEvaluator(table)
        let shown: [(key: String, column: ShownColumn)] = pipeline.attributes.filter(\.isShown).map { attribute in
            if let field = page.fields.first(where: { $0.target == attribute.target }) {
                return (attribute.key, .ofPage(field.column))
            }
            return (attribute.key, .ofTable(fields.column(attribute)))
        }
        var places: [TraceID: Int] = [:]
        for (index, trace) in table.traceIDs.enumerated() { places[trace] = index }
        var found: [TraceID: FoundTrace] = [:]
        var unsure: [TraceID] = []
        var shownSpans = 0
        for trace in wanted {
            guard let place = places[trace] else { continue }
            guard let rows = rows(of: trace, at: place, in: table, page, isAll: isAll) else {
                unsure.append(trace)
                continue
            }
            shownSpans += request.shown(of: rows.count)
            guard shownSpans <= TraceSearchRequest.shownSpansMax else { throw request.tooManyShown }
            var answer = FoundTrace(place, of: table)
            let spans = request.spansPerSpanset > 0 ? rows.prefix(request.spansPerSpanset) : rows[...]
            answer.spansets = [
                FoundTrace.Spanset(
                    spans: spans.map { FoundSpan($0.table, page: $0.page, of: table, shown) }, matched: rows.count)
            ]
            found[trace] = answer
        }
        if !unsure.isEmpty {
            for trace in try await evaluated(unsure) { found[trace.id] = trace }
        }
        return TraceSearchResult(
            traces: wanted.compactMap { found[$0] }, inspectedTraces: table.traceIDs.count, inspectedSpans: table.rows)
    }

    /// The matching spans of a trace as rows of the table and of the page, sorted by start; nil when the page may lack
    /// some: those that start where it ends, or that do not overlap the time.
    private func rows(
        of trace: TraceID, at place: Int, in table: SpanTable, _ page: Page, isAll: Bool
    ) -> [(table: Int, page: Int)]? {
        let all = table.traceOffsets[place]..<table.traceOffsets[place + 1]
        guard isAll || table.starts[all.lowerBound] > page.lastStart else { return nil }
        var places: [SpanID: Int] = [:]
        for row in all {
            guard request.range.overlaps(start: table.starts[row], duration: table.durations[row]) else { return nil }
            // Which of two spans with one id it was, the page does not tell.
            guard places.updateValue(row, forKey: table.spanIDs[row]) == nil else { return nil }
        }
        var rows: [(table: Int, page: Int)] = []
        for span in page.spans[trace] ?? [] {
            // A span that came between the two statements is missing in neither or in the first one.
            guard let row = places[span.id] else { return nil }
            rows.append((row, span.row))
        }
        return rows.sorted { $0.table < $1.table }
    }

    /// The general way, for some traces.
    private func evaluated(_ traces: [TraceID]) async throws -> [FoundTrace] {
        let candidates = traces.map { CandidateSearch.Candidate(trace: $0, spans: nil, bounds: nil) }
        var found: [FoundTrace] = []
        let loader = engine.loader(pipeline.attributes)
        var steps = Array(engine.steps(candidates).reversed())
        while let step = steps.popLast() {
            try Task.checkCancellation()
            guard let table = try await engine.load(step, loader, halves: &steps) else { continue }
            found += try await engine.found(TraceFinder(request, pipeline, order: step.map(\.trace)), in: table, .max)
        }
        return found
    }
}

/// Where a shown value is.
private enum ShownColumn {
    case ofPage(FieldColumn)
    case ofTable(ValueColumn)
}

extension FoundSpan {
    fileprivate init(_ row: Int, page: Int, of table: SpanTable, _ shown: [(key: String, column: ShownColumn)]) {
        self.init(
            id: table.spanIDs[row], name: table.names.values[Int(table.names.codes[row])],
            service: table.services.values[Int(table.services.codes[row])], start: table.starts[row],
            duration: table.durations[row],
            attributes: shown.compactMap { shown in
                let value: Value
                switch shown.column {
                case .ofTable(let column): value = column.firstValue(at: row)
                case .ofPage(.single(let values, let codes)): value = values[Int(codes[page])]
                case .ofPage(.multiple(let values, let codes, let offsets)):
                    value = offsets[page] < offsets[page + 1] ? values[Int(codes[offsets[page]])] : .none
                }
                return value == .none ? nil : (shown.key, value)
            })
    }
}

extension Intrinsic {
    /// Known from a span alone.
    fileprivate var isOfRow: Bool {
        switch self {
        case .childCount, .nestedSetLeft, .nestedSetRight, .nestedSetParent, .parent: false
        default: true
        }
    }
}
