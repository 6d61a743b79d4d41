import ArgumentParser
import Codecs
import PrometheusModel
import TelemetryModel

struct PromQLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promql", abstract: "Evaluate a PromQL query on the stored metrics.",
        discussion: """
            At one time, now or --time; or over a span of time with --start. Times are Unix seconds, RFC 3339, now, or
            relative to now: -5m, now-1h. Examples:

              martlet promql 'sum by (service_name) (rate(http_server_request_duration_seconds_count[5m]))'
              martlet promql up --start -1h --step 1m
            """)

    @OptionGroup var server: ServerOptions

    @Argument(help: "The query; - reads it from standard input.")
    var query: String

    @Option(name: .long, parsing: .unconditional, help: "Time of an evaluation at one time.")
    var time: TimeArgument?

    @Option(name: .long, parsing: .unconditional, help: "First time of an evaluation over a span of time.")
    var start: TimeArgument?

    @Option(name: .long, parsing: .unconditional, help: "Last time of it; now without.")
    var end: TimeArgument?

    @Option(name: .long, help: "Time between two evaluations: 15s, or seconds; what fits the terminal without.")
    var step: String?

    @Flag(name: .long, help: "Print the data of the API's answer as JSON, a series a line.")
    var json = false

    func validate() throws {
        if time != nil, start != nil || end != nil || step != nil {
            throw ValidationError("--time is for one time; --start, --end and --step are for a span")
        }
        if start == nil, end != nil || step != nil {
            throw ValidationError("--start is needed with --end and --step")
        }
    }

    func run() async throws {
        var text = query
        if text == "-" {
            text = ""
            while let line = readLine(strippingNewline: false) { text += line }
        }
        let url = try server.url("prometheus")
        let path: String
        var form = [("query", text)]
        let now = Timestamp.now().nanoseconds / 1_000_000
        if let start {
            path = "/api/v1/query_range"
            let from = start.text(now: now), to = (end ?? .now).text(now: now)
            form += [("start", from), ("end", to), ("step", step ?? Self.step(from: from, to: to))]
        } else {
            path = "/api/v1/query"
            if let time { form.append(("time", time.text(now: now))) }
        }
        let response = try await HTTPCalls.send(
            "POST", url + path, headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(FormText.encoded(form).utf8), timeout: .seconds(600))
        guard var answer = try? PromQLAnswer(response.body) else {
            throw CommandFailure(.no, Self.problem(status: response.status, response.text, url: url))
        }
        guard response.status == 200 else {
            throw CommandFailure(
                answer.errorType == "bad_data" ? .usage : .no,
                PromQLProblem.text(answer.error.isEmpty ? response.text.trimmingNewlines() : answer.error, query: text))
        }
        for text in answer.warnings + answer.infos { StandardError.write(TerminalText.escaped(text) + "\n") }
        answer.sort(for: text)
        if json {
            StandardOutput.write(answer.dataJSON)
        } else {
            StandardOutput.write(
                PromQLTable.text(answer, width: StandardOutput.isTerminal ? StandardOutput.width : nil))
        }
    }

    /// What to say of an answer that is not the API's.
    static func problem(status: Int, _ text: String, url: String) -> String {
        if status == 401 {
            return "\(url) asks for a token: set MARTLET_AUTH_TOKEN, or auth.token in the configuration file"
        }
        let line = text.prefix { !$0.isNewline }.prefix(200)
        return "\(url) answers with status \(status), which is no answer to a query"
            + (line.isEmpty ? "" : ": \(TerminalText.escaped(String(line)))")
    }

    /// So that there is about one point for each character of the bars; whole seconds.
    private static func step(from start: String, to end: String) -> String {
        guard let start = Double(start), let end = Double(end), end > start else { return "60" }
        return "\(Int64(min(max(1, ((end - start) / Double(PromQLTable.barsMax)).rounded(.up)), 1e9)))"
    }
}

/// A time on the command line.
struct TimeArgument: ExpressibleByArgument, Equatable {
    private enum Value: Equatable {
        /// As the server reads it.
        case absolute(String)
        /// Milliseconds after now.
        case relative(Int64)
    }

    static let now = TimeArgument(value: .relative(0))

    private let value: Value

    private init(value: Value) {
        self.value = value
    }

    init?(argument: String) {
        var rest = argument[...]
        let isFromNow = rest.hasPrefix("now")
        if isFromNow { rest = rest.dropFirst(3) }
        if rest.isEmpty {
            guard isFromNow else { return nil }
            value = .relative(0)
        } else if let sign = rest.first, sign == "-" || sign == "+",
            let duration = try? PrometheusDuration.parse(String(rest.dropFirst())), duration > 0
        {
            value = .relative(sign == "-" ? -duration : duration)
        } else {
            let isTime = Double(argument) != nil || argument.contains("T") && argument.first?.isNumber == true
            guard !isFromNow, isTime else { return nil }
            value = .absolute(argument)
        }
    }

    /// - Parameter now: milliseconds since the Unix epoch.
    /// - Returns: Unix seconds, or the text as it was given.
    func text(now: Int64) -> String {
        switch value {
        case .absolute(let text): return text
        case .relative(let milliseconds):
            let time = now + milliseconds
            let fraction = String(abs(time % 1000))
            return "\(time < 0 ? "-" : "")\(abs(time / 1000))."
                + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
        }
    }
}

