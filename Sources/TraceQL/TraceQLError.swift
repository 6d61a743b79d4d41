/// Why a text is no query that can be answered: the position, and one sentence.
package struct TraceQLError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        case parse
        /// It parses, but its types or values do not go together.
        case check
        case unsupported
    }

    package var kind: Kind
    package var message: String
    package var range: SourceRange
    /// Line and column of `range.start`, both from 1; columns count characters.
    package var line: Int
    package var column: Int

    package init(_ kind: Kind, _ message: String, at range: SourceRange, line: Int, column: Int) {
        self.kind = kind
        self.message = message
        self.range = range
        self.line = line
        self.column = column
    }

    package var description: String {
        switch kind {
        case .parse: "parse error at line \(line), column \(column): \(message)"
        case .check: "invalid TraceQL query at line \(line), column \(column): \(message)"
        case .unsupported: "not supported, at line \(line), column \(column): \(message)"
        }
    }
}
