import TelemetryModel

/// Copies fields: `copy_fields: {fields: [{from: a, to: b}]}`; a target that is there stays.
struct CopyFieldsProcessor: LogProcessor {
    static let names = ["copy_fields"]
    private let fields: [(from: String, to: String)]
    private let ignoresMissing: Bool
    private let fails: Bool

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        fields = try FieldPairs.read(&map, path: "processor copy_fields")
        ignoresMissing = try map.flag("ignore_missing") ?? false
        fails = try map.flag("fail_on_error") ?? true
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        var changed = draft
        for field in fields {
            guard let value = changed.field(field.from) else {
                if ignoresMissing || !fails { continue }
                throw ProcessorFailure("field \(field.from) is missing")
            }
            guard changed.field(field.to) == nil else {
                if !fails { continue }
                throw ProcessorFailure("field \(field.to) is there already")
            }
            guard changed.setField(field.to, value) || !fails else {
                throw ProcessorFailure("field \(field.to) cannot have the value")
            }
        }
        draft = changed
        return .keep
    }
}
