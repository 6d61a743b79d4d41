import ArgumentParser
import TelemetryModel
import Verification

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two runs: what is slower, new, gone, broken.",
        discussion: """
            A and B are each one of

              NAME               a run that `martlet run --name NAME` kept
              service@instance   a process that sent to the running server; also
                                 service@latest and service@previous
              since=15m          the last 15 minutes of the running server
              START..END         a window of the running server; a time is Unix
                                 seconds, RFC 3339, now, -5m or now-1h
              PATH               an export or a mirror, a directory or a file

            A difference is a change that is large enough to matter and that chance does not explain. Percentiles are \
            compared without assumptions about their distribution and stand with the interval of their true value; \
            what was seen too rarely is called too few to tell. A side without telemetry is an error.

            With --fail-on the exit code is 1 when a difference is of one of these kinds: slower, faster, errors, \
            missing-operations, new-operations, counts, attributes, metrics, logs, shape, any; slower:20% asks for a \
            change of at least so much. Examples:

              martlet diff before after
              martlet diff -- -30m..-15m since=15m
              martlet diff shop@previous shop@latest --fail-on slower:20%,errors
              martlet diff main.run ./export --markdown --ignore 'logs:*heartbeat*'
            """)

    @OptionGroup var server: ServerOptions

    @Argument(help: "The run that is compared with.")
    var a: String

    @Argument(help: "The run that is compared.")
    var b: String

    @Option(
        name: .long, help: "Kinds of differences that make the exit code 1, with commas; a threshold after a colon.")
    var failOn: [String] = []

    @Option(
        name: .long,
        help: "Leave out what matches: * and ? stand for anything; a kind and a colon may come before. Repeatable.")
    var ignore: [String] = []

    @Option(name: .long, help: "Only this service. Repeatable.")
    var service: [String] = []

    @Option(name: .long, help: "Smallest change of durations and counts that matters; 10% without.")
    var minChange: ShareArgument?

    @Option(name: .long, help: "Smallest change of durations that matters; 100us without.")
    var minTime: DurationArgument?

    @Option(name: .long, help: "Share of differences that may be chance, in each section; 1% without.")
    var level: ShareArgument?

    @Option(name: .long, help: "What counts are compared by: total, rate, or both, when only both together tell.")
    var counts = ComparisonOptions.CountBasis.both

    @Option(name: .long, help: "Spans, points and log records to read at most, of each side.")
    var maxItems = 2_000_000

    @Flag(name: .long, help: "Show also what is the same.")
    var all = false

    @Flag(name: .long, help: "Print the comparison as JSON.")
    var json = false

    @Flag(name: .long, help: "Print the comparison as Markdown.")
    var markdown = false

    func validate() throws {
        if json, markdown { throw ValidationError("--json and --markdown are two forms; take one") }
        if maxItems < 1 { throw ValidationError("--max-items is at least 1") }
        if let level, level.share <= 0 || level.share >= 1 {
            throw ValidationError("--level is more than 0% and less than 100%")
        }
    }

    func run() async throws {
        let conditions = try conditions()
        let now = Timestamp.now()
        let loading = RunLoading(server: server, services: service, itemsMax: maxItems)
        let one = try await loading.profile(a, now: now)
        let two = try await loading.profile(b, now: now)
        let result: ComparisonResult
        do {
            result = try RunComparison.compare(one, two, options: options(conditions))
        } catch {
            throw CommandFailure(.no, TerminalText.escaped(error.description))
        }
        let failed = conditions.filter { condition in result.findings.contains { condition.isMet(by: $0) } }
        if json {
            StandardOutput.write(ComparisonJSON(result, failed: failed, isAll: all).bytes)
        } else if markdown {
            StandardOutput.write(ComparisonMarkdown(result, failed: failed, isAll: all).text)
        } else {
            let width = StandardOutput.isTerminal ? StandardOutput.width : nil
            StandardOutput.write(ComparisonView(result: result, failed: failed, isAll: all, width: width).text)
        }
        if !failed.isEmpty { throw CommandFailure(.no, "") }
    }

    private func conditions() throws -> [FailCondition] {
        do {
            return try failOn.flatMap { text throws(ComparisonError) in try FailCondition.list(text) }
        } catch let error as ComparisonError {
            throw CommandFailure(.usage, "--fail-on: \(TerminalText.escaped(error.description))")
        }
    }

    private func options(_ conditions: [FailCondition]) -> ComparisonOptions {
        var options = ComparisonOptions()
        if let minChange { options.relativeMin = minChange.share }
        if let minTime { options.durationMin = Double(minTime.nanoseconds) }
        if let level { options.level = level.share }
        options.countBasis = counts
        options.ignored = ignore.map { IgnorePattern($0) }
        for condition in conditions { condition.lower(&options) }
        return options
    }
}

extension ComparisonOptions.CountBasis: ExpressibleByArgument {}

/// A share on the command line: `10%` or `0.1`.
struct ShareArgument: ExpressibleByArgument, Equatable {
    /// Of one, not negative.
    let share: Double

    init?(argument: String) {
        let isPercent = argument.hasSuffix("%")
        guard let number = Double(isPercent ? String(argument.dropLast()) : argument), number.isFinite, number >= 0
        else { return nil }
        share = isPercent ? number / 100 : number
    }
}
