import TelemetryModel

/// One step that changes a record: `Processors` has one file for each.
protocol LogProcessor: Sendable {
    /// The names of the processor in a configuration, the usual one first; the others are Filebeat's.
    static var names: [String] { get }

    /// - Throws: when a key is missing, unknown, or has a value that cannot be.
    init(_ map: inout ConfigurationMap) throws(LogProcessingError)

    /// Changes the record, or leaves it as it was and throws.
    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict
}

enum ProcessorVerdict: Equatable {
    case keep
    case drop
}

struct ProcessorContext {
    let zone: LogTimeZone
    let readTime: Timestamp
}

/// Why a processor could not do its work on a record. Never the value itself.
struct ProcessorFailure: Error, Equatable {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
