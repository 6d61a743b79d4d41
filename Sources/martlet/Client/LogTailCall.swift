import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A live stream of log lines.
struct LogTailCall {
    /// Why a stream ended that was to go on.
    enum End: Error {
        /// The server refuses the question; asking again changes nothing.
        case refused(CommandFailure)
        /// It went away.
        case lost(String)
    }

    let url: String
    let query: String
    /// Nanoseconds.
    var start: Int64
    /// Stored lines to begin with at most.
    var limit: Int

    var address: String {
        url + "/api/ui/logs/tail?"
            + FormText.encoded([("query", query), ("start", String(start)), ("limit", String(limit))])
    }

    /// Hands over lines until the stream ends.
    ///
    /// - Parameters:
    ///   - opened: called when the server has taken the question.
    ///   - receive: called with each event, in order.
    func run(opened: () -> Void, receive: (LogAnswer) throws -> Void) async -> End {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Accept", value: "text/event-stream")
        request.headers.add(name: "Accept-Encoding", value: "identity")
        if let token = HTTPCalls.configuredToken {
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        do {
            // The deadline is one of the whole answer, which has no end.
            let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
            guard response.status == .ok else {
                let body = try await response.body.collect(upTo: 1 << 20)
                let answer = HTTPAnswer(status: Int(response.status.code), body: Array(body.readableBytesView))
                let failure = CommandFailure(
                    APIProblem.exit(status: answer.status), APIProblem.text(answer, url: url))
                return [502, 503, 504].contains(answer.status) ? .lost(failure.message) : .refused(failure)
            }
            opened()
            var stream = LogEventStream()
            for try await buffer in response.body {
                for event in try stream.feed(buffer.readableBytesView) {
                    switch event.name {
                    case "error":
                        let answer = HTTPAnswer(status: 400, body: event.data)
                        return .refused(CommandFailure(.no, APIProblem.text(answer, url: url)))
                    default: try receive(try LogAnswer(event.data, isForward: true))
                    }
                }
            }
            return .lost("the server ended the stream")
        } catch let failure as CommandFailure {
            return .refused(failure)
        } catch {
            return .lost("\(error)")
        }
    }
}
