import ArgumentParser
import MartletServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop the server in order: what it has accepted is stored first.")

    @OptionGroup var server: ServerOptions

    @Option(name: .long, help: "Seconds to wait until it has ended.")
    var wait = 30

    func run() async throws {
        let directory = try server.runDirectory()
        guard let process = directory.lockHolder() else {
            throw CommandFailure(.unreachable, "no server runs on \(directory.data)")
        }
        try await Self.stop(directory, process, waitSeconds: wait)
        StandardOutput.write("stopped process \(process)\n")
    }

    static func stop(_ directory: RunDirectory, _ process: Int32, waitSeconds: Int) async throws {
        guard kill(process, SIGTERM) == 0 || errno == ESRCH else {
            throw CommandFailure(.no, "cannot stop process \(process): \(String(cString: strerror(errno)))")
        }
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(waitSeconds)
        while clock.now < deadline {
            if directory.lockHolder() != process { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CommandFailure(
            .no, "process \(process) has not ended after \(waitSeconds) s; `kill -9 \(process)` ends it by force")
    }
}

struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Stop the server, if it runs, and start it.")

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "Seconds to wait for each step.")
    var wait = 60

    func run() async throws {
        let directory = RunDirectory(data: try options.load().configuration.data)
        if let process = directory.lockHolder() {
            try await StopCommand.stop(directory, process, waitSeconds: wait)
        }
        try await StartCommand.start(options, waitSeconds: wait, json: false)
    }
}
