/// A place in the text of a query: offsets in bytes of UTF-8, the end exclusive.
package struct SourceRange: Hashable, Sendable {
    package var start: Int
    package var end: Int

    package init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }
}

/// Why a text is no LogQL query, or none that is supported.
package struct LogQLError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The text does not follow the grammar.
        case syntax
        /// It does, and means nothing: a comparison of types that do not go together, a selector that matches all.
        case invalid
        /// Valid in Loki, not here.
        case unsupported
        /// Over a bound of text, nesting or regular expressions.
        case tooLarge
    }

    package var code: Code
    /// Lower case, without a final period, without the position.
    package var message: String
    package var range: SourceRange?
    /// 1-based line and column in characters, as Loki writes them; 0 when there is no position.
    package var line: Int
    package var column: Int

    package init(_ code: Code, _ message: String, range: SourceRange? = nil, line: Int = 0, column: Int = 0) {
        self.code = code
        self.message = message
        self.range = range
        self.line = line
        self.column = column
    }

    /// As Loki words it: `parse error at line 1, col 5: …`.
    package var description: String {
        line > 0 ? "parse error at line \(line), col \(column): \(message)" : "parse error : \(message)"
    }
}
