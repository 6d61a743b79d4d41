import ArgumentParser
import TelemetryModel
import Testing

@testable import martlet

@Suite struct TraceQLCommandTests {
    private static let now = Timestamp(nanoseconds: 1_700_000_000_500_000_000)

    private static func failure(_ body: () throws -> Void) -> CommandFailure? {
        do {
            try body()
            return nil
        } catch {
            return error as? CommandFailure
        }
    }

    @Test func `a search asks for traces and nothing more than was said`() throws {
        let plain = try TraceQLRequest("{ }", times: nil, now: Self.now)
        #expect(plain.kind == .search && plain.path == "/api/search?q=%7B%20%7D")
        let full = try TraceQLRequest(
            "{ name = \"ü&\" }", times: TraceTimes(start: 1_500_000_000, end: 3_000_000_001), limit: 5, spans: 0,
            now: Self.now)
        #expect(
            full.path
                == "/api/search?q=%7B%20name%20%3D%20%22%C3%BC%26%22%20%7D&start=1&end=4&limit=5&spss=0")
    }

    @Test func `a metrics query is about the last hour without a time`() throws {
        let series = try TraceQLRequest("{ } | rate()", times: nil, now: Self.now)
        #expect(
            series.path == "/api/metrics/query_range?q=%7B%20%7D%20%7C%20rate%28%29&start=1699996400500000000"
                + "&end=1700000000500000000&step=60000000000ns")
        let instant = try TraceQLRequest(
            "{} | rate()", times: TraceTimes(start: 1, end: 2), isInstant: true, now: Self.now)
        #expect(instant.kind == .instant)
        #expect(instant.path == "/api/metrics/query?q=%7B%7D%20%7C%20rate%28%29&start=1&end=2")
        let short = try TraceQLRequest("{} | rate()", times: TraceTimes(start: 0, end: 61_000_000_000), now: Self.now)
        #expect(short.path.hasSuffix("&step=2000000000ns"))
        let given = try TraceQLRequest("{} | rate()", times: nil, step: 7, now: Self.now)
        #expect(given.path.hasSuffix("&step=7ns"))
    }

    @Test func `options that do not go with the query are wrong usage`() {
        for failure in [
            Self.failure { _ = try TraceQLRequest("{}", times: nil, step: 1, now: Self.now) },
            Self.failure { _ = try TraceQLRequest("{}", times: nil, isInstant: true, now: Self.now) },
            Self.failure { _ = try TraceQLRequest("{} | rate()", times: nil, limit: 1, now: Self.now) },
            Self.failure { _ = try TraceQLRequest("{} | rate()", times: nil, spans: 1, now: Self.now) },
        ] {
            #expect(failure?.exitCode == .usage)
        }
    }

    @Test func `a wrong query is shown with a caret at the place`() throws {
        let failure = try #require(
            Self.failure { _ = try TraceQLRequest("{\n .日本 = ) }", times: nil, now: Self.now) })
        #expect(failure.exitCode == .usage)
        let lines = failure.message.split(separator: "\n")
        try #require(lines.count == 3)
        #expect(lines[0].contains("line 2, column 8"))
        #expect(lines[1] == "   .日本 = ) }")
        // Both characters are two columns wide.
        #expect(lines[2] == "           ^")
    }

    @Test func `a query that is too long is not repeated`() throws {
        let query = "{" + String(repeating: " ", count: 200_000) + "}"
        let failure = try #require(Self.failure { _ = try TraceQLRequest(query, times: nil, now: Self.now) })
        #expect(failure.message.utf8.count < 500)
    }

    @Test func `arguments are read`() throws {
        let command = try TraceQLCommand.parse([
            "{ }", "--start", "-1h", "--end", "now", "--limit", "3", "--spans", "0", "--json",
        ])
        #expect(command.time.start == TimeArgument(argument: "-1h") && command.time.end == .now)
        #expect(command.limit == 3 && command.spans == 0 && command.json && !command.instant)
        let since = try TraceQLCommand.parse(["{ } | rate()", "--since", "90m", "--step", "30s"])
        let range = try since.time.range(now: Self.now)
        #expect(range == TraceTimes(start: Self.now.nanoseconds - 5_400_000_000_000, end: Self.now.nanoseconds))
        #expect(since.step?.nanoseconds == 30_000_000_000)
        #expect(try TraceQLCommand.parse(["{}"]).time.range(now: Self.now) == nil)
    }

    @Test(
        "wrong arguments are refused",
        arguments: [
            ["{}", "--since", "1h", "--start", "-1h"], ["{}", "--end", "now"], ["{}", "--limit", "0"],
            ["{}", "--spans", "-1"], ["{}", "--step", "0s"], ["{}", "--since", "0s"], ["{}", "--since", "1"],
            ["{}", "--instant", "--step", "1s"], [],
        ])
    func wrongArguments(arguments: [String]) {
        #expect(throws: (any Error).self) { try TraceQLCommand.parse(arguments) }
    }

    @Test func `a span of time goes forward`() throws {
        let command = try TraceQLCommand.parse(["{}", "--start", "now", "--end", "-1h"])
        #expect(Self.failure { _ = try command.time.range(now: Self.now) }?.exitCode == .usage)
        let nonsense = try TraceQLCommand.parse(["{}", "--start", "2026-02-30T00:00:00Z"])
        #expect(Self.failure { _ = try nonsense.time.range(now: Self.now) }?.exitCode == .usage)
    }

    @Test func `what the server says is shown, made harmless`() {
        func problem(_ status: Int, _ text: String) -> String {
            TraceQLRequest.problem(HTTPAnswer(status: status, body: Array(text.utf8)), url: "http://h:1")
        }
        #expect(problem(422, "too many \u{1B}[2J\n") == "too many \\u{1B}[2J")
        #expect(problem(404, "<html>\nx").hasPrefix("http://h:1 answers with status 404"))
        #expect(problem(401, "no").contains("MARTLET_AUTH_TOKEN"))
        #expect(APIProblem.exit(status: 400) == .usage && APIProblem.exit(status: 501) == .usage)
        #expect(APIProblem.exit(status: 503) == .no && APIProblem.exit(status: 404) == .no)
    }
}

