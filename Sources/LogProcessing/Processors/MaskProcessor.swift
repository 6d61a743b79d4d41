import PrometheusModel
import TelemetryModel

/// Hides secrets and personal data: `mask: {}`.
///
/// - `keys`: more names whose values become `[REDACTED]`; those of the built-in list are found as parts of names in
///   any case, in attributes and, as `key=value`, `key: value` and `"key":"value"`, in texts.
/// - `values`: kinds of values that are looked for in texts: `api_keys`, `cards`, `paths` (all three by default),
///   `emails`, `phones`, `ipv4`, which become `sha256:<16 hex>` so that they stay comparable.
/// - `patterns`: regular expressions whose matches become `replacement` (default `[REDACTED]`).
/// - `fields`: only these; by default the message and all attributes.
/// - Spec: the masks of the automagik clients.
struct MaskProcessor: LogProcessor {
    static let names = ["mask"]

    private let fields: [String]?
    private let exceptions: [String]
    private let scanner: SecretScanner
    private let patterns: [Pattern]
    private let replacement: String

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        fields = try map.texts("fields")
        exceptions = try map.texts("except") ?? []
        let usesDefaults = try map.flag("default_keys") ?? true
        let keys = (usesDefaults ? SecretScanner.defaultKeys : []) + (try map.texts("keys") ?? [])
        var kinds: Set<SecretScanner.Kind> = [.apiKeys, .cards, .paths]
        if let names = try map.texts("values") {
            kinds = []
            for name in names {
                guard let kind = SecretScanner.Kind(rawValue: name) else {
                    let known = SecretScanner.Kind.allCases.map(\.rawValue)
                    throw LogProcessingError(
                        "processor mask: unknown kind of values \(name)\(Suggestion.text(for: name, among: known))",
                        at: map.tree("values")?.position)
                }
                kinds.insert(kind)
            }
        }
        scanner = SecretScanner(keys: keys, kinds: kinds)
        var patterns: [Pattern] = []
        for source in try map.texts("patterns") ?? [] {
            patterns.append(
                try PatternText.compile(source, "processor mask: patterns", at: map.tree("patterns")?.position))
        }
        self.patterns = patterns
        replacement = try map.text("replacement") ?? SecretScanner.redacted
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        if fields?.contains("message") ?? true {
            draft.body = masked(draft.body)
            draft.originalText = draft.originalText.map { masked($0) }
        } else {
            // The text has the fields in it.
            draft.originalText = nil
        }
        for index in draft.attributes.indices {
            let name = draft.attributes[index].name
            if let fields, !fields.contains(name) { continue }
            // Where the record was read from is no secret of the one who wrote it.
            if exceptions.contains(name) || name == "log.offset" || name == "log.file.inode" { continue }
            draft.attributes[index].value = masked(draft.attributes[index].value, name: name)
        }
        return .keep
    }

    private func masked(_ value: LogValue, name: String) -> LogValue {
        if scanner.isSecret(name), value != .null { return .string(SecretScanner.redacted) }
        switch value {
        case .string(let text): return .string(masked(text))
        case .list(let values): return .list(values.map { masked($0, name: "") })
        case .object(let members):
            return .object(members.map { LogAttribute($0.name, masked($0.value, name: $0.name)) })
        case .int(let number):
            // A card's number may be a number.
            let text = "\(number)"
            let hidden = masked(text)
            return hidden == text ? value : .string(hidden)
        default: return value
        }
    }

    private func masked(_ text: String) -> String {
        var text = scanner.masked(text)
        for pattern in patterns { text = pattern.replaceAll(in: text, with: escapedReplacement) }
        return text
    }

    /// Dollars in it are themselves.
    private var escapedReplacement: String {
        var result = ""
        for character in replacement { result += character == "$" ? "$$" : String(character) }
        return result
    }
}
