/// Parses and checks queries of TraceQL as in Tempo 3. No input makes it trap.
package enum TraceQLParser {
    /// Bytes of a query.
    package static let textBytesMax = 128 << 10
    /// Constructs within one another while parsing; each takes some frames of the stack.
    package static let nestingMax = 200
    /// Nodes from the root of a tree to its deepest leaf, which chains like `a || b || c …` reach without nesting.
    /// Whoever walks a tree may recurse this deep.
    package static let depthMax = 500
    /// Regular expressions in a query. Each takes some kilobytes once it is compiled.
    package static let patternsMax = 500

    /// Reads a query. Beyond Tempo it takes a comparison of a field without the braces around it, `service.name = "x"`,
    /// where a name with a dot needs no dot before it; a text that is TraceQL is never read so.
    ///
    /// - Throws: the first mistake of the text; mistakes of types and values only where the text parses.
    package static func parse(_ text: String) throws(TraceQLError) -> Query {
        try parse(text, isChecked: true)
    }

    /// Reads a query whose types and values need not go together.
    package static func parseWithoutChecks(_ text: String) throws(TraceQLError) -> Query {
        try parse(text, isChecked: false)
    }

    private static func parse(_ text: String, isChecked: Bool) throws(TraceQLError) -> Query {
        let bytes = Array(text.utf8)
        guard bytes.count <= textBytesMax else {
            throw TraceQLError(
                .parse, "the query has \(bytes.count) bytes, limit is \(textBytesMax)", at: SourceRange(0, bytes.count),
                line: 1, column: 1)
        }
        do throws(TraceQLError) {
            var parser = Parser(bytes)
            let query = try parser.query()
            if isChecked { try parser.throwFinding() }
            return query
        } catch {
            guard error.kind == .parse, beginsWithField(bytes) else { throw error }
            var parser = Parser(bytes, readsBareNames: true)
            do throws(TraceQLError) {
                let query = try parser.bareQuery()
                if isChecked { try parser.throwFinding() }
                return query
            } catch let bareError {
                // The reading that came further is the one that was meant.
                throw bareError.kind != .parse || bareError.range.start >= error.range.start ? bareError : error
            }
        }
    }

    /// Whether the text begins like a comparison of a field that lacks its braces. A name with a leading dot is not
    /// taken for that: who writes the dot knows the language.
    private static func beginsWithField(_ text: [UInt8]) -> Bool {
        var lexer = Lexer(text, readsBareNames: true)
        let token = lexer.next()
        return switch token.kind {
        case .attribute: text[token.range.start] != UInt8(ascii: ".")
        case .word(let word): Intrinsic(name: word) != nil
        default: false
        }
    }
}
