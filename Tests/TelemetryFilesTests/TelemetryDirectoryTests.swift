import TelemetryFiles
import TelemetryModel
import Testing

@testable import TelemetryFiles

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct TelemetryDirectoryTests {
    private let folder = Folder()

    private func names(_ path: String) throws -> [String] {
        try TelemetryDirectory.files(path).map { String($0.path.dropFirst(folder.path.count + 1)) }
    }

    @Test func rotatedFilesComeInOrderOfTimeAndTheLiveOneLast() throws {
        for name in [
            "traces.jsonl", "traces-2026-11-22T01-51-13.000.jsonl.zst", "traces-2026-11-21T23-00-00.500.jsonl.gz",
            "traces-2026-11-22T01-51-13.001.jsonl",
        ] { _ = folder.write("traces/\(name)", "x") }
        #expect(
            try names(folder.path) == [
                "traces/traces-2026-11-21T23-00-00.500.jsonl.gz", "traces/traces-2026-11-22T01-51-13.000.jsonl.zst",
                "traces/traces-2026-11-22T01-51-13.001.jsonl", "traces/traces.jsonl",
            ])
        #expect(Set(try TelemetryDirectory.files(folder.path).map(\.set)).count == 1)
    }

    @Test func rotationByNumberAndByDayIsUnderstood() throws {
        for name in [
            "a.jsonl", "a.jsonl.1", "a.jsonl.10.gz", "a.jsonl.2.gz", "b-20261122-1.ndjson", "b-20261122.ndjson",
            "b.ndjson",
        ] {
            _ = folder.write(name, "x")
        }
        #expect(
            try names(folder.path) == [
                "a.jsonl.10.gz", "a.jsonl.2.gz", "a.jsonl.1", "a.jsonl", "b-20261122.ndjson", "b-20261122-1.ndjson",
                "b.ndjson",
            ])
    }

    @Test func aMirrorIsReadOnceAndOnlyItsTelemetry() throws {
        for name in [
            "logs/logs.jsonl", "traces/traces.jsonl", "metrics/metrics.jsonl", "metrics/metrics.prom",
            "processed/filebeat-processed-logs.jsonl", "run/state.json", "logs/.hidden.jsonl", "top.jsonl",
            "logs/server.log",
        ] { _ = folder.write(name, name) }
        link(folder.path + "/traces/traces.jsonl", folder.path + "/traces/traces_detailed.json")
        link(folder.path + "/logs/logs.jsonl", folder.path + "/logs/other.jsonl")
        #expect(try names(folder.path) == ["traces/traces.jsonl", "metrics/metrics.jsonl", "logs/logs.jsonl"])
        #expect(try TelemetryDirectory.files(folder.path).map(\.signal) == [.traces, .metrics, .logs])
    }

    @Test func aCopyOfTheTracesUnderTheirSecondNameIsNotReadAgain() throws {
        _ = folder.write("traces/traces.jsonl", "a")
        _ = folder.write("traces/traces_detailed.json", "b")
        #expect(try names(folder.path) == ["traces/traces.jsonl"])
    }

    @Test func ofARotatedFileAndItsPackedFormOneIsRead() throws {
        _ = folder.write("traces/traces-2026-11-22T01-51-13.000.jsonl", "a")
        _ = folder.write("traces/traces-2026-11-22T01-51-13.000.jsonl.zst", "b")
        #expect(try names(folder.path) == ["traces/traces-2026-11-22T01-51-13.000.jsonl.zst"])
    }

    @Test func aFileIsItself() throws {
        let file = folder.write("traces.weird", "x")
        #expect(try TelemetryDirectory.files(file).map(\.path) == [file])
        #expect(try TelemetryDirectory.files(file)[0].signal == .traces)
    }

    @Test func nothingIsAnError() throws {
        let path = folder.path
        #expect(throws: TelemetryFileError.self) { try TelemetryDirectory.files(path) }
        #expect(throws: TelemetryFileError.self) { try TelemetryDirectory.files(path + "/absent") }
    }

    @Test(arguments: [
        ("traces.jsonl", "traces.jsonl"), ("traces-2026-11-22T01-51-13.000.jsonl.zst", "traces.jsonl"),
        ("traces-2026-11-22T01-51-13.000", "traces"), ("traces.jsonl.3.gz", "traces.jsonl"), (".jsonl", ".jsonl"),
        ("-20261122.jsonl", "-20261122.jsonl"), ("a-b.1234567", "a-b.1234567"), ("", ""),
    ])
    func namesAreTakenApart(_ name: String, _ set: String) {
        #expect(RotatedSet(name).name == set)
    }
}
