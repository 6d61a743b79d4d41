import Foundation
import Testing

/// All end-to-end tests, one after the other: each suite has a server of its own, and two of them at once would
/// disturb what is measured here (memory) and what a small machine can bear. The time limit is that of each test: it ends
/// a hang, nothing is measured by it.
@Suite(.serialized, .timeLimit(.minutes(10)))
enum EndToEnd {}

/// Where things are.
enum Location {
    /// The package's root: the folder above `Tests`.
    static let package = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder of the Python clients.
    static let python = package.appending(path: "Tests/EndToEndTests/Python")

    /// What the developers share beside the repository; not there in a checkout of the repository alone.
    static let shared = package.deletingLastPathComponent().appending(path: "shared")

    /// The built server.
    static var binary: URL {
        get throws {
            let environment = ProcessInfo.processInfo.environment["MARTLET_TEST_BINARY"]
            let url = environment.map { URL(filePath: $0) } ?? package.appending(path: ".build/debug/martlet")
            guard FileManager.default.isExecutableFile(atPath: url.path) else {
                throw TestFailure(
                    "there is no server at \(url.path): run `swift build`, or set MARTLET_TEST_BINARY to its path")
            }
            return url
        }
    }
}

/// Why a test could not go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A word that no other run has used, for service names.
func uniqueRun() -> String {
    String(UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(12))
}

/// Asks until the answer is there or the deadline has passed.
///
/// - Returns: the first answer that is not nil.
/// - Throws: `TestFailure` naming `what` at the deadline.
func poll<Answer>(
    _ what: String, for deadline: Duration = .seconds(60), every interval: Duration = .milliseconds(20),
    _ question: () async throws -> Answer?
) async throws -> Answer {
    let end = ContinuousClock.now.advanced(by: deadline)
    while true {
        if let answer = try await question() { return answer }
        guard ContinuousClock.now < end else { throw TestFailure("waited \(deadline) in vain for \(what)") }
        try await Task.sleep(for: interval)
    }
}

/// A directory that is removed with its last reference.
final class TemporaryDirectory: Sendable {
    let url: URL
    var path: String { url.path }

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "martlet-e2e-\(uniqueRun())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}
