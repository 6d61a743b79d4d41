import TelemetryModel

/// Renames fields: `rename: {fields: [{from: a, to: b}]}`; a target that is there is a failure, as in Filebeat.
struct RenameProcessor: LogProcessor {
    static let names = ["rename"]
    private let fields: [(from: String, to: String)]
    private let ignoresMissing: Bool
    private let fails: Bool

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        fields = try FieldPairs.read(&map, path: "processor rename")
        ignoresMissing = try map.flag("ignore_missing") ?? false
        fails = try map.flag("fail_on_error") ?? true
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        var changed = draft
        for field in fields {
            if let value = changed.field(field.from) {
                // The message is always there; an empty one is as good as none.
                let held = changed.field(field.to)
                guard held == nil || held == .string("") || field.to == "message" || field.to == "service.name" else {
                    if !fails { continue }
                    throw ProcessorFailure("field \(field.to) is there already")
                }
                changed.removeField(field.from)
                guard changed.setField(field.to, value) || !fails else {
                    throw ProcessorFailure("field \(field.to) cannot have the value")
                }
            } else if changed.hasField(field.from) {
                // An object: its members are attributes with dotted names.
                for index in changed.attributes.indices
                where changed.attributes[index].name.hasPrefix(field.from + ".") {
                    changed.attributes[index].name =
                        field.to + changed.attributes[index].name.dropFirst(field.from.count)
                }
            } else if !ignoresMissing, fails {
                throw ProcessorFailure("field \(field.from) is missing")
            }
        }
        draft = changed
        return .keep
    }
}
