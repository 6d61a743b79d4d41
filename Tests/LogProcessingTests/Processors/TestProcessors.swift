package import LogProcessing
import TelemetryModel
import Testing

/// Configurations written as Swift literals, for tests.
extension ConfigurationTree: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .scalar(value, nil) }
    package init(arrayLiteral elements: ConfigurationTree...) { self = .list(elements, nil) }
    package init(dictionaryLiteral elements: (String, ConfigurationTree)...) {
        self = .map(elements.map { Member($0.0, $0.1, at: Position(line: 1, column: 1)) }, nil)
    }
}

enum TestProcessors {
    static func run(_ line: String, _ processors: ConfigurationTree...) throws -> ProcessedEvent {
        let list = try LogProcessorConfiguration.list(.list(processors, nil))
        return try TestEvents.process(line) { $0.processors = list }
    }

    static func draft(_ line: String, _ processors: ConfigurationTree...) throws -> LogDraft {
        let event = try { try LogProcessorConfiguration.list(.list(processors, nil)) }()
        let processed = try TestEvents.process(line) { $0.processors = event }
        #expect(processed.problems == [])
        return try #require(processed.drafts.first)
    }

    static func message(_ tree: ConfigurationTree) -> String? {
        do {
            _ = try LogProcessorConfiguration.list([tree])
            return nil
        } catch {
            return error.description
        }
    }
}
