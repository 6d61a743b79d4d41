import ClickHouse
import HTTPTypes

/// A statement with its settings and format, read from a request to ClickHouse's HTTP interface.
struct ClickHouseRequest {
    /// Without its FORMAT clause and final semicolon.
    let text: String
    let parameters: [String: String]
    let settings: [(name: String, value: String)]
    let format: any OutputFormat

    /// Settings that a request may lower, with the server's own values, which it may not pass.
    private static func settingsMax(_ limits: QueryLimits) -> [String: Int] {
        [
            "max_execution_time": Int(max(1, limits.maxExecutionTime.components.seconds)),
            "max_result_rows": limits.maxResultRows, "max_threads": limits.threads,
        ]
    }

    /// Parameters of the request that say nothing about the statement's result here.
    private static let ignoredNames: Set<String> = [
        "query", "database", "default_format", "user", "password", "query_id", "quota_key", "wait_end_of_query",
        "readonly",
        "buffer_size", "send_progress_in_http_headers", "http_headers_progress_interval_ms", "date_time_input_format",
    ]

    /// Nil for a request without a statement.
    ///
    /// - Throws: `ClickHouseFailure` for what is not supported.
    init?(query: [(String, String)], body: [UInt8], formatHeader: String?, limits: QueryLimits) throws {
        let settingsMax = Self.settingsMax(limits)
        var inURL = ""
        var formatName = formatHeader ?? "TabSeparated"
        var parameters: [String: String] = [:]
        var settings: [(name: String, value: String)] = []
        for (name, value) in query {
            if name == "query" {
                inURL = value
            } else if name == "default_format" {
                formatName = value
            } else if name == "database" {
                guard value == "telemetry" || value == "default" || value.isEmpty else {
                    throw ClickHouseFailure(
                        code: 81, name: "UNKNOWN_DATABASE", status: .notFound,
                        message: "database \(value) does not exist")
                }
            } else if name.hasPrefix("param_") {
                parameters[String(name.dropFirst("param_".count))] = value
            } else if let most = settingsMax[name] {
                // Zero means "no limit" to the engine.
                guard let wanted = Int(value), wanted > 0 else {
                    throw ClickHouseFailure(
                        code: 36, name: "BAD_ARGUMENTS", status: .badRequest,
                        message: "setting \(name) wants a whole number from 1 to \(most), not \(value)")
                }
                settings.append((name, "\(min(wanted, most))"))
            } else if !Self.ignoredNames.contains(name) {
                throw ClickHouseFailure(
                    code: 115, name: "UNKNOWN_SETTING", status: .notFound,
                    message: "setting \(name) is not supported here")
            }
        }
        guard let inBody = String(validating: body, as: UTF8.self) else {
            throw ClickHouseFailure(
                code: 62, name: "SYNTAX_ERROR", status: .badRequest, message: "the statement is not UTF-8")
        }
        let whole = inURL.isEmpty ? inBody : inBody.isEmpty ? inURL : inURL + "\n" + inBody
        guard whole.contains(where: { !$0.isWhitespace }) else { return nil }
        let (text, named) = FormatClause.split(whole)
        guard let format = OutputFormats.find(named ?? formatName) else {
            throw ClickHouseFailure(
                code: 73, name: "UNKNOWN_FORMAT", status: .notFound,
                message: "format \(named ?? formatName) is not supported here, use one of "
                    + OutputFormats.all.map(\.name).joined(separator: ", "))
        }
        self.text = text
        self.parameters = parameters
        self.settings = settings
        self.format = format
    }
}

/// The clause `FORMAT Name` at the end of a statement.
enum FormatClause {
    /// The statement without it and without a final semicolon, and the name.
    static func split(_ statement: String) -> (text: String, format: String?) {
        var text = statement[...]
        text = text.trimmingSuffix { $0.isWhitespace || $0 == ";" }
        let name = text.suffixWhile { $0.isLetter || $0.isNumber || $0 == "_" }
        let before = text.dropLast(name.count)
        let gap = before.suffixWhile { $0.isWhitespace }
        let head = before.dropLast(gap.count)
        guard !name.isEmpty, !gap.isEmpty, head.lowercased().hasSuffix("format"),
            let previous = head.dropLast("format".count).last, previous.isWhitespace || previous == ")"
        else { return (String(text), nil) }
        return (String(head.dropLast("format".count)), String(name))
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ isDropped: (Character) -> Bool) -> Substring {
        dropLast(suffixWhile(isDropped).count)
    }

    fileprivate func suffixWhile(_ isTaken: (Character) -> Bool) -> Substring {
        var start = endIndex
        while start > startIndex, isTaken(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
