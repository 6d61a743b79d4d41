import Foundation
import Testing

/// The scripts that Prometheus tests its own engine with. They are data beside this package and none of it.
@Suite("PromQL scripts")
struct PromQLScriptTests {
    @Test("a script of Prometheus 3.5 gives what it says", arguments: SharedScripts.names(in: "3.5"))
    func script(name: String) async throws {
        let runner = PromQLScriptRunner(name: name, script: try PromQLScript(try SharedScripts.text(of: "3.5/\(name)")))
        try await Self.check(runner, of: "3.5")
    }

    /// What Prometheus 3.5 itself answers otherwise than an older or newer script says is left out.
    @Test("a script of 2.42 gives what it says where 3.5 does", arguments: SharedScripts.names(in: "2.42"))
    func older(name: String) async throws { try await Self.check(name, of: "2.42") }

    @Test("a script newer than 3.5 gives what it says where 3.5 does", arguments: SharedScripts.names(in: "latest"))
    func newer(name: String) async throws { try await Self.check(name, of: "latest") }

    @Test("the scripts are there, or it is said that they are not")
    func presence() {
        let names = SharedScripts.names(in: "3.5")
        if names.isEmpty {
            print("SKIPPED: no PromQL scripts in \(SharedScripts.folder.path)")
        } else {
            #expect(names.contains("functions.test"))
        }
    }

    /// A call of constants only (`@`) is evaluated by 3.5 at the first step of a range, and so are its info series; here
    /// they are looked up at each step.
    private static let ownAnswers: [String: Set<Int>] = ["latest/info.test": [241]]

    private static func check(_ name: String, of version: String) async throws {
        let text = try SharedScripts.text(of: "\(version)/\(name)")
        var runner = PromQLScriptRunner(name: name, script: try PromQLScript(text, skipsUnknown: true))
        runner.comparesOnlyValues = true
        runner.skippedLines = try SharedScripts.linesThatDiffer(from: version, in: name)
            .union(ownAnswers["\(version)/\(name)"] ?? [])
        try await check(runner, of: version)
    }

    private static func check(_ runner: PromQLScriptRunner, of version: String) async throws {
        let outcome = try await runner.run()
        for failure in outcome.failures { Issue.record("\(version) \(failure)") }
        let passed = outcome.evals - outcome.failures.count
        let skipped = outcome.skipped > 0 ? ", \(outcome.skipped) skipped" : ""
        print("PromQL \(version) \(runner.name): \(passed) of \(outcome.evals) queries as expected\(skipped)")
        #expect(outcome.evals + outcome.skipped > 0)
    }
}

enum SharedScripts {
    /// `MARTLET_SHARED`, or the folder `shared` beside the package.
    static var folder: URL {
        let package = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["MARTLET_SHARED"].map { URL(filePath: $0) }
            ?? package.deletingLastPathComponent().appending(path: "shared")
        return shared.appending(path: "conformance/promqltest")
    }

    static func names(in version: String) -> [String] {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: version).path)) ?? []
        return found.filter { $0.hasSuffix(".test") }.sorted()
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }

    /// Original lines of a script whose queries Prometheus 3.5.3 answers otherwise, as was observed.
    static func linesThatDiffer(from version: String, in name: String) throws -> Set<Int> {
        let data = try Data(contentsOf: folder.appending(path: "reference-status.json"))
        let status = try JSONDecoder().decode([String: ReferenceStatus].self, from: data)
        let places = status[version]?.failsOn["3.5.3"] ?? []
        return Set(places.filter { $0.hasPrefix(name + ":") }.compactMap { Int($0.dropFirst(name.count + 1)) })
    }

    private struct ReferenceStatus: Decodable {
        let failsOn: [String: [String]]

        enum CodingKeys: String, CodingKey {
            case failsOn = "fails_on"
        }
    }
}
