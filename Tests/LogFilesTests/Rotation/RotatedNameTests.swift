import TelemetryModel
import Testing

@testable import LogFiles

@Suite struct RotatedNameTests {
    private let time = Timestamp(nanoseconds: 1_795_312_273_042_000_000)

    @Test func theTimeStandsBeforeTheEnding() {
        #expect(RotatedName("/d/traces.jsonl").path(at: time) == "/d/traces-2026-11-22T01-51-13.042.jsonl")
        #expect(RotatedName("plain").path(at: time) == "plain-2026-11-22T01-51-13.042")
        #expect(RotatedName("/d/.hidden").path(at: time) == "/d/.hidden-2026-11-22T01-51-13.042")
        #expect(RotatedName("/d/x.jsonl").path == "/d/x.jsonl")
    }

    @Test(arguments: [
        ("traces.jsonl", true), ("traces-2026-11-22T01-51-13.042.jsonl", true),
        ("traces-2026-11-22T01-51-13.042.jsonl.zst", true), ("traces-2026-11-22T01-51-13.042.jsonl.gz", true),
        ("traces-2026-11-22T01-51-13.042.jsonl.zst.new", true), ("traces-2026-11-22T01-51-13.042.json", false),
        ("traces-2026-11-22.jsonl", false), ("traces-old.jsonl", false), ("traces.jsonl.1", false),
        ("traces_detailed-2026-11-22T01-51-13.042.jsonl", false), ("traces-2026-11-22T01-51-13.04x.jsonl", false),
    ])
    func onlyNamesOfThisFileAreIts(_ name: String, _ isOwn: Bool) {
        #expect(RotatedName("/d/traces.jsonl").owns(name) == isOwn)
    }
}
