import TelemetryModel

/// Cuts values: `truncate: {fields: [message], max_bytes: 1024}`, or `max_characters`.
struct TruncateProcessor: LogProcessor {
    static let names = ["truncate", "truncate_fields"]
    private let fields: [String]
    private let bytesMax: Int?
    private let charactersMax: Int?

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        fields = try map.texts("fields") ?? ["message"]
        bytesMax = try map.integer("max_bytes", in: 1...(1 << 30))
        charactersMax = try map.integer("max_characters", in: 1...(1 << 30))
        guard (bytesMax == nil) != (charactersMax == nil) else {
            throw LogProcessingError("processor truncate: either max_bytes or max_characters has to be there")
        }
        _ = try map.flag("ignore_missing")
        _ = try map.flag("fail_on_error")
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        var isCut = false
        for field in fields {
            guard case .string(let text)? = draft.field(field), let cut = cut(text) else { continue }
            draft.setField(field, .string(cut))
            isCut = true
        }
        guard isCut else { return .keep }
        // As in Filebeat.
        var flags: [LogValue] = []
        if case .list(let list)? = draft["log.flags"] { flags = list }
        if !flags.contains(.string("truncated")) { flags.append(.string("truncated")) }
        draft["log.flags"] = .list(flags)
        return .keep
    }

    /// Nil when the text is short enough.
    private func cut(_ text: String) -> String? {
        if let bytesMax {
            guard text.utf8.count > bytesMax else { return nil }
            var end = text.utf8.index(text.startIndex, offsetBy: bytesMax)
            // Not inside a character's bytes.
            while end > text.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
            return String(text[..<end])
        }
        guard let charactersMax, text.unicodeScalars.count > charactersMax else { return nil }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(charactersMax)))
    }
}
