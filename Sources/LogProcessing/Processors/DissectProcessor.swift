import TelemetryModel

/// Filebeat's dissect: `dissect: {tokenizer: "%{client} %{path}", field: message, target_prefix: dissect}`; see
/// `DissectTokenizer` for the modifiers.
struct DissectProcessor: LogProcessor {
    static let names = ["dissect"]
    private let options: ParseOptions
    private let tokenizer: DissectTokenizer
    private let trimsLeft: Bool
    private let trimsRight: Bool

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        let source = try map.required("tokenizer")
        do throws(ProcessorFailure) {
            tokenizer = try DissectTokenizer(source)
        } catch {
            throw LogProcessingError("processor dissect: \(error.message)", at: map.tree("tokenizer")?.position)
        }
        options = try ParseOptions(&map, defaultPrefix: "dissect", target: "target_prefix")
        let trim = try map.text("trim_values") ?? "none"
        guard ["none", "left", "right", "all"].contains(trim) else {
            throw LogProcessingError("processor dissect: trim_values is none of none, left, right, all")
        }
        trimsLeft = trim == "left" || trim == "all"
        trimsRight = trim == "right" || trim == "all"
        if let characters = try map.text("trim_chars"), characters != " " {
            throw LogProcessingError("processor dissect: trim_chars other than a space is not supported")
        }
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        guard let text = try options.text(draft) else { return .keep }
        guard let parts = tokenizer.split(text) else {
            throw ProcessorFailure("field \(options.field) does not match the tokenizer")
        }
        var fields: [LogAttribute] = []
        for part in parts {
            let value = trimmed(part.value)
            guard let type = part.type else {
                fields.append(LogAttribute(part.name, .string(value)))
                continue
            }
            guard let converted = ConvertProcessor.convert(value, type: type) else {
                throw ProcessorFailure("field \(part.name) is no \(type)")
            }
            fields.append(LogAttribute(part.name, converted))
        }
        options.add(fields, to: &draft)
        return .keep
    }

    private func trimmed(_ text: String) -> String {
        var text = text[...]
        while trimsLeft, text.first == " " { text.removeFirst() }
        while trimsRight, text.last == " " { text.removeLast() }
        return String(text)
    }
}
