import Foundation
import Glibc
import Synchronization
import Testing

/// A server under test: the built binary on free ports with a data directory of its own.
final class ServerProcess: Sendable {
    /// The file `run/endpoints.json` of a data directory.
    struct Endpoints: Decodable, Sendable {
        struct Endpoint: Decodable, Sendable {
            let name: String
            let address: String
            let url: String
        }

        let pid: Int32
        let ready: Bool
        let endpoints: [Endpoint]
    }

    /// One start of the server; a restart makes another.
    private struct Run: Sendable {
        let child: ChildProcess
        let endpoints: Endpoints
        let log: URL
    }

    static let startDeadline = Duration.seconds(60)
    static let stopDeadline = Duration.seconds(60)

    let directory: TemporaryDirectory
    /// The data directory.
    let data: URL
    private let settings: Mutex<[String: String]>
    private let current: Mutex<Run?>

    /// Starts a server and waits until it is ready.
    ///
    /// - Parameter data: the data directory; nil for one in `directory`.
    /// - Throws: `TestFailure` with the server's own log when it ends early or is not ready by the deadline.
    static func start(settings: [String: String] = [:], data: URL? = nil) async throws -> ServerProcess {
        let server = ServerProcess(directory: try TemporaryDirectory(), settings: settings, data: data)
        try await server.start()
        return server
    }

    private init(directory: TemporaryDirectory, settings: [String: String], data: URL?) {
        self.directory = directory
        self.settings = Mutex(settings)
        self.data = data ?? directory.url.appending(path: "data")
        current = Mutex(nil)
    }

    deinit {
        current.withLock { $0?.child.reap() }
    }

    var processID: Int32 { current.withLock { $0?.child.processID ?? 0 } }
    var isRunning: Bool { current.withLock { $0?.child.isRunning ?? false } }

    /// What the server has logged since its last start.
    var log: String { current.withLock { $0?.log }.map(text) ?? "" }

    func url(_ name: String) -> String { endpoint(name)?.url ?? "http://no-endpoint-named-\(name).invalid" }
    func address(_ name: String) -> String { endpoint(name)?.address ?? "no-endpoint-named-\(name).invalid:1" }

    private func endpoint(_ name: String) -> Endpoints.Endpoint? {
        current.withLock { $0?.endpoints.endpoints.first { $0.name == name } }
    }

    /// What the last start did with the write-ahead logs.
    var replay: String { text(data.appending(path: "run/replay.txt")) }

    /// Starts the server on its directory, again after it has ended; from now on with these settings.
    func start(settings: [String: String]) async throws {
        self.settings.withLock { $0 = settings }
        try await start()
    }

    /// Starts the server on its directory, again after it has ended.
    func start() async throws {
        let (child, log) = try spawn()
        do {
            let endpoints = try await poll("the server to be ready", for: Self.startDeadline) {
                if let exitCode = child.exitCode {
                    throw TestFailure("the server ended with exit code \(exitCode) before it was ready")
                }
                // A file of an earlier start names another process.
                let found = try? Self.endpoints(in: data)
                return found.flatMap { $0.ready && $0.pid == child.processID ? $0 : nil }
            }
            let earlier = current.withLock { current in
                defer { current = Run(child: child, endpoints: endpoints, log: log) }
                return current
            }
            earlier?.child.reap()
        } catch {
            child.reap()
            throw TestFailure("\(error)\n--- the server's log\n\(text(log))")
        }
    }

    /// Starts the server and kills it after a time, ready or not.
    func startAndKill(after time: Duration) async throws {
        let (child, _) = try spawn()
        try await Task.sleep(for: time)
        child.reap()
    }

    private func spawn() throws -> (child: ChildProcess, log: URL) {
        let log = directory.url.appending(path: "log-\(uniqueRun())")
        let flags = Self.flags(settings.withLock { $0 })
        let child = try ChildProcess.start(
            Location.binary, ["serve", "--data", data.path, "--free-ports"] + flags,
            environment: childEnvironment(), directory: directory.url, output: nil, errors: log)
        return (child, log)
    }

    static func endpoints(in data: URL) throws -> Endpoints {
        let file = data.appending(path: "run/endpoints.json")
        return try JSONDecoder().decode(Endpoints.self, from: Data(contentsOf: file))
    }

    static func flags(_ settings: [String: String]) -> [String] {
        settings.sorted { $0.key < $1.key }.flatMap { ["--set", "\($0.key)=\($0.value)"] }
    }

    /// Sends a signal; does not wait.
    func kill(_ signal: Int32) {
        guard isRunning else { return }
        Glibc.kill(processID, signal)
    }

    /// Waits until the process has ended.
    ///
    /// - Returns: its exit code, or minus the number of the signal that ended it.
    @discardableResult
    func waitForExit() async throws -> Int32 {
        guard let child = current.withLock({ $0?.child }) else { throw TestFailure("the server never ran") }
        do {
            return try await poll("the server to end", for: Self.stopDeadline) { child.exitCode }
        } catch {
            Glibc.kill(child.processID, SIGKILL)
            throw TestFailure("\(error)\n--- the server's log\n\(log)")
        }
    }

    /// Ends the server in order.
    @discardableResult
    func stop() async throws -> Int32 {
        kill(SIGTERM)
        return try await waitForExit()
    }

    /// Runs a verb of the command line against this server's data directory.
    func martlet(_ verb: String, _ arguments: String...) async throws -> CommandResult {
        try await runMartlet([verb, "--data", data.path] + arguments)
    }
}

/// Runs the built binary with any arguments.
func runMartlet(_ arguments: [String], environment: [String: String] = [:]) async throws -> CommandResult {
    try await run(Location.binary, arguments, environment: environment)
}

extension ServerProcess {
    /// The server of the suite that runs now.
    @TaskLocal private static var ofSuite: ServerProcess?

    static var shared: ServerProcess {
        get throws {
            guard let ofSuite else { throw TestFailure("the suite has no trait `.server()`") }
            return ofSuite
        }
    }

    /// Starts one server for all tests of a suite and stops it after them.
    struct Trait: SuiteTrait, TestScoping {
        let settings: [String: String]
        let isRecursive = false

        func provideScope(
            for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
        ) async throws {
            let server = try await ServerProcess.start(settings: settings)
            try await ServerProcess.$ofSuite.withValue(server) { try await function() }
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "the server ended badly after the tests of \(test.name)\n\(server.log)")
        }
    }
}

extension Trait where Self == ServerProcess.Trait {
    /// One server for the suite, with settings of the configuration by path.
    static func server(_ settings: [String: String] = [:]) -> Self { Self(settings: settings) }
}
