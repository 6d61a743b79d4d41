import ArgumentParser
import ClickHouse
import MartletServer
import TelemetryModel
import Verification

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Look whether telemetry is as a file of expectations says.",
        discussion: """
            Reads from the running server, from a run that `martlet run --name` kept, or from files of an export or of \
            the mirror. Without a time, the last 15 minutes of a server are looked at, and all of a run and of files. \
            Examples:

              martlet verify expectations.yaml
              martlet verify expectations.yaml --since 1h --service shop --junit results.xml
              martlet verify --suite correlation --suite completeness
              martlet verify expectations.yaml --run checkout --report report.html
              martlet verify --schema > expectations.schema.json

            Exit code 0 when all is as expected, 1 when not (nor is a check that had nothing to look at), 2 when a \
            file of expectations is wrong, 3 when there is no server.
            """)

    /// Of a server whose window nobody gave.
    private static let sinceDefault: UInt64 = 15 * 60 * 1_000_000_000

    @Argument(help: "Files of expectations.")
    var files: [String] = []

    @Option(name: .long, parsing: .singleValue, help: "A built-in suite of checks; repeatable.")
    var suite: [String] = []

    @OptionGroup var server: ServerOptions

    @Option(name: .customLong("files"), help: "Read files of an export or of the mirror in this directory.")
    var directory: String?

    @Option(name: .customLong("run"), help: "Read a run that `martlet run` kept, by its name.")
    var runName: String?

    @OptionGroup var time: TraceTimeOptions

    @Option(name: .long, help: "The service, whatever the files of expectations say.")
    var service: String?

    @Option(name: .long, help: "Bounds every `eventually` and `never`, for example 30s.")
    var timeout: DurationArgument?

    @Flag(name: .long, help: "Let the suite seeds send telemetry of its own.")
    var probe = false

    @OptionGroup var output: VerifyOutputOptions

    @Flag(name: .long, help: "Print the JSON Schema of files of expectations.")
    var schema = false

    func validate() throws {
        if schema { return }
        if files.isEmpty, suite.isEmpty {
            throw ValidationError("there is nothing to look for: give a file or --suite")
        }
        if directory != nil, runName != nil { throw ValidationError("--files and --run name two places; give one") }
        if let timeout, timeout.duration <= .zero { throw ValidationError("--timeout is more than nothing") }
        if let problem = ExpectationFiles.problem(ofSuites: suite) { throw ValidationError(problem) }
    }

    func run() async throws {
        if schema { return StandardOutput.write(DocumentSchema.text) }
        let documents = try ExpectationFiles.read(files, service: service)
        let outputs = try output.outputs()
        let start = Timestamp.now()
        var options = VerificationOptions()
        options.suites = suite
        options.timeout = timeout?.duration
        options.suiteOptions.services = service.map { [$0] } ?? []
        options.window = try window(start)
        // A server that queries over files need lives no longer than the verification.
        let cleanup = RunCleanup()
        defer { cleanup.perform() }
        do {
            let source = try source(&options, start, cleanup)
            let keeper = outputs.showsMaterial ? RecordingKeeper(source) : nil
            let reports = try await VerificationRunner(source: keeper ?? source, options: options).run(documents)
            let end = Timestamp.now()
            var report = VerificationReport(
                name: documents.count == 1 && suite.isEmpty ? documents[0].name : "verification",
                subject: source.title, start: start, duration: .nanoseconds(end.nanoseconds - start.nanoseconds),
                suites: reports)
            if let keeper {
                let measured = (source as? ServedFiles)?.files
                await ReportMaterial(keeper, measuring: measured, options: options.suiteOptions).add(
                    to: &report, window: options.window ?? options.windowDefault)
            }
            try outputs.write(report)
            if !report.isPassed { throw CommandFailure(.no, "") }
        } catch let error as VerificationError {
            throw CommandFailure(error)
        }
    }

    private func window(_ now: Timestamp) throws -> RecordingWindow? {
        guard let range = try time.range(now: now) else { return nil }
        // Without an end the window is open: what `eventually` waits for comes after now.
        return RecordingWindow(
            start: UInt64(clamping: range.start), end: time.end == nil ? nil : UInt64(clamping: range.end))
    }

    /// Where telemetry is read from, and what follows from that.
    private func source(
        _ options: inout VerificationOptions, _ now: Timestamp, _ cleanup: RunCleanup
    ) throws -> any TelemetrySource {
        if let directory {
            options.isComplete = true
            options.suiteOptions.filesDirectory = directory
            return ServedFiles(FilesSource(directory: directory), path: directory, cleanup: cleanup)
        }
        if let runName {
            let runs = RunDirectories(data: try server.runDirectory().data)
            _ = try runs.run(runName)
            options.isComplete = true
            options.suiteOptions.isWholeLife = true
            let path = runs.path(of: runName)
            options.suiteOptions.filesDirectory = path
            return ServedFiles(FilesSource(directory: path), path: path, cleanup: cleanup)
        }
        let source = try ServerSource(options: server)
        let time = UInt64(clamping: now.nanoseconds)
        options.windowDefault = RecordingWindow(start: time > Self.sinceDefault ? time - Self.sinceDefault : 0)
        options.suiteOptions.filesDirectory = try server.runDirectory().data
        options.suiteOptions.prober = HTTPProber(source.state)
        options.suiteOptions.isProbing = probe
        options.suiteOptions.probeID = UInt64.random(in: 1...UInt64.max)
        return source
    }
}