/// - Spec: WHATWG URL, "application/x-www-form-urlencoded serializing".
enum FormText {
    static func encoded(_ parameters: [(String, String)]) -> String {
        parameters.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                String(Unicode.Scalar(byte))
            default: "%" + Hex.encode([byte]).uppercased()
            }
        }.joined()
    }
}

/// What is wrong with a query, with the place shown.
enum PromQLProblem {
    /// The message, and when it names a place in the query, that line of it with a caret below.
    static func text(_ message: String, query: String) -> String {
        let prefix = "invalid parameter \"query\": "
        let message = message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message
        let numbers = message.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        let lines = query.split(separator: "\n", omittingEmptySubsequences: false)
        guard numbers.count == 3, let line = Int(numbers[0]), let column = Int(numbers[1]),
            lines.indices.contains(line - 1), column > 0
        else { return TerminalText.escaped(message) }
        let shown = lines[line - 1]
        // The column counts bytes; before it may stand characters of several, and wide ones.
        let before = String(decoding: shown.utf8.prefix(column - 1), as: UTF8.self)
        let gap = String(repeating: " ", count: TerminalText.width(TerminalText.escaped(before)))
        return "\(TerminalText.escaped(message))\n  \(TerminalText.escaped(String(shown)))\n  \(gap)^"
    }
}

/// A result as a table for people.
enum PromQLTable {
    /// Characters of the bars of a series.
    static let barsMax = 60
    /// More labels than that stand in one column.
    private static let labelColumnsMax = 6

    static func text(_ answer: PromQLAnswer, width: Int?) -> String {
        switch answer.resultType {
        case "scalar", "string": return TerminalText.escaped(answer.text) + "\n"
        case _ where answer.series.isEmpty: return "no series\n"
        case "vector": return vector(answer.series, width: width)
        default: return matrix(answer.series, width: width)
        }
    }

    private static func vector(_ series: [PromQLAnswer.Series], width: Int?) -> String {
        let names = Set(series.flatMap { $0.labels.entries.map(\.name) })
        let others = names.subtracting([Labels.nameLabel]).sorted()
        let table: TextTable
        let values = series.map { $0.points.last.map { text($0.value) } ?? "" }
        if names.isEmpty {
            table = TextTable(columns: [("value", .right)], rows: values.map { [$0] })
        } else if names.count <= labelColumnsMax {
            let columns = (names.contains(Labels.nameLabel) ? [Labels.nameLabel] : []) + others
            table = TextTable(
                columns: columns.map { (title: $0 == Labels.nameLabel ? "metric" : $0, alignment: .left) }
                    + [("value", .right)],
                rows: zip(series, values).map { one, value in columns.map { one.labels[$0] } + [value] })
        } else {
            table = TextTable(
                columns: [("series", .left), ("value", .right)],
                rows: zip(series, values).map { one, value in [one.labels.description, value] })
        }
        return table.text(width: width) + count(series.count)
    }

    private static func matrix(_ series: [PromQLAnswer.Series], width: Int?) -> String {
        // One axis for all series, so that what stands below one another happened at the same time; a character for
        // each time as long as they fit.
        let times = Set(series.flatMap { $0.points.map(\.time) })
        let first = times.min() ?? 0, last = times.max() ?? 0
        let barsWidth = min(times.count, max(8, min(barsMax, (width ?? 160) / 3)))
        let rows = series.map { one -> [String] in
            let numbers = one.points.map { point -> Double in
                switch point.value {
                case .number(let value): value
                case .histogram(let histogram): histogram.count
                }
            }
            let finite = numbers.filter { !$0.isNaN }
            return [
                one.labels.description,
                Sparkline.text(
                    times: one.points.map(\.time), values: numbers, from: first, to: last, width: barsWidth),
                finite.min().map(shortText) ?? "", finite.max().map(shortText) ?? "",
                one.points.last.map { text($0.value) } ?? "",
            ]
        }
        let table = TextTable(
            columns: [("series", .left), ("", .left), ("min", .right), ("max", .right), ("last", .right)], rows: rows)
        return table.text(width: width) + count(series.count)
    }

    private static func text(_ value: PromQLAnswer.Value) -> String {
        switch value {
        case .number(let number): return NumberText.json(number)
        case .histogram(let histogram):
            let head = "count \(shortText(histogram.count)), sum \(shortText(histogram.sum))"
            guard let first = histogram.buckets.first, let last = histogram.buckets.last else { return head }
            let sketch = Sparkline.histogram(histogram.buckets.map(\.count), width: 24)
            return "\(head), \(shortText(first.lower)) \(sketch) \(shortText(last.upper))"
        }
    }

    /// With about six digits: enough to compare, and it fits.
    static func shortText(_ value: Double) -> String {
        guard value.isFinite, value != 0, abs(value) < 1e15, value != value.rounded() else {
            return NumberText.json(value)
        }
        var scale = 1.0
        while abs(value) * scale < 99_999.5, scale < 1e12 { scale *= 10 }
        return NumberText.json((value * scale).rounded() / scale)
    }

    private static func count(_ series: Int) -> String {
        "\n\(HumanText.count(series)) series\n"
    }
}
