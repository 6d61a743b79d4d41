import PrometheusModel
import TelemetryModel

/// Makes fields of the named groups of a regular expression (RE2): `parse_regex: {field: message, pattern: "…"}`.
///
/// A name has to be a word there; `__` in it stands for a dot, so that `http__status` is `http.status`.
struct ParseRegexProcessor: LogProcessor {
    static let names = ["parse_regex"]
    private let options: ParseOptions
    private let pattern: Pattern
    private let groups: [(index: Int, name: String)]

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        options = try ParseOptions(&map)
        let source = try map.required("pattern")
        pattern = try PatternText.compile(source, "processor parse_regex: pattern", at: map.tree("pattern")?.position)
        groups = pattern.groupNames.sorted { $0.key < $1.key }.map { ($0.key, Self.dotted($0.value)) }
        guard !groups.isEmpty else {
            throw LogProcessingError(
                "processor parse_regex: pattern has no named group", at: map.tree("pattern")?.position)
        }
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        guard let text = try options.text(draft) else { return .keep }
        guard let found = pattern.groups(in: text, anchored: false) else {
            throw ProcessorFailure("field \(options.field) does not match")
        }
        var fields: [LogAttribute] = []
        for group in groups {
            if group.index < found.count, let value = found[group.index] {
                fields.append(LogAttribute(group.name, .string(value)))
            }
        }
        options.add(fields, to: &draft)
        return .keep
    }

    private static func dotted(_ name: String) -> String {
        var result: [UInt8] = []
        for byte in name.utf8 {
            if byte == UInt8(ascii: "_"), result.last == UInt8(ascii: "_") {
                result[result.count - 1] = UInt8(ascii: ".")
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
