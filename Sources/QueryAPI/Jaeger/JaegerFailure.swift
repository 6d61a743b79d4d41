import QueryEngines
import TelemetryModel

/// How the Jaeger API says each kind of failure: a status and one sentence.
struct JaegerFailure: Error, Equatable {
    let status: Int
    let message: String
    var traceID: TraceID?

    init(_ status: Int, _ message: String, traceID: TraceID? = nil) {
        self.status = status
        self.message = message
        self.traceID = traceID
    }

    static func parameter(_ name: String, _ reason: String) -> JaegerFailure {
        JaegerFailure(400, "unable to parse param '\(name)': \(reason)")
    }

    static func missing(_ name: String) -> JaegerFailure { JaegerFailure(400, "parameter '\(name)' is required") }

    static func notFound(_ id: TraceID) -> JaegerFailure { JaegerFailure(404, "trace not found", traceID: id) }

    init(_ error: any Error) {
        switch error {
        case let error as JaegerFailure: self = error
        case let error as TraceQueryError: self.init(Self.status(of: error.kind), error.message)
        case is CancellationError: self.init(499, "the query was cancelled")
        default: self.init(500, "\(error)")
        }
    }

    private static func status(of kind: ErrorKind) -> Int {
        switch kind {
        case .invalid: 400
        case .unsupported: 501
        case .notFound: 404
        case .tooLarge, .overLimit: 422
        case .overloaded: 429
        case .timeout: 504
        case .cancelled: 499
        case .unavailable: 503
        case .denied: 403
        case .internal: 500
        }
    }
}
