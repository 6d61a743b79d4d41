import LogQL
import PrometheusModel
import TelemetryModel

/// What is asked about logs on the command line.
struct LogQuestion: Equatable {
    enum Kind: Equatable {
        case lines, numbers
    }

    let kind: Kind
    /// LogQL.
    let text: String

    /// - Parameters:
    ///   - words: a query when there is a brace in them; else texts that all occur in a line, in either case.
    ///   - isQuery: a query in any case.
    ///   - level: this and above.
    ///   - trace: hex.
    /// - Throws: wrong usage; of a wrong query, the place is shown.
    init(
        _ words: [String], isQuery: Bool = false, service: String? = nil, level: LogLevel? = nil, trace: String? = nil
    ) throws(CommandFailure) {
        var joined = words.joined(separator: " ")
        let filters = try Self.filters(service: service, level: level, trace: trace)
        guard isQuery || joined.contains("{") else {
            kind = .lines
            // Every stream has the name of a service.
            text =
                "{service_name\(service.map { "=\(LabelName.quoted($0))" } ?? "=~\".+\"")}"
                + words.filter { !$0.isEmpty }.map { " |~ \(LabelName.quoted("(?i)" + Self.escaped($0)))" }.joined()
                + filters.dropFirst(service == nil ? 0 : 1).joined()
            return
        }
        joined = Self.withCondition(joined)
        let query: LogQLQuery
        do {
            query = try LogQLParser.parse(joined)
        } catch {
            throw CommandFailure(.usage, Self.problem(error, query: joined))
        }
        switch query {
        case .log: kind = .lines
        case .metric:
            guard filters.isEmpty else {
                throw CommandFailure(
                    .usage, "--service, --level and --trace are for lines; this query answers numbers: name them in it")
            }
            kind = .numbers
        }
        text = joined + filters.joined()
    }

    /// `{}`, which LogQL refuses, stands for all streams.
    private static func withCondition(_ query: String) -> String {
        let rest = query.drop(while: \.isWhitespace)
        guard rest.first == "{" else { return query }
        let inside = rest.dropFirst().drop(while: \.isWhitespace)
        return inside.first == "}" ? "{service_name=~\".+\"}\(inside.dropFirst())" : query
    }

    private static func filters(
        service: String?, level: LogLevel?, trace: String?
    ) throws(CommandFailure) -> [String] {
        var filters: [String] = []
        if let service { filters.append(" | service_name=\(LabelName.quoted(service))") }
        if let level, level != .unknown {
            let levels = LogLevel.allCases.filter { $0.rawValue >= level.rawValue }.map(\.name)
            filters.append(" | detected_level=~\(LabelName.quoted(levels.joined(separator: "|")))")
        }
        if let trace {
            guard let id = TraceID(anyForm: trace) ?? TraceID(hex: trace) else {
                throw CommandFailure(
                    .usage,
                    "a trace id is 1 to 32 hex digits, 64, or a UUID, not \(TerminalText.escaped(trace))")
            }
            filters.append(" | trace_id=\(LabelName.quoted(id.hex))")
        }
        return filters
    }

    /// A regular expression for the text itself.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if "\\.+*?()|[]{}^$".unicodeScalars.contains(scalar) { result.append("\\") }
            result.append(scalar)
        }
        return String(result)
    }

    /// The message with the place in the query below it.
    static func problem(_ error: LogQLError, query: String) -> String {
        // A query that is too long is not to be shown.
        guard let range = error.range, query.utf8.count <= LogQLParser.textBytesMax else {
            return TerminalText.escaped(error.description)
        }
        return TerminalText.escaped(error.description) + "\n" + QueryCaret.text(query, at: range.start)
    }
}
