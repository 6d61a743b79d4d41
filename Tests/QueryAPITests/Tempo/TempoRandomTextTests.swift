import Testing

@testable import QueryAPI

@Suite("texts of no sense in the Tempo API")
struct TempoRandomTextTests {
    /// Pieces that mean something to the readers of parameters, put together by chance, always the same.
    @Test("no text ends the process")
    func random() {
        let pieces = [
            "{", "}", "(", ")", "&&", "||", "|", "&", "=", "=~", "\"", "`", "\\", " ", ".a", "span.b", "resource.",
            "true",
            "1", "-", "9223372036854775808", "1.5", ".", "h", "ms", "µs", "s", "d", "e9", "+", "T", "Z", ":", "\n", "ä",
            "\0",
            "2026-01-01T00:00:00", "status", "error", "!", ">", ",", "by(", "rate()", "{ .a = 1 }",
        ]
        var state: UInt64 = 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<3_000 {
            let text = (0..<next(14)).map { _ in pieces[next(pieces.count)] }.joined()
            _ = TempoLenientFilter.parse(text)
            _ = try? TempoTags.parse(text)
            _ = TempoDuration.parse(text, takesLongUnits: true)
            _ = TempoDuration.parseSecondsOrDuration(text)
            let names = ["q", "tags", "start", "end", "since", "step", "limit", "minDuration", "exemplars", "scope"]
            let form = TempoForm((0..<next(5)).map { _ in (names[next(names.count)], text) } + [("q", "{} | rate()")])
            _ = try? TempoSearchParameters(form).request()
            _ = try? TempoMetricsParameters(form).rangeRequest(now: TempoSamples.now)
            _ = try? TempoTagNamesParameters(form).request()
            _ = try? TempoTagValuesParameters(name: text, form).typedRequest()
        }
    }
}
