package import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import QueryEngines

/// Why there is no answer.
struct HTTPWebhookFailure: Error, CustomStringConvertible {
    let description: String
}

/// Sends notifications with the server's HTTP client.
package struct HTTPWebhookTransport: WebhookTransport {
    /// Of an answer that is read: enough for a message.
    package static let answerBytesMax = 4096

    private let client: HTTPClient

    /// - Parameter client: shut down by its owner after the notifiers have ended.
    package init(_ client: HTTPClient) { self.client = client }

    package func post(_ request: WebhookRequest) async throws -> WebhookResponse {
        var message = HTTPClientRequest(url: request.url)
        message.method = .POST
        message.headers.add(name: "User-Agent", value: "Martlet")
        for (name, value) in request.headers.sorted(by: { $0.key < $1.key }) {
            message.headers.replaceOrAdd(name: name, value: value)
        }
        if !message.headers.contains(name: "Authorization"),
            let authorization = URLCredentials.authorization(for: request.url)
        {
            message.headers.add(name: "Authorization", value: authorization)
        }
        message.body = .bytes(ByteBuffer(bytes: request.body))
        // The deadline holds for the body, too.
        let deadline = NIODeadline.now() + .nanoseconds(Self.nanoseconds(request.timeout))
        let response: HTTPClientResponse
        do {
            response = try await client.execute(message, deadline: deadline)
        } catch {
            throw HTTPWebhookFailure(description: HTTPProblem.text(error))
        }
        var text: [UInt8] = []
        for try await part in response.body {
            text += part.readableBytesView.prefix(Self.answerBytesMax - text.count)
            if text.count >= Self.answerBytesMax { break }
        }
        return WebhookResponse(status: Int(response.status.code), text: String(decoding: text, as: UTF8.self))
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return min(max(seconds, 0), 3600) * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
