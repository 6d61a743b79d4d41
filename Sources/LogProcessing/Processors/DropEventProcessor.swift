import TelemetryModel

/// Drops the record: `drop_event: {when: {equals: {log.level: DEBUG}}}`. Without a condition all are dropped.
struct DropEventProcessor: LogProcessor {
    static let names = ["drop_event"]

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {}

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        .drop
    }
}
