import Foundation

/// The Python clients and the virtual environment they run in. It is made once, under `.build`, and again when
/// `requirements.txt` changes.
enum PythonEnvironment {
    private static let directory = Location.package.appending(path: ".build/python-venv")
    private static let interpreter = directory.appending(path: "bin/python")
    /// A copy of the requirements that are installed, written last: without it the environment is half made.
    private static let stamp = directory.appending(path: "requirements.installed")
    private static let requirements = Location.python.appending(path: "requirements.txt")
    private static let preparation = Preparation()

    /// The interpreter with the packages.
    static func python() async throws -> URL { try await preparation.python() }

    /// Runs one of the clients and decodes the JSON that it prints.
    static func client<Result: Decodable>(
        _ script: String, _ arguments: [String], as type: Result.Type = Result.self
    ) async throws -> (result: Result, errors: String) {
        let finished = try await runClient(script, arguments)
        guard finished.exitCode == 0 else { throw TestFailure("\(script) failed: \(finished.summary)") }
        return (try finished.decode(type), finished.errors)
    }

    static func runClient(_ script: String, _ arguments: [String]) async throws -> CommandResult {
        let path = Location.python.appending(path: script).path
        return try await run(
            try await python(), [path] + arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"],
            deadline: .seconds(300))
    }

    /// Makes the environment once, however many tests ask.
    private actor Preparation {
        private var task: Task<URL, any Error>?

        func python() async throws -> URL {
            // Not structured: the first test to ask must not take the environment away from the others.
            let task = task ?? Task { try await PythonEnvironment.prepare() }
            self.task = task
            return try await task.value
        }
    }

    private static func prepare() async throws -> URL {
        let wanted = try Data(contentsOf: requirements)
        if let installed = try? Data(contentsOf: stamp), installed == wanted,
            FileManager.default.isExecutableFile(atPath: interpreter.path)
        {
            return interpreter
        }
        let env = URL(filePath: "/usr/bin/env")
        let version = try await run(env, ["python3", "-c", "import venv, ensurepip"])
        guard version.exitCode == 0 else {
            throw TestFailure(
                "the end-to-end tests need Python with venv: apt-get install python3-venv\n\(version.summary)")
        }
        let made = try await run(env, ["python3", "-m", "venv", "--clear", directory.path])
        guard made.exitCode == 0 else {
            throw TestFailure("python3 -m venv failed: apt-get install python3-venv\n\(made.summary)")
        }
        let installed = try await run(
            interpreter,
            [
                "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps",
                "--only-binary", ":all:", "-r", requirements.path,
            ], deadline: .seconds(600))
        guard installed.exitCode == 0 else {
            throw TestFailure("the Python packages of the tests could not be installed: \(installed.summary)")
        }
        try wanted.write(to: stamp)
        return interpreter
    }
}
