import ArgumentParser

struct LogQLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logql", abstract: "Find log lines with a LogQL query, or make time series of them.",
        discussion: """
            Of the last hour unless a time is given. The newest lines stand at the bottom. Examples:

              martlet logql '{service_name="checkout"} |= "refused" | json | status >= 500'
              martlet logql 'sum by (detected_level) (count_over_time({service_name=~".+"}[1m]))' --since 6h
              martlet logql '{service_name="checkout"}' --patterns
            """)

    @OptionGroup var server: ServerOptions

    @Argument(help: "The query; - reads it from standard input.")
    var query: String

    @OptionGroup var options: LogQueryOptions

    func run() async throws {
        var text = query
        if text == "-" {
            text = ""
            while let line = readLine(strippingNewline: false) { text += line }
        }
        try await options.run([text], isQuery: true, server: server)
    }
}
