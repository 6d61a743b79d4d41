import ArgumentParser
import ClickHouse
import MartletServer
import TelemetryModel
import Verification

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a command under a server of its own and look at the telemetry it sends.",
        usage: "martlet run [<options>] -- <command> ...",
        discussion: """
            The server takes any free ports and lives in a temporary directory. The command gets the variables that lead
            its telemetry there (--print-env shows them); its input and outputs are passed through, and signals handed on.
            When it has ended, everything that it sent is stored, the expectations are looked at, and a summary is written
            to standard error. Examples:

              martlet run -- python3 app.py
              martlet run --expect expectations.yaml --junit results.xml -- npm test
              martlet run --suite correlation --name before -- ./load-test.sh

            Exit code 0 when the command and the expectations succeeded; else the command's own (124 when --timeout ended
            it), 1 when only the expectations failed, 2 for wrong usage, 3 when the server did not start, 126 and 127 when
            the command cannot be run or is not found.
            """)

    @Option(name: .long, parsing: .singleValue, help: "A file of expectations; repeatable.")
    var expect: [String] = []

    @Option(name: .long, parsing: .singleValue, help: "A built-in suite of checks; repeatable.")
    var suite: [String] = []

    @Option(name: .long, help: "How long the command may take, for example 5m; then it is ended.")
    var timeout: DurationArgument?

    @Option(name: .long, help: "How long to wait for late senders when the command has ended.")
    var grace = DurationArgument(.zero)

    @Option(name: .long, help: "Name of the service, whatever the environment says.")
    var service: String?

    @Option(name: .long, help: "Write the telemetry to this directory, as OTLP lines and a Prometheus page.")
    var export: String?

    @Option(name: .long, help: "Write the results as JUnit XML.")
    var junit: String?

    @Option(
        name: .long, parsing: .singleValue,
        help: "Write a report; the suffix says the form: .md, .html, .json, .xml or .tap; repeatable.")
    var report: [String] = []

    @Option(name: .long, help: "Keep the run under this name in DATA/runs.")
    var name: String?

    @Flag(name: .long, help: "Keep the run in DATA/runs, named by the command and the time.")
    var save = false

    @Option(name: .long, help: "Data directory that runs are kept in.")
    var data: String?

    @Flag(name: .long, help: "Keep the server's data directory, and say where it is.")
    var keep = false

    @Option(
        name: .long, parsing: .singleValue, help: "A setting of the run's server as PATH=VALUE; repeatable.")
    var set: [String] = []

    @Flag(name: .customLong("print-env"), help: "Show the variables that the command gets.")
    var printEnvironment = false

    @Flag(
        name: .customLong("measure-overhead"),
        help: "Run the command once more before, without telemetry, and report what telemetry costs of CPU time.")
    var measureOverhead = false

    @Flag(name: .long, help: "Write the report as JSON instead of the summary.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing when all went well.")
    var quiet = false

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
    var command: [String] = []

    /// Without the `--` that may stand before it.
    private var words: [String] { command.first == "--" ? Array(command.dropFirst()) : command }

    func validate() throws {
        // What follows the options is the command's, so the parser does not see these.
        if command.first == "--help" || command.first == "-h" { throw CleanExit.helpRequest(self) }
        guard let program = words.first else { throw ValidationError("there is no command: martlet run -- <command>") }
        if command.first != "--", program.hasPrefix("-") { throw ValidationError("unknown option \(program)") }
        if let timeout, timeout.duration <= .zero { throw ValidationError("--timeout wants more than 0s") }
        if let name, !RunDirectories.isName(name) {
            throw ValidationError("--name wants one part of a path that does not begin with a dot or a dash")
        }
        if service == "" { throw ValidationError("--service wants a name") }
        for text in set where !text.contains("=") { throw ValidationError("--set wants PATH=VALUE, not \(text)") }
    }

    func run() async throws {
        // What is wrong with the request is said before anything is started.
        let verification = try RunVerification(files: expect, suites: suite, service: service)
        let outputs = try RunOutputs(
            reports: report, junit: junit, isJSON: json, isQuiet: quiet)
        let relay = try SignalRelay()
        let cleanup = RunCleanup()
        relay.deliver { cleanup.endProcess($0) }
        defer { cleanup.perform() }
        var withoutTelemetry: CommandRun.Result?
        if measureOverhead {
            withoutTelemetry = try await UntracedRun(words: words, service: service, timeout: timeout?.duration).run(
                relay, cleanup)
        }
        let (server, state) = try await PrivateServer.start(isKept: keep, settings: set) { cleanup.note($0) }
        let environment = RunEnvironment(
            command: words, service: service, data: server.data, given: processEnvironment(), url: state.url)
        if printEnvironment {
            StandardError.write(environment.variables.map { "\($0.name)=\($0.value)\n" }.joined())
        }
        let result: CommandRun.Result
        do {
            result = try await CommandRun(
                words: words, environment: environment.merged, timeout: timeout?.duration, relay: relay, server: server
            ).run()
        } catch {
            StandardError.write("martlet: \(error.message)\n")
            cleanup.perform()
            exitProcess(error.exitCode)
        }
        relay.deliver { cleanup.endProcess($0) }
        let code = try await finish(
            result, withoutTelemetry, server, state, verification, outputs, environment.notices)
        cleanup.perform()
        if keep { StandardError.write(Self.keptText(server.data)) }
        exitProcess(code)
    }

    /// Everything after the command's end.
    ///
    /// - Returns: the exit code.
    private func finish(
        _ result: CommandRun.Result, _ withoutTelemetry: CommandRun.Result?, _ server: PrivateServer,
        _ state: ServerState, _ verification: RunVerification, _ outputs: RunOutputs, _ notices: [String]
    ) async throws -> Int32 {
        if grace.duration > .zero { try await Task.sleep(for: grace.duration) }
        let source = ServerSource(state)
        func commandReport(_ result: CommandRun.Result) -> CommandReport {
            CommandReport(words: words, end: result.end.reportEnd, duration: result.duration, cpu: result.cpu)
        }
        do {
            try await source.settle()
            let totals = try await RunTotals(source)
            var exported: TelemetryExport?
            if let export {
                exported = TelemetryExport(source, to: RunDirectory.absolute(export))
                try await exported?.run(totals)
            }
            var report = try await verification.run(
                source,
                RunVerification.Circumstances(
                    command: commandReport(result), commandWithoutTelemetry: withoutTelemetry.map(commandReport),
                    start: result.start, services: service.map { [$0] } ?? [], directory: server.data),
                exported: export, showsMaterial: outputs.showsMaterial)
            if report.files.isEmpty, let exported { report.files = exported.files }
            report.duration = .nanoseconds(max(0, Timestamp.now().nanoseconds &- result.start.nanoseconds))
            let end = Timestamp(nanoseconds: result.start.nanoseconds &+ result.duration.wholeNanoseconds)
            if let name = name ?? (save ? RunSaving.name(of: words, at: result.start) : nil) {
                let run = RunFile(
                    name: name, command: words, start: result.start, end: end, exit: result.end.fileEnd,
                    services: totals.counts, isPassed: report.suites.isEmpty ? nil : report.isPassed,
                    version: MartletVersion.current)
                let path = try await RunSaving.save(
                    run, report, totals: totals, from: source, data: try dataDirectory())
                if !quiet { StandardError.write("martlet: the run is kept as \(name) in \(path)\n") }
            }
            let told = notices + (quiet || json ? [] : try await Self.diagnosis(source, totals))
            try outputs.write(
                report, summary: RunSummary(words: words, result: result, totals: totals, notices: told))
            if result.end.exitCode != 0 { return result.end.exitCode }
            return report.isPassed ? 0 : CommandExit.no.rawValue
        } catch {
            if let end = server.earlyEnd {
                StandardError.write("martlet: the run's server ended before the run did (\(end))\n")
            }
            let failure = CommandFailure(error)
            // The command's own failure is what the caller asks for first.
            guard result.end.exitCode != 0 else { throw failure }
            StandardError.write("martlet: \(failure.message)\n")
            return result.end.exitCode
        }
    }

    /// What is wrong with the instrumentation of the command, which has sent all that it will ever send.
    private static func diagnosis(_ source: ServerSource, _ totals: RunTotals) async throws -> [String] {
        guard totals.items > 0, totals.items <= diagnosedMax else { return [] }
        let recording = try await source.recording(RecordingWindow(), itemsMax: diagnosedMax)
        return InstrumentationDiagnosis.findings(
            in: recording, isWhole: true, now: UInt64(clamping: Timestamp.now().nanoseconds)
        ).filter { $0.weight == .bad }.map { "\($0.rule): \($0.text)" }
    }

    /// Items of a run that are looked through without being asked for: a second of work.
    private static let diagnosedMax = 100_000

    private func dataDirectory() throws -> String {
        if let data { return data }
        do {
            return try ConfigurationLoader.load(file: nil, environment: processEnvironment(), flags: [])
                .configuration.data
        } catch {
            throw CommandFailure(error)
        }
    }

    private static func keptText(_ data: String) -> String {
        "martlet: the server's data is kept in \(data); `martlet start --free-ports --data \(data)` opens it\n"
    }
}

extension CommandEnd {
    fileprivate var reportEnd: CommandReport.End {
        switch self {
        case .exited(let code): .exited(code)
        case .signalled(let number): .signalled(number)
        case .timedOut: .timedOut
        }
    }

    fileprivate var fileEnd: RunFile.End {
        switch self {
        case .exited(let code): .exited(code)
        case .signalled(let number): .signalled(number)
        case .timedOut: .timedOut
        }
    }
}
