package import QueryEngines
import TelemetryModel
import TraceQL

/// What a search is asked with, whatever carries it; nil is what was not given.
package struct TempoSearchParameters: Sendable {
    /// TraceQL; excludes tags.
    package var query: String?
    package var tags: [(key: String, value: String)]?
    /// Of the whole trace, nanoseconds.
    package var minimumDuration: Int64?
    package var maximumDuration: Int64?
    package var limit: Int?
    package var spansPerSpanset: Int?
    /// Seconds since the Unix epoch; both or neither.
    package var start: Int64?
    package var end: Int64?

    package init(
        query: String? = nil, tags: [(key: String, value: String)]? = nil, minimumDuration: Int64? = nil,
        maximumDuration: Int64? = nil, limit: Int? = nil, spansPerSpanset: Int? = nil, start: Int64? = nil,
        end: Int64? = nil
    ) {
        self.query = query
        self.tags = tags
        self.minimumDuration = minimumDuration
        self.maximumDuration = maximumDuration
        self.limit = limit
        self.spansPerSpanset = spansPerSpanset
        self.start = start
        self.end = end
    }

    /// - Throws: `.invalid` with the sentence for the client; `.unsupported` for a construct that is not supported.
    package func request() throws(TraceQueryError) -> TraceSearchRequest {
        let range = try TempoTime.range(start: start, end: end, needsBoth: true)
        let limit = try TempoCount.traces(limit)
        let spansPerSpanset = try TempoCount.spansPerSpanset(spansPerSpanset)
        guard limit * spansPerSpanset <= TempoLimits.shownSpansMax else {
            throw TraceQueryError(
                .invalid,
                "invalid spss: \(limit) traces with \(spansPerSpanset) spans each exceed the maximum of "
                    + "\(TempoLimits.shownSpansMax) spans in one answer")
        }
        if let minimumDuration, let maximumDuration, minimumDuration > maximumDuration {
            throw TraceQueryError(.invalid, "invalid maxDuration: must be greater than minDuration")
        }
        let parsed: Query
        if let query {
            if tags != nil {
                throw TraceQueryError(.invalid, "invalid request: can't specify tags and q in the same query")
            }
            parsed = TempoTagSearch.narrow(
                try TempoQueryText.search(query), minimumDuration: minimumDuration, maximumDuration: maximumDuration)
        } else {
            parsed = TempoTagSearch.query(
                (tags ?? []).map { TempoTags.Tag(key: $0.key, value: $0.value) }, minimumDuration: minimumDuration,
                maximumDuration: maximumDuration)
        }
        return TraceSearchRequest(query: parsed, range: range, limit: limit, spansPerSpanset: spansPerSpanset)
    }
}

extension TempoSearchParameters {
    private static let names: Set<String> = [
        "q", "tags", "minDuration", "maxDuration", "limit", "spss", "start", "end",
    ]

    /// The parameters of `/api/search`; an empty one counts as absent.
    init(_ form: TempoForm) throws(TraceQueryError) {
        self.init(query: form["q"])
        if let text = form["tags"] {
            tags = try TempoTags.parse(text).map { ($0.key, $0.value) }
        }
        if let text = form["start"] { start = try TempoTime.seconds(text, name: "start") }
        if let text = form["end"] { end = try TempoTime.seconds(text, name: "end") }
        if let text = form["minDuration"] { minimumDuration = try Self.duration(text, name: "minDuration") }
        if let text = form["maxDuration"] { maximumDuration = try Self.duration(text, name: "maxDuration") }
        if let text = form["limit"] { limit = try TempoCount.parse(text, name: "limit") }
        if let text = form["spss"] { spansPerSpanset = try TempoCount.parse(text, name: "spss") }
        if query == nil, tags == nil, start == nil, end == nil {
            // The oldest clients send each tag as a parameter of its own.
            let others = form.all.filter { !Self.names.contains($0.name) && !$0.value.isEmpty }
            guard others.count <= TempoLimits.tagsMax else {
                throw TraceQueryError(.invalid, "invalid tags: more than \(TempoLimits.tagsMax)")
            }
            if !others.isEmpty { tags = others.map { ($0.name, $0.value) } }
        }
    }

    private static func duration(_ text: String, name: String) throws(TraceQueryError) -> Int64 {
        guard let value = TempoDuration.parse(text), value >= 0 else {
            throw TraceQueryError(
                .invalid, "invalid \(name): \(TempoTime.quoted(text)) is no duration such as 1.5s or 300ms")
        }
        return value
    }
}
