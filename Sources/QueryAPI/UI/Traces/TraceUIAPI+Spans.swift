import Codecs
import QueryEngines
import TelemetryModel
import TraceAnalysis

extension TraceUIAPI {
    /// `GET /api/ui/trace/{id}/spans?ids=` or `?from=&count=`: spans with everything that is stored of them, as OTLP
    /// JSON. Ids that the trace does not have are left out.
    func spans(_ id: TraceID, _ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let ids: [SpanID]
        if let wanted = try parameters.spanIDs("ids") {
            await dependencies.freshen()
            ids = wanted
        } else {
            guard let from = try parameters.number("from") else {
                throw TraceUIFailure(.invalid, "parameter ids, or from and count, say which spans")
            }
            let count = try parameters.count(
                "count", default: TraceUILimits.fullSpansMax, max: TraceUILimits.fullSpansMax)
            let freshness = try parameters.number("spans").map(TraceTreeCache.Freshness.known(spans:)) ?? .shared
            let tree = try await tree(id, freshness)
            let first = min(from, tree.count)
            var known: Set<SpanID> = []
            ids = tree.skeleton.spanIDs[first..<min(first + count, tree.count)].filter { known.insert($0).inserted }
        }
        let trace =
            ids.isEmpty
            ? StoredTrace(spans: [], resources: [:], scopes: [:])
            : try await dependencies.analyses.spans(ids, of: id)
        // A span may be as large as a thousand rows of a skeleton.
        let bytes = try await work.run(trace.spans.count * 100) {
            var bytes = Array(#"{"resourceSpans":"#.utf8)
            OTLPJSONEncoder.encode(resourceSpans: StoredTraceMessages.resourceSpans(trace), into: &bytes)
            bytes.append(UInt8(ascii: "}"))
            return bytes
        }
        return TraceUIAnswer(body: bytes)
    }
}
