package import QueryEngines
import TelemetryModel
package import TraceQL

/// The parameter `q`, checked for where it was sent.
package enum TempoQueryText {
    /// A query that answers traces.
    package static func search(_ text: String) throws(TraceQueryError) -> Query {
        let query = try parse(text)
        guard case .search = query.body else {
            throw TraceQueryError(
                .invalid,
                "invalid TraceQL query: a metrics query is answered by /api/metrics/query_range and /api/metrics/query, "
                    + "not by a search")
        }
        return query
    }

    /// A query that answers time series.
    package static func metrics(_ text: String) throws(TraceQueryError) -> Query {
        let query = try parse(text)
        guard case .metrics = query.body else {
            throw TraceQueryError(
                .invalid,
                "invalid TraceQL query: a metrics query ends in a function such as rate(); a search is answered by "
                    + "/api/search")
        }
        return query
    }

    private static func parse(_ text: String) throws(TraceQueryError) -> Query {
        guard text.utf8.count <= TempoLimits.queryBytesMax else {
            throw TraceQueryError(
                .invalid,
                "invalid TraceQL query: it has \(text.utf8.count) bytes, limit is \(TempoLimits.queryBytesMax)")
        }
        do {
            return try TraceQLParser.parse(text)
        } catch {
            switch error.kind {
            case .parse: throw TraceQueryError(.invalid, "invalid TraceQL query: \(error.description)")
            // Its sentence begins with these words.
            case .check: throw TraceQueryError(.invalid, error.description)
            case .unsupported: throw TraceQueryError(.unsupported, "TraceQL query \(error.description)")
            }
        }
    }
}

/// Whole numbers among the parameters.
enum TempoCount {
    static func parse(_ text: String, name: String) throws(TraceQueryError) -> Int {
        guard let value = Int(text) else {
            throw TraceQueryError(.invalid, "invalid \(name): \(TempoTime.quoted(text)) is no whole number")
        }
        return value
    }

    /// Checks how many traces are asked for; nil asks for the default.
    static func traces(_ limit: Int?) throws(TraceQueryError) -> Int {
        guard let limit else { return TempoLimits.tracesDefault }
        guard limit > 0 else { throw TraceQueryError(.invalid, "invalid limit: must be a positive number") }
        guard limit <= TempoLimits.tracesMax else {
            throw TraceQueryError(
                .invalid, "invalid limit: \(limit) exceeds the maximum of \(TempoLimits.tracesMax)")
        }
        return limit
    }

    /// Checks how many spans of a spanset are asked for; nil asks for the default, 0 for all of them.
    static func spansPerSpanset(_ count: Int?) throws(TraceQueryError) -> Int {
        guard let count else { return TempoLimits.spansPerSpansetDefault }
        guard count >= 0 else { throw TraceQueryError(.invalid, "invalid spss: must be a non-negative number") }
        guard count <= TempoLimits.spansPerSpansetMax else {
            throw TraceQueryError(
                .invalid, "invalid spss: \(count) exceeds the maximum of \(TempoLimits.spansPerSpansetMax)")
        }
        return count
    }

    /// Checks how many names or values are asked for; nil and 0 ask for all.
    static func items(_ limit: Int?) throws(TraceQueryError) -> Int {
        guard let limit else { return 0 }
        guard limit >= 0 else { throw TraceQueryError(.invalid, "invalid limit: must be a non-negative number") }
        return limit
    }
}
