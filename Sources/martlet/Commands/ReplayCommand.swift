import ArgumentParser
import TelemetryFiles

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Send what files hold again as it once came in, with the gaps between.",
        discussion: """
            Items of all files and signals are sent in order of time: a span when it ended, a point and a log record at \
            its time. Times are moved by one amount, so that the last item is of now when it is sent; at another speed \
            than 1 the distances inside a trace stay what they were, and the first items are of the past.

            The files are the same as those of `import`, and are read once before for their times. --loop goes on \
            until Ctrl-C, with new ids each time.

            Exit code 1 when anything could not be read, was refused, or got no answer.
            """)

    @OptionGroup var options: ImportOptions

    @Option(name: .long, help: "How many times as fast, for example 10 or 0.5; max does not wait.")
    var speed = "1"

    @Flag(name: .long, help: "Do not move times.")
    var keepTimes = false

    @Flag(name: .long, help: "Begin again at the end, until Ctrl-C.")
    var loop = false

    func validate() throws {
        guard ReplaySpeed(speed) != nil else {
            throw ValidationError("--speed wants a number from 0.001 to 1000000, or max, not \(speed)")
        }
    }

    func run() async throws {
        let files = try ImportFiles(options.paths)
        guard !files.hasStandardInput else {
            throw CommandFailure(.usage, "standard input can be read once, and replay reads twice")
        }
        let target = try options.target()
        let times = try ImportCommand.times(of: files)
        let progress = ImportProgress()
        let feed = ReplayFeed(
            ReplayFeed.Plan(
                files: files, times: times, speed: ReplaySpeed(speed) ?? .factor(1), keepsTimes: keepTimes,
                isLoop: loop,
                newIDs: options.newIDs, isStrict: options.strict),
            progress: progress)
        let start = ContinuousClock.now
        let wasStopped = try await ImportRun(
            feed: feed, target: target, connections: options.connections, progress: progress
        ).run()
        let duration = ContinuousClock.now - start
        let report = ImportReport(
            url: target.url, transport: target.transport, files: files, tally: progress.tally,
            seconds: duration / .seconds(1), shift: await feed.firstShift, flush: try await options.flush(),
            wasStopped: wasStopped, replay: (await feed.outOfOrder, await feed.rounds), isEndless: loop)
        try report.show(json: options.json)
    }
}
