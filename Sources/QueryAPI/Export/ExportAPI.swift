import Codecs
import LogQL
import PrometheusModel
import PromQL
import PromQLEvaluation
import QueryEngines
import TelemetryModel
import TelemetryStore
import TraceQL

/// Makes exports, knowing nothing of sockets.
struct ExportAPI: Sendable {
    let dependencies: ExportDependencies
    private let gate = QueryGate(width: ExportLimits.exportsMax, waitersMax: ExportLimits.waitersMax)

    init(dependencies: ExportDependencies) {
        self.dependencies = dependencies
    }

    /// A place among the exports, given back when nobody has it any more: an answer that is never sent, too.
    final class Place: Sendable {
        private let gate: QueryGate
        init(_ gate: QueryGate) { self.gate = gate }
        deinit { gate.leave() }
    }

    enum Body: Sendable {
        /// Read when the next piece is asked for.
        case pieces(any ExportStream)
        /// Written by itself.
        case written(@Sendable (_ sink: @escaping JaegerAnswer.Sink) async throws -> Void)
    }

    /// An export that has begun well.
    struct Answer: Sendable {
        var body: Body
        /// What was found when it began.
        var items: UInt64?
        var place: Place
    }

    /// - Throws: all that can be told before the first byte.
    func answer(_ parameters: ExportParameters) async throws -> Answer {
        guard dependencies.isReady() else { throw TraceUIFailure(.unavailable, "the server is starting") }
        switch await gate.enter() {
        case .entered: break
        case .full: throw TraceUIFailure(.overloaded, "too many exports wait already; try again later")
        case .cancelled: throw CancellationError()
        }
        let place = Place(gate)
        await dependencies.freshen()
        switch parameters.subject {
        case .sql: return Answer(body: .pieces(try await statement(parameters)), place: place)
        case .traces: return try await traces(parameters, place)
        case .logs: return try await logs(parameters, place)
        case .metrics: return try await metrics(parameters, place)
        }
    }

    private func selection(_ parameters: ExportParameters) -> ExportSelection {
        var selection = ExportSelection(start: parameters.start, end: parameters.end)
        selection.services = parameters.services
        selection.traces = parameters.traces
        selection.settings = dependencies.limits.settings.filter {
            ["max_execution_time", "max_memory_usage", "max_threads"].contains($0.name)
        }
        return selection
    }

    // MARK: Traces

    /// Spans of a selection; with a query, all spans of the traces that it finds.
    private func traces(_ parameters: ExportParameters, _ place: Place) async throws -> Answer {
        var selection = selection(parameters)
        if let query = parameters.query {
            let found = try await self.traces(query, selection)
            let named = parameters.traces.map(Set.init)
            selection = ExportSelection()
            selection.settings = self.selection(parameters).settings
            selection.services = parameters.services
            selection.traces = found.filter { named?.contains($0) ?? true }
        }
        if parameters.form == .jaegerJSON { return try await jaeger(selection, place) }
        let pages = try await SpanPages(dependencies.store, selection)
        let items = try await dependencies.store.exportedSpans(selection)?.count
        let stream: any ExportStream =
            switch parameters.form {
            case .csv, .parquet:
                TableStream(pages, TableRows.spanColumns, parameters.form) { TableRows.rows($0) }
            default: PartStream(pages, encode: OTLPPieces.spans(parameters.form))
            }
        return Answer(body: .pieces(stream), items: items, place: place)
    }

    private func traces(_ text: String, _ selection: ExportSelection) async throws -> [TraceID] {
        let query: Query
        do throws(TraceQLError) {
            query = try TraceQLParser.parse(text)
        } catch {
            throw TraceUIFailure(error, in: text)
        }
        guard case .search = query.body else {
            throw TraceUIFailure(.invalid, "this query is one of numbers; a query that finds traces is needed")
        }
        var all = ExportSelection()
        all.settings = selection.settings
        // Of all spans: one that began before the time may last into it.
        guard let stored = try await dependencies.store.exportedSpans(all) else { return [] }
        let start = max(selection.start ?? stored.start, stored.start)
        let end = min(selection.end ?? .max, stored.end == .max ? .max : stored.end + 1)
        guard start < end else { return [] }
        return try await dependencies.traces.allTraces(
            query, start: start, end: end, idsMax: ExportLimits.tracesMax)
    }

    private func jaeger(_ selection: ExportSelection, _ place: Place) async throws -> Answer {
        let limit = ExportLimits.jaegerTracesMax
        var ids = try await dependencies.store.exportedTraces(selection, limit: limit + 1)
        guard ids.count <= limit else {
            throw TraceUIFailure(.overLimit, "there are more than \(limit) traces; narrow the time")
        }
        if let named = selection.traces, ids.count < named.count {
            // The rest may be in the archive.
            let known = Set(ids)
            ids += named.filter { !known.contains($0) }
        }
        let reader = JaegerTraceReader(queries: dependencies.traces, isRaw: true)
        guard case .stream(let write) = reader.stream(ids).body else {
            throw TraceUIFailure(.internal, "traces are not streamed")
        }
        return Answer(body: .written(write), items: nil, place: place)
    }

    // MARK: Logs

    private func logs(_ parameters: ExportParameters, _ place: Place) async throws -> Answer {
        var selection = selection(parameters)
        var filter: LogRecordFilter?
        if let text = parameters.query {
            let range = LogTimeRange(start: selection.start ?? 0, end: selection.end ?? .max)
            filter = try await LogRecordFilter(dependencies.logs, try Self.lines(text), range)
            selection.condition = filter?.condition
        }
        let pages = FilteredLogPages(LogPages(dependencies.store, selection), filter: filter)
        let items = try await dependencies.store.exportedLogs(selection)
        let stream: any ExportStream =
            switch parameters.form {
            case .csv, .parquet:
                TableStream(pages, TableRows.logColumns, parameters.form) { TableRows.rows($0) }
            default: PartStream(pages, encode: OTLPPieces.logs(parameters.form))
            }
        return Answer(body: .pieces(stream), items: items, place: place)
    }

    private static func lines(_ text: String) throws -> LogSelection {
        let parameters = try LogUIParameters("query=" + text.utf8.map(Self.escaped).joined())
        return try parameters.selection()
    }

    private static func escaped(_ byte: UInt8) -> String { "%" + Hex.encode([byte]) }

    // MARK: Metrics

    private func metrics(_ parameters: ExportParameters, _ place: Place) async throws -> Answer {
        var selection = selection(parameters)
        if let text = parameters.query {
            do {
                selection.series = try await dependencies.metrics.storedSeries(
                    matching: [try QueryText.selector(text)])
            } catch let error as ParseError {
                throw TraceUIFailure(.invalid, error.message)
            } catch let error as QueryError {
                throw TraceUIFailure(.overLimit, error.message)
            }
        }
        let pages = try await MetricPages(dependencies.store, selection) {
            PrometheusSeriesExport.exported($0, kind: $1)
        }
        let stream: any ExportStream =
            switch parameters.form {
            case .csv, .parquet:
                TableStream(pages, TableRows.pointColumns, parameters.form) { TableRows.rows($0) }
            default: PartStream(pages, encode: OTLPPieces.points(parameters.form))
            }
        return Answer(body: .pieces(stream), items: pages.pointsExpected, place: place)
    }
}
