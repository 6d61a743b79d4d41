import ArgumentParser
import Codecs
import PrometheusModel
import TelemetryModel

extension StatsCommand {
    struct Logs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "logs", abstract: "How many lines came, of which services and levels, and what they say.",
            discussion: """
                Of the last hour unless a time is given. Examples:

                  martlet stats logs --since 15m
                  martlet stats logs '{service_name="checkout"} |= "timeout"' --top 50
                """)

        @OptionGroup var server: ServerOptions

        @Argument(help: "A LogQL query that finds the lines, or words; all without.")
        var question: [String] = []

        @OptionGroup var time: LogTimeOptions

        @Option(name: .long, help: "Patterns to show at most; 0 for none.")
        var top = 20

        @Flag(name: .long, help: "Print JSON, a service or pattern a line.")
        var json = false

        func validate() throws {
            if top < 0 { throw ValidationError("--top is not negative") }
        }

        func run() async throws {
            let question = try LogQuestion(question)
            guard question.kind == .lines else {
                throw CommandFailure(.usage, "the query finds lines; this one answers numbers")
            }
            let times = try time.range(now: .now())
            var statistics = LogStatistics()
            for function in ["count_over_time", "bytes_over_time"] {
                statistics.add(
                    try await ask(LogStatistics.query(function, question, times), times),
                    isBytes: function != "count_over_time")
            }
            let width = StandardOutput.isTerminal ? StandardOutput.width : nil
            let patterns = top > 0 ? try await patterns(question, times) : nil
            if json {
                StandardOutput.write(statistics.json)
                if let patterns { StandardOutput.write(patterns.json) }
            } else {
                StandardOutput.write(statistics.text(width: width))
                guard let patterns, !patterns.patterns.isEmpty else { return }
                StandardOutput.write("\n" + LogPatternsView(answer: patterns, limit: top, width: width).text)
            }
        }

        private func ask(_ query: String, _ times: TraceTimes) async throws -> PromQLAnswer {
            let url = try server.url("loki")
            let answer = try await HTTPCalls.send(
                "GET",
                "\(url)/loki/api/v1/query?\(FormText.encoded([("query", query), ("time", String(times.end))]))",
                timeout: .seconds(600))
            guard answer.status == 200 else {
                throw CommandFailure(APIProblem.exit(status: answer.status), TraceQLRequest.problem(answer, url: url))
            }
            return try PromQLAnswer(answer.body)
        }

        private func patterns(_ question: LogQuestion, _ times: TraceTimes) async throws -> LogPatternsAnswer {
            let request = try LogRequest(question, times: times, limit: top, isPatterns: true)
            let url = try server.url(request.port)
            let answer = try await HTTPCalls.send("GET", url + request.path, timeout: .seconds(600))
            guard answer.status == 200 else {
                throw CommandFailure(APIProblem.exit(status: answer.status), APIProblem.text(answer, url: url))
            }
            return try LogPatternsAnswer(answer.body)
        }
    }
}
