import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TelemetryModel

/// One file of an export, from the server to where it goes.
struct ExportDownload {
    let request: ExportRequest
    /// Of the server's API.
    let url: String

    /// - Parameter progress: called with what has come so far, and what there was when it began, where that is known.
    /// - Returns: items that were written.
    /// - Throws: the server's sentence; a body that breaks off is an error, as its last chunk is missing then.
    func run(
        into output: ExportOutput, progress: (_ items: Int, _ expected: Int?) -> Void
    ) async throws(CommandFailure) -> Int {
        var call = HTTPClientRequest(url: url + request.path)
        call.method = .POST
        call.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        call.headers.add(name: "Accept-Encoding", value: "identity")
        if let token = HTTPCalls.configuredToken {
            call.headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        call.body = .bytes(ByteBuffer(bytes: request.body))
        var counter = ExportItemCounter(request.form, request.kind)
        do {
            // The deadline is one of the whole answer, however large.
            let response = try await HTTPClient.shared.execute(call, deadline: .distantFuture)
            guard response.status == .ok else {
                let body = try await response.body.collect(upTo: 1 << 20)
                let answer = HTTPAnswer(status: Int(response.status.code), body: Array(body.readableBytesView))
                throw CommandFailure(APIProblem.exit(status: answer.status), APIProblem.text(answer, url: url))
            }
            let expected = response.headers.first(name: "X-Martlet-Items").flatMap { Int($0) }
            for try await buffer in response.body {
                let bytes = Array(buffer.readableBytesView)
                try bytes.withUnsafeBufferPointer { (bytes) throws(CommandFailure) in
                    try counter.add(bytes)
                    try output.write(bytes)
                }
                progress(counter.items, expected)
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(
                counter.items == 0 ? .unreachable : .no,
                "the export of \(request.kind.rawValue) broke off: \(error)")
        }
        return counter.items
    }
}
