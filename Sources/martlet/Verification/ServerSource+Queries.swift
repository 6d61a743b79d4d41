import Codecs
import PrometheusModel
import TelemetryModel
import Verification

extension ServerSource {
    /// Of traces and lines in an answer.
    private static let rowsMax = 10_000

    func answer(_ query: RawQuery) async throws -> RawAnswer? {
        switch query.language {
        case .promql: try await answerPromQL(query)
        case .traceql: try await answerTraceQL(query)
        case .logql: try await answerLogQL(query)
        case .sql: try await answerSQL(query)
        }
    }

    private func answerPromQL(_ query: RawQuery) async throws -> RawAnswer {
        var form = [("query", query.text)]
        if let end = query.window.end { form.append(("time", Self.seconds(end))) }
        let answer = try await post(
            try url("prometheus") + "/api/v1/query", Array(FormText.encoded(form).utf8),
            contentType: "application/x-www-form-urlencoded")
        return try Self.numbers(answer, query.text)
    }

    private func answerTraceQL(_ query: RawQuery) async throws -> RawAnswer {
        // Whole seconds that enclose the window; without bounds, all that is stored.
        let start = (query.window.start ?? 0) / 1_000_000_000
        let end = query.window.end.map { $0 / 1_000_000_000 + ($0 % 1_000_000_000 > 0 ? 1 : 0) } ?? Self.farSecond
        let form = [
            ("q", query.text), ("start", String(max(1, start))), ("end", String(max(2, end))),
            ("limit", String(Self.rowsMax)), ("spss", "1"),
        ]
        let answer = try await get(try url("tempo") + "/api/search?" + FormText.encoded(form))
        guard answer.status == 200 else { return Self.refusal(answer) }
        let found = try Self.reading { try TraceSearchAnswer(answer.body) }
        return RawAnswer(
            columns: ["traceID", "rootServiceName", "rootTraceName", "durationMs"],
            rows: found.traces.map { [$0.id, $0.rootService, $0.rootName, String($0.durationMilliseconds)] })
    }

    private func answerLogQL(_ query: RawQuery) async throws -> RawAnswer {
        let request: LogRequest
        do {
            let question = try LogQuestion([query.text], isQuery: true)
            let times = TraceTimes(
                start: Int64(clamping: query.window.start ?? 0),
                end: Int64(clamping: query.window.end ?? Self.farSecond * 1_000_000_000))
            request =
                switch question.kind {
                case .lines: try LogRequest(question, times: times, limit: Self.rowsMax, isForward: true)
                case .numbers: try LogRequest(question, times: Self.instant(query.window), isInstant: true)
                }
        } catch {
            return RawAnswer(columns: [], rows: [], error: error.message)
        }
        let answer = try await get(try url(request.port) + request.path)
        guard request.kind == .lines else { return try Self.numbers(answer, query.text) }
        guard answer.status == 200 else { return Self.refusal(answer) }
        let lines = try Self.reading { try LogAnswer(answer.body, isForward: true).lines }
        let rows = lines.map { line in
            (labels: line.stream + line.metadata + line.parsed, value: line.line)
        }
        return Self.table(rows.map { ($0.labels.map { ($0.name, $0.value) }, $0.value) }, valueColumn: "line")
    }

    private func answerSQL(_ query: RawQuery) async throws -> RawAnswer {
        let answer = try await post(
            try url("clickhouse") + "/?default_format=JSONCompact", Array(query.text.utf8), contentType: "text/plain")
        guard answer.status == 200 else {
            return RawAnswer(columns: [], rows: [], error: answer.text.trimmingNewlines())
        }
        let result = try Self.reading { try CompactResult(answer.body) }
        return RawAnswer(columns: result.columns.map(\.name), rows: result.rows)
    }

    // MARK: Forms of answers

    /// The year 2100: later than any span, and within what each API takes.
    private static let farSecond: UInt64 = 4_102_444_800

    /// The end of the window, else now; the start is not looked at.
    private static func instant(_ window: RecordingWindow) -> TraceTimes {
        let end = window.end.map { Int64(clamping: $0) } ?? Timestamp.now().nanoseconds
        return TraceTimes(start: end, end: end)
    }

    /// Unix seconds with the milliseconds that Prometheus knows.
    private static func seconds(_ nanoseconds: UInt64) -> String {
        let milliseconds = String(nanoseconds / 1_000_000 % 1_000)
        return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 3 - milliseconds.utf8.count)
            + milliseconds
    }

    private static func refusal(_ answer: HTTPAnswer) -> RawAnswer {
        let words = APIProblem.message(answer.body) ?? answer.text.trimmingNewlines()
        return RawAnswer(columns: [], rows: [], error: words.isEmpty ? "status \(answer.status)" : words)
    }

    /// An answer in the form of the Prometheus API: a row for each point.
    private static func numbers(_ answer: HTTPAnswer, _ query: String) throws -> RawAnswer {
        guard var found = try? PromQLAnswer(answer.body) else { return refusal(answer) }
        guard answer.status == 200 else {
            return RawAnswer(columns: [], rows: [], error: found.error.isEmpty ? answer.text : found.error)
        }
        guard ["vector", "matrix"].contains(found.resultType) else {
            return RawAnswer(columns: ["value"], rows: [[found.text]])
        }
        found.sort(for: query)
        let rows = found.series.flatMap { series in
            let labels = series.labels.entries.map { ($0.name, $0.value) }
            return series.points.map { (labels, text($0.value)) }
        }
        return table(rows, valueColumn: "value")
    }

    private static func text(_ value: PromQLAnswer.Value) -> String {
        switch value {
        case .number(let number): NumberText.json(number)
        case .histogram(let histogram):
            "{count:\(NumberText.json(histogram.count)), sum:\(NumberText.json(histogram.sum))}"
        }
    }

    /// Labels as columns in order of their names; a label that a row does not have is empty.
    private static func table(_ rows: [([(String, String)], String)], valueColumn: String) -> RawAnswer {
        let names = Set(rows.flatMap { $0.0.map(\.0) }).sorted()
        return RawAnswer(
            columns: names + [valueColumn],
            rows: rows.map { labels, value in
                // Of a repeated name the last counts: what the query found stands after what the sender said.
                let values = Dictionary(labels, uniquingKeysWith: { $1 })
                return names.map { values[$0] ?? "" } + [value]
            })
    }
}
