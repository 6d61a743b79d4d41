import ClickHouse
import HTTPSurface
import LogQL
import QueryEngines
import TelemetryModel
import TelemetryStore

/// How the Loki API says each kind of failure: a status and plain text.
struct LokiFailure: Error, Equatable {
    let kind: ErrorKind
    let message: String

    init(_ kind: ErrorKind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    init(_ error: any Error) {
        switch error {
        case let error as LokiFailure: self = error
        case let error as LogQLError:
            self.init(error.code == .unsupported ? .unsupported : .invalid, Self.text(error))
        case let error as LogQueryError: self.init(error.kind, error.message)
        case let error as StoreError: self.init(error.kind, error.message)
        case let error as EngineError: self.init(error.kind, error.message)
        case is CancellationError: self.init(.cancelled, "the query was cancelled")
        default: self.init(.internal, "the server failed to answer; its log says why")
        }
    }

    /// Loki names no place in a query that has no text at all.
    private static func text(_ error: LogQLError) -> String {
        let isEmpty = error.line == 1 && error.column == 1 && error.message.hasPrefix("syntax error: unexpected $end")
        return isEmpty ? "parse error : \(error.message)" : error.description
    }

    static func parameter(_ name: String, _ reason: String) -> LokiFailure {
        LokiFailure(.invalid, "could not parse '\(name)' parameter: \(reason)")
    }

    var status: Int { Self.status(of: kind) }

    /// With which a tail is closed.
    var closeCode: WebSocketCloseCode {
        switch kind {
        case .invalid, .tooLarge, .overLimit, .unsupported, .notFound, .denied: .policy
        case .overloaded, .unavailable: .tryAgainLater
        case .timeout, .cancelled, .internal: .internalError
        }
    }

    static func status(of kind: ErrorKind) -> Int {
        switch kind {
        // Loki says what is over one of its limits with 400, too.
        case .invalid, .tooLarge, .overLimit: 400
        case .unsupported: 501
        case .notFound: 404
        case .overloaded: 429
        case .timeout: 504
        case .cancelled: 499
        case .unavailable: 503
        case .denied: 403
        case .internal: 500
        }
    }
}
