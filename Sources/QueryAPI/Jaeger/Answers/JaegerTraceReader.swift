import Codecs
import QueryEngines
import Synchronization
import TelemetryModel

/// Reads traces and writes them in the form of Jaeger's web page, with bounded memory.
struct JaegerTraceReader: Sendable {
    /// Traces read at once.
    static let width = 4

    let queries: any TraceQueries
    /// Without warnings and without ids of our own.
    let isRaw: Bool

    func trace(_ id: TraceID, spansMax: Int) async throws -> JaegerTrace? {
        guard let stored = try await queries.trace(id, spansMax: spansMax), !stored.spans.isEmpty else { return nil }
        return isRaw ? JaegerTrace(stored) : JaegerTrace(stored, shape: JaegerTraceShape(stored))
    }

    // MARK: Whole answers

    /// - Parameters:
    ///   - spansExpected: 0 when unknown; past `JaegerAPI.wholeSpansMax` nothing is read before the answer starts.
    ///   - sayMissing: whether a trace that is not there is named among the errors.
    func answer(_ ids: [TraceID], spansExpected: Int = 0, sayMissing: Bool = false) async throws -> JaegerAnswer {
        guard spansExpected <= JaegerAPI.wholeSpansMax else { return stream(ids, sayMissing: sayMissing) }
        var writer = JSONWriter(Array("{\"data\":[".utf8))
        var missing: [JaegerFailure] = []
        var spans = 0
        for start in stride(from: 0, to: ids.count, by: Self.width) {
            let part = Array(ids[start..<min(start + Self.width, ids.count)])
            let traces: [JaegerTrace?]
            do {
                traces = try await self.traces(part)
            } catch let error as TraceQueryError where error.isTooLarge {
                return stream(ids, sayMissing: sayMissing)
            }
            for (id, trace) in zip(part, traces) {
                guard let trace else {
                    missing.append(.notFound(id))
                    continue
                }
                spans += trace.spans.count
                writer.jaegerTrace(trace)
            }
            guard spans <= JaegerAPI.wholeSpansMax else { return stream(ids, sayMissing: sayMissing) }
        }
        writer.close("]")
        JaegerEnvelope.end(&writer, errors: sayMissing ? missing : [])
        return .json(writer.bytes)
    }

    /// In the order of the ids.
    private func traces(_ ids: [TraceID]) async throws -> [JaegerTrace?] {
        try await withThrowingTaskGroup(of: (Int, JaegerTrace?).self) { group in
            for (index, id) in ids.enumerated() {
                group.addTask { (index, try await trace(id, spansMax: JaegerAPI.wholeSpansMax)) }
            }
            var traces = [JaegerTrace?](repeating: nil, count: ids.count)
            for try await (index, trace) in group { traces[index] = trace }
            return traces
        }
    }

    // MARK: Streams

    func stream(_ ids: [TraceID], sayMissing: Bool = false) -> JaegerAnswer {
        JaegerAnswer(
            body: .stream { sink in
                var missing: [JaegerFailure] = []
                var text = PiecewiseText("{\"data\":[")
                for id in ids {
                    do {
                        if let trace = try await trace(id, spansMax: JaegerAPI.wholeSpansMax) {
                            text.writer.jaegerTrace(trace)
                        } else {
                            missing.append(.notFound(id))
                        }
                    } catch let error as TraceQueryError where error.isTooLarge {
                        text = try await page(id, after: text, sink)
                    }
                    try await sink(text.take())
                }
                text.writer.close("]")
                JaegerEnvelope.end(&text.writer, errors: sayMissing ? missing : [])
                try await sink(text.writer.bytes)
            })
    }

    /// One trace, read twice: what its spans are to each other must be known before the first is written.
    ///
    /// - Returns: the text that was not handed on.
    private func page(
        _ id: TraceID, after text: PiecewiseText, _ sink: @escaping JaegerAnswer.Sink
    ) async throws -> PiecewiseText {
        let state = Mutex(Pages(text: text))
        if !isRaw {
            _ = try await queries.streamTrace(id) { page in state.withLock { $0.shape.add(page.spans) } }
        }
        try await sink(
            state.withLock { state in
                state.shape.finish()
                state.text.writer.jaegerTraceStart(id)
                return state.text.take()
            })
        _ = try await queries.streamTrace(id) { page in
            try await sink(state.withLock { $0.write(page, isRaw: isRaw) })
        }
        return state.withLock { state in
            state.text.writer.jaegerTraceEnd(state.processes, warnings: state.shape.warnings)
            return state.text
        }
    }

    /// What is known of a trace between its pages.
    private struct Pages: Sendable {
        var text: PiecewiseText
        var shape = JaegerTraceShape()
        private(set) var processes: [JaegerProcess] = []
        private var indexOfProcess: [JaegerProcess: Int] = [:]

        init(text: PiecewiseText) {
            self.text = text
        }

        /// Writes the spans of a page, their processes counted over all pages.
        mutating func write(_ page: StoredTrace, isRaw: Bool) -> [UInt8] {
            let trace = JaegerTrace(page)
            var places: [Int] = []
            for process in trace.processes {
                if let known = indexOfProcess[process] {
                    places.append(known)
                    continue
                }
                places.append(processes.count)
                indexOfProcess[process] = processes.count
                processes.append(process)
            }
            for (var span, stored) in zip(trace.spans, page.spans) {
                span.process = places[span.process]
                if !isRaw { shape.annotate(&span, kind: stored.kind) }
                text.writer.jaegerSpan(span)
            }
            return text.take()
        }
    }
}

/// JSON text that is handed on in pieces. `JSONWriter` looks at the last byte to place commas, so that one stays.
struct PiecewiseText: Sendable {
    var writer: JSONWriter

    init(_ start: String) {
        writer = JSONWriter(Array(start.utf8))
    }

    /// All but the last byte.
    mutating func take() -> [UInt8] {
        guard let last = writer.bytes.popLast() else { return [] }
        let piece = writer.bytes
        writer.bytes = [last]
        return piece
    }
}

extension JaegerAnswer {
    /// Laid out for reading.
    var indented: JaegerAnswer {
        guard contentType == "application/json" else { return self }
        var answer = self
        switch body {
        case .bytes(let text):
            var indenter = JSONIndenter()
            answer.body = .bytes(indenter.indent(text))
        case .stream(let write):
            answer.body = .stream { sink in
                let indenter = Mutex(JSONIndenter())
                try await write { piece in try await sink(indenter.withLock { $0.indent(piece) }) }
            }
        }
        return answer
    }
}
