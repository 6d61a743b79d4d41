import TelemetryModel

/// Looks for trace and span ids in a field's text: `extract_ids: {field: message}`. The message itself is looked at
/// anyhow; this is for other fields, and for messages that another processor made.
struct ExtractIdentifiersProcessor: LogProcessor {
    static let names = ["extract_ids"]
    private let field: String

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        field = try map.text("field") ?? "message"
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        guard field != "message" else {
            TextFields.read(&draft, isSpacetime: draft.isOfService("spacetimedb"))
            return .keep
        }
        guard let value = draft.field(field) else { return .keep }
        var text = LogDraft(observedTime: draft.observedTime)
        text.body = ValueText.plain(value)
        TextFields.read(&text, isSpacetime: false)
        if draft.traceID == nil { draft.traceID = text.traceID }
        if draft.spanID == nil { draft.spanID = text.spanID }
        return .keep
    }
}
