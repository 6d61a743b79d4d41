import Testing

@testable import Receivers

@Suite struct UnknownPathTests {
    @Test(
        "an answer about a path that takes nothing says what is wrong with it",
        arguments: [
            ("/", "the path is missing"), ("/v1/traces/v1/traces", "twice"), ("/v1/metrics/v1/logs", "twice"),
            ("/otlp/v1/logs", "send it to /v1/logs, without /otlp"), ("/v1/trace", "traces are sent to /v1/traces"),
        ])
    func isExplained(path: String, words: String) {
        #expect(UnknownPathMiddleware.advice(for: path).contains(words))
    }
}
