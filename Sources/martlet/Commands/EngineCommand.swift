import ArgumentParser
import ClickHouse

struct EngineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine", abstract: "The embedded ClickHouse library.", subcommands: [Install.self, Status.self])

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "install", abstract: "Fetch and unpack the engine's library, if it is not there.")

        @Flag(name: .long, help: "Install anew over what is there.")
        var force = false

        @Option(name: .long, help: "Directory with the wheel, for machines without a network.")
        var wheels: String?

        func run() async throws {
            let progress = InstallationProgress()
            do {
                let location = try await EngineInstaller(environment: processEnvironment())
                    .install(wheels: wheels, force: force) { progress.show($0) }
                progress.finish()
                StandardOutput.write("engine: \(location.path)\n")
            } catch {
                progress.finish()
                throw CommandFailure(error)
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Say where the engine's library is; exit code 1 when it is missing.")

        func run() async throws {
            do {
                let location = try EngineLocation.find(configured: "", environment: processEnvironment())
                StandardOutput.write(
                    "\(location.path) (\(location.source.rawValue)), ClickHouse \(EngineRelease.clickHouseVersion)\n")
            } catch {
                throw CommandFailure(error)
            }
        }
    }
}
