import TelemetryModel

/// Keeps only the named attributes: `include_fields: {fields: [a, b]}`. Time, message, level, ids and the resource stay.
struct IncludeFieldsProcessor: LogProcessor {
    static let names = ["include_fields"]
    private let fields: [String]

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        fields = try map.texts("fields") ?? []
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        draft.attributes.removeAll { attribute in
            !fields.contains { attribute.name == $0 || attribute.name.hasPrefix($0 + ".") }
        }
        return .keep
    }
}
