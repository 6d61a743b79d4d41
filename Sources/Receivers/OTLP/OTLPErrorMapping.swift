import GRPCCore
import HTTPTypes
import Ingest
import TelemetryModel

/// How OTLP says each kind of failure. Spec: OTLP, "OTLP/HTTP Failures" and "OTLP/gRPC Failures".
extension IngestError {
    /// Overload is 503 and never 429: the clients of the seeds retry from 500 on and drop what gets a 4xx.
    var httpStatus: HTTPResponse.Status {
        switch kind {
        case .invalid: .badRequest
        case .tooLarge: .contentTooLarge
        case .unsupported: .unsupportedMediaType
        case .timeout: .requestTimeout
        case .overloaded, .unavailable, .overLimit, .cancelled: .serviceUnavailable
        case .denied: .forbidden
        case .notFound: .notFound
        case .internal: .internalServerError
        }
    }

    /// Seconds for `Retry-After`, where a repetition can succeed.
    var retryAfterSeconds: Int? {
        httpStatus == .serviceUnavailable ? 1 : nil
    }

    var grpcCode: RPCError.Code {
        switch kind {
        case .invalid: .invalidArgument
        // Without RetryInfo this is final for a client, which is meant.
        case .tooLarge: .resourceExhausted
        case .unsupported: .unimplemented
        case .timeout: .deadlineExceeded
        case .overloaded, .unavailable, .overLimit: .unavailable
        case .cancelled: .cancelled
        case .denied: .permissionDenied
        case .notFound: .notFound
        case .internal: .internalError
        }
    }
}
