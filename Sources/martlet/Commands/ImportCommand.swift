import ArgumentParser
import TelemetryFiles
import TelemetryModel

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Send what files hold to a server.",
        discussion: """
            Reads OTLP as one JSON object a line (Martlet's mirror and `export`, the Collector's file exporter), as \
            messages with their lengths (the file exporter's protobuf), as any other JSON document of OTLP or Tempo, \
            and traces of Jaeger as its page downloads them; packed with gzip or zstd or not. What a file is its bytes \
            say. Of a directory, rotated files are read in order of time and nothing twice.

            Times are kept unless --shift-to-now moves all of them by as much as makes the newest item one of now. A \
            line that cannot be read is reported with its place and passed over. Requests are repeated when the \
            receiver asks for it; one that is refused is divided until only what is wrong is left out.

            Exit code 1 when anything could not be read, was refused, or got no answer.
            """)

    @OptionGroup var options: ImportOptions

    @Flag(name: .long, help: "Move all times so that the newest item is of now. Reads the files twice.")
    var shiftToNow = false

    func run() async throws {
        let files = try ImportFiles(options.paths)
        if shiftToNow, files.hasStandardInput {
            throw CommandFailure(.usage, "standard input can be read once, and --shift-to-now reads twice")
        }
        let target = try options.target()
        var shift: TimeShift?
        if shiftToNow {
            let times = try ImportCommand.times(of: files)
            if let newest = times.newest {
                shift = TimeShift(from: newest, to: UInt64(clamping: Timestamp.now().nanoseconds))
            }
        }
        let progress = ImportProgress()
        let feed = ImportFeed(
            files, shift: shift, identifiers: options.newIDs ? .random() : nil, isStrict: options.strict,
            progress: progress)
        let start = ContinuousClock.now
        let wasStopped = try await ImportRun(
            feed: feed, target: target, connections: options.connections, progress: progress
        ).run()
        let duration = ContinuousClock.now - start
        let report = ImportReport(
            url: target.url, transport: target.transport, files: files, tally: progress.tally,
            seconds: duration / .seconds(1), shift: shift, flush: try await options.flush(), wasStopped: wasStopped)
        try report.show(json: options.json)
    }

    /// The times in all files, on a terminal with a progress line of its own.
    static func times(of files: ImportFiles) throws -> RequestTimes {
        guard StandardError.isTerminal else { return try files.times { _ in } }
        var line = ProgressLine()
        defer { line.finish() }
        let bytes = Double(max(1, files.bytes))
        return try files.times { line.update(Double($0) / bytes, "looking for the newest item") }
    }
}

extension ImportReport {
    /// - Throws: exit code 1 when something is missing.
    func show(json isJSON: Bool) throws {
        if isJSON {
            StandardOutput.write(json)
        } else {
            StandardOutput.write(text(width: StandardOutput.isTerminal ? StandardOutput.width : nil))
        }
        if let problem { throw CommandFailure(.no, problem) }
    }
}
