import ArgumentParser
import TelemetryModel

/// What `logs` and `logql` have in common.
struct LogQueryOptions: ParsableArguments {
    static let limitDefault = 100

    @OptionGroup var time: LogTimeOptions

    @Option(name: .long, help: "Lines, or patterns, to show at most; 100 without.")
    var limit: Int?

    @Flag(name: .long, help: "Take the oldest lines of the time, not the newest.")
    var forward = false

    @Option(name: .long, help: "Only lines of this service.")
    var service: String?

    @Option(name: .long, help: "Only lines of this level and above: trace, debug, info, warn, error, fatal.")
    var level: LogLevel?

    @Option(name: .long, help: "Only lines of this trace.")
    var trace: String?

    @Flag(name: .long, help: "Show labels and metadata behind each line.")
    var labels = false

    @Flag(name: .long, help: "Show what the lines have in common, and how often, instead of the lines.")
    var patterns = false

    @Option(
        name: .long, help: "Time between two values of a query for numbers: 30s, 5m; what fits the terminal without.")
    var step: DurationArgument?

    @Flag(name: .long, help: "One value for each series of a query for numbers, at the end of the time.")
    var instant = false

    @Flag(name: .long, help: "Print JSON, a line, pattern or series a line.")
    var json = false

    /// Whether any option asks for stored logs.
    var isGiven: Bool {
        time.isGiven || limit != nil || forward || service != nil || level != nil || trace != nil || labels || patterns
            || step != nil || instant || json
    }

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
        if let step, step.duration <= .zero { throw ValidationError("--step is more than nothing") }
        if instant, step != nil { throw ValidationError("--instant asks for one value, which has no --step") }
    }

    /// Asks the server and prints its answer.
    func run(_ words: [String], isQuery: Bool, server: ServerOptions) async throws {
        let question = try LogQuestion(words, isQuery: isQuery, service: service, level: level, trace: trace)
        let request = try LogRequest(
            question, times: try time.range(now: .now()), limit: limit, isForward: forward, isPatterns: patterns,
            step: step?.nanoseconds, isInstant: instant)
        let url = try server.url(request.port)
        let answer = try await HTTPCalls.send("GET", url + request.path, timeout: .seconds(600))
        guard answer.status == 200 else {
            throw CommandFailure(
                APIProblem.exit(status: answer.status),
                request.kind == .numbers
                    ? TraceQLRequest.problem(answer, url: url) : APIProblem.text(answer, url: url))
        }
        let width = StandardOutput.isTerminal ? StandardOutput.width : nil
        switch request.kind {
        case .lines:
            let found = try LogAnswer(answer.body, isForward: forward)
            // The newest stand at the bottom, as in a log.
            let lines = forward ? found.lines : found.lines.reversed()
            guard !json else {
                for line in lines { StandardOutput.write(line.json) }
                return
            }
            let colors = LogLineView.wantsColors(
                isTerminal: StandardOutput.isTerminal, environment: processEnvironment())
            StandardOutput.write(
                LogLineView.text(lines, limit: request.limit, isForward: forward, colors: colors, labels: labels))
        case .patterns:
            let found = try LogPatternsAnswer(answer.body)
            guard !json else { return StandardOutput.write(found.json) }
            StandardOutput.write(
                LogPatternsView(answer: found, limit: request.limit, width: width).text)
        case .numbers:
            var found = try PromQLAnswer(answer.body)
            for text in found.warnings + found.infos { StandardError.write(TerminalText.escaped(text) + "\n") }
            found.sort(for: question.text)
            guard !json else { return StandardOutput.write(found.dataJSON) }
            StandardOutput.write(PromQLTable.text(found, width: width))
        }
    }
}

extension LogLevel: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(name: argument)
        if self == .unknown { return nil }
    }

    package static var allValueStrings: [String] { allCases.dropFirst().map(\.name) }
}
