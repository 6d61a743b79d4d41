package import TelemetryModel
package import TraceQL

extension TraceQueries {
    /// Ids of all traces that a search finds, sorted; not of the newest only.
    ///
    /// Where a search answers as many as it may, the time is halved and each half is searched: a span that matches is in
    /// one of them at least.
    ///
    /// - Parameters:
    ///   - start, end: nanoseconds; all spans that can match overlap them.
    ///   - limit: traces of one search.
    /// - Throws: `.overLimit` past `idsMax`.
    package func allTraces(
        _ query: Query, start: Int64, end: Int64, limit: Int = 10_000, idsMax: Int
    ) async throws -> [TraceID] {
        var found: Set<TraceID> = []
        var ranges = [(start: start, end: end)]
        while let range = ranges.popLast() {
            try Task.checkCancellation()
            let result = try await search(
                TraceSearchRequest(
                    query: query, range: TraceTimeRange(start: range.start, end: range.end), limit: limit,
                    spansPerSpanset: 1), progress: { _ in })
            for trace in result.traces { found.insert(trace.id) }
            guard found.count <= idsMax else {
                throw TraceQueryError(
                    .overLimit, "the query finds more than \(idsMax) traces; narrow it, or its time range")
            }
            guard result.traces.count >= limit else { continue }
            let middle = range.start + (range.end - range.start) / 2
            guard middle > range.start else {
                throw TraceQueryError(
                    .overLimit, "more than \(limit) traces match at one time; narrow the query")
            }
            ranges.append((range.start, middle))
            ranges.append((middle, range.end))
        }
        return found.sorted { ($0.high, $0.low) < ($1.high, $1.low) }
    }
}
