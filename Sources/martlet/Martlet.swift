import ArgumentParser
import MartletServer

/// The command line. Exit codes: 0 ok, 1 the answer is no, 2 wrong usage, 3 nothing to talk to.
@main
struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "The whole telemetry stack in one process.",
        version: MartletVersion.current,
        subcommands: [
            ServeCommand.self, StartCommand.self, StopCommand.self, RestartCommand.self, StatusCommand.self,
            HealthCommand.self, EndpointsCommand.self, LogsCommand.self, QueryCommand.self, PromQLCommand.self,
            TraceQLCommand.self, TraceCommand.self, LogQLCommand.self, TailCommand.self, StatsCommand.self,
            FlushCommand.self, SendCommand.self, LoadCommand.self, RunCommand.self, PrivateServerCommand.self,
            VerifyCommand.self,
            DiffCommand.self, RunsCommand.self, SnapshotCommand.self, ExportCommand.self, ImportCommand.self,
            ReplayCommand.self, DoctorCommand.self, ConfigCommand.self, EngineCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            if !failure.message.isEmpty { StandardError.write("martlet: \(failure.message)\n") }
            exitProcess(failure.exitCode.rawValue)
        } catch {
            // Help and version are "errors" that end with 0; wrong usage ends with 2 here, not with sysexits' 64.
            let code = exitCode(for: error)
            if code == .success {
                StandardOutput.write(fullMessage(for: error) + "\n")
                exitProcess(0)
            }
            StandardError.write(fullMessage(for: error) + "\n")
            exitProcess(code == .validationFailure ? CommandExit.usage.rawValue : CommandExit.no.rawValue)
        }
    }
}
