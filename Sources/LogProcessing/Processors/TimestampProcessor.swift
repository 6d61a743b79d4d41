import TelemetryModel

/// Takes the time from a field: `timestamp: {field: start, layouts: ["2006-01-02 15:04:05"], timezone: "+02:00"}`.
///
/// Without layouts any form is read that lines may have. `target_field` is the time itself by default.
struct TimestampProcessor: LogProcessor {
    static let names = ["timestamp"]
    private let field: String
    private let target: String
    private let layouts: [TimeLayout]
    private let zone: LogTimeZone?
    private let ignoresMissing: Bool
    private let dropsField: Bool

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        field = try map.required("field")
        target = try map.text("target_field") ?? "@timestamp"
        var layouts: [TimeLayout] = []
        for text in try map.texts("layouts") ?? [] {
            guard let layout = TimeLayout(text) else {
                throw LogProcessingError(
                    "processor timestamp: \(text) is no layout", at: map.tree("layouts")?.position)
            }
            layouts.append(layout)
        }
        self.layouts = layouts
        zone = try map.zone("timezone")
        ignoresMissing = try map.flag("ignore_missing") ?? false
        dropsField = try map.flag("drop_field") ?? false
        // Filebeat tries these when it starts; so do we.
        for text in try map.texts("test") ?? [] {
            guard parse(text, .utc, Timestamp(nanoseconds: 0)) != nil else {
                throw LogProcessingError(
                    "processor timestamp: the test \(text) is of none of the layouts", at: map.tree("test")?.position)
            }
        }
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        guard let value = draft.field(field) else {
            if ignoresMissing { return .keep }
            throw ProcessorFailure("field \(field) is missing")
        }
        guard let time = parse(ValueText.plain(value), context.zone, context.readTime) else {
            throw ProcessorFailure("field \(field) is of none of the layouts")
        }
        if dropsField { draft.removeField(field) }
        if target == "@timestamp" { draft.time = time } else { draft.setField(target, .string(time.rfc3339)) }
        return .keep
    }

    private func parse(_ text: String, _ zone: LogTimeZone, _ readTime: Timestamp) -> Timestamp? {
        let zone = self.zone ?? zone
        guard !layouts.isEmpty else { return TimeText.parse(text, zone: zone, readTime: readTime) }
        for layout in layouts {
            if let time = layout.parse(text, zone: zone, readTime: readTime) { return time }
        }
        return nil
    }
}
