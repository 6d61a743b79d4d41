import ArgumentParser
import ClickHouse
import MartletServer
import Recordings
import TelemetryModel
import Verification

struct SnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "Write telemetry as a text that is the same each time, to keep and compare.",
        discussion: """
            Ids, times, durations and what else differs from run to run are masked, siblings are in canonical order, \
            and what is the same is written once with a count. With --check the exit code is 1 when the text differs. \
            Examples:

              martlet snapshot --run checkout --update telemetry.snapshot
              martlet snapshot --run checkout --check telemetry.snapshot
              martlet snapshot --trace 0af7651916cd43dd8448eb211c80319c
              martlet snapshot --since 5m --service api --mask 'user.*' --mask 'url.full=[?].*'
            """)

    /// Spans, points and log records of one snapshot.
    private static let itemsMax = 2_000_000

    @OptionGroup var server: ServerOptions

    @Option(name: .long, help: "Only this trace, with its log records.")
    var trace: String?

    @Option(name: .customLong("run"), help: "A run that `martlet run` kept, by its name.")
    var runName: String?

    @Option(name: .long, help: "Files of an export or of the mirror, in this directory.")
    var files: String?

    @OptionGroup var time: TraceTimeOptions

    @Option(name: .long, help: "Only this service; can be given several times.")
    var service: [String] = []

    @Option(name: .long, help: "Write the text to a file.")
    var output: String?

    @Option(name: .long, help: "Compare with a file; exit code 1 and the difference when it is another text.")
    var check: String?

    @Option(name: .long, help: "Write the text to a file to be kept, and say what changed.")
    var update: String?

    @Option(name: .long, help: "Durations of spans: masked or buckets (1–10 ms).")
    var durations = SnapshotOptions.Durations.masked

    @Option(name: .long, help: "Spans with one parent: canonical, by what they are, or in order of their start.")
    var order = SnapshotOptions.Order.canonical

    @Option(name: .long, help: "Log records: templates, or bodies with their numbers masked.")
    var logs = SnapshotOptions.LogForm.templates

    @Flag(name: .long, help: "Write the last value of each series of a metric.")
    var values = false

    @Flag(name: .long, help: "Leave out how often something occurred.")
    var noCounts = false

    @Option(
        name: .long,
        help: """
            Mask an attribute, KEY, or what matches in its value, KEY=REGEX; * in the key is anything; also span.name, \
            event.name, status.message, log.body. Can be given several times.
            """)
    var mask: [String] = []

    @Option(name: .long, help: "Write an attribute as it is, although it is masked by default. * is anything.")
    var keep: [String] = []

    func validate() throws {
        if runName != nil, files != nil { throw ValidationError("--run and --files name two places; give one") }
        if [output, check, update].compactMap({ $0 }).count > 1 {
            throw ValidationError("--output, --check and --update exclude each other")
        }
    }

    func run() async throws {
        do {
            try await make()
        } catch let error as VerificationError {
            throw CommandFailure(error)
        }
    }

    private func make() async throws {
        let options = try snapshotOptions()
        let source = try source()
        let window = try window(options)
        try await source.settle()
        let recording = try await source.recording(window, itemsMax: Self.itemsMax)
        guard recording.items > 0 else {
            throw CommandFailure(.no, "\(source.title) has no telemetry of what was asked for")
        }
        let text = SnapshotText.make(recording, options: options)
        if let check {
            guard let difference = SnapshotFile.difference(kept: try SnapshotFile.read(check), new: text, path: check)
            else { return }
            StandardOutput.write(difference)
            throw CommandFailure(.no, "the telemetry is not that of \(check)")
        } else if let update {
            let kept = try SnapshotFile.read(update)
            if kept == text { return StandardError.write("\(update) is up to date\n") }
            try Self.write(text, to: update)
            if let kept, let difference = SnapshotDifference.unified(kept, text, oldName: "before", newName: "now") {
                StandardOutput.write(difference)
            }
            StandardError.write("\(update) is written\n")
        } else if let output {
            try Self.write(text, to: output)
        } else {
            StandardOutput.write(text)
        }
    }

    private func snapshotOptions() throws -> SnapshotOptions {
        var options = SnapshotOptions()
        options.durations = durations
        options.order = order
        options.logForm = logs
        options.hasMetricValues = values
        options.hasCounts = !noCounts
        options.masks = try mask.map { try SnapshotMask($0) }
        options.kept = keep
        if let trace {
            guard let id = TraceID(hex: trace), !id.isZero else {
                throw CommandFailure(.usage, "\(TerminalText.escaped(trace)) is no trace id: 1 to 32 hex digits")
            }
            options.trace = id
        }
        return options
    }

    private func source() throws -> any TelemetrySource {
        if let files { return FilesSource(directory: files) }
        if let runName {
            let runs = RunDirectories(data: try server.runDirectory().data)
            _ = try runs.run(runName)
            return FilesSource(directory: runs.path(of: runName), title: "run \(runName)")
        }
        return try ServerSource(options: server)
    }

    private func window(_ options: SnapshotOptions) throws -> RecordingWindow {
        var window = RecordingWindow()
        if let range = try time.range(now: .now()) {
            window.start = UInt64(clamping: range.start)
            window.end = UInt64(clamping: range.end)
        }
        window.services = service
        if let trace = options.trace { window.traces = [trace] }
        return window
    }

    private static func write(_ text: String, to path: String) throws {
        do {
            try Files.write(path, text.utf8)
        } catch {
            throw CommandFailure(.no, error.message)
        }
    }
}

extension SnapshotOptions.Durations: ExpressibleByArgument {}
extension SnapshotOptions.Order: ExpressibleByArgument {}
extension SnapshotOptions.LogForm: ExpressibleByArgument {}
