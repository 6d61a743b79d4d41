package import TelemetryModel

/// Counts and durations by statement over many traces.
///
/// Bounded: statements that find no room are counted in `other`; of texts and services only so much is kept.
package struct StatementStatistics: Sendable {
    package struct Entry: Sendable, Equatable {
        package var fingerprint: StatementFingerprint
        package var errors = 0
        /// Of the executions; negative ones count as 0.
        package var durations = DurationDistribution()
        /// A text as it was sent, that of the slowest execution: at most `sampleBytesMax` bytes.
        package var sample = ""
        /// The span of that execution; zero where it was not said.
        package var sampleTrace = TraceID.zero
        package var sampleSpan = SpanID.zero
        /// What the first execution that named one was sent to: `db.system.name`.
        package var system = ""
        /// The services that sent it, in the order in which they were first seen; at most `servicesMax`.
        package var services: [String] = []
        /// Whether there were more.
        package var hasMoreServices = false

        package var count: Int { durations.count }
        /// Nanoseconds.
        package var total: Int64 { durations.total }
    }

    package struct Other: Sendable, Equatable {
        package var errors = 0
        package var durations = DurationDistribution()
        package var count: Int { durations.count }
    }

    package static let sampleBytesMax = 2048
    package static let servicesMax = 16

    package private(set) var other = Other()
    private var statements: [Entry] = []
    private var indexes: [UInt64: Int] = [:]
    private let statementsMax: Int

    package init(statementsMax: Int = 10_000) {
        self.statementsMax = Swift.max(0, statementsMax)
    }

    /// - Parameters:
    ///   - statement: the text that the fingerprint is of.
    ///   - duration: nanoseconds.
    ///   - system: `db.system.name`, empty where it is not known.
    ///   - trace, span: the execution.
    package mutating func add(
        _ fingerprint: StatementFingerprint, statement: String, service: String, duration: Int64, isError: Bool,
        system: String = "", trace: TraceID = .zero, span: SpanID = .zero
    ) {
        let index: Int
        if let known = indexes[fingerprint.hash] {
            index = known
        } else if statements.count < statementsMax {
            index = statements.count
            indexes[fingerprint.hash] = index
            statements.append(Entry(fingerprint: fingerprint))
        } else {
            other.durations.add(duration)
            if isError { other.errors += 1 }
            return
        }
        if statements[index].count == 0 || duration > statements[index].durations.max {
            statements[index].sample = Self.cut(statement)
            statements[index].sampleTrace = trace
            statements[index].sampleSpan = span
        }
        if statements[index].system.isEmpty { statements[index].system = system }
        statements[index].durations.add(duration)
        if isError { statements[index].errors += 1 }
        if !statements[index].services.contains(service) {
            if statements[index].services.count < Self.servicesMax {
                statements[index].services.append(service)
            } else {
                statements[index].hasMoreServices = true
            }
        }
    }

    /// The most time first, then by text.
    package var entries: [Entry] {
        statements.sorted { one, two in
            one.total != two.total ? one.total > two.total : one.fingerprint.text < two.fingerprint.text
        }
    }

    /// The beginning, in whole characters.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > sampleBytesMax else { return text }
        var bytes = Array(text.utf8.prefix(sampleBytesMax + 1))
        var end = sampleBytesMax
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        bytes.removeSubrange(end...)
        return String(decoding: bytes, as: UTF8.self)
    }
}
