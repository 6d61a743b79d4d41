package import TelemetryModel

/// Why a query has no answer on the spans it was given.
package struct TraceQLEvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `.invalid` (a regular expression), `.unsupported` or `.overLimit`.
    package var kind: ErrorKind
    /// Lower case; names the limit where one was passed.
    package var message: String

    package init(_ kind: ErrorKind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
