import ArgumentParser
import MartletServer

/// Which server a verb talks to.
struct ServerOptions: ParsableArguments {
    @Option(name: .long, help: "Data directory of the server.")
    var data: String?

    /// The data directory as `serve` would choose it without a configuration file in the way of the question.
    func runDirectory() throws -> RunDirectory {
        if let data { return RunDirectory(data: data) }
        do {
            let loaded = try ConfigurationLoader.load(file: nil, environment: processEnvironment(), flags: [])
            return RunDirectory(data: loaded.configuration.data)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The state of the running server.
    ///
    /// - Throws: exit code 3 when none runs.
    func state() throws -> ServerState {
        let directory = try runDirectory()
        guard let state = directory.state() else {
            if let holder = directory.lockHolder() {
                throw CommandFailure(
                    .unreachable, "the server of \(directory.data) (process \(holder)) is not ready yet")
            }
            throw CommandFailure(
                .unreachable,
                "no server runs on \(directory.data); start one with `martlet start --data \(directory.data)`")
        }
        return state
    }

    /// The address of one of its ports.
    func url(_ name: String) throws -> String {
        guard let url = try state().url(name) else {
            throw CommandFailure(.unreachable, "the server has the port \(name) switched off (ports.\(name))")
        }
        return url
    }
}
