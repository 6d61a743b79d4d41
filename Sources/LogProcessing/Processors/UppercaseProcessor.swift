import TelemetryModel

/// Values in upper-case letters: `uppercase: {fields: [a]}`.
struct UppercaseProcessor: LogProcessor {
    static let names = ["uppercase"]
    private let fields: [String]

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        fields = try map.texts("fields") ?? []
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        for field in fields {
            guard case .string(let text)? = draft.field(field) else { continue }
            draft.setField(field, .string(text.uppercased()))
        }
        return .keep
    }
}
