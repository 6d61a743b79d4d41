import Codecs
import QueryEngines
import Synchronization
import TelemetryModel

extension JaegerAPI {
    /// `/api/v3/traces/{id}`: the trace as it was received, in OTLP/JSON. The times are hints for other stores; they are
    /// not needed, only checked.
    func v3Trace(_ text: String, _ form: FormParameters) async throws -> JaegerAnswer {
        let id = try FormParameters.traceID(text)
        _ = try form.time("startTime", "start_time")
        _ = try form.time("endTime", "end_time")
        _ = try form.flag("rawTraces", "raw_traces")
        return try await otlp([id], spansExpected: 0)
    }

    func v3Search(_ query: V3Query) async throws -> JaegerAnswer {
        let found = try await dependencies.queries.find(query.search)
        return try await otlp(found.map(\.id), spansExpected: found.reduce(0) { $0 &+ $1.spanCount })
    }

    /// `{"result":{"resourceSpans":[…]}}`, 404 when there is nothing.
    private func otlp(_ ids: [TraceID], spansExpected: Int) async throws -> JaegerAnswer {
        let stream = JaegerAnswer(body: .stream { sink in try await streamOTLP(ids, sink) })
        guard spansExpected <= Self.wholeSpansMax else { return stream }
        var text = OTLPText()
        var spans = 0
        for id in ids {
            do {
                guard let trace = try await dependencies.queries.trace(id, spansMax: Self.wholeSpansMax) else {
                    continue
                }
                spans += trace.spans.count
                text.add(trace)
            } catch let error as TraceQueryError where error.isTooLarge {
                return stream
            }
            guard spans <= Self.wholeSpansMax else { return stream }
        }
        guard spans > 0 else { throw JaegerFailure(404, "No traces found") }
        return .json(text.take() + OTLPText.end)
    }

    private func streamOTLP(_ ids: [TraceID], _ sink: @escaping JaegerAnswer.Sink) async throws {
        let text = Mutex(OTLPText())
        for id in ids {
            _ = try await dependencies.queries.streamTrace(id) { page in
                try await sink(
                    text.withLock { text in
                        text.add(page)
                        return text.take()
                    })
            }
        }
        try await sink(text.withLock { $0.take() } + OTLPText.end)
    }

    /// `/api/v3/trace-summaries`.
    func v3Summaries(_ query: V3Query) async throws -> JaegerAnswer {
        let found = try await dependencies.queries.find(query.search)
        var orphans: [Int] = []
        for start in stride(from: 0, to: found.count, by: JaegerTraceReader.width) {
            orphans += try await self.orphans(of: Array(found[start...].prefix(JaegerTraceReader.width)))
        }
        var writer = JSONWriter()
        writer.raw("{\"summaries\":[")
        for (trace, orphans) in zip(found, orphans) { writer.summary(trace, orphans: orphans) }
        writer.raw("]}")
        return .json(writer.bytes)
    }

    private func orphans(of traces: [FoundTrace]) async throws -> [Int] {
        try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for (index, trace) in traces.enumerated() {
                group.addTask {
                    if let known = trace.orphans { return (index, known) }
                    return (index, try await orphanCount(of: trace.id))
                }
            }
            var orphans = [Int](repeating: 0, count: traces.count)
            for try await (index, count) in group { orphans[index] = count }
            return orphans
        }
    }

    /// Spans whose parent is not stored.
    private func orphanCount(of id: TraceID) async throws -> Int {
        let state = Mutex((ids: Set<SpanID>(), parents: [SpanID]()))
        _ = try await dependencies.queries.streamTrace(id) { page in
            state.withLock { state in
                for span in page.spans {
                    state.ids.insert(span.spanID)
                    if !span.parentSpanID.isZero { state.parents.append(span.parentSpanID) }
                }
            }
        }
        return state.withLock { state in state.parents.count { !state.ids.contains($0) } }
    }
}

/// The text of such an answer, page by page.
private struct OTLPText: Sendable {
    static let end = Array("]}}".utf8)

    private var bytes = Array("{\"result\":{\"resourceSpans\":[".utf8)
    private var isEmpty = true

    mutating func add(_ page: StoredTrace) {
        guard !page.spans.isEmpty else { return }
        // The list with its brackets, of which the first becomes the comma between two pages.
        let start = bytes.count
        OTLPJSONEncoder.encode(resourceSpans: StoredTraceMessages.resourceSpans(page), into: &bytes)
        bytes.removeLast()
        if isEmpty { bytes.remove(at: start) } else { bytes[start] = UInt8(ascii: ",") }
        isEmpty = false
    }

    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}

extension JSONWriter {
    fileprivate mutating func summary(_ trace: FoundTrace, orphans: Int) {
        separate()
        open("{")
        key("traceId")
        string(trace.id.hex)
        key("rootServiceName")
        string(trace.rootService.map { JaegerService.shown($0) } ?? "")
        key("rootOperationName")
        string(trace.rootName ?? "")
        key("minStartTimeUnixNano")
        quotedInteger(trace.start)
        key("maxEndTimeUnixNano")
        quotedInteger(trace.start &+ trace.duration)
        key("spanCount")
        integer(trace.spanCount)
        key("errorSpanCount")
        integer(trace.errorCount)
        key("orphanSpanCount")
        integer(orphans)
        key("services")
        open("[")
        for (name, statistics) in trace.services.map({ (JaegerService.shown($0), $1) }).sorted(by: { $0.0 < $1.0 }) {
            separate()
            open("{")
            key("name")
            string(name)
            key("spanCount")
            integer(statistics.spans)
            key("errorSpanCount")
            integer(statistics.errors)
            close("}")
        }
        raw("]}")
    }
}
