import TelemetryModel

/// Trace and span of a log record: its own, else what its attributes name, as the store finds them (`LogFacts` in
/// `Codecs`). Ids that stand in the text alone are not looked for.
struct LogIdentifiers {
    private enum Key {
        case traceID, spanID, traceParent
    }

    var traceID: TraceID
    var spanID: SpanID

    mutating func complete(from attributes: RecordedAttributes) {
        guard traceID.isZero || spanID.isZero else { return }
        for entry in attributes.entries {
            guard let key = Self.key(entry.key), case .string(let text) = entry.value else { continue }
            let value = Self.trimmed(text)
            switch key {
            case .traceID:
                if traceID.isZero, let id = TraceID(anyForm: value) { traceID = id }
            case .spanID:
                if spanID.isZero, let id = Self.spanID(value) { spanID = id }
            case .traceParent:
                guard traceID.isZero, let (trace, span) = Self.traceParent(value) else { continue }
                traceID = trace
                if spanID.isZero { spanID = span }
            }
        }
    }

    /// Spellings differ in case and in what joins the words: `trace_id`, `traceId`, `trace.id`, `TraceID`.
    private static func key(_ key: String) -> Key? {
        var key = key[...]
        // `syslog.structured_data.<id>.trace_id`: the parameter's own name.
        if key.hasPrefix("syslog.structured_data."), let dot = key.lastIndex(of: ".") {
            key = key[key.index(after: dot)...]
        }
        guard (6...24).contains(key.utf8.count) else { return nil }
        let word = String(
            decoding: key.utf8.lazy.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: ".") && $0 != dash }
                .map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        return switch word {
        case "traceid", "oteltraceid", "ddtraceid", "xb3traceid", "logtraceid": .traceID
        case "spanid", "otelspanid", "ddspanid", "xb3spanid", "logspanid": .spanID
        case "traceparent": .traceParent
        default: nil
        }
    }

    private static func spanID(_ text: some StringProtocol) -> SpanID? {
        guard text.utf8.count == 16, let bytes = Hex.decode(text, paddedTo: 8), let id = SpanID(bytes: bytes),
            !id.isZero
        else { return nil }
        return id
    }

    /// Spec: W3C Trace Context, "traceparent": version, trace, parent and flags, joined by dashes.
    private static func traceParent(_ text: String) -> (TraceID, SpanID)? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].utf8.count == 2, parts[1].utf8.count == 32,
            let trace = TraceID(anyForm: String(parts[1])), let span = spanID(parts[2])
        else { return nil }
        return (trace, span)
    }

    private static func trimmed(_ text: String) -> String {
        func isEdge(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\"") }
        var bytes = Substring(text).utf8
        while let first = bytes.first, isEdge(first) { bytes.removeFirst() }
        while let last = bytes.last, isEdge(last) { bytes.removeLast() }
        return String(Substring(bytes))
    }

    private static let dash = UInt8(ascii: "-")
}
