import TelemetryModel

/// What a question asks: lines and patterns of the server's own API, numbers of the Loki API.
///
/// - Spec: Loki, "HTTP API".
struct LogRequest: Equatable {
    enum Kind: Equatable {
        case lines, patterns, numbers
    }

    let kind: Kind
    /// Lines in the answer at most.
    let limit: Int
    /// Which port answers.
    let port: String
    /// With the parameters.
    let path: String

    /// - Parameter step: nanoseconds.
    /// - Throws: wrong usage.
    init(
        _ question: LogQuestion, times: TraceTimes, limit: Int? = nil, isForward: Bool = false,
        isPatterns: Bool = false, step: Int64? = nil, isInstant: Bool = false
    ) throws(CommandFailure) {
        var form = [("query", question.text)]
        self.limit = limit ?? LogQueryOptions.limitDefault
        let span = [("start", String(times.start)), ("end", String(times.end))]
        let endpoint: String
        switch question.kind {
        case .lines where isPatterns:
            kind = .patterns
            endpoint = "/api/ui/logs/patterns"
            form += span + [("limit", String(self.limit)), ("step", Self.milliseconds(Self.step(times)))]
        case .lines:
            if isInstant || step != nil {
                throw CommandFailure(.usage, "--step and --instant are for a query for numbers; this one finds lines")
            }
            kind = .lines
            endpoint = "/api/ui/logs"
            form +=
                span + [("limit", String(self.limit)), ("direction", isForward ? "forward" : "backward")]
        case .numbers:
            if isPatterns || isForward || limit != nil {
                throw CommandFailure(
                    .usage, "--patterns, --forward and --limit are for lines; this query answers numbers")
            }
            kind = .numbers
            if isInstant {
                endpoint = "/loki/api/v1/query"
                form.append(("time", String(times.end)))
            } else {
                endpoint = "/loki/api/v1/query_range"
                form += span + [("step", Self.milliseconds(step ?? Self.step(times)))]
            }
        }
        port = kind == .numbers ? "loki" : "api"
        path = "\(endpoint)?\(FormText.encoded(form))"
    }

    /// So that there is about one value for each character of the bars; whole seconds.
    private static func step(_ times: TraceTimes) -> Int64 {
        let second: Int64 = 1_000_000_000
        let wanted = (times.end - times.start) / Int64(PromQLTable.barsMax)
        return max(second, wanted - wanted % second + (wanted % second > 0 ? second : 0))
    }

    /// Whole milliseconds, as Loki takes them.
    private static func milliseconds(_ nanoseconds: Int64) -> String { "\(max(1, nanoseconds / 1_000_000))ms" }
}
