import TelemetryModel

/// The spans before a message of tracing: `request{method=GET id=1}:query{sql="select 1"}`.
enum SpanContext {
    private static let spansMax = 64

    /// `tracing.spans` becomes the names from the outermost, with colons between; the fields become attributes, those
    /// of inner spans before those of outer ones with the same name.
    static func read(_ text: Text, into draft: inout LogDraft) {
        var names = ""
        var rest = text
        var count = 0
        while !rest.isEmpty, count < spansMax {
            count += 1
            let name = rest.take { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: ":") }
            if !names.isEmpty { names += ":" }
            names += name.string
            if rest.first == UInt8(ascii: "{"), let end = BalancedText.length(rest) {
                KeyValueTail.read(Text(rest.bytes, (rest.start + 1)..<(rest.start + end - 1)), into: &draft)
                rest.skip(end)
            }
            // Names may have colons themselves (`http::query`).
            while rest.take(UInt8(ascii: ":")) {
                if rest.first == UInt8(ascii: ":") {
                    names += ":"
                }
            }
        }
        draft["tracing.spans"] = .string(names)
    }
}
