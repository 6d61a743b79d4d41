/// A form in which targets show their metrics.
package enum ExpositionFormat: String, Sendable, CaseIterable {
    /// Prometheus' text format 0.0.4.
    case text
    /// OpenMetrics 1.0, the text format.
    case openMetrics
    /// A stream of `io.prometheus.client.MetricFamily`, each with its length before it.
    case protobuf

    /// The format of an answer with this header.
    ///
    /// A header that is missing, broken or of another type is an error, unless the target's configuration has a
    /// fallback (`fallback_scrape_protocol`). Versions and other parameters are not looked at.
    ///
    /// Spec: Prometheus 3 migration guide, "Scrape protocols".
    package init(contentType: String?, fallback: ExpositionFormat? = nil) throws(ExpositionError) {
        let type = contentType ?? ""
        switch Self.mediaType(type) {
        case "text/plain": self = .text
        case "application/openmetrics-text": self = .openMetrics
        case "application/vnd.google.protobuf": self = .protobuf
        case let other:
            if let fallback {
                self = fallback
                return
            }
            let problem =
                type.isEmpty
                ? "there is no content type" : other == nil ? "broken content type" : "unknown content type"
            throw ExpositionError("\(problem), and no fallback_scrape_protocol is set for the target")
        }
    }

    /// The header that says this format.
    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        case .protobuf:
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
        }
    }

    /// The type without its parameters, in lower case; nil when header or parameters break the grammar.
    ///
    /// Spec: RFC 9110, section 8.3.1, read as loosely as Go's `mime.ParseMediaType`: white space around everything, and
    /// a semicolon at the end.
    private static func mediaType(_ header: String) -> String? {
        var rest = Substring(header.lowercased()).utf8[...]
        let head = rest.prefix { $0 != UInt8(ascii: ";") }
        rest = rest[head.endIndex...]
        let type = trimmed(head)
        let parts = type.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isToken) }) else { return nil }

        var parameters: [String: String] = [:]
        while true {
            rest = trimmed(rest)
            guard rest.popFirst() == UInt8(ascii: ";") else { return rest.isEmpty ? String(type) : nil }
            rest = trimmed(rest)
            if rest.isEmpty { continue }
            let name = rest.prefix(while: isToken)
            rest = trimmed(rest[name.endIndex...])
            guard !name.isEmpty, rest.popFirst() == UInt8(ascii: "=") else { return nil }
            rest = trimmed(rest)
            guard let value = parameterValue(&rest) else { return nil }
            if let before = parameters.updateValue(value, forKey: String(Substring(name))), before != value {
                return nil
            }
        }
    }

    private static func parameterValue(_ rest: inout Substring.UTF8View) -> String? {
        guard rest.first == UInt8(ascii: "\"") else {
            let value = rest.prefix(while: isToken)
            rest = rest[value.endIndex...]
            return value.isEmpty ? nil : String(value)
        }
        rest.removeFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped)
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"): return nil
            default: value.append(byte)
            }
        }
        return nil
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text.drop { isSpace($0) }
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func isToken(_ byte: UInt8) -> Bool {
        guard byte > 0x20, byte < 0x7F else { return false }
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\\"), UInt8(ascii: "\""),
            UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "?"), UInt8(ascii: "="):
            return false
        default: return true
        }
    }
}
