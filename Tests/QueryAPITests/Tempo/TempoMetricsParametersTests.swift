import QueryEngines
import TelemetryModel
import TraceQL
import Testing

@testable import QueryAPI

@Suite("parameters of metrics queries")
struct TempoMetricsParametersTests {
    private static let second: Int64 = 1_000_000_000
    private static let now = TempoSamples.now

    private static func range(_ parameters: [(String, String)]) throws -> TraceMetricsRequest {
        try TempoMetricsParameters(TempoForm([("q", "{} | rate()")] + parameters)).rangeRequest(now: now)
    }

    private static func instant(_ parameters: [(String, String)]) throws -> TraceMetricsRequest {
        try TempoMetricsParameters(TempoForm([("q", "{} | rate()")] + parameters)).instantRequest(now: now)
    }

    @Test("the last hour at 15 s is the default")
    func defaults() throws {
        let request = try Self.range([])
        #expect(request.end == Self.now)
        #expect(request.start == Self.now - 3600 * Self.second)
        #expect(request.step == 15 * Self.second)
        #expect(request.exemplars == TempoLimits.exemplarsMax)
    }

    @Test(
        "times are seconds, nanoseconds or RFC 3339",
        arguments: [
            ("1700000000", 1_700_000_000_000_000_000), ("1700000000123456789", 1_700_000_000_123_456_789),
            ("1700000000.5", 1_700_000_000_500_000_000), ("2023-11-14T22:13:20Z", 1_700_000_000_000_000_000),
            ("2023-11-14T23:13:20.25+01:00", 1_700_000_000_250_000_000),
        ] as [(String, Int64)])
    func times(text: String, nanoseconds: Int64) throws {
        #expect(try Self.instant([("start", text)]).start == nanoseconds)
    }

    @Test("since goes back from the end, and from now when the end is later")
    func since() throws {
        let past = try Self.instant([("since", "15m"), ("end", "1700000000")])
        #expect(past.end == 1_700_000_000 * Self.second)
        #expect(past.start == past.end - 900 * Self.second)
        let future = try Self.instant([("since", "1d"), ("end", "1800000000")])
        #expect(future.end == 1_800_000_000 * Self.second)
        #expect(future.start == Self.now - 86_400 * Self.second)
    }

    @Test(
        "the default step makes about 240 samples of whole seconds",
        arguments: [(60, 1), (600, 2), (3600, 15), (10_800, 45), (86_400, 360), (1, 1)] as [(Int64, Int64)])
    func defaultStep(range: Int64, step: Int64) {
        #expect(TempoMetricsParameters.defaultStep(range * Self.second) == step * Self.second)
    }

    @Test("the range is widened to whole steps, which an instant is not")
    func alignment() throws {
        let request = try Self.range([("start", "1000000005"), ("end", "1000000065"), ("step", "30s")])
        #expect(request.start == 999_999_990 * Self.second)
        #expect(request.end == 1_000_000_080 * Self.second)
        let whole = try Self.range([("start", "1000000020"), ("end", "1000000080"), ("step", "60")])
        #expect(whole.start == 1_000_000_020 * Self.second && whole.end == 1_000_000_080 * Self.second)
        let instant = try Self.instant([("start", "1000000005"), ("end", "1000000065"), ("step", "30s")])
        #expect(instant.start == 1_000_000_005 * Self.second && instant.end == 1_000_000_065 * Self.second)
        #expect(instant.step == nil)
    }

    @Test(
        "exemplars are bounded, and the hint goes first",
        arguments: [
            ("", nil, 100), ("", "5", 5), ("", "0", 0), ("", "1000", 100), (" with(exemplars=false)", "5", 0),
            (" with(exemplars=true)", "0", 100), (" with(exemplars=true)", "7", 7), (" with(exemplars=12)", "5", 12),
            (" with(exemplars=99999)", nil, 100), (" with(sample=true)", nil, 100),
        ] as [(String, String?, Int)])
    func exemplars(hint: String, parameter: String?, count: Int) throws {
        let form = TempoForm([("q", "{} | rate()" + hint)] + (parameter.map { [("exemplars", $0)] } ?? []))
        #expect(try TempoMetricsParameters(form).rangeRequest(now: Self.now).exemplars == count)
    }

    @Test("query is another name of q")
    func query() throws {
        let request = try TempoMetricsParameters(TempoForm([("query", "{} | rate()")])).rangeRequest(now: Self.now)
        #expect(request.query == (try TraceQLParser.parse("{} | rate()")))
    }

    @Test(
        "what is wrong is said in one sentence",
        arguments: [
            ([("q", "")], "invalid request: q, the TraceQL query, is missing"),
            (
                [("q", "{}")],
                "invalid TraceQL query: a metrics query ends in a function such as rate(); a search is answered by "
                    + "/api/search"
            ),
            (
                [("start", "x")],
                "could not parse 'start' parameter: \"x\" is no time in seconds, nanoseconds or RFC 3339"
            ),
            (
                [("end", "9999999999")],
                "could not parse 'end' parameter: \"9999999999\" is no time in seconds, nanoseconds or RFC 3339"
            ),
            ([("end", "-9223372036854775808")], "invalid end: must not be negative"),
            ([("start", "-5")], "invalid start: must not be negative"),
            (
                [("start", "20"), ("end", "10")],
                "end must be greater than start. received start=20000000000 end=10000000000"
            ),
            (
                [("start", "20"), ("end", "20")],
                "end must be greater than start. received start=20000000000 end=20000000000"
            ),
            ([("since", "x")], "could not parse 'since' parameter: \"x\" is no duration"),
            ([("since", "-1h")], "invalid since: must not be negative"),
            ([("step", "x")], "cannot parse \"x\" to a valid duration"),
            ([("step", "0")], "invalid step: must be a positive duration"),
            ([("step", "-5s")], "invalid step: must be a positive duration"),
            (
                [("start", "10"), ("end", "20010"), ("step", "1s")],
                "step of 1s is too small, minimum step for given range is 2.000000001s"
            ),
            ([("exemplars", "x")], "invalid exemplars: \"x\" is no whole number"),
            ([("exemplars", "-1")], "invalid exemplars: must be a non-negative number"),
            ([("start", "0"), ("end", "9223372036854775807"), ("step", "9223372036s")], "invalid end: too late"),
        ] as [([(String, String)], String)])
    func wrong(parameters: [(String, String)], message: String) {
        let query = parameters.contains { $0.0 == "q" } ? [] : [("q", "{} | rate()")]
        do {
            _ = try TempoMetricsParameters(TempoForm(query + parameters)).rangeRequest(now: Self.now)
            Issue.record("no error")
        } catch {
            #expect(error.message == message)
            #expect(error.kind == .invalid)
        }
    }
}
