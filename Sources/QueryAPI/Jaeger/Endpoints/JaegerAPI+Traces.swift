import Codecs
import OTLPMessages
import QueryEngines
import TelemetryModel

extension JaegerAPI {
    /// Spans of an answer that is made as a whole; of more, the answer is written trace by trace, and a trace of more
    /// page by page.
    static let wholeSpansMax = 10_000

    /// `/api/traces/{id}`. Start and end are hints in Jaeger, for stores that find by time, and clients differ in their
    /// unit: they are not read.
    func trace(_ text: String, _ form: FormParameters) async throws -> JaegerAnswer {
        let id = try FormParameters.traceID(text)
        let isRaw = try form.flag("raw")
        let reader = JaegerTraceReader(queries: dependencies.queries, isRaw: isRaw)
        do {
            guard let trace = try await reader.trace(id, spansMax: Self.wholeSpansMax) else {
                throw JaegerFailure.notFound(id)
            }
            return JaegerEnvelope.success { writer in
                writer.open("[")
                writer.jaegerTrace(trace)
                writer.close("]")
            }
        } catch let error as TraceQueryError where error.isTooLarge {
            return reader.stream([id])
        }
    }

    /// `/api/traces`.
    func search(_ form: FormParameters) async throws -> JaegerAnswer {
        let search = try JaegerSearch(form)
        let reader = JaegerTraceReader(queries: dependencies.queries, isRaw: try form.flag("raw"))
        guard search.traceIDs.isEmpty else { return try await reader.answer(search.traceIDs, sayMissing: true) }
        let found = try await dependencies.queries.find(search)
        return try await reader.answer(found.map(\.id), spansExpected: found.reduce(0) { $0 &+ $1.spanCount })
    }

    func archive(_ text: String) async throws -> JaegerAnswer {
        let id = try FormParameters.traceID(text)
        guard let archive = dependencies.archive else {
            throw JaegerFailure(
                501, "archiving is not supported: every trace stays in the one store until its retention ends",
                traceID: id)
        }
        guard try await archive(id) else { throw JaegerFailure.notFound(id) }
        return JaegerEnvelope.success { $0.raw("[]") }
    }

    /// `/api/transform`: traces in OTLP/JSON as the web page shows them.
    func transform(_ body: [UInt8]) throws -> JaegerAnswer {
        var repairs = RepairCounts()
        let request: OTLPTraceRequest
        do {
            request = try OTLPJSONDecoder.decodeTraces(body, repairs: &repairs)
        } catch {
            throw JaegerFailure(400, "cannot unmarshal OTLP: \(error.message)")
        }
        let traces = try StoredTrace.traces(request.resourceSpans)
        return JaegerEnvelope.success { writer in
            writer.open("[")
            for trace in traces { writer.jaegerTrace(JaegerTrace(trace, shape: JaegerTraceShape(trace))) }
            writer.close("]")
        }
    }
}

extension TraceQueryError {
    var isTooLarge: Bool { kind == .tooLarge || kind == .overLimit }
}

extension FoundTrace {
    var spanCount: Int { services.values.reduce(0) { $0 &+ $1.spans } }
    var errorCount: Int { services.values.reduce(0) { $0 &+ $1.errors } }
}

extension TraceQueries {
    /// The newest traces that a search finds.
    ///
    /// The engine takes spans that overlap the time, Jaeger those that start in it: where some do not, it is asked for
    /// more, a few times.
    func find(_ search: JaegerSearch) async throws -> [FoundTrace] {
        let query = search.query()
        var limit = search.limit
        while true {
            let result = try await self.search(
                TraceSearchRequest(query: query, range: search.range, limit: limit, spansPerSpanset: 20),
                progress: { _ in })
            let traces = result.traces.filter { $0.mayStart(in: search.range) }
            if traces.count >= search.limit || result.traces.count < limit || limit >= search.limit * 16 {
                return Array(traces.prefix(search.limit))
            }
            limit *= 4
        }
    }
}

extension FoundTrace {
    /// Whether one of the matching spans starts in the time; true as well when only those not shown could.
    fileprivate func mayStart(in range: TraceTimeRange) -> Bool {
        spansets.isEmpty
            || spansets.contains { set in
                set.matched > set.spans.count
                    || set.spans.contains { span in
                        (range.start.map { span.start >= $0 } ?? true) && (range.end.map { span.start < $0 } ?? true)
                    }
            }
    }
}
