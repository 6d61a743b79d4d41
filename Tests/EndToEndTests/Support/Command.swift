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
    let child = try ChildProcess.start(
        executable, arguments, environment: childEnvironment(adding: environment), directory: directory ?? files.url,
        output: outputURL, errors: errorsURL)
    defer { child.reap() }
    let name = ([executable.lastPathComponent] + arguments).joined(separator: " ")
    let exitCode: Int32
    do {
        exitCode = try await poll("the end of `\(name)`", for: deadline, every: .milliseconds(5)) { child.exitCode }
    } catch {
        throw TestFailure("\(error)\n--- stdout\n\(text(outputURL))\n--- stderr\n\(text(errorsURL))")
    }
    return CommandResult(exitCode: exitCode, output: text(outputURL), errors: text(errorsURL))
}

/// What a file holds; nothing when there is none.
func text(_ file: URL) -> String {
    (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
}

/// This process's environment without what would change a child's defaults: Martlet's own settings (but not where its
/// engine is), the OpenTelemetry SDK's, and proxies.
func childEnvironment(adding more: [String: String] = [:]) -> [String: String] {
    let kept = ["MARTLET_CACHE"]
    var values = ProcessInfo.processInfo.environment.filter { name, _ in
        kept.contains(name)
            || !(name.hasPrefix("MARTLET_") || name.hasPrefix("OTEL_") || name.lowercased().hasSuffix("_proxy"))
    }
    values["NO_COLOR"] = "1"
    values.merge(more) { $1 }
    return values
}
