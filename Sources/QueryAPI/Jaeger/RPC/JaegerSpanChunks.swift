import QueryEngines
import SwiftProtobuf
import Synchronization
import TelemetryModel
import TraceMessages

/// Reads traces and sends their spans in chunks, with bounded memory.
struct JaegerSpanChunks: Sendable {
    /// Spans of a chunk.
    static let spansMax = 100
    /// Bytes of a chunk, unless one span has more: clients take 4 MiB by default.
    static let bytesMax = 1 << 20

    let queries: any TraceQueries
    /// Without warnings and without ids of our own.
    let isRaw: Bool

    /// False when there is no such trace.
    func send(_ id: TraceID, _ write: @escaping JaegerRPCService.WriteSpans) async throws -> Bool {
        let trace: JaegerTrace?
        do {
            let reader = JaegerTraceReader(queries: queries, isRaw: isRaw)
            trace = try await reader.trace(id, spansMax: JaegerAPI.wholeSpansMax)
        } catch let error as TraceQueryError where error.isTooLarge {
            return try await sendPages(id, write)
        }
        guard let trace else { return false }
        for chunk in Self.chunks(trace.spans, trace.processes) { try await write(chunk) }
        return true
    }

    /// The trace is read twice: what its spans are to each other must be known before the first is sent.
    private func sendPages(_ id: TraceID, _ write: @escaping JaegerRPCService.WriteSpans) async throws -> Bool {
        let shape = Mutex(JaegerTraceShape())
        if !isRaw {
            _ = try await queries.streamTrace(id) { page in shape.withLock { $0.add(page.spans) } }
            shape.withLock { $0.finish() }
        }
        return try await queries.streamTrace(id) { page in
            var trace = JaegerTrace(page)
            if !isRaw {
                let spans = trace.spans
                trace.spans = shape.withLock { shape in
                    zip(spans, page.spans).map { span, stored in
                        var span = span
                        shape.annotate(&span, kind: stored.kind)
                        return span
                    }
                }
            }
            for chunk in Self.chunks(trace.spans, trace.processes) { try await write(chunk) }
        }
    }

    /// Lazily, so that one chunk is in memory at a time.
    static func chunks(_ spans: [JaegerSpan], _ processes: [JaegerProcess]) -> some Sequence<JaegerSpansResponseChunk> {
        let processes = processes.map(JaegerProtoProcess.init)
        var next = 0
        return AnyIterator {
            guard next < spans.count else { return nil }
            var chunk = JaegerSpansResponseChunk()
            var bytes = 0
            while next < spans.count, chunk.spans.count < Self.spansMax {
                var message = JaegerProtoSpan(spans[next])
                if processes.indices.contains(spans[next].process) { message.process = processes[spans[next].process] }
                // What cannot be encoded is refused, and reported, when the chunk is written.
                bytes += (try? message.serializedBytes() as [UInt8])?.count ?? 0
                if !chunk.spans.isEmpty, bytes > Self.bytesMax { break }
                chunk.spans.append(message)
                next += 1
            }
            return chunk
        }
    }
}
