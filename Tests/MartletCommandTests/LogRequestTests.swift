import Testing

@testable import martlet

@Suite struct LogRequestTests {
    private static let times = TraceTimes(start: 1_000_000_000, end: 61_000_000_000)

    @Test func `lines, patterns and numbers have their endpoints`() throws {
        let lines = try LogQuestion(["x"])
        let plain = try LogRequest(lines, times: Self.times)
        #expect(plain.kind == .lines && plain.port == "api" && plain.limit == 100)
        #expect(plain.path.hasPrefix("/api/ui/logs?query=%7Bservice_name"))
        #expect(plain.path.hasSuffix("&start=1000000000&end=61000000000&limit=100&direction=backward"))
        let forward = try LogRequest(lines, times: Self.times, limit: 5, isForward: true)
        #expect(forward.path.hasSuffix("&limit=5&direction=forward"))
        let patterns = try LogRequest(lines, times: Self.times, isPatterns: true)
        #expect(patterns.kind == .patterns && patterns.path.hasPrefix("/api/ui/logs/patterns?"))
        #expect(patterns.path.hasSuffix("&limit=100&step=1000ms"))
        let numbers = try LogQuestion(["rate({a=\"b\"}[1m])"])
        let series = try LogRequest(numbers, times: Self.times, step: 7_000_000)
        #expect(series.port == "loki" && series.path.hasPrefix("/loki/api/v1/query_range?"))
        #expect(series.path.hasSuffix("&step=7ms"))
        let instant = try LogRequest(numbers, times: Self.times, isInstant: true)
        #expect(instant.path.hasPrefix("/loki/api/v1/query?") && instant.path.hasSuffix("&time=61000000000"))
    }

    @Test func `options that do not go with the question are wrong usage`() throws {
        let lines = try LogQuestion(["x"]), numbers = try LogQuestion(["rate({a=\"b\"}[1m])"])
        #expect(throws: CommandFailure.self) { try LogRequest(lines, times: Self.times, isInstant: true) }
        #expect(throws: CommandFailure.self) { try LogRequest(lines, times: Self.times, step: 1) }
        #expect(throws: CommandFailure.self) { try LogRequest(numbers, times: Self.times, limit: 1) }
        #expect(throws: CommandFailure.self) { try LogRequest(numbers, times: Self.times, isPatterns: true) }
    }
}
