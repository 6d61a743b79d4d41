import ClickHouse
import HTTPSurface
import HTTPTypes
import TelemetryModel

/// An error as ClickHouse's HTTP interface says it: `Code: N. DB::Exception: text. (NAME)` with a status by number.
struct ClickHouseFailure: Error {
    let code: Int
    let status: HTTPResponse.Status
    let text: String

    private init(code: Int, status: HTTPResponse.Status, text: String) {
        self.code = code
        self.status = status
        self.text = text
    }

    init(code: Int, name: String, status: HTTPResponse.Status, message: String) {
        self.code = code
        self.status = status
        text = "Code: \(code). DB::Exception: \(message). (\(name))"
    }

    init(_ error: any Error) {
        switch error {
        case let failure as ClickHouseFailure: self = failure
        case let error as EngineError:
            if let number = error.number, let start = error.message.firstRange(of: "Code: ") {
                // The driver puts its own name before the engine's words.
                self.init(
                    code: number, status: Self.status(number), text: String(error.message[start.lowerBound...]))
            } else if error.kind == .overloaded {
                self.init(
                    code: 202, name: "TOO_MANY_SIMULTANEOUS_QUERIES", status: .serviceUnavailable,
                    message: error.message)
            } else {
                self.init(
                    code: 1002, name: "UNKNOWN_EXCEPTION", status: .internalServerError, message: error.message)
            }
        case is CancellationError:
            self.init(
                code: 394, name: "QUERY_WAS_CANCELLED", status: .internalServerError, message: "query was cancelled")
        default:
            self.init(code: 1002, name: "UNKNOWN_EXCEPTION", status: .internalServerError, message: "\(error)")
        }
    }

    init(body error: BodyError) {
        switch error {
        case .tooLarge(let bytesMax):
            self.init(
                code: 62, name: "SYNTAX_ERROR", status: .contentTooLarge,
                message: "the statement is larger than \(bytesMax) bytes")
        case .tooSlow, .incomplete:
            self.init(
                code: 209, name: "SOCKET_TIMEOUT", status: .requestTimeout,
                message: "the statement did not arrive in time")
        case .noMemory:
            self.init(
                code: 241, name: "MEMORY_LIMIT_EXCEEDED", status: .serviceUnavailable,
                message: "no memory for the statement")
        }
    }

    /// Spec: ClickHouse, HTTPHandler.cpp, exceptionCodeToHTTPStatus.
    private static func status(_ code: Int) -> HTTPResponse.Status {
        switch code {
        case 62, 6, 53, 36, 27, 26, 72, 386, 456, 457: .badRequest
        case 60, 81, 46, 47, 50, 73, 115: .notFound
        case 194: .unauthorized
        case 164, 291, 392, 497, 516: .forbidden
        case 159: .requestTimeout
        case 158, 396, 307: .contentTooLarge
        case 202: .serviceUnavailable
        case 48: .notImplemented
        default: .internalServerError
        }
    }
}
