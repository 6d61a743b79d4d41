import QueryEngines
import TelemetryModel
import TraceMessages

// Requests of tempo.proto as the parameters of the API. A field that is not set is 0 or empty in proto3, so that means
// that the parameter was not given.

extension TempoSearchParameters {
    init(_ request: TempoSearchRequest) throws(TraceQueryError) {
        guard request.tags.count <= TempoLimits.tagsMax else {
            throw TraceQueryError(.invalid, "invalid tags: more than \(TempoLimits.tagsMax)")
        }
        self.init(
            query: request.query.isEmpty ? nil : request.query,
            tags: request.tags.isEmpty
                ? nil : request.tags.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) },
            minimumDuration: Self.nanoseconds(milliseconds: request.minDurationMs),
            maximumDuration: Self.nanoseconds(milliseconds: request.maxDurationMs),
            limit: request.limit.given.map { Int($0) }, spansPerSpanset: request.spansPerSpanSet.given.map { Int($0) },
            start: request.start.given.map { Int64($0) }, end: request.end.given.map { Int64($0) })
    }

    private static func nanoseconds(milliseconds: UInt32) -> Int64? {
        milliseconds.given.map { Int64($0) * 1_000_000 }
    }
}

extension TempoTagNamesParameters {
    init(_ request: TempoTagsRequest) {
        self.init(
            scope: request.scope, query: request.query.isEmpty ? nil : request.query,
            start: request.start.given.map { Int64($0) }, end: request.end.given.map { Int64($0) },
            limit: request.maxTagsPerScope.given.map { Int($0) })
    }
}

extension TempoTagValuesParameters {
    init(_ request: TempoTagValuesRequest) {
        self.init(
            name: request.tagName, query: request.query.isEmpty ? nil : request.query,
            start: request.start.given.map { Int64($0) }, end: request.end.given.map { Int64($0) },
            limit: request.maxTagValues.given.map { Int($0) })
    }
}

extension TempoMetricsParameters {
    /// Times and the step are nanoseconds.
    init(_ request: TempoQueryRangeRequest) throws(TraceQueryError) {
        self.init(
            query: request.query.isEmpty ? nil : request.query, start: try Self.time(request.start, name: "start"),
            end: try Self.time(request.end, name: "end"), step: try Self.time(request.step, name: "step"),
            exemplars: request.exemplars.given.map { Int($0) })
    }

    init(_ request: TempoQueryInstantRequest) throws(TraceQueryError) {
        self.init(
            query: request.query.isEmpty ? nil : request.query, start: try Self.time(request.start, name: "start"),
            end: try Self.time(request.end, name: "end"))
    }

    private static func time(_ nanoseconds: UInt64, name: String) throws(TraceQueryError) -> Int64? {
        guard let value = nanoseconds.given else { return nil }
        guard let time = Int64(exactly: value) else {
            throw TraceQueryError(.invalid, "invalid \(name): \(value) is beyond the year 2262")
        }
        return time
    }
}

extension FixedWidthInteger {
    /// Nil for 0.
    fileprivate var given: Self? { self == 0 ? nil : self }
}
