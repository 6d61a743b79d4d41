import QueryEngines
import Testing

@testable import QueryAPI

@Suite("parameters of the Loki API")
struct LokiParameterTests {
    private static let now = LokiSamples.now

    @Test(
        "times are nanoseconds, seconds or dates",
        arguments: [
            ("4", 4_000_000_000), ("4000000000", 4_000_000_000_000_000_000), ("1767225600", now),
            ("1767225600000000000", now), ("17672256000", 17_672_256_000), ("1767225600.5", now + 500_000_000),
            ("1767225600.1234", now + 123_000_000), ("-1", -1_000_000_000), ("0", 0), ("-1.5", -1_500_000_000),
            ("2026-01-01T00:00:00Z", now), ("2026-01-01T01:00:00.000000001+01:00", now + 1),
            // Beyond what 64 bits hold.
            ("9999999999", LokiTime.latest), ("9223372036854775807", LokiTime.latest), ("1e300.0", nil),
            ("99999999999999999999", nil), ("9999-01-01T00:00:00Z", LokiTime.latest),
            ("0001-01-01T00:00:00Z", LokiTime.earliest), ("99999999999.5", LokiTime.latest), ("yesterday", nil),
            ("2026-01-01", nil), ("NaN", nil), ("1.5.5", nil), (" 4", nil),
        ] as [(String, Int64?)])
    func times(text: String, expected: Int64?) {
        #expect((try? LokiTime.parse(text).get()) == expected)
    }

    @Test("an unreadable time is said in Loki's words")
    func timeMessages() async {
        for (value, reason) in [
            ("yesterday", #"strconv.ParseInt: parsing "yesterday": invalid syntax"#),
            ("99999999999999999999", #"strconv.ParseInt: parsing "99999999999999999999": value out of range"#),
        ] {
            let answer = await LokiSamples.ask(
                RecordingLogQueries(), .queryRange, [("query", "{a=\"b\"}"), ("start", value)])
            #expect(answer.status == 400)
            #expect(answer.text == "could not parse 'start' parameter: \(reason)")
        }
        let instant = await LokiSamples.ask(RecordingLogQueries(), .query, [("query", "vector(1)"), ("time", "x")])
        #expect(instant == (400, #"strconv.ParseInt: parsing "x": invalid syntax"#))
    }

    @Test("without times a range is the last hour, or since")
    func bounds() throws {
        func range(_ form: [(String, String)]) throws -> LogTimeRange {
            try LokiForm(form).bounds(now: Self.now)
        }
        let hour = LokiSamples.hour
        #expect(try range([]) == LogTimeRange(start: Self.now - hour, end: Self.now))
        #expect(try range([("since", "2h")]) == LogTimeRange(start: Self.now - 2 * hour, end: Self.now))
        #expect(
            try range([("end", "1767222000")]) == LogTimeRange(start: Self.now - 2 * hour, end: Self.now - hour))
        // An end in the future does not move the start.
        #expect(
            try range([("end", "1767229200")]) == LogTimeRange(start: Self.now - hour, end: Self.now + hour))
        // A start rules over since.
        #expect(
            try range([("start", "1767222000"), ("since", "5h")])
                == LogTimeRange(start: Self.now - hour, end: Self.now))
        #expect(throws: LokiFailure.parameter("since", #"not a valid duration string: "x""#)) {
            try range([("since", "x")])
        }
    }

    @Test(
        "a range query with a bad parameter is refused in Loki's words",
        arguments: [
            ([("limit", "0")], "limit must be a positive value"),
            ([("limit", "-1")], "limit must be a positive value"),
            ([("limit", "x")], #"strconv.Atoi: parsing "x": invalid syntax"#),
            ([("limit", "10000")], "max entries limit per query exceeded, limit > max_entries_limit (10000 > 5000)"),
            ([("direction", "up")], "invalid direction 'up'"),
            (
                [("step", "0")],
                "zero or negative query resolution step widths are not accepted. Try a positive integer"
            ),
            ([("step", "x")], #"cannot parse "x" to a valid duration"#),
            (
                [("step", "100ms")],
                "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step "
                    + "parameter"
            ),
            ([("interval", "-5")], "interval must be >= 0"),
            (
                [("start", "1767225600"), ("end", "1767225599")],
                "end timestamp must not be before or equal to start time"
            ),
        ])
    func refusals(form: [(String, String)], message: String) async {
        let queries = RecordingLogQueries()
        let answer = await LokiSamples.ask(queries, .queryRange, [("query", "{a=\"b\"}")] + form)
        #expect(answer == (400, message))
        #expect(queries.record.selects.isEmpty)
    }

    @Test("a mistake in a query is said in Loki's words")
    func syntax() async {
        for endpoint in [LokiEndpoint.query, .queryRange, .statistics, .volume, .patterns, .detectedFields] {
            let answer = await LokiSamples.ask(RecordingLogQueries(), endpoint)
            #expect(answer == (400, "parse error : syntax error: unexpected $end"), "\(endpoint)")
        }
        let empty = await LokiSamples.ask(RecordingLogQueries(), .queryRange, [("query", "{}")])
        #expect(empty.status == 400)
    }

    @Test("the step is one in 250 of the range, at least a second")
    func step() throws {
        func step(_ seconds: Int64, _ text: String = "") throws -> Int64 {
            try LokiForm([("step", text)]).step(LogTimeRange(start: 0, end: seconds * 1_000_000_000))
        }
        #expect(try step(3600) == 14_000_000_000)
        #expect(try step(10) == 1_000_000_000)
        #expect(try step(3600, "60000ms") == 60_000_000_000)
        #expect(try step(3600, "0.5") == 500_000_000)
        #expect(try step(11_000, "1") == 1_000_000_000)
        #expect(throws: LokiFailure.self) { try step(11_001, "1") }
        #expect(
            try LokiForm([]).step(LogTimeRange(start: LokiTime.earliest, end: LokiTime.latest)) > 1_000_000_000)
    }
}
