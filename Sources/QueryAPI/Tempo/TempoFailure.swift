import ClickHouse
import HTTPTypes
import QueryEngines
import TelemetryModel
import TelemetryStore

/// How the Tempo API says each kind of failure: a status and one plain sentence.
struct TempoFailure {
    let status: HTTPResponse.Status
    let message: String

    init(_ error: any Error) {
        let kind: ErrorKind
        switch error {
        case let error as TraceQueryError: (kind, message) = (error.kind, error.message)
        case let error as StoreError: (kind, message) = (error.kind, error.message)
        case let error as EngineError: (kind, message) = (error.kind, error.message)
        case is CancellationError: (kind, message) = (.cancelled, "the query was cancelled")
        default: (kind, message) = (.internal, "\(error)")
        }
        status = Self.status(of: kind)
    }

    static func status(of kind: ErrorKind) -> HTTPResponse.Status {
        switch kind {
        case .invalid: .badRequest
        case .unsupported: .notImplemented
        case .notFound: .notFound
        case .tooLarge, .overLimit: .unprocessableContent
        case .overloaded: .tooManyRequests
        case .timeout: .gatewayTimeout
        case .cancelled: HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request")
        case .unavailable: .serviceUnavailable
        case .denied: .forbidden
        case .internal: .internalServerError
        }
    }
}
