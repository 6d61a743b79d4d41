package import GRPCCore
package import TelemetryModel

extension RPCError.Code {
    /// The status of gRPC for a question that has no answer. Receivers have their own: there the code decides whether a
    /// sender repeats.
    package init(_ kind: ErrorKind) {
        switch kind {
        case .invalid: self = .invalidArgument
        case .unsupported: self = .unimplemented
        case .notFound: self = .notFound
        case .tooLarge, .overLimit, .overloaded: self = .resourceExhausted
        case .timeout: self = .deadlineExceeded
        case .cancelled: self = .cancelled
        case .unavailable: self = .unavailable
        case .denied: self = .permissionDenied
        case .internal: self = .internalError
        }
    }
}
