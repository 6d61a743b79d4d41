import TelemetryModel
import LogQL
import PrometheusModel
import QueryEngines

/// Queries and selectors in the parameters.
extension LokiForm {
    /// `query`; without one the parser's own words for a text that ends before it begins.
    func query() throws -> LogQLQuery {
        try LogQLParser.parse(self["query"] ?? "")
    }

    /// A query of lines, as what looks at lines needs it.
    func selection() throws -> LogSelection {
        guard case .log(let selection) = try query() else {
            throw LokiFailure(.invalid, "only log selector is supported")
        }
        return selection
    }

    /// The matchers of `query`.
    ///
    /// - Parameter isOptional: whether `query` may be missing, or take all streams with `{}` and the like.
    func matchers(isOptional: Bool = false) throws(LogQLError) -> [LabelMatcher] {
        guard let text = self["query"] else { return isOptional ? [] : try LogQLParser.parseMatchers("") }
        return try LogQLParser.parseMatchers(text, allowsAll: isOptional)
    }
}