@Suite struct TraceTimesTests {
    @Test(
        "a time is Unix seconds or RFC 3339",
        arguments: [
            ("0", 0), ("1700000000", 1_700_000_000_000_000_000), ("1700000000.5", 1_700_000_000_500_000_000),
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:00:00Z", 951_825_600_000_000_000),
            ("2026-01-02T03:04:05.678Z", 1_767_323_045_678_000_000),
            ("2026-01-02T03:04:05.1234567891Z", 1_767_323_045_123_456_789),
            ("2026-01-02T05:04:05+02:00", 1_767_323_045_000_000_000),
            ("2026-01-01T22:34:05-04:30", 1_767_323_045_000_000_000),
        ] as [(String, Int64)])
    func times(text: String, nanoseconds: Int64) {
        #expect(TraceTimes.nanoseconds(text) == nanoseconds)
    }

    @Test(
        "what is no time is refused",
        arguments: [
            "", "x", "99999999999", "1e99", "nan", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z",
            "2026-02-29T03:04:05Z", "2026-01-02T24:04:05Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Zx",
            "2026-01-02T03:04:05+2:00", "2026-01-02T03:04:05+02:0", "2026-01-02 03:04:05Z", "９026-01-02T03:04:05Z",
            "9999-01-02T03:04:05Z", "2026-01-02T03:04:05+99:00",
        ])
    func noTimes(text: String) {
        #expect(TraceTimes.nanoseconds(text) == nil)
    }

    @Test func `times are printed as they are read`() {
        var time: Int64 = 0
        while time < 9_000_000_000_000_000_000 {
            #expect(TraceTimes.nanoseconds(TraceTimes.text(time)) == time)
            time += 86_400_000_000_000 * 29 + 12_345_678_000_000
        }
    }
}

@Suite struct QueryCaretTests {
    @Test func `the caret stands below the byte, whatever is before it`() {
        #expect(QueryCaret.text("abc", at: 1) == "  abc\n   ^")
        #expect(QueryCaret.text("é日x", at: 5) == "  é日x\n     ^")
        #expect(QueryCaret.text("a\nb\u{1B}c\nd", at: 4) == "  b\\u{1B}c\n         ^")
    }

    @Test func `places beyond the query are its ends`() {
        #expect(QueryCaret.text("ab", at: 99) == "  ab\n    ^")
        #expect(QueryCaret.text("ab", at: -1) == "  ab\n  ^")
        #expect(QueryCaret.text("", at: 0) == "  \n  ^")
        #expect(QueryCaret.text("ab\n", at: 3) == "  \n  ^")
        // In the middle of a character.
        #expect(QueryCaret.text("日", at: 1).hasSuffix("^"))
    }

    @Test func `of a long line the part around the caret is shown`() {
        let query = String(repeating: "a", count: 500) + "!" + String(repeating: "b", count: 500)
        let lines = QueryCaret.text(query, at: 500).split(separator: "\n")
        #expect(lines[0] == "  …" + String(repeating: "a", count: 59) + "!" + String(repeating: "b", count: 48) + "…")
        #expect(lines[1] == String(repeating: " ", count: 62) + "^")
    }
}
