import TelemetryModel

/// Makes fields of a field's JSON object: `parse_json: {field: message, target: ""}`.
///
/// Without a target the fields have their roles as in a line of JSON (time, level, message, ids); with one they are
/// attributes below it.
struct ParseJSONProcessor: LogProcessor {
    static let names = ["parse_json", "decode_json_fields"]
    private let options: ParseOptions
    private let addsErrorKey: Bool

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        options = try ParseOptions(&map)
        addsErrorKey = try map.flag("add_error_key") ?? true
        // Filebeat's bounds, which ours include.
        _ = try map.integer("max_depth", in: 1...100)
        _ = try map.flag("process_array")
        _ = try map.flag("expand_keys")
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        guard var text = try options.text(draft) else { return .keep }
        var fields = FieldCollector()
        let outcome = text.withUTF8 { JSONFormat.read($0, into: &fields) }
        guard outcome == .fields else {
            if !addsErrorKey { return .keep }
            throw ProcessorFailure("field \(options.field) is no json object")
        }
        draft.take(&fields, options, context)
        return .keep
    }
}

extension LogDraft {
    /// Adds the fields of a parsed text, by their roles when they have no target.
    mutating func take(_ fields: inout FieldCollector, _ options: ParseOptions, _ context: ProcessorContext) {
        var parsed = LogDraft(observedTime: observedTime)
        guard options.prefix.isEmpty else {
            options.add(fields.all, to: &self)
            return
        }
        let hasMessage = fields.messageField != nil
        let isBody = options.field == "message"
        fields.finish(
            into: &parsed, line: "", context: FormatContext(zone: context.zone, readTime: context.readTime))
        let overwrites = options.overwrites
        if let time = parsed.time, overwrites || self.time == nil { self.time = time }
        if !parsed.severityText.isEmpty, overwrites || severityText.isEmpty {
            severityText = parsed.severityText
            severityNumber = parsed.severityNumber
        }
        if let id = parsed.traceID, overwrites || traceID == nil { traceID = id }
        if let id = parsed.spanID, overwrites || spanID == nil { spanID = id }
        if hasMessage, overwrites || isBody { body = parsed.body }
        if !parsed.eventName.isEmpty { eventName = parsed.eventName }
        if parsed.flags != 0 { flags = parsed.flags }
        for attribute in parsed.attributes where attribute.name == "service.name" {
            setField("service.name", attribute.value)
        }
        parsed["service.name"] = nil
        options.add(parsed.attributes, to: &self)
    }
}
