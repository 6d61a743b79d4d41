import Recordings
import Foundation
import Recordings
import TelemetryModel
import Testing
import Verification

@Suite struct FilesSourceTests {
    /// A directory as the mirror lays it out, removed at the end.
    private static func withDirectory(
        _ files: [String: String], _ body: (FilesSource) async throws -> Void
    ) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "martlet-files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try await body(FilesSource(directory: root.path))
    }

    private static func span(_ service: String, _ trace: String, _ start: Int) -> String {
        """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(service)"}}]},\
        "scopeSpans":[{"scope":{"name":"s"},"spans":[{"traceId":"\(trace)","spanId":"00000000000000a1","name":"a",\
        "kind":2,"startTimeUnixNano":"\(start)","endTimeUnixNano":"\(start + 5)"}]}]}]}

        """
    }

    private static func log(_ service: String, _ time: Int, observed: Int = 0) -> String {
        """
        {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(service)"}}]},\
        "scopeLogs":[{"scope":{},"logRecords":[{"timeUnixNano":"\(time)","observedTimeUnixNano":"\(observed)",\
        "body":{"stringValue":"b"}}]}]}]}

        """
    }

    private static func gauge(_ times: [Int]) -> String {
        let points = times.map { #"{"timeUnixNano":"\#($0)","asInt":"1"}"# }.joined(separator: ",")
        return """
            {"resourceMetrics":[{"resource":{},"scopeMetrics":[{"scope":{},"metrics":[{"name":"m","gauge":\
            {"dataPoints":[\(points)]}}]}]}]}

            """
    }

    /// Spans, log records, points.
    private static func counts(_ recording: Recording) -> [Int] {
        [recording.spans.count, recording.logs.count, recording.series.reduce(0) { $0 + $1.points.count }]
    }

    private static let one = String(repeating: "1", count: 32)
    private static let two = String(repeating: "2", count: 32)
    private static let mirror = [
        "traces/traces.jsonl": span("a", one, 10) + span("b", two, 20),
        "logs/logs.jsonl": log("a", 10) + log("b", 0, observed: 20),
        "metrics/metrics.jsonl": gauge([10, 20, 30]), "metrics/metrics.prom": "m 1\n",
        // A program's own log beside the mirror's.
        "logs/app.log.jsonl": "{\"message\":\"hello\"}\n",
        "processed/filebeat-processed-logs.jsonl": "{\"message\":\"hello\"}\n",
    ]

    @Test func allOfADirectoryIsRead() async throws {
        try await Self.withDirectory(Self.mirror) { source in
            let recording = try await source.recording(RecordingWindow(), itemsMax: 100)
            #expect(recording.spans.count == 2)
            #expect(recording.logs.count == 2)
            #expect(recording.series.map(\.points.count) == [3])
            let answer = try await source.answer(RawQuery(.sql, "SELECT 1", window: RecordingWindow()))
            #expect(answer == nil)
            let ledger = try await source.ledger()
            #expect(ledger == nil)
        }
    }

    @Test func theWindowLeavesOut() async throws {
        try await Self.withDirectory(Self.mirror) { source in
            let late = try await source.recording(RecordingWindow(start: 20, end: 30), itemsMax: 100)
            #expect(Self.counts(late) == [1, 1, 1])
            var service = RecordingWindow()
            service.services = ["a"]
            let ofService = try await source.recording(service, itemsMax: 100)
            #expect(Self.counts(ofService) == [1, 1, 0])
            var trace = RecordingWindow()
            trace.traces = [try #require(TraceID(hex: Self.two))]
            let ofTrace = try await source.recording(trace, itemsMax: 100)
            #expect(Self.counts(ofTrace) == [1, 0, 0])
            var signal = RecordingWindow()
            signal.signals = [.logs]
            let ofSignal = try await source.recording(signal, itemsMax: 100)
            #expect(Self.counts(ofSignal) == [0, 2, 0])
        }
    }

    @Test func tooMuchIsAnError() async throws {
        try await Self.withDirectory(Self.mirror) { source in
            let error = await #expect(throws: VerificationError.self) {
                try await source.recording(RecordingWindow(), itemsMax: 6)
            }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test(arguments: [
        ["traces/traces.jsonl": span("a", one, 1) + "{broken\n"], ["logs/app.jsonl": "{\"message\":\"hello\"}\n"], [:],
    ])
    func whatCannotBeReadIsAnError(_ files: [String: String]) async throws {
        try await Self.withDirectory(files) { source in
            let error = await #expect(throws: VerificationError.self) {
                try await source.recording(RecordingWindow(), itemsMax: 6)
            }
            #expect(error?.code == .invalidFile)
        }
    }
}
