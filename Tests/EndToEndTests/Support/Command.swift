import Foundation
import Glibc

/// A finished program.
struct CommandResult: Sendable {
    let exitCode: Int32
    let output: String
    let errors: String

    /// For messages of tests.
    var summary: String { "exit code \(exitCode)\n--- stdout\n\(output)\n--- stderr\n\(errors)" }

    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        do {
            // Members of the Python clients are in snake case; keys of dictionaries stay as they are.
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(type, from: Data(output.utf8))
        } catch {
            throw TestFailure("the output is not the JSON that was expected: \(error)\n\(summary)")
        }
    }
}

/// Runs a program to its end. Its outputs go through files, so that a child that outlives it (a server started in the
/// background) cannot hold up the reader of a pipe.
///
/// - Throws: `TestFailure` when it has not ended by the deadline; it is killed then.
func run(
    _ executable: URL, _ arguments: [String], environment: [String: String] = [:], directory: URL? = nil,
    deadline: Duration = .seconds(120)
) async throws -> CommandResult {
    let files = try TemporaryDirectory()
    let outputURL = files.url.appending(path: "stdout")
    let errorsURL = files.url.appending(path: "stderr")
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = childEnvironment(adding: environment)
    process.currentDirectoryURL = directory ?? files.url
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try emptyFile(outputURL)
    process.standardError = try emptyFile(errorsURL)
    try process.run()
    let name = ([executable.lastPathComponent] + arguments).joined(separator: " ")
    do {
        _ = try await poll("the end of `\(name)`", for: deadline) { process.isRunning ? nil : true }
    } catch {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let text = (try? String(contentsOf: outputURL, encoding: .utf8)) ?? ""
        let errors = (try? String(contentsOf: errorsURL, encoding: .utf8)) ?? ""
        throw TestFailure("\(error)\n--- stdout\n\(text)\n--- stderr\n\(errors)")
    }
    return CommandResult(
        exitCode: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
        output: String(decoding: try Data(contentsOf: outputURL), as: UTF8.self),
        errors: String(decoding: try Data(contentsOf: errorsURL), as: UTF8.self))
}

/// A new file, open for writing.
func emptyFile(_ url: URL) throws -> FileHandle {
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
        throw TestFailure("cannot create \(url.path)")
    }
    return try FileHandle(forWritingTo: url)
}

/// This process's environment without what would change a child's defaults: Martlet's own settings (but not where its
/// engine is), the OpenTelemetry SDK's, and proxies.
private func childEnvironment(adding more: [String: String]) -> [String: String] {
    let kept = ["MARTLET_CACHE"]
    var values = ProcessInfo.processInfo.environment.filter { name, _ in
        kept.contains(name)
            || !(name.hasPrefix("MARTLET_") || name.hasPrefix("OTEL_") || name.lowercased().hasSuffix("_proxy"))
    }
    values["NO_COLOR"] = "1"
    values.merge(more) { $1 }
    return values
}
