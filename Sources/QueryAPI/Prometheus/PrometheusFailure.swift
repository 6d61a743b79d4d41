import ClickHouse
import PromQLEvaluation
import PrometheusModel
import TelemetryModel
import TelemetryStore

/// How the Prometheus API says each kind of failure: a type, a status and one sentence.
struct PrometheusFailure: Error, Equatable {
    enum Kind: String {
        case badData = "bad_data"
        case execution
        case canceled
        case timeout
        case `internal`
        case unavailable
        case notFound = "not_found"
    }

    let kind: Kind
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    static func parameter(_ name: String, _ reason: String) -> PrometheusFailure {
        PrometheusFailure(.badData, "invalid parameter \(LabelName.quoted(name)): \(reason)")
    }

    /// - Spec: Prometheus, "HTTP API", "Format overview".
    var status: Int {
        switch kind {
        case .badData: 400
        case .execution: 422
        case .canceled: 499
        case .timeout, .unavailable: 503
        case .internal: 500
        case .notFound: 404
        }
    }

    /// What evaluating the parameter `query` failed with.
    init(_ error: QueryError) {
        switch error.kind {
        case .invalid: self = .parameter("query", error.message)
        case .execution: self.init(.execution, error.message)
        case .timeout: self.init(.timeout, error.message)
        case .cancelled: self.init(.canceled, error.message)
        case .storage: self.init(.internal, error.message)
        }
    }

    init(_ error: any Error) {
        switch error {
        case let error as PrometheusFailure: self = error
        case let error as QueryError: self.init(error)
        case let error as StoreError: self.init(Self.kind(of: error.kind), error.message)
        case let error as EngineError: self.init(Self.kind(of: error.kind), error.message)
        case is CancellationError: self.init(.canceled, "query was canceled")
        default: self.init(.internal, "\(error)")
        }
    }

    /// Of storage: what is invalid there is a statement that Martlet wrote, not what the client asked.
    private static func kind(of kind: ErrorKind) -> Kind {
        switch kind {
        case .tooLarge, .overLimit: .execution
        case .overloaded, .unavailable: .unavailable
        case .timeout: .timeout
        case .cancelled: .canceled
        case .invalid, .unsupported, .notFound, .denied, .internal: .internal
        }
    }
}
