import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TelemetryModel
import Verification

/// `GET /api/ui/export/{signal}`: all telemetry of a window, as it is stored.
struct ExportCall {
    enum Form: String {
        /// An OTLP object a line.
        case lines = "otlp-jsonl"
        /// Messages with their lengths before them.
        case messages = "otlp-proto"
    }

    let url: String
    let signal: Signal
    let form: Form
    let window: RecordingWindow

    var address: String {
        var parameters = [("form", form.rawValue)]
        if let start = window.start { parameters.append(("start", String(start))) }
        if let end = window.end { parameters.append(("end", String(end))) }
        parameters += window.services.map { ("service", $0) }
        parameters += window.traces.map { ("trace", $0.hex) }
        return "\(url)/api/ui/export/\(signal.rawValue)?\(FormText.encoded(parameters))"
    }

    /// Hands over the body piece by piece. A body that breaks off is an error, as its last chunk is missing then.
    ///
    /// - Throws: `VerificationError` with the server's words, or what `receive` throws.
    func run(_ receive: (ByteBuffer) throws -> Void) async throws {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Accept-Encoding", value: "identity")
        if let token = HTTPCalls.configuredToken {
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        do {
            // The deadline is one of the whole answer, which may be large.
            let response = try await HTTPClient.shared.execute(request, timeout: .hours(1))
            guard response.status == .ok else {
                let body = try await response.body.collect(upTo: 1 << 20)
                let answer = HTTPAnswer(status: Int(response.status.code), body: Array(body.readableBytesView))
                throw VerificationError(
                    answer.status == 404 ? .unsupported : .unreachable,
                    "the server does not export \(signal.rawValue): \(APIProblem.text(answer, url: url))")
            }
            for try await buffer in response.body { try receive(buffer) }
        } catch let error as VerificationError {
            throw error
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw VerificationError(.unreachable, "the export of \(signal.rawValue) from \(url) broke off: \(error)")
        }
    }
}
