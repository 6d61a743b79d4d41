import ArgumentParser
import TelemetryModel
import TraceQL

struct TraceQLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traceql", abstract: "Find traces with a TraceQL query, or make time series of spans.",
        discussion: """
            A query that ends in a function such as rate() or quantile_over_time() answers time series, of the last \
            hour unless a time is given; any other finds traces, the newest first, in all that is stored. Below each \
            trace stand spans that match, with the attributes that the query names or selects. Examples:

              martlet traceql '{ status = error }' --since 1h
              martlet traceql '{ duration > 500ms } | select(span.http.route)'
              martlet traceql '{ } | rate() by (resource.service.name)' --step 5m
              martlet traceql '{ } | quantile_over_time(duration, .5, .99)' --instant
            """)

    @OptionGroup var server: ServerOptions

    @Argument(help: "The query; - reads it from standard input.")
    var query: String

    @OptionGroup var time: TraceTimeOptions

    @Option(name: .long, help: "Traces to find at most; 20 without.")
    var limit: Int?

    @Option(name: .long, help: "Spans to show of each trace at most, 0 for all that match; 3 without.")
    var spans: Int?

    @Option(name: .long, help: "Time between two values of a series: 30s, 5m; what fits the terminal without.")
    var step: DurationArgument?

    @Flag(name: .long, help: "One value for each series, over the whole time.")
    var instant = false

    @Flag(name: .long, help: "Print the API's answer as JSON, a trace or series a line.")
    var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
        if let spans, spans < 0 { throw ValidationError("--spans is not negative") }
        if let step, step.duration <= .zero { throw ValidationError("--step is more than nothing") }
        if instant, step != nil { throw ValidationError("--instant asks for one value, which has no --step") }
    }

    func run() async throws {
        var text = query
        if text == "-" {
            text = ""
            while let line = readLine(strippingNewline: false) { text += line }
        }
        let request = try TraceQLRequest(
            text, times: try time.range(now: .now()), limit: limit, spans: spans, step: step?.nanoseconds,
            isInstant: instant, now: .now())
        let url = try server.url("tempo")
        let response = try await HTTPCalls.send("GET", url + request.path, timeout: .seconds(600))
        guard response.status == 200 else {
            throw CommandFailure(
                APIProblem.exit(status: response.status), TraceQLRequest.problem(response, url: url))
        }
        let width = StandardOutput.isTerminal ? StandardOutput.width : nil
        switch request.kind {
        case .search:
            let answer = try TraceSearchAnswer(response.body)
            guard !json else { return StandardOutput.write(answer.json) }
            StandardOutput.write(FoundTracesView(traces: answer.traces, limit: limit ?? 20, width: width).text)
        case .series, .instant:
            let answer = try TraceSeriesAnswer(response.body)
            guard !json else { return StandardOutput.write(answer.json) }
            StandardOutput.write(
                TraceSeriesTable(answer: answer, isInstant: request.kind == .instant, width: width).text)
        }
    }
}

/// What a query asks of the Tempo API.
struct TraceQLRequest: Equatable {
    enum Kind: Equatable {
        case search, series, instant
    }

    /// A metrics query without a time is about so much; so it is in Tempo.
    private static let sinceDefault: Int64 = 3_600_000_000_000

    let kind: Kind
    /// With the parameters.
    let path: String

    /// - Parameters:
    ///   - times: nil when none were given.
    ///   - step: nanoseconds.
    /// - Throws: wrong usage; of a wrong query, the place is shown.
    init(
        _ query: String, times: TraceTimes?, limit: Int? = nil, spans: Int? = nil, step: Int64? = nil,
        isInstant: Bool = false, now: Timestamp
    ) throws(CommandFailure) {
        let parsed: Query
        do {
            parsed = try TraceQLParser.parse(query)
        } catch {
            throw CommandFailure(.usage, Self.problem(error, query: query))
        }
        var form = [("q", query)]
        switch parsed.body {
        case .search:
            if isInstant || step != nil {
                throw CommandFailure(
                    .usage,
                    "--step and --instant are for a query that ends in a function such as rate(); this one finds traces"
                )
            }
            kind = .search
            if let seconds = times?.seconds {
                form += [("start", String(seconds.start)), ("end", String(seconds.end))]
            }
            if let limit { form.append(("limit", String(limit))) }
            if let spans { form.append(("spss", String(spans))) }
            path = "/api/search?" + FormText.encoded(form)
        case .metrics:
            if limit != nil || spans != nil {
                throw CommandFailure(
                    .usage, "--limit and --spans are for a query that finds traces; this one answers time series")
            }
            let end = times?.end ?? now.nanoseconds
            let start = times?.start ?? max(0, end - Self.sinceDefault)
            // Of eleven digits or more, nanoseconds.
            form += [("start", String(start)), ("end", String(end))]
            kind = isInstant ? .instant : .series
            if !isInstant { form.append(("step", "\(step ?? Self.step(start: start, end: end))ns")) }
            path = (isInstant ? "/api/metrics/query?" : "/api/metrics/query_range?") + FormText.encoded(form)
        }
    }

    /// So that there is about one value for each character of the bars; whole seconds.
    private static func step(start: Int64, end: Int64) -> Int64 {
        let second: Int64 = 1_000_000_000
        let wanted = (end - start) / Int64(TraceSeriesTable.barsMax)
        return max(second, wanted - wanted % second + (wanted % second > 0 ? second : 0))
    }

    /// The message with the place in the query below it.
    static func problem(_ error: TraceQLError, query: String) -> String {
        // A query that is too long is not to be shown.
        guard query.utf8.count <= TraceQLParser.textBytesMax else { return TerminalText.escaped(error.description) }
        return TerminalText.escaped(error.description) + "\n" + QueryCaret.text(query, at: error.range.start)
    }

    /// What to say of an answer that is no result.
    static func problem(_ response: HTTPAnswer, url: String) -> String {
        let text = response.text.trimmingNewlines()
        // The API says in one sentence what is wrong; others answer with a page.
        let isSentence = !text.isEmpty && text.utf8.count < 4096 && !text.contains { $0.isNewline } && text.first != "<"
        guard [400, 422, 429, 499, 500, 501, 503, 504].contains(response.status), isSentence else {
            return PromQLCommand.problem(status: response.status, response.text, url: url)
        }
        return TerminalText.escaped(text)
    }
}
