import ArgumentParser
import MartletServer
import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show log lines as they come, until Ctrl-C.",
        discussion: """
            All lines, or those of a LogQL query or of words that all occur in a line. The last ten stored lines come \
            first, or all since a time. When the server restarts, this goes on where it was. Examples:

              martlet tail
              martlet tail --service checkout --level warn
              martlet tail timeout --since 10m
              martlet tail '{service_name="checkout"} | json | status >= 500' --json
            """)

    private static let sinceDefault: Int64 = 3_600_000_000_000
    private static let linesDefault = 10
    /// Stored lines that are asked for at once.
    private static let linesMax = 5000

    @OptionGroup var server: ServerOptions

    @Argument(help: "A LogQL query, or words.")
    var question: [String] = []

    @Option(name: .long, help: "Only lines of this service.")
    var service: String?

    @Option(name: .long, help: "Only lines of this level and above: trace, debug, info, warn, error, fatal.")
    var level: LogLevel?

    @Option(name: .long, help: "Only lines of this trace.")
    var trace: String?

    @Option(name: .long, help: "Begin with stored lines so far back: 10m, 1h.")
    var since: DurationArgument?

    @Flag(name: .long, help: "Show labels and metadata behind each line.")
    var labels = false

    @Flag(name: .long, help: "Print each line as JSON.")
    var json = false

    @Flag(name: .long, help: "Do not colour.")
    var noColor = false

    func run() async throws {
        let question = try LogQuestion(question, service: service, level: level, trace: trace)
        guard question.kind == .lines else {
            throw CommandFailure(
                .usage, "this query answers numbers, which do not come one by one: see `martlet logql`")
        }
        // To end a tail is no failure.
        signal(SIGINT) { _ in _exit(0) }

        let now = Timestamp.now().nanoseconds
        let start = max(0, now - min(now, since?.nanoseconds ?? Self.sinceDefault))
        var limit = since == nil ? Self.linesDefault : Self.linesMax
        var memory = LogTailMemory()
        var view = LogLineView(
            colors: !noColor
                && LogLineView.wantsColors(isTerminal: StandardOutput.isTerminal, environment: processEnvironment()),
            labels: labels)
        var url = try server.url("api")
        var isLost = false
        // What is older than the lines that were shown first was left out by intent.
        var first: Int64?
        while true {
            let end = await LogTailCall(
                url: url, query: question.text,
                start: memory.resumeTime.map { max($0, since == nil ? first ?? start : start) } ?? start, limit: limit
            ).run {
                if isLost { StandardError.write("martlet: connected again\n") }
                isLost = false
            } receive: { answer in
                let lines = answer.lines.filter { memory.take($0) }
                if answer.dropped > 0 {
                    StandardError.write("martlet: \(HumanText.count(answer.dropped)) lines came too fast to be shown\n")
                }
                guard !lines.isEmpty else { return }
                first = first ?? lines.first?.time
                view.fit(lines)
                for line in lines { StandardOutput.write(json ? line.json : Array(view.text(line).utf8)) }
                if Self.isReaderGone { exitProcess(0) }
            }
            switch end {
            case .refused(let failure): throw failure
            case .lost(let reason):
                if !isLost {
                    StandardError.write(
                        "martlet: the server is gone, waiting for it (\(TerminalText.escaped(reason)))\n")
                }
                isLost = true
            }
            memory.reconnect()
            limit = Self.linesMax
            repeat {
                try await Task.sleep(for: .milliseconds(500))
                if Self.isReaderGone { exitProcess(0) }
                // It may come back on other ports.
                url = (try? server.url("api")) ?? ""
            } while url.isEmpty
        }
    }

    /// Whether the other end of a pipe was closed (`| head`): without a line to write nothing else would tell.
    private static var isReaderGone: Bool {
        var descriptor = pollfd(fd: 1, events: 0, revents: 0)
        return poll(&descriptor, 1, 0) > 0 && descriptor.revents & Int16(POLLERR) != 0
    }
}
