import TelemetryModel

/// Sets fields: `add_fields: {fields: {env: prod}, target: ""}`. Filebeat's default target is `fields`; ours is the
/// record itself.
struct AddFieldsProcessor: LogProcessor {
    static let names = ["add_fields"]
    private let fields: [(name: String, value: LogValue)]

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        let target = try map.text("target") ?? ""
        guard let tree = map.tree("fields") else { throw LogProcessingError("processor add_fields: fields is missing") }
        fields = try ConfigurationValue.flattened(tree, prefix: target)
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        for field in fields { draft.setField(field.name, field.value) }
        return .keep
    }
}
