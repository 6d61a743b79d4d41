import TelemetryModel

/// Values in lower-case letters: `lowercase: {fields: [a]}`.
struct LowercaseProcessor: LogProcessor {
    static let names = ["lowercase"]
    private let fields: [String]

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        fields = try map.texts("fields") ?? []
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        for field in fields {
            guard case .string(let text)? = draft.field(field) else { continue }
            draft.setField(field, .string(text.lowercased()))
        }
        return .keep
    }
}
