extension TemplateFunctions {
    static let texts: TemplateFunctions = [
        "toUpper": text {
            $0.unicodeScalars.map { scalar in single(scalar, scalar.properties.uppercaseMapping) }.joined()
        },
        "toLower": text {
            $0.unicodeScalars.map { scalar in single(scalar, scalar.properties.lowercaseMapping) }.joined()
        },
        "title": text(title),
        "safeHtml": text { $0 },
        "stripPort": text { HostPort($0)?.host ?? $0 },
        "stripDomain": text(stripDomain),
        "graphLink": text(ExpressionLink.graph),
        "tableLink": text(ExpressionLink.table),
        "match": TemplateFunction(.string, .string) { arguments throws(TemplateError) in
            guard case .string(let source) = arguments[0], case .string(let text) = arguments[1] else { return .none }
            return .bool(try pattern(source, caller: "").groups(in: text, anchored: false) != nil)
        },
        "reReplaceAll": TemplateFunction(.string, .string, .string) { arguments throws(TemplateError) in
            guard case .string(let source) = arguments[0], case .string(let replacement) = arguments[1],
                case .string(let text) = arguments[2]
            else { return .none }
            let pattern = try pattern(source, caller: "regexp: Compile(`\(source)`): ")
            return .string(pattern.replaceAll(in: text, with: replacement))
        },
    ]

    private static func text(_ body: @escaping @Sendable (String) -> String) -> TemplateFunction {
        TemplateFunction(.string) { arguments throws(TemplateError) in
            guard case .string(let text) = arguments[0] else { return .none }
            return .string(body(text))
        }
    }

    private static func pattern(_ source: String, caller: String) throws(TemplateError) -> Pattern {
        do throws(Pattern.SyntaxError) {
            return try Pattern(source, dotMatchesNewline: false)
        } catch {
            throw TemplateError("\(caller)error parsing regexp: \(error.reason)")
        }
    }

    /// Go maps character by character; a mapping to several is none.
    private static func single(_ scalar: Unicode.Scalar, _ mapping: String) -> String {
        mapping.unicodeScalars.count == 1 ? mapping : String(scalar)
    }

    /// Every letter that begins a word in upper case: Go's `strings.Title`.
    private static func title(_ text: String) -> String {
        var result = ""
        var isStart = true
        for scalar in text.unicodeScalars {
            result += isStart ? single(scalar, scalar.properties.titlecaseMapping) : String(scalar)
            isStart =
                scalar.isASCII
                ? !(scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                : scalar.properties.isWhitespace
        }
        return result
    }

    /// The host's first label; an address stays as it is.
    private static func stripDomain(_ text: String) -> String {
        let parts = HostPort(text)
        let host = parts?.host ?? text
        guard !HostPort.isAddress(host) else { return text }
        let short = String(host.prefix { $0 != "." })
        guard let port = parts?.port, !port.isEmpty else { return short }
        return short.contains(":") ? "[\(short)]:\(port)" : "\(short):\(port)"
    }
}

/// Links to an expression in the web interface, below the external URL.
package enum ExpressionLink {
    package static func graph(_ expression: String) -> String {
        "/graph?g0.expr=\(QueryEscape.encode(expression))&g0.tab=0"
    }
    package static func table(_ expression: String) -> String {
        "/graph?g0.expr=\(QueryEscape.encode(expression))&g0.tab=1"
    }
}

/// `host:port` or `[address]:port` taken apart: Go's `net.SplitHostPort`.
struct HostPort {
    let host: String
    let port: String

    /// Nil when the text is not of that form.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let port = text[text.index(after: colon)...]
        let head = text[..<colon]
        let host: Substring
        if head.first == "[" {
            guard head.last == "]", head.count >= 2 else { return nil }
            host = head.dropFirst().dropLast()
        } else {
            guard !head.contains(":") else { return nil }
            host = head
        }
        guard !host.contains("["), !host.contains("]"), !port.contains("["), !port.contains("]") else { return nil }
        self.host = String(host)
        self.port = String(port)
    }

    /// Whether the text is an IP address.
    static func isAddress(_ text: String) -> Bool {
        if text.contains(":") {
            let groups = text.split(separator: ":", omittingEmptySubsequences: false)
            guard (3...9).contains(groups.count) else { return false }
            return groups.enumerated().allSatisfy { index, group in
                if group.contains(".") { return index == groups.count - 1 && isDotted(group) }
                return group.utf8.count <= 4 && group.allSatisfy(\.isHexDigit)
            }
        }
        return isDotted(Substring(text))
    }

    private static func isDotted(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                UInt8(part) != nil && part.first != "+" && (part.utf8.count == 1 || part.first != "0")
            }
    }
}
