import TelemetryModel

/// Sets labels of the stream: `add_labels: {labels: {env: prod}}`. They are attributes of the resource, so keep their
/// values few.
struct AddLabelsProcessor: LogProcessor {
    static let names = ["add_labels"]
    private let labels: [(name: String, value: LogValue)]

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        guard let tree = map.tree("labels") else { throw LogProcessingError("processor add_labels: labels is missing") }
        labels = try ConfigurationValue.flattened(tree, prefix: "")
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        for label in labels {
            if let index = draft.resource.firstIndex(where: { $0.name == label.name }) {
                draft.resource[index].value = label.value
            } else {
                draft.resource.append(LogAttribute(label.name, label.value))
            }
        }
        return .keep
    }
}
