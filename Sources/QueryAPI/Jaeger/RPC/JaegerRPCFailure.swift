import GRPCCore
import Logging

/// How the Jaeger API says each kind of failure over gRPC: by the status that it has over HTTP, and its sentence.
enum JaegerRPCFailure {
    static func rpcError(_ error: any Error) -> RPCError {
        if let error = error as? RPCError { return error }
        let failure = JaegerFailure(error)
        return RPCError(code: code(of: failure.status), message: failure.message)
    }

    private static func code(of status: Int) -> RPCError.Code {
        switch status {
        case 400: .invalidArgument
        case 403: .permissionDenied
        case 404: .notFound
        case 408, 504: .deadlineExceeded
        case 413, 422, 429: .resourceExhausted
        case 499: .cancelled
        case 501: .unimplemented
        case 503: .unavailable
        default: .internalError
        }
    }

    /// What an operator would act on, as over HTTP.
    static func log(_ error: RPCError, _ method: String, _ logger: Logger) {
        switch error.code {
        case .internalError, .unavailable, .deadlineExceeded:
            logger.warning(
                "question failed", metadata: ["path": "\(method)", "answer": "\(error.message.prefix(500))"])
        default: break
        }
    }
}
