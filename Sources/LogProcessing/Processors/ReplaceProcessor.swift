import PrometheusModel
import TelemetryModel

/// Replaces matches of a regular expression: `replace: {fields: [{field: a, pattern: "x+", replacement: "y$1"}]}`.
struct ReplaceProcessor: LogProcessor {
    static let names = ["replace"]
    private let fields: [(field: String, pattern: Pattern, replacement: String)]
    private let ignoresMissing: Bool
    private let fails: Bool

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        var fields: [(field: String, pattern: Pattern, replacement: String)] = []
        for item in try map.list("fields") ?? [] {
            var field = try ConfigurationMap(item, path: "processor replace: fields")
            let name = try field.required("field")
            let source = try field.required("pattern")
            let pattern = try PatternText.compile(source, "processor replace: pattern", at: item.position)
            fields.append((name, pattern, try field.text("replacement") ?? ""))
            try field.finish()
        }
        guard !fields.isEmpty else { throw LogProcessingError("processor replace: fields is missing") }
        self.fields = fields
        ignoresMissing = try map.flag("ignore_missing") ?? false
        fails = try map.flag("fail_on_error") ?? true
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        for field in fields {
            guard case .string(let text)? = draft.field(field.field) else {
                if ignoresMissing || !fails { continue }
                throw ProcessorFailure("field \(field.field) is missing")
            }
            draft.setField(field.field, .string(field.pattern.replaceAll(in: text, with: field.replacement)))
        }
        return .keep
    }
}
