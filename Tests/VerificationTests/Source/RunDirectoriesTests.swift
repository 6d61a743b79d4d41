import Foundation
import TelemetryModel
import Testing
import Verification

@Suite struct RunDirectoriesTests {
    @Test(arguments: [
        ("a", true), ("a b", true), ("", false), (".a", false), ("-a", false), ("a/b", false), ("a\n", false),
    ])
    func aNameIsOnePartOfAPath(_ name: String, _ isName: Bool) {
        #expect(RunDirectories.isName(name) == isName)
        #expect(!RunDirectories.isName(String(repeating: "x", count: 201)))
    }

    @Test func runsAreListedByName() throws {
        let data = FileManager.default.temporaryDirectory.appending(path: "martlet-runs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let runs = RunDirectories(data: data.path)
        #expect(try runs.names() == [])
        let run = RunFile(
            name: "b", command: ["true"], start: Timestamp(nanoseconds: 1), end: Timestamp(nanoseconds: 2),
            exit: .exited(0), services: [], version: "1")
        for name in ["b", "a", ".c.new", "empty"] {
            try FileManager.default.createDirectory(
                atPath: runs.path(of: name), withIntermediateDirectories: true)
            if name != "empty" { try Data(run.json).write(to: URL(filePath: runs.path(of: name) + "/run.json")) }
        }
        #expect(try runs.names() == ["a", "b"])
        #expect(try runs.run("a") == run)
        let missing = #expect(throws: VerificationError.self) { try runs.run("none") }
        #expect(missing?.code == .invalidFile)
        #expect(throws: VerificationError.self) { try runs.run("../b") }
    }
}
