import Foundation
import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite struct ReportMaterialTests {
    private static let line = """
        {"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[\
        {"traceId":"00000000000000010000000000000002","spanId":"0000000000000001","name":"a"},\
        {"traceId":"00000000000000010000000000000002","spanId":"0000000000000002","name":"b"}]}]}]}

        """
    private static let page = """
        # HELP traces_spanmetrics_calls_total calls
        # TYPE traces_spanmetrics_calls_total counter
        traces_spanmetrics_calls_total{span_name="a"} 2
        # TYPE operations_total counter
        operations_total{operation="insert"} 42

        """

    private static func material(
        _ files: [String: String], _ recordings: [Recording], options: SuiteOptions = SuiteOptions(),
        shownAs prefix: String? = "data", verifying window: RecordingWindow? = nil
    ) async throws -> (report: VerificationReport, looks: Int) {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "material-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: directory) }
        for (path, text) in files {
            let file = directory.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        var options = options
        if !files.isEmpty { options.filesDirectory = directory.path }
        let source = RecordedSource(recordings, canAnswer: false)
        let keeper = RecordingKeeper(source)
        if let window { _ = try await keeper.recording(window, itemsMax: 100_000) }
        var report = ReportSamples.passed
        await ReportMaterial(keeper, options: options).add(to: &report, window: RecordingWindow(), shownAs: prefix)
        return (report, source.looks)
    }

    @Test func filesAreListedWithWhatIsInThem() async throws {
        let files = [
            "traces/traces.jsonl": Self.line + Self.line, "traces/traces-2026-01-01T00-00-00.000.jsonl": Self.line,
            "metrics/metrics.prom": Self.page, "logs/logs.jsonl": "", "logs/application.jsonl": "{\"message\":1}\n",
            "processed/filebeat-processed-logs.jsonl": "{\"message\":\"a\"}\n{\"message\":\"b\"}\n",
        ]
        let (report, _) = try await Self.material(files, [SuiteSamples.healthy])
        #expect(
            report.files.map { "\($0.path) \($0.items)" } == [
                "data/traces/traces-2026-01-01T00-00-00.000.jsonl 2", "data/traces/traces.jsonl 4",
                "data/metrics/metrics.prom 2", "data/logs/logs.jsonl 0",
                "data/processed/filebeat-processed-logs.jsonl 2", "data/logs/application.jsonl 0",
            ])
        #expect(report.files.first { $0.path == "data/logs/logs.jsonl" }?.description == "no log records came")
    }

    @Test func aMirrorListsWhatItHasNotWrittenYet() async throws {
        let (report, _) = try await Self.material(["traces/traces_detailed.json": ""], [Recording()])
        #expect(report.files.count == 6)
        #expect(report.files.allSatisfy { $0.bytes == 0 && !$0.description.isEmpty })
    }

    @Test func samplesAreTheFirstOfEachKind() async throws {
        let files = [
            "metrics/metrics.prom": Self.page,
            "processed/filebeat-processed-logs.jsonl": "{\"message\":\"a\"}\n",
        ]
        let (report, _) = try await Self.material(files, [SuiteSamples.healthy])
        #expect(
            report.samples.map(\.title) == [
                "Trace Sample: span GET /cart", "Metrics Sample: newest values", "Log Sample: record of shop",
                "Processed Log Sample",
            ])
        #expect(report.samples[1].text == "# TYPE operations_total counter\noperations_total{operation=\"insert\"} 42")
        #expect(report.samples[0].text.contains("\"startTimeUnixNano\": \"1700000000000000000\""))
        for sample in report.samples where sample.language == "json" { #expect(JSONTree(sample.text) != nil) }
    }

    @Test func withoutAPageTheFirstSeriesIsShown() async throws {
        let (report, _) = try await Self.material([:], [SuiteSamples.healthy])
        #expect(report.files.isEmpty)
        #expect(
            report.samples[1].text.split(separator: "\n").last?.hasSuffix("count 3, sum 0.8") == true,
            "\(report.samples[1].text)")
    }

    @Test func aSampleIsSmallAndWholeHoweverLargeTheItem() async throws {
        let recording = SuiteSamples.changed { recording in
            recording.spans[0].attributes = RecordedAttributes(
                (0..<1000).map { .init(key: "key\($0)", value: .string(String(repeating: "\"x\\", count: 1000))) })
            recording.logs[0].body = .array(Array(repeating: .string(String(repeating: "é", count: 500)), count: 500))
        }
        let (report, _) = try await Self.material([:], [recording])
        for sample in report.samples {
            #expect(sample.text.utf8.count <= ReportExamples.bytesMax + 4)
            if sample.language == "json" { #expect(JSONTree(sample.text) != nil, "\(sample.text)") }
        }
    }

    @Test func whatWasLookedAtIsNotLoadedAgain() async throws {
        let all = try await Self.material([:], [SuiteSamples.healthy], verifying: RecordingWindow())
        #expect(all.looks == 1)
        var window = RecordingWindow()
        window.signals = [.traces]
        let some = try await Self.material([:], [SuiteSamples.healthy], verifying: window)
        #expect(some.looks == 2)
    }

    @Test func figuresAreAlwaysThere() async throws {
        let (report, _) = try await Self.material([:], [Recording()])
        #expect(
            report.figures.map(\.name) == [
                "Trace export latency", "Metric collection interval", "Log processing delay", "Telemetry overhead",
            ])
        #expect(report.samples.isEmpty)
    }

    @Test(arguments: [
        ("{\"a\":1,\"b\":[true,null]}", "{\"a\": 1, \"b\": [true, null]}"), ("[]", "[]"), ("\"a,{\"", "\"a,{\""),
    ]) func shortJSONStaysOnALine(text: String, expected: String) {
        #expect(JSONLayout.lines(text) == expected)
    }

    @Test func longJSONIsBrokenAtItsOuterBrackets() {
        let word = String(repeating: "w", count: 60)
        #expect(
            JSONLayout.lines("{\"a\":[\"\(word)\"],\"b\":{\"c\":\"\(word)\"}}")
                == "{\n  \"a\": [\"\(word)\"],\n  \"b\": {\"c\": \"\(word)\"}\n}")
    }

    @Test func aListOfOneObjectIsIndentedOnce() {
        let word = String(repeating: "w", count: 60)
        #expect(
            JSONLayout.lines("[{\"a\":\"\(word)\",\"b\":\"\(word)\"}]")
                == "[{\n  \"a\": \"\(word)\",\n  \"b\": \"\(word)\"\n}]")
    }

    @Test(arguments: ["{", "]", "\"a", "{\"a\":[}", String(repeating: "[", count: 100)])
    func whatIsNoJSONIsLeftAlone(text: String) {
        // Brackets of the wrong kind are not told apart, as nothing of the text is lost by that.
        #expect(JSONLayout.lines(text) == nil)
    }
}
