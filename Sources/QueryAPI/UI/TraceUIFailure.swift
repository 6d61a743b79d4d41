import ClickHouse
import Codecs
import QueryEngines
import TelemetryModel
import TelemetryStore
import TraceQL

/// How the page is told of each kind of failure: a status, and a kind and a sentence as JSON.
struct TraceUIFailure: Error, Equatable {
    /// A place in the text of a query.
    struct Position: Equatable {
        /// Offsets in units of UTF-16, as JavaScript counts them, the end exclusive.
        var start: Int
        var end: Int
        /// Both from 1; columns count characters.
        var line: Int
        var column: Int
    }

    let kind: ErrorKind
    let message: String
    var position: Position?

    init(_ kind: ErrorKind, _ message: String, at position: Position? = nil) {
        self.kind = kind
        self.message = message
        self.position = position
    }

    init(_ error: any Error) {
        switch error {
        case let error as TraceUIFailure: self = error
        case let error as TraceQueryError: self.init(error.kind, error.message)
        case let error as StoreError: self.init(error.kind, error.message)
        case let error as EngineError: self.init(error.kind, error.message)
        case is CancellationError: self.init(.cancelled, "the query was cancelled")
        default: self.init(.internal, "\(error)")
        }
    }

    /// - Parameter text: the query that the error is about.
    init(_ error: TraceQLError, in text: String) {
        let bytes = text.utf8
        func offset(_ byte: Int) -> Int {
            let index = bytes.index(bytes.startIndex, offsetBy: max(0, byte), limitedBy: bytes.endIndex)
            return text.utf16.distance(from: text.startIndex, to: index ?? text.endIndex)
        }
        self.init(
            error.kind == .unsupported ? .unsupported : .invalid, error.message,
            at: Position(
                start: offset(error.range.start), end: offset(error.range.end), line: error.line,
                column: error.column))
    }

    static func parameter(_ name: String, _ reason: String) -> TraceUIFailure {
        TraceUIFailure(.invalid, "parameter \(name) \(reason)")
    }

    static func noTrace(_ id: TraceID) -> TraceUIFailure {
        TraceUIFailure(.notFound, "trace \(id.hex) is not stored")
    }

    var status: Int {
        switch kind {
        case .invalid: 400
        case .unsupported: 501
        case .notFound: 404
        case .tooLarge, .overLimit: 422
        case .overloaded, .unavailable: 503
        case .timeout: 504
        case .cancelled: 499
        case .denied: 403
        case .internal: 500
        }
    }

    /// `{"error":{"kind","message","position"}}`, the last only for mistakes in a query.
    func write(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.object("error") { write(members: &$0) }
        }
    }

    func write(members writer: inout JSONWriter) {
        writer.member("kind", kind.rawValue)
        writer.member("message", message)
        guard let position else { return }
        writer.object("position") { writer in
            writer.member("start", position.start)
            writer.member("end", position.end)
            writer.member("line", position.line)
            writer.member("column", position.column)
        }
    }
}
