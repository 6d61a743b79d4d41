import Foundation
import Testing

/// A runner of what the developers share beside the repository.
enum SharedRunner {
    /// Runs it against a server and expects that it ran something and that nothing failed; says so when it is not there.
    static func run(_ name: String, _ arguments: [String]) async throws {
        let runner = Location.shared.appending(path: "tools/\(name)")
        guard FileManager.default.fileExists(atPath: runner.path) else {
            print("SKIPPED: ../shared/tools/\(name) is not present")
            return
        }
        let result = try await EndToEndTests.run(
            try await PythonEnvironment.python(), [runner.path] + arguments,
            environment: ["PYTHONDONTWRITEBYTECODE": "1"], deadline: .seconds(500))
        let last = result.output.split(separator: "\n").last ?? ""
        print("\(name): \(last)")
        #expect(result.exitCode == 0, "\(result.summary)")
        // A runner that ran nothing must not pass for one that found nothing.
        #expect(last.contains("passed") && !last.hasPrefix("0 passed"))
    }
}
