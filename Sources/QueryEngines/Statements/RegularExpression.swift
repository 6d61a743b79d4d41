import SQLSyntax

/// Regular expressions in SQL. The engine's `match` is RE2 as `Pattern` is; both take the whole text here.
enum RegularExpression {
    /// - Parameter dotMatchesNewline: TraceQL's dot stands for a line's end, too, LogQL's does not.
    static func condition(
        _ value: Expression, _ pattern: String, dotMatchesNewline: Bool = true
    ) -> Expression {
        if let texts = alternatives(pattern) {
            // As a list of texts, the index of values can be used.
            return texts.count == 1
                ? .equal(value, .parameter(.string(texts[0]))) : .inArray(value, .strings(texts))
        }
        let flag = dotMatchesNewline ? "s" : "-s"
        return .call("match", value, .parameter(.string("^(?\(flag):\(pattern))$")))
    }

    /// The texts of a pattern such as `GET|POST` that has nothing but texts; none of them is empty.
    static func alternatives(_ pattern: String) -> [String]? {
        // A quote would have to be escaped in a list, and the engine does not read that of a bound value.
        let special: Set<Unicode.Scalar> = ["\\", ".", "+", "*", "?", "(", ")", "[", "]", "{", "}", "^", "$", "'"]
        guard !pattern.unicodeScalars.contains(where: special.contains) else { return nil }
        let texts = pattern.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        return texts.contains("") ? nil : texts
    }
}
