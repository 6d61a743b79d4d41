/// Sends notifications by HTTP. Called by the receivers, one request at a time each.
package protocol WebhookTransport: Sendable {
    /// - Throws: when there is no answer.
    func post(_ request: WebhookRequest) async throws -> WebhookResponse
}

package struct WebhookRequest: Hashable, Sendable {
    package var url: String
    package var headers: [String: String]
    package var body: [UInt8]
    package var timeout: Duration

    package init(
        url: String, headers: [String: String] = [:], body: [UInt8], timeout: Duration = .seconds(10)
    ) {
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

package struct WebhookResponse: Hashable, Sendable {
    package var status: Int
    /// The beginning of the body, for messages.
    package var text: String

    package init(status: Int, text: String = "") {
        self.status = status
        self.text = text
    }

    package var isSuccess: Bool { (200..<300).contains(status) }
    /// Whether another attempt may help.
    package var mayRetry: Bool { status == 429 || status >= 500 }
}

/// Pauses between attempts: 1 s, 2 s, 4 s … to a minute.
struct Backoff: Sendable {
    private static let first: Int64 = 1000
    private static let longest: Int64 = 60_000

    private(set) var failures = 0

    /// Notes a failure.
    ///
    /// - Returns: milliseconds until the next attempt.
    mutating func fail() -> Int64 {
        failures += 1
        return min(Self.first << min(Int64(failures - 1), 10), Self.longest)
    }

    mutating func succeed() { failures = 0 }
}
