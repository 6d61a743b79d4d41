extension Attribute: CustomStringConvertible {
    /// As it is written in a query: `span.http.method`, `.foo`, `parent.duration`, `resource."a b"`.
    package var description: String {
        switch target {
        case .intrinsic(let intrinsic): return (ofParent ? "parent." : "") + intrinsic.name
        case .attribute(let scope, let name):
            let prefix = (ofParent ? "parent." : "") + (scope == .any ? (ofParent ? "" : ".") : scope.rawValue + ".")
            return prefix + (needsQuotes(scope, name) ? Self.quoted(name) : name)
        }
    }

    /// Reads the name of a tag as clients send it: `span.http.method`, `.http.method`, `duration`, `event:name`, and
    /// also `service.name` and `foo`, which mean attributes of any scope. Nil when there is no name.
    package init?(parsing text: String) {
        if let intrinsic = Intrinsic(name: text) {
            self.init(.intrinsic(intrinsic))
            return
        }
        let bytes = Array(text.utf8)
        guard bytes.count <= TraceQLParser.textBytesMax else { return nil }
        var lexer = Lexer(bytes)
        let token = lexer.next()
        if case .attribute(let attribute) = token.kind, token.range == SourceRange(0, bytes.count) {
            self = attribute
            return
        }
        // A name that a query would have to quote, as it is.
        let prefix = text.prefix { $0 != "." && $0 != ":" }
        let separator = text.dropFirst(prefix.count).first
        let rest = String(text.dropFirst(prefix.count + 1))
        if separator == ":", Intrinsic.scopes.contains(String(prefix)) { return nil }
        // The scope of an empty prefix is that of any attribute.
        if separator == ".", let scope = Scope(rawValue: String(prefix)) {
            guard !rest.isEmpty else { return nil }
            self.init(.attribute(scope, rest))
        } else {
            guard !text.isEmpty else { return nil }
            self.init(.attribute(.any, text))
        }
    }

    private func needsQuotes(_ scope: Scope, _ name: String) -> Bool {
        guard let first = name.utf8.first else { return true }
        // `.5` is a number.
        if scope == .any, !ofParent, Lexer.isDigit(first) { return true }
        if scope == .any, ofParent {
            if Intrinsic(name: name) != nil { return true }
            for scope in Scope.allCases where scope != .any && name.utf8.starts(with: (scope.rawValue + ".").utf8) {
                return true
            }
        }
        return name.unicodeScalars.contains { character in
            character.isASCII
                ? character == "\"" || !Lexer.isNameByte(UInt8(truncatingIfNeeded: character.value))
                : character.properties.isWhitespace
        }
    }

    private static func quoted(_ name: String) -> String {
        var result = "\""
        for character in name.unicodeScalars {
            if character == "\"" || character == "\\" { result += "\\" }
            result.unicodeScalars.append(character)
        }
        return result + "\""
    }
}
