import ArgumentParser
import MartletServer

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show or check the configuration.", subcommands: [Show.self, Check.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print the whole effective configuration as a commented martlet.yaml.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            StandardOutput.write(ConfigurationPrinter.print(try options.load()))
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Say what is wrong with the configuration; exit code 1 when something is.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            do {
                let loaded = try ConfigurationLoader.load(
                    file: options.config, environment: processEnvironment(), flags: try options.flags())
                try MartletServer.check(loaded.configuration, environment: processEnvironment())
                StandardOutput.write("\(loaded.file ?? "no configuration file; the defaults"): ok\n")
            } catch let error as ConfigurationError {
                throw CommandFailure(.no, error.description)
            } catch let error as ServerError {
                throw CommandFailure(.no, error.message)
            }
        }
    }
}
