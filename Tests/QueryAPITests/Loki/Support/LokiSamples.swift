import LogQL
import PrometheusModel
import QueryEngines

@testable import QueryAPI

enum LokiSamples {
    /// 2026-01-01T00:00:00Z in nanoseconds.
    static let now: Int64 = 1_767_225_600_000_000_000
    static let hour: Int64 = 3_600_000_000_000

    static let streams = [
        [Label("service_name", "shop")],
        [Label("job", "a\"b"), Label("service_name", "bank")],
    ]

    static let entries = [
        LogEntry(
            time: now - 1, line: "one\n\u{1}\u{7F}é", stream: 0, metadata: [Label("trace_id", "ab")],
            parsed: [Label("status", "500"), Label("x", "")]),
        LogEntry(time: now - 2, line: "two", stream: 1),
        LogEntry(time: now - 3, line: "three", stream: 0, metadata: [Label("trace_id", "ab")]),
    ]

    static let lines = LogSelectResult(
        streams: streams, entries: entries,
        statistics: LogQueryStatistics(lines: 10, bytes: 1000, matched: 3, seconds: 0.5))

    static func api(_ queries: RecordingLogQueries) -> LokiAPI {
        LokiAPI(dependencies: LokiDependencies(queries: queries, now: { now }))
    }

    /// Status and text of an answer.
    static func ask(
        _ queries: RecordingLogQueries, _ endpoint: LokiEndpoint, _ form: [(String, String)] = [], name: String = "",
        categorizes: Bool = false
    ) async -> (status: Int, text: String) {
        let answer = await api(queries).answer(
            LokiAPI.Question(endpoint: endpoint, form: LokiForm(form), name: name, categorizesLabels: categorizes))
        switch answer.body {
        case .bytes(let bytes): return (answer.status, String(decoding: bytes, as: UTF8.self))
        case .pieces(let pieces): return (answer.status, String(decoding: pieces.bytes(), as: UTF8.self))
        }
    }

    /// The text without what `stats` says.
    static func withoutStatistics(_ text: String) -> String {
        guard let range = text.firstRange(of: ",\"stats\":") else { return text }
        return text[..<range.lowerBound] + "}}"
    }

    static func selection(_ text: String) throws -> LogSelection { try LogQLParser.parseSelection(text) }
}
