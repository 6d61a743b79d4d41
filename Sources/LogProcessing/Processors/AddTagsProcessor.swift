import TelemetryModel

/// Appends to a list: `add_tags: {tags: [web], target: tags}`.
struct AddTagsProcessor: LogProcessor {
    static let names = ["add_tags"]
    private let tags: [String]
    private let target: String

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        tags = try map.texts("tags") ?? []
        target = try map.text("target") ?? "tags"
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        var values: [LogValue]
        switch draft.field(target) {
        case nil, .null: values = []
        case .list(let list): values = list
        case let value?: values = [value]
        }
        for tag in tags where !values.contains(.string(tag)) { values.append(.string(tag)) }
        draft.setField(target, .list(values))
        return .keep
    }
}
