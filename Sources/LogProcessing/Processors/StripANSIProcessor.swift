import TelemetryModel

/// Takes the escape sequences of terminals out of the message, or of other fields: `strip_ansi: {fields: [message]}`.
struct StripANSIProcessor: LogProcessor {
    static let names = ["strip_ansi"]
    private let fields: [String]

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        fields = try map.texts("fields") ?? ["message"]
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        for field in fields {
            guard case .string(var text)? = draft.field(field),
                let stripped = text.withUTF8({ ANSIEscapes.stripped($0) })
            else { continue }
            draft.setField(field, .string(String(decoding: stripped, as: UTF8.self)))
        }
        return .keep
    }
}
