import ArgumentParser
import Dispatch
import Logging
import MartletServer
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The server of a run, as `PrivateServer` starts it: any free ports, nobody asked for a token, no configuration but
/// the flags and where the engine is.
///
/// - Output: one line, the server's state as in `endpoints.json`, when it is ready.
/// - Input: a pipe. A line is the number of the process group that ends with the run, 0 for none. When the pipe ends,
///   the run is gone without a word: the group, the directory (with `--remove`) and this process end.
struct PrivateServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-private", abstract: "The server of `martlet run`.", shouldDisplay: false)

    @Option(name: .long)
    var data: String

    @Option(name: .long, parsing: .singleValue)
    var set: [String] = []

    @Flag(name: .long)
    var remove = false

    func run() async throws {
        RunWatch.start(data: data, removes: remove)
        let loaded: LoadedConfiguration
        do {
            loaded = try ConfigurationLoader.load(
                text: nil, environment: Self.engineVariables(processEnvironment()), flags: try flags())
        } catch let error as ConfigurationError {
            throw CommandFailure(error)
        }
        var logger = Logger(label: "martlet") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: loaded.configuration.log.level.rawValue) ?? .info
        let server = MartletServer(loaded.configuration, environment: processEnvironment(), logger: logger)
        do {
            try await server.serve { state in StandardOutput.write(state.json) }
        } catch {
            throw CommandFailure(error)
        }
    }

    private func flags() throws -> [(path: String, value: String)] {
        var flags: [(path: String, value: String)] =
            Setting.all.map(\.path).filter { $0.hasPrefix("ports.") }.map { ($0, "0") }
        flags += [("auth.mode", "none"), ("bind", "127.0.0.1")]
        for text in set {
            guard let equals = text.firstIndex(of: "=") else {
                throw CommandFailure(.usage, "--set wants PATH=VALUE, not \(text)")
            }
            flags.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
        }
        return flags + [("data", data)]
    }

    /// A person's ports, tokens and inputs are those of another server.
    private static func engineVariables(_ environment: [String: String]) -> [String: String] {
        environment.filter { $0.key.hasPrefix("MARTLET_ENGINE_") || !$0.key.hasPrefix("MARTLET_") }
    }
}

/// Watches the pipe that the run holds.
private enum RunWatch {
    static func start(data: String, removes: Bool) {
        DispatchQueue(label: "martlet.run-watch").async {
            var group: Int32 = 0
            while let line = readLine() { group = Int32(line) ?? group }
            // Nothing is stored in order here: nobody is left to read it.
            if group > 1 { kill(-group, SIGKILL) }
            if removes {
                // Under another name first: the engine could not put anything there again.
                let gone = data + ".gone"
                if rename(data, gone) == 0 { DirectoryRemoval.remove(gone) }
                // A server that is only beginning makes its directory anew.
                DirectoryRemoval.remove(data)
                _exit(0)
            }
            kill(getpid(), SIGTERM)
        }
    }
}
