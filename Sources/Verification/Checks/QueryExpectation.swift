import Recordings
import TelemetryModel

/// What a query is expected to answer; all of it has to hold.
struct ExpectedAnswer: Sendable {
    enum Failure: Sendable {
        /// The query is answered.
        case none
        /// It is refused, whatever the words.
        case any
        case message(TextCondition)
    }

    var failure = Failure.none
    var isEmpty: Bool?
    var count: Comparison?
    var value: ValueCondition?
    var columns: [String]?
    /// Cells in the order of the columns, or by column.
    var rows: [ExpectedRow]?
    var contains: [Matcher<RowItem>] = []
    var all: Matcher<RowItem>?
}

enum ExpectedRow: Sendable {
    case cells([ValueCondition])
    case columns(Matcher<RowItem>)

    func matches(_ row: RowItem, in recording: IndexedRecording) -> Bool {
        switch self {
        case .cells(let conditions):
            conditions.count == row.cells.count && zip(conditions, row.cells).allSatisfy { $0.holds(cell: $1) }
        case .columns(let matcher): matcher.matches(row, in: recording)
        }
    }

    var text: String {
        switch self {
        case .cells(let conditions): "[" + conditions.map(\.text).joined(separator: "; ") + "]"
        case .columns(let matcher): matcher.text
        }
    }
}

/// An expectation of what a query answers.
struct QueryExpectation: ExpectationBody {
    let language: RawQuery.Language
    let query: String
    /// Has to answer something, else nothing is said.
    let within: String?
    let answer: ExpectedAnswer
    let service: String?
    let allowsEmpty: Bool

    /// What tells whether there was anything to ask about.
    var signals: Set<Signal> {
        switch language {
        case .promql: [.metrics]
        case .traceql: [.traces]
        case .logql: [.logs]
        case .sql: Set(Signal.allCases)
        }
    }

    var title: String { "\(language.rawValue) \(Quoted.text(query))" }

    private var name: String {
        switch language {
        case .promql: "PromQL"
        case .traceql: "TraceQL"
        case .logql: "LogQL"
        case .sql: "SQL"
        }
    }

    func examine(_ examination: Examination) async throws -> Finding {
        let recording = examination.recording
        var finding = try await judge(examination)
        if finding.expected.isEmpty { finding.expected = expected }
        if finding.examined == 0, finding.outcome != .vacuous { finding.examined = population(recording) }
        return finding
    }

    private func judge(_ examination: Examination) async throws -> Finding {
        let recording = examination.recording
        if !allowsEmpty, let finding = try await emptiness(examination) { return finding }
        guard let answer = try await ask(query, examination) else {
            return Finding(.broken, "\(examination.source.title) cannot answer \(name)")
        }
        switch (self.answer.failure, answer.error) {
        case (.none, let error?):
            return Finding(.broken, "the query is refused: \(error)")
        case (.none, nil): break
        case (_, nil):
            var finding = Finding(.failed, "the query is answered with \(answer.rows.count) rows, expected an error")
            finding.evidence = Finding.evidence(rows(answer), recording)
            return finding
        case (.any, let error?): return Finding(.passed, "the query is refused: \(error)")
        case (.message(let condition), let error?):
            if condition.holds(error) { return Finding(.passed, "the query is refused: \(error)") }
            return Finding(
                .failed, "the query is refused with \(Quoted.text(error)), expected \(condition.missing(in: error))")
        }
        var finding = judge(rows(answer), columns: answer.columns, recording)
        finding.actual = answer.rows.count == 1 ? "1 row" : "\(answer.rows.count) rows"
        finding.examined = max(answer.rows.count, population(recording))
        if finding.evidence.isEmpty { finding.evidence = Finding.evidence(rows(answer), recording) }
        return finding
    }

    private func judge(_ rows: [RowItem], columns: [String], _ recording: IndexedRecording) -> Finding {
        if let isEmpty = answer.isEmpty, rows.isEmpty != isEmpty {
            return Finding(
                .failed,
                isEmpty ? "the answer has \(RowItem.counted(rows.count)), expected none" : "the answer is empty")
        }
        if let count = answer.count, !count.holds(Number(rows.count)) {
            return Finding(.failed, "the answer has \(RowItem.counted(rows.count)), expected \(count.text)")
        }
        if let wanted = answer.columns, wanted != columns {
            let list = columns.isEmpty ? "none" : columns.joined(separator: ", ")
            return Finding(.failed, "the columns are \(list), expected \(wanted.joined(separator: ", "))")
        }
        if rows.isEmpty, answer.value != nil || answer.all != nil, !allowsEmpty {
            return Finding(.vacuous, "the answer is empty, so nothing can be said of its rows")
        }
        if let value = answer.value {
            for row in rows where !value.holds(cell: row.value) {
                var finding = Finding(.failed, value.miss(cell: row.value, subject: "value").text)
                finding.evidence = [row.text(in: recording)]
                return finding
            }
        }
        if let all = answer.all {
            let wrong = rows.filter { !all.matches($0, in: recording) }
            if !wrong.isEmpty {
                var finding = Finding(
                    .failed, "\(wrong.count) of \(RowItem.counted(rows.count)) do not fulfil \(all.text)")
                finding.evidence = wrong.prefix(Finding.evidenceMax).map { all.explained($0, in: recording) }
                return finding
            }
        }
        for wanted in answer.contains where !rows.contains(where: { wanted.matches($0, in: recording) }) {
            var finding = Finding(.failed, "no row has \(wanted.text)")
            finding.nearestMisses = wanted.nearest(in: rows, recording)
            return finding
        }
        if let wanted = answer.rows, let finding = compare(rows, wanted, recording) { return finding }
        let said =
            answer.value == nil
            ? ""
            : ", value "
                + rows.prefix(Finding.evidenceMax)
                .map { $0.value ?? "none" }.joined(separator: ", ")
        return Finding(.passed, "the answer has \(RowItem.counted(rows.count))\(said)")
    }

