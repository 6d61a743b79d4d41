import Testing

@testable import QueryAPI

@Suite("status of the Tempo API")
struct TempoStatusTests {
    @Test("health is said in Tempo's words")
    func health() async {
        let echo = await TempoSamples.answer(TempoFakeQueries(), .echo)
        #expect(echo.status == 200 && echo.text == "echo")
        let ready = await TempoSamples.answer(TempoFakeQueries(), .ready)
        #expect(ready.status == 200 && ready.text == "ready")
    }

    @Test("build information has Tempo's fields and a version of its form")
    func buildInformation() async {
        let answer = await TempoSamples.answer(TempoFakeQueries(), .buildInformation)
        #expect(
            answer.text
                == #"{"version":"2.9.0","revision":"","branch":"","buildUser":"","buildDate":"","goVersion":""}"#)
    }

    @Test("what Tempo has and Martlet has not is 501, with its path")
    func unsupported() async {
        for endpoint in [TempoEndpoint.overrides, .metricsSummary, .modelContext, .configuration] {
            let answer = await TempoSamples.answer(TempoFakeQueries(), endpoint)
            #expect(answer.status == 501)
            #expect(answer.text == "\(endpoint.path) is not supported")
        }
    }

    @Test("status lists version and paths")
    func status() async {
        let answer = await TempoSamples.answer(TempoFakeQueries(), .status)
        #expect(answer.text.hasPrefix("martlet, answering as tempo, version "))
        #expect(answer.text.contains("GET /api/search\n"))
    }
}
