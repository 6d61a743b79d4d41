import Foundation
import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite struct MirrorFilesTests {
    private static let line = """
        {"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[\
        {"traceId":"00000000000000010000000000000002","spanId":"0000000000000001","name":"a"},\
        {"traceId":"00000000000000010000000000000002","spanId":"0000000000000002","name":"b"}]}]}]}

        """

    private static func with(_ files: [String: String], _ look: (String) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "mirror-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: directory) }
        for (path, text) in files {
            let file = directory.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        try await look(directory.path)
    }

    @Test func itemsOfAllFilesOfASignalAreCountedOnce() async throws {
        let files = [
            "traces/traces.jsonl": Self.line + Self.line, "traces/traces-2026-01-01T00-00-00.000.jsonl": Self.line,
            "traces/traces_detailed.json": Self.line + Self.line, "logs/application.jsonl": "{}\n",
        ]
        try await Self.with(files) { directory in
            let counts = try MirrorFiles.items(directory)
            #expect(counts == [.traces: 6])
        }
    }

    @Test func aDamagedLineIsToldWithItsPlace() async throws {
        try await Self.with(["traces/traces.jsonl": Self.line + "{\"resourceSpans\":[\n"]) { directory in
            let error = #expect(throws: VerificationError.self) { try MirrorFiles.items(directory) }
            #expect(error?.message.contains("traces.jsonl:2") == true)
        }
    }

    @Test func storeAndFilesAreCompared() async throws {
        var options = SuiteOptions()
        options.isWholeLife = true
        let name = "the files hold what the store holds"
        try await Self.with(["traces/traces.jsonl": Self.line]) { directory in
            var options = options
            options.filesDirectory = directory
            var recording = SuiteSamples.healthy
            recording.series = []
            recording.logs = []
            let same = try await CompletenessSuite.outcome(name, recording, options)
            #expect(same == .passed)
            recording.spans.removeLast()
            let report = try await CompletenessSuite.check(name, recording, options)
            #expect(report?.outcome == .failed)
            #expect(report?.evidence == ["2 spans in files, 1 in the store"])
            let nothing = try await CompletenessSuite.outcome(name, Recording(), options)
            #expect(nothing == .failed)
        }
        options.filesDirectory = "/nonexistent"
        let empty = try await CompletenessSuite.outcome(name, Recording(), options)
        #expect(empty == .vacuous)
    }

    @Test(
        "files of the mirror are told by their names",
        arguments: [
            ("traces.jsonl", true), ("traces-2026-01-01T00-00-00.000.jsonl.zst", true), ("traces.jsonl.gz", true),
            ("traces_detailed.json", false), ("other.jsonl", false), ("traces.prom", false),
        ])
    func names(name: String, isMirror: Bool) {
        #expect(MirrorFiles.isMirrorFile(name, of: .traces) == isMirror)
    }
}
