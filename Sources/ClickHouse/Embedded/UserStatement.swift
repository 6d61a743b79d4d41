/// What a person's SQL may be, checked before it runs: the engine's read-only mode leaves holes.
///
/// `readonly = 1` and missing grants stop writes, `file()` and its kin as table functions, and settings. They do not
/// stop the *scalar* function `file`, the table function `python` (which hangs), nor KILL QUERY.
package enum UserStatement {
    /// The statements that only read.
    private static let leadingWords: Set<String> = ["select", "with", "show", "describe", "desc", "explain", "exists"]

    /// Functions that reach outside the database, or that only waste time.
    private static func isRefused(_ function: String) -> Bool {
        let name = function.lowercased()
        return refusedNames.contains(name) || name.hasPrefix("ai") || name.hasPrefix("sleep")
            || name.hasPrefix("python")
    }

    private static let refusedNames: Set<String> = [
        "file", "executable", "arrowstream", "catboostevaluate",
        "addresstoline", "addresstosymbol", "addresstolinewithinlines", "url", "remote", "remotesecure", "s3",
        "hdfs", "mysql", "postgresql", "sqlite", "mongodb", "redis", "jdbc", "odbc", "input", "cluster",
        "clusterallreplicas", "filecluster", "urlcluster", "s3cluster", "azureblobstorage", "gcs", "iceberg",
        "deltalake",
        "hudi", "ytsaurus",
    ]

    /// - Throws: `.query` with the engine's own numbers: 62 for text that does not parse, 392 for what is refused.
    static func check(_ text: String, on connection: EngineConnection) throws(EngineError) {
        let word = leadingWord(text)
        guard leadingWords.contains(word) else {
            throw EngineError(
                .query,
                "Code: 392. DB::Exception: only statements that read are allowed here (SELECT, WITH, SHOW, DESCRIBE, EXPLAIN, "
                    + "EXISTS), not \(word.isEmpty ? "an empty text" : word.uppercased()). (QUERY_IS_PROHIBITED)",
                number: 392)
        }
        if word == "show" {
            // The tree of a SHOW does not tell the functions of its condition; none has parentheses without them.
            guard !text.contains("(") else {
                throw EngineError(
                    .query,
                    "Code: 392. DB::Exception: SHOW is allowed here without functions only. (QUERY_IS_PROHIBITED)",
                    number: 392)
            }
            return
        }
        let tree = try connection.open("EXPLAIN AST " + text)
        defer { tree.release() }
        while let batch = try tree.next() {
            guard let lines = batch.columns.first else { continue }
            for row in 0..<batch.rows {
                guard let function = functionName(lines.value(at: row).text ?? ""), isRefused(function) else {
                    continue
                }
                throw EngineError(
                    .query, "Code: 392. DB::Exception: function \(function) is not allowed here. (QUERY_IS_PROHIBITED)",
                    number: 392)
            }
        }
    }

    /// The name in a line of the tree such as `    Function file (children 1)`.
    private static func functionName(_ line: String) -> String? {
        let parts = line.split(separator: " ")
        guard parts.count >= 2, parts[0] == "Function" || parts[0] == "TableFunction" else { return nil }
        return String(parts[1])
    }

    /// The first word in lower case, after white space, comments and opening parentheses.
    package static func leadingWord(_ text: String) -> String {
        var rest = text.unicodeScalars[...]
        while let first = rest.first {
            if first.properties.isWhitespace || first == "(" {
                rest.removeFirst()
            } else if rest.starts(with: "--".unicodeScalars) || first == "#" {
                rest = rest.drop { $0 != "\n" }
            } else if rest.starts(with: "/*".unicodeScalars) {
                rest.removeFirst(2)
                while !rest.isEmpty, !rest.starts(with: "*/".unicodeScalars) { rest.removeFirst() }
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        return String(String.UnicodeScalarView(rest.prefix { $0.properties.isAlphabetic })).lowercased()
    }
}
