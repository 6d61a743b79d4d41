import TelemetryModel

/// What the processors that make fields of a text have in common: `field`, `target`, `overwrite_keys`,
/// `ignore_missing`, `drop_field`.
struct ParseOptions: Sendable {
    let field: String
    /// Before the names of the new fields, with a dot; empty for none.
    let prefix: String
    let overwrites: Bool
    let ignoresMissing: Bool
    let dropsField: Bool

    init(
        _ map: inout ConfigurationMap, defaultPrefix: String = "", target: String = "target"
    ) throws(LogProcessingError) {
        // Filebeat's name is a list.
        let names = try map.texts("fields")
        let name = try map.text("field")
        field = names?.first ?? name ?? "message"
        let target = try map.text(target) ?? defaultPrefix
        prefix = target.isEmpty ? "" : target + "."
        overwrites = try map.flag("overwrite_keys") ?? false
        ignoresMissing = try map.flag("ignore_missing") ?? false
        dropsField = try map.flag("drop_field") ?? false
    }

    /// The text to parse; nil when there is none and that is no failure.
    func text(_ draft: LogDraft) throws(ProcessorFailure) -> String? {
        guard let value = draft.field(field), value != .string("") else {
            if ignoresMissing { return nil }
            throw ProcessorFailure("field \(field) is missing")
        }
        return ValueText.plain(value)
    }

    /// Adds the fields that were made; what is there stays, unless `overwrite_keys` says otherwise.
    func add(_ fields: [LogAttribute], to draft: inout LogDraft) {
        if dropsField { draft.removeField(field) }
        for made in fields {
            let name = prefix + made.name
            // The message is what the fields were made of: a new one is the better.
            if !overwrites, name != "message", draft.field(name) != nil { continue }
            if !draft.setField(name, made.value) { draft.attributes.append(LogAttribute(name, made.value)) }
        }
    }
}
