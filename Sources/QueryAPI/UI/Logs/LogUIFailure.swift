import TelemetryModel
import LogQL
import QueryEngines

/// Failures of questions about logs, in the form of the page's API.
enum LogUIFailure {
    static func of(_ error: any Error) -> TraceUIFailure {
        switch error {
        case let error as LogQueryError: TraceUIFailure(error.kind, error.message)
        case let error as LokiFailure: TraceUIFailure(error.kind, error.message)
        default: TraceUIFailure(error)
        }
    }

    /// - Parameters:
    ///   - text: the query that the error is about.
    ///   - shift: bytes that the parser was given before the text.
    static func of(_ error: LogQLError, in text: String, shift: Int) -> TraceUIFailure {
        let bytes = text.utf8
        func index(_ byte: Int) -> String.Index {
            bytes.index(bytes.startIndex, offsetBy: max(0, byte - shift), limitedBy: bytes.endIndex) ?? text.endIndex
        }
        var position: TraceUIFailure.Position?
        if let range = error.range {
            let start = index(range.start)
            let before = text[..<start]
            let lineStart = before.lastIndex(of: "\n").map { text.index(after: $0) } ?? text.startIndex
            position = TraceUIFailure.Position(
                start: text.utf16.distance(from: text.startIndex, to: start),
                end: text.utf16.distance(from: text.startIndex, to: max(start, index(range.end))),
                line: before.count(where: \.isNewline) + 1, column: text.distance(from: lineStart, to: start) + 1)
        }
        return TraceUIFailure(error.code == .unsupported ? .unsupported : .invalid, error.message, at: position)
    }
}
