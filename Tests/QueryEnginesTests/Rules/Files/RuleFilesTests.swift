import Foundation
import QueryEngines
import Testing

@Suite struct RuleFilesTests {
    /// A directory that is gone when the test is over.
    private final class Folder {
        let path: String

        init(_ files: [String: String]) throws {
            path = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString)").path
            for (name, text) in files {
                let url = URL(filePath: path).appending(path: name)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private static let group = "groups: [{name: a, rules: [{record: r, expr: up}]}]"

    @Test func patternsInTheLastPartFindFiles() throws {
        let folder = try Folder([
            "rules/b.yml": Self.group, "rules/a.yml": Self.group, "rules/c.txt": "no", "x.rules": Self.group,
        ])
        let loaded = try RuleFiles.load(["rules/*.yml", "rules/[a]*", "x.rules", "none*.yml"], directory: folder.path)
        #expect(loaded.files == ["rules/a.yml", "rules/b.yml", "x.rules"].map { "\(folder.path)/\($0)" })
        #expect(loaded.groups.map(\.file) == loaded.files)
        #expect(loaded.unmatchedPatterns == ["none*.yml"])
    }

    @Test func aPatternInAFolderIsRefused() {
        #expect(throws: RuleFileError.self) { try RuleFiles.load(["*/a.yml"]) }
    }

    @Test func problemsOfAllFilesAreTold() throws {
        let folder = try Folder(["a.yml": "x: 1", "b.yml": "y: 1", "c.yml": Self.group])
        do throws(RuleFileError) {
            _ = try RuleFiles.load(["*.yml"], directory: folder.path)
            Issue.record("accepted")
        } catch {
            #expect(
                error.description == "\(folder.path)/a.yml:1:1: field x not found in rule groups\n"
                    + "\(folder.path)/b.yml:1:1: field y not found in rule groups")
        }
    }
}

/// What we accept, Prometheus accepts.
@Suite struct PromtoolTests {
    private static let promtool = "/usr/bin/promtool"

    @Test("promtool accepts every file that we accept", arguments: RuleFileTable.valid)
    func accepts(text: String) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.promtool) else {
            print("skipped: no \(Self.promtool)")
            return
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString).yml")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: Self.promtool)
        process.arguments = ["check", "rules", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: output, as: UTF8.self))")
    }
}
