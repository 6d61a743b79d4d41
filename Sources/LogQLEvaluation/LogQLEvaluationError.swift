package import TelemetryModel

/// Why a query cannot be run, or has no answer on the records it was given.
package struct LogQLEvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `.invalid` (an expression in the query, a record that a stage failed on), `.unsupported` or `.overLimit`.
    package var kind: ErrorKind
    /// In Loki's words where it has some.
    package var message: String

    package init(_ kind: ErrorKind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
