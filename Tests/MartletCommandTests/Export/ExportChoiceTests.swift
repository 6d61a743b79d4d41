import Testing

@testable import martlet

@Suite struct ExportChoiceTests {
    @Test func allIsThreeFilesAsTheMirrorHasThem() throws {
        var choice = ExportChoice()
        choice.times = TraceTimes(start: 1, end: 2)
        choice.logQL = "{a=\"b\"}"
        let requests = try choice.requests(.all, nil)
        #expect(
            requests.map { $0.file(nil) } == ["traces/traces.jsonl", "metrics/metrics.jsonl", "logs/logs.jsonl"])
        #expect(requests.map { $0.file(.zstd) }.first == "traces/traces.jsonl.zst")
        #expect(requests[0].parameters.map(\.0) == ["start", "end"])
        #expect(requests[2].parameters.map(\.0) == ["start", "end", "query"])
        #expect(requests[0].path == "/api/ui/export/traces")
    }

    @Test func pointsOfMetricsAreOfNoTrace() throws {
        let choice = ExportChoice(traces: ["01"])
        #expect(try choice.requests(.all, nil).map(\.kind) == [.traces, .logs])
        #expect(throws: CommandFailure.self) { _ = try choice.requests(.metrics, nil) }
    }

    @Test func whatDoesNotFitIsWrongUsage() {
        func fails(_ choice: ExportChoice, _ kind: ExportKind?, _ form: ExportFileForm?) -> Bool {
            (try? choice.requests(kind, form)) == nil
        }
        #expect(fails(ExportChoice(), nil, nil))
        #expect(fails(ExportChoice(), .sql, nil))
        #expect(fails(ExportChoice(), .logs, .jaegerJSON))
        #expect(fails(ExportChoice(), .all, .jaegerJSON))
        #expect(fails(ExportChoice(traceQL: "{}"), .logs, nil))
        #expect(fails(ExportChoice(promQL: "up"), .traces, nil))
        #expect(fails(ExportChoice(sql: "SELECT 1"), .traces, nil))
        #expect(fails(ExportChoice(sql: "SELECT 1"), nil, .otlpLines))
        #expect(fails(ExportChoice(services: ["a"], sql: "SELECT 1"), nil, nil))
    }
}
