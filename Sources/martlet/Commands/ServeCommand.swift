import ArgumentParser
import Logging
import MartletServer

/// Configuration by flags, for the verbs that start a server.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: "Configuration file (default: ./martlet.yaml when it is there).")
    var config: String?

    @Option(name: .long, help: "Data directory.")
    var data: String?

    @Option(name: .long, help: "Address to listen on.")
    var bind: String?

    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    @Option(
        name: .long, parsing: .singleValue, help: "A setting as PATH=VALUE, for example ports.tempo=off; repeatable.")
    var set: [String] = []

    @Flag(name: .customLong("free-ports"), help: "Take any free port for every port that is not set.")
    var freePorts = false

    /// The flags as settings.
    func flags() throws -> [(path: String, value: String)] {
        var flags: [(path: String, value: String)] = []
        for text in set {
            guard let equals = text.firstIndex(of: "=") else {
                throw ValidationError("--set wants PATH=VALUE, not \(text)")
            }
            flags.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
        }
        if let data { flags.append(("data", data)) }
        if let bind { flags.append(("bind", bind)) }
        if let logLevel { flags.append(("log.level", logLevel)) }
        return flags
    }

    func load() throws -> LoadedConfiguration {
        let flags = try flags()
        let environment = processEnvironment()
        do {
            let loaded = try ConfigurationLoader.load(file: config, environment: environment, flags: flags)
            guard freePorts else { return loaded }
            let unset = Setting.all.map(\.path).filter { path in
                path.hasPrefix("ports.") && (loaded.sources[path] ?? .default) == .default
            }
            return try ConfigurationLoader.load(
                file: config, environment: environment, flags: unset.map { ($0, "0") } + flags)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The same options as words of a command line, for the process that `start` makes.
    var arguments: [String] {
        var words: [String] = []
        if let config { words += ["--config", config] }
        if let data { words += ["--data", data] }
        if let bind { words += ["--bind", bind] }
        if let logLevel { words += ["--log-level", logLevel] }
        for text in set { words += ["--set", text] }
        if freePorts { words.append("--free-ports") }
        return words
    }
}

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server in the foreground until SIGTERM or Ctrl-C.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let loaded = try options.load()
        var logger = Logger(label: "martlet") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: loaded.configuration.log.level.rawValue) ?? .info
        let server = MartletServer(loaded.configuration, environment: processEnvironment(), logger: logger)
        do {
            try await server.serve { state in StandardError.write(EndpointsTable.text(state, width: 100)) }
        } catch {
            throw CommandFailure(error)
        }
    }
}
