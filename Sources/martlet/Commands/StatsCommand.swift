import ArgumentParser
import TelemetryModel
import TraceQL

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Figures of many traces or log records together.",
        subcommands: [Traces.self, Logs.self])

    struct Traces: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "traces", abstract: "What many traces spend their time with.",
            discussion: """
                Of the newest traces that a query finds, of the last hour unless a time is given:

                  operations     counts, rates, errors and durations by operation; self
                                 is the time in which nothing that it calls runs
                  services       the same summed up by service
                  statements     database statements without their values
                  repeated       statements that one piece of work executes again and
                                 again ("N + 1 queries")
                  flame          the call trees laid over one another
                  critical-path  what the traces wait for

                Examples:

                  martlet stats traces --since 15m
                  martlet stats traces repeated --since 1d --limit 5000
                  martlet stats traces flame --query '{ name = "checkout" }'
                  martlet stats traces critical-path --query '{ duration > 1s }'
                """)

        @OptionGroup var server: ServerOptions

        @Argument(help: "What to show.")
        var view = TraceStatisticsView.Kind.operations

        @Option(name: .long, help: "TraceQL query that finds the traces; all without.")
        var query: String?

        @OptionGroup var time: TraceTimeOptions

        @Option(name: .long, help: "Traces to read at most, the newest; 200 without.")
        var limit: Int?

        @Option(name: .long, help: "Lines to show at most; 30 without.")
        var top: Int?

        @Flag(name: .long, help: "Of operations and services, count only the spans that match the query.")
        var matched = false

        @Flag(name: .long, help: "Print the server's answer as JSON.")
        var json = false

        func validate() throws {
            if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
            if let top, top < 1 { throw ValidationError("--top is at least 1") }
            if matched, view != .operations, view != .services {
                throw ValidationError("--matched is for operations and services")
            }
            if top != nil, view == .services { throw ValidationError("services are all shown, without --top") }
        }

        func run() async throws {
            let path = try TraceStatisticsRequest(
                view: view, query: query, times: try time.range(now: .now()), limit: limit, top: top,
                onlyMatched: matched, isTable: !json
            ).path()
            let url = try server.url("api")
            let answer = try await HTTPCalls.send("GET", url + path, timeout: .seconds(600))
            guard answer.status == 200 else {
                throw CommandFailure(APIProblem.exit(status: answer.status), APIProblem.text(answer, url: url))
            }
            guard !json else { return StandardOutput.write(answer.body + [UInt8(ascii: "\n")]) }
            let width = StandardOutput.isTerminal ? StandardOutput.width : nil
            StandardOutput.write(
                TraceStatisticsView(statistics: try TraceStatistics(answer.body), kind: view, width: width).text)
        }
    }
}

extension TraceStatisticsView.Kind: ExpressibleByArgument {}

/// What is asked of the server's own API.
struct TraceStatisticsRequest {
    private static let linesDefault = 30
    /// The most that the server answers: sums by service need all operations.
    private static let operationsMax = 5000

    var view: TraceStatisticsView.Kind
    var query: String?
    /// Nil for the last hour.
    var times: TraceTimes?
    /// Traces.
    var limit: Int?
    var top: Int?
    var onlyMatched = false
    /// Whether people read it: then a few lines, unless `top` says how many.
    var isTable = true

    /// - Throws: wrong usage; of a wrong query, the place is shown.
    func path() throws(CommandFailure) -> String {
        var form: [(String, String)] = []
        if let query {
            let parsed: Query
            do {
                parsed = try TraceQLParser.parse(query)
            } catch {
                throw CommandFailure(.usage, TraceQLRequest.problem(error, query: query))
            }
            guard case .search = parsed.body else {
                throw CommandFailure(.usage, "--query finds spans; this one ends in a function such as rate()")
            }
            form.append(("q", query))
        }
        if let times { form += [("start", String(times.start)), ("end", String(times.end))] }
        if let limit { form.append(("limit", String(limit))) }
        if let lines = view == .services ? Self.operationsMax : top ?? (isTable ? Self.linesDefault : nil) {
            form.append((view == .flame ? "nodes" : "top", String(lines)))
        }
        if onlyMatched { form.append(("only", "matched")) }
        let name: String
        switch view {
        case .operations, .services: name = "operations"
        case .statements: name = "statements"
        case .repeated: name = "repeated-statements"
        case .flame: name = "flame"
        case .criticalPath: name = "critical-path"
        }
        return "/api/ui/traces/\(name)" + (form.isEmpty ? "" : "?" + FormText.encoded(form))
    }
}
