import ArgumentParser
import Codecs
import MartletServer
import TelemetryModel
import Verification

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List, show and remove runs, which `martlet diff` compares.",
        discussion: """
            A run is what one command, process or export sent: runs that `martlet run --name` kept in the data \
            directory, and, while a server runs, the processes that have sent to it (service@instance).
            """,
        subcommands: [List.self, Show.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List all runs.")

        @OptionGroup var server: ServerOptions

        @Flag(name: .long, help: "Only those that are kept as files.")
        var kept = false

        @Flag(name: .long, help: "Print a JSON array with an object for each run.")
        var json = false

        func run() async throws {
            var rows = try RunRow.kept(in: try server.runDirectory())
            // Without a server there are no processes, which is no error of a list.
            if !kept, let state = try server.runDirectory().state() {
                let source = ServerSource(state)
                do {
                    try await source.settle()
                    rows += try await ServerProcess.list(source).map { RunRow($0) }
                } catch {
                    StandardError.write("martlet: processes are left out: \(TerminalText.escaped("\(error)"))\n")
                }
            }
            if json { return StandardOutput.write(RunRow.json(rows)) }
            guard !rows.isEmpty else {
                return StandardOutput.write("no runs; `martlet run --name NAME -- COMMAND` keeps one\n")
            }
            StandardOutput.write(RunRow.table(rows, width: StandardOutput.isTerminal ? StandardOutput.width : nil))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Show what a run was.")

        @OptionGroup var server: ServerOptions

        @Argument(help: "The run, as in `martlet diff`.")
        var name: String

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func run() async throws {
            let directories = RunDirectories(data: RunDirectory.absolute(try server.runDirectory().data))
            if RunDirectories.isName(name), RunFiles.exists(directories.path(of: name) + "/run.json") {
                let file = try RunRow.reading { () throws(VerificationError) in try directories.run(name) }
                if json { return StandardOutput.write(file.json) }
                return StandardOutput.write(RunFacts(file: file, path: directories.path(of: name)).text)
            }
            // What is no kept run is read.
            let profile = try await RunLoading(server: server, services: [], itemsMax: 2_000_000).profile(
                name, now: .now())
            StandardOutput.write(
                json ? ProfileView(profile: profile).json : Array(ProfileView(profile: profile).text.utf8))
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove kept runs with their telemetry.")

        @OptionGroup var server: ServerOptions

        @Argument(help: "The runs.")
        var names: [String]

        func run() throws {
            let directories = RunDirectories(data: RunDirectory.absolute(try server.runDirectory().data))
            // All are looked for before the first is removed.
            let known = try RunRow.reading { () throws(VerificationError) in try directories.names() }
            for name in names where !known.contains(name) {
                throw CommandFailure(
                    .no,
                    TerminalText.escaped(
                        name.contains("@")
                            ? "\(name) is a process of the server; only runs that are kept as files can be removed"
                            : "no run \(name) is kept in \(directories.path)"))
            }
            for name in names {
                DirectoryRemoval.remove(directories.path(of: name))
                guard !RunFiles.exists(directories.path(of: name)) else {
                    throw CommandFailure(.no, TerminalText.escaped("cannot remove \(directories.path(of: name))"))
                }
                StandardOutput.write(TerminalText.escaped("removed \(name)") + "\n")
            }
        }
    }
}
