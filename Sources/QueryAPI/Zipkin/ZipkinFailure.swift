import QueryEngines
import TelemetryModel

/// How the Zipkin API says each kind of failure: a status and one plain sentence.
struct ZipkinFailure: Error, Equatable {
    let kind: ErrorKind
    let message: String

    init(_ kind: ErrorKind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    init(_ error: any Error) {
        switch error {
        case let error as ZipkinFailure: self = error
        case let error as TraceQueryError: self.init(error.kind, error.message)
        case is CancellationError: self.init(.cancelled, "the query was cancelled")
        default: self.init(.internal, "\(error)")
        }
    }

    static func parameter(_ name: String, _ reason: String) -> ZipkinFailure {
        ZipkinFailure(.invalid, "parameter \(name) \(reason)")
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
}
