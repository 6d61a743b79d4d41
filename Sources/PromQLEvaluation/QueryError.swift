package import PromQL

/// Why a query has no answer.
package struct QueryError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// The text does not parse or check; the API says `bad_data`.
        case invalid
        /// It cannot be evaluated on these data, or is over a limit: `execution`.
        case execution
        case timeout
        case cancelled
        /// Storage failed: `internal`.
        case storage
    }

    package var kind: Kind
    /// As the API shows it: Prometheus' own words where there are such.
    package var message: String
    /// In the query's text, where there is a place.
    package var range: SourceRange?

    package init(_ kind: Kind, _ message: String, range: SourceRange? = nil) {
        self.kind = kind
        self.message = message
        self.range = range
    }

    package var description: String { message }
}
