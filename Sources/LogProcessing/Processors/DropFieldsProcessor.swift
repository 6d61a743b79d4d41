import PrometheusModel
import TelemetryModel

/// Takes fields away: `drop_fields: {fields: [a, b.c, "/^tmp_/"]}`; slashes are around a regular expression. The time
/// stays, as in Filebeat.
struct DropFieldsProcessor: LogProcessor {
    static let names = ["drop_fields"]
    private let fields: [String]
    private let patterns: [Pattern]
    private let ignoresMissing: Bool

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        var fields: [String] = []
        var patterns: [Pattern] = []
        for name in try map.texts("fields") ?? [] {
            if name.utf8.count > 2, name.hasPrefix("/"), name.hasSuffix("/") {
                let source = String(name.dropFirst().dropLast())
                patterns.append(try PatternText.compile(source, "processor drop_fields: fields", at: nil))
            } else if name != "@timestamp" {
                fields.append(name)
            }
        }
        self.fields = fields
        self.patterns = patterns
        ignoresMissing = try map.flag("ignore_missing") ?? false
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        var missing: String?
        for field in fields where !draft.removeField(field) { missing = missing ?? field }
        if !patterns.isEmpty {
            draft.attributes.removeAll { attribute in patterns.contains { $0.finds(in: attribute.name) } }
        }
        if let missing, !ignoresMissing { throw ProcessorFailure("field \(missing) is missing") }
        return .keep
    }
}
