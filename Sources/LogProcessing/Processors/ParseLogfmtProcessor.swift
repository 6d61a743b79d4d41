import TelemetryModel

/// Makes fields of a field's `key=value` pairs: `parse_logfmt: {field: message, target: ""}`.
struct ParseLogfmtProcessor: LogProcessor {
    static let names = ["parse_logfmt"]
    private let options: ParseOptions

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        options = try ParseOptions(&map)
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        guard var text = try options.text(draft) else { return .keep }
        guard var fields = text.withUTF8({ LogfmtFormat.read(Text($0), isForced: true) }) else {
            throw ProcessorFailure("field \(options.field) is no logfmt")
        }
        draft.take(&fields, options, context)
        return .keep
    }
}
