import Recordings
import Testing
import Verification

struct QueryExpectationTests {
    static let answers: [String: RawAnswer] = [
        "two": RawAnswer(columns: ["job", "value"], rows: [["a", "1"], ["b", "2.5"]]),
        "one": RawAnswer(columns: ["count()"], rows: [["3"]]),
        "bad": RawAnswer(columns: [], rows: [], error: "parse error at 1"),
        "up{job=\"shop\"}[0s]": RawAnswer(columns: ["value"], rows: [["1"]]),
    ]

    static let cases: [(String, CheckReport.Outcome)] = [
        ("two", .passed), ("none", .failed), ("bad", .broken), ("none\nexpect: {empty: true}", .passed),
        ("two\nexpect: {empty: true}", .failed), ("two\nexpect: {empty: false}", .passed),
        ("two\nexpect: {count: 2}", .passed),
        ("two\nexpect: {count: {more_than: 2}}", .failed), ("none\nexpect: {count: 0}", .passed),
        ("two\nexpect: {value: {at_least: 1}}", .passed), ("two\nexpect: {value: {less_than: 2}}", .failed),
        ("none\nexpect: {value: 1}", .vacuous), ("one\nexpect: 3", .passed), ("one\nexpect: 3.0", .passed),
        ("one\nexpect: \"3\"", .passed), ("one\nexpect: 4", .failed), ("two\nexpect: {columns: [job, value]}", .passed),
        ("two\nexpect: {columns: [value]}", .failed), ("two\nexpect: {rows: [[b, 2.5], [a, 1]]}", .passed),
        ("two\nexpect: {rows: [[b, 2.5]]}", .failed), ("two\nexpect: {rows: [[b, 2.5], {job: a}]}", .passed),
        ("two\nexpect: {rows: [[b, 2.5], {job: c}]}", .failed), ("two\nexpect: {contains: {job: b}}", .passed),
        ("two\nexpect: {contains: [{job: a, value: {at_most: 1}}, {job: {matches: b}}]}", .passed),
        ("two\nexpect: {contains: {job: b, value: 2}}", .failed),
        ("two\nexpect: {all: {value: {type: number}}}", .passed),
        ("two\nexpect: {all: {job: a}}", .failed), ("none\nexpect: {all: {job: a}}", .vacuous),
        ("bad\nexpect: {error: true}", .passed), ("two\nexpect: {error: true}", .failed),
        ("bad\nexpect: {error: {contains: parse}}", .passed), ("bad\nexpect: {error: {contains: limit}}", .failed),
        ("two\nwithin: none", .vacuous), ("two\nwithin: one", .passed), ("two\nwithin: bad", .broken),
        ("two\nexpect: {contains: {nothing: 1}}", .failed),
    ]

    @Test(arguments: RawQuery.Language.allCases, cases)
    func overTheAnswers(_ language: RawQuery.Language, _ example: (String, CheckReport.Outcome)) async throws {
        let report = try await check(
            "\(language.rawValue): \(example.0)", VocabularyTests.sample, answers: Self.answers)
        #expect(report.outcome == example.1, "\(example.0) \(report)")
    }

    @Test(arguments: RawQuery.Language.allCases)
    func anEmptyAnswerOverNothingIsVacuous(_ language: RawQuery.Language) async throws {
        let report = try await check("\(language.rawValue): none\nexpect: {empty: true}", Recording())
        #expect(report.outcome == .vacuous)
        let allowed = try await check(
            "\(language.rawValue): none\nexpect: {empty: true}\nallow_empty: true", Recording())
        #expect(allowed.outcome == .passed)
    }

    @Test func windowAndServiceArePutIntoQueries() async throws {
        let source = RecordedSource([VocabularyTests.sample])
        _ = try await checks(
            """
            version: 1
            service: shop
            window: {start: 5, end: 7}
            expectations:
              - promql: x{job="${service}"} > ${window.start} < ${window.end} or ${1}
            """, source)
        #expect(source.queries.map(\.text) == [#"x{job="shop"} > 5000000000 < 7000000000 or ${1}"#])
    }

    @Test func aSourceThatCannotAnswerBreaksTheCheck() async throws {
        let source = RecordedSource([VocabularyTests.sample], canAnswer: false)
        let reports = try await checks("version: 1\nexpectations: [{sql: SELECT 1}]", source)
        #expect(reports.map(\.outcome) == [.broken])
        #expect(reports.first?.message == "a recording cannot answer SQL")
    }
}
