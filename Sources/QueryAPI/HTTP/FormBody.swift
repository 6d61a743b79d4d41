import HTTPSurface
import Hummingbird
import TelemetryModel

/// The form that a request carries in its body.
enum FormBody {
    static let timeLimit = Duration.seconds(30)

    /// Why a body was not read, for each API to word in its own form.
    struct Failure: Error {
        var kind: ErrorKind
        var message: String
    }

    /// The bytes of the form; nil for a body that is none, with whose request the parameters of the URL count.
    static func read(_ request: Request, bytesMax: Int) async throws(Failure) -> [UInt8]? {
        let bytes: [UInt8]
        do {
            bytes = try await BodyCollector(bytesMax: bytesMax, timeLimit: timeLimit).collect(request)
        } catch {
            throw
                switch error
            {
            case .tooLarge(let bytesMax): Failure(kind: .invalid, message: "the body has more than \(bytesMax) bytes")
            case .tooSlow(let limit):
                Failure(kind: .invalid, message: "the body did not come within \(limit.components.seconds) s")
            case .noMemory: Failure(kind: .overloaded, message: "there is no memory for the body")
            case .incomplete: Failure(kind: .invalid, message: "the body is not complete")
            }
        }
        let type = request.headers[.contentType]?.lowercased() ?? ""
        return type.isEmpty || type.hasPrefix("application/x-www-form-urlencoded") ? bytes : nil
    }
}
