import GRPCCore
import HTTPSurface
import Logging
import QueryEngines
import TelemetryModel

/// How the Tempo API says each kind of failure over gRPC: a status, and the sentence of HTTP.
enum TempoStreamingFailure {
    static func rpcError(_ error: any Error) -> RPCError {
        switch error {
        case let error as RPCError: error
        case let error as TraceQueryError: RPCError(code: .init(error.kind), message: error.message)
        case is CancellationError: RPCError(code: .cancelled, message: TempoFailure(error).message)
        default: RPCError(code: .internalError, message: TempoFailure(error).message)
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