    /// Exactly the rows, in any order. Conditions that fit one row each are put to rows greedily, those with the fewest
    /// rows first.
    private func compare(_ rows: [RowItem], _ wanted: [ExpectedRow], _ recording: IndexedRecording) -> Finding? {
        var free = Set(rows.indices)
        var lacking: [String] = []
        let fitting = wanted.map { row in rows.indices.filter { row.matches(rows[$0], in: recording) } }
        for index in wanted.indices.sorted(by: { fitting[$0].count < fitting[$1].count }) {
            if let row = fitting[index].first(where: free.contains) {
                free.remove(row)
            } else {
                lacking.append(wanted[index].text)
            }
        }
        guard !lacking.isEmpty || !free.isEmpty else { return nil }
        var parts: [String] = []
        if !lacking.isEmpty { parts.append("no row is " + lacking.prefix(3).joined(separator: ", nor ")) }
        if !free.isEmpty { parts.append("\(RowItem.counted(free.count)) too many") }
        var finding = Finding(.failed, parts.joined(separator: "; "))
        finding.evidence = Finding.evidence(free.sorted().map { rows[$0] }, recording)
        return finding
    }

    /// A finding when there was nothing that the query could have been about.
    private func emptiness(_ examination: Examination) async throws -> Finding? {
        guard let within else {
            guard population(examination.recording) == 0 else { return nil }
            // An answer with rows is about something, and an error about the query, whatever the recording has.
            if case .none = answer.failure {
                if let answer = try await ask(query, examination), answer.error == nil, answer.rows.isEmpty {
                    let nouns = signals.count == 1 ? signals.map(\.itemNoun).joined() : "telemetry"
                    return Finding(.vacuous, "there was nothing to ask about: no \(nouns) came in the window")
                }
            }
            return nil
        }
        guard let answer = try await ask(within, examination) else {
            return Finding(.broken, "\(examination.source.title) cannot answer \(name)")
        }
        if let error = answer.error { return Finding(.broken, "the query of `within` is refused: \(error)") }
        guard answer.rows.isEmpty else { return nil }
        return Finding(.vacuous, "there was nothing to ask about: \(Quoted.text(within)) answers nothing")
    }

    private func population(_ recording: IndexedRecording) -> Int {
        let recording = recording.recording
        return switch language {
        case .promql: recording.series.reduce(0) { $0 + $1.points.count }
        case .traceql: recording.spans.count
        case .logql: recording.logs.count
        case .sql: recording.items
        }
    }

    private func ask(_ query: String, _ examination: Examination) async throws -> RawAnswer? {
        let end = examination.window.end ?? examination.now
        let variables = [
            ("${window.start}", "\(examination.window.start ?? 0)"), ("${window.end}", "\(end)"),
            ("${service}", service ?? ""),
        ]
        let text = variables.reduce(query) { Self.replace($1.0, by: $1.1, in: $0) }
        return try await examination.source.answer(RawQuery(language, text, window: examination.window))
    }

    private static func replace(_ variable: String, by value: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let range = rest.firstRange(of: variable) {
            result += rest[..<range.lowerBound]
            result += value
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    private func rows(_ answer: RawAnswer) -> [RowItem] {
        answer.rows.map { RowItem(columns: answer.columns, cells: $0) }
    }

    private var expected: String {
        var parts: [String] = []
        switch answer.failure {
        case .none: break
        case .any: parts.append("an error")
        case .message(let condition): parts.append("an error, \(condition.text)")
        }
        if let isEmpty = answer.isEmpty { parts.append(isEmpty ? "no rows" : "rows") }
        if let count = answer.count { parts.append("\(count.text) rows") }
        if let value = answer.value { parts.append("value \(value.text)") }
        if let columns = answer.columns { parts.append("columns " + columns.joined(separator: ", ")) }
        if let rows = answer.rows { parts.append("exactly the rows " + rows.map(\.text).joined(separator: "; ")) }
        parts += answer.contains.map { "a row with \($0.text)" }
        if let all = answer.all { parts.append("all rows with \(all.text)") }
        return "\(name) \(Quoted.text(query)): " + parts.joined(separator: ", ")
    }
}
