/// Opens the ports of the server that is verified; the world's side of the suite `seeds`.
///
/// Endpoints are named as in the server's list of endpoints: `api`, `prometheus`, `tempo`, `jaeger`, `clickhouse`,
/// `otlp-http`, `health`, `statsd`, `statsd-admin` and so on. An implementation bounds each call in time and the answer
/// in size.
package protocol EndpointProber: Sendable {
    /// Whether the server listens on the endpoint.
    func has(_ endpoint: String) -> Bool

    /// `path` with its query, beginning with `/`. nil when nothing listens there.
    func get(_ endpoint: String, _ path: String) async -> ProbeAnswer?

    func post(_ endpoint: String, _ path: String, contentType: String, body: String) async -> ProbeAnswer?

    /// Sends one datagram; false when it could not be sent.
    func udp(_ endpoint: String, _ datagram: String) async -> Bool

    /// Sends a line to a text port and returns what comes back until `end` or half a second of silence.
    func line(_ endpoint: String, _ line: String, until end: String) async -> String?

    func pause(_ duration: Duration) async
}

/// What an HTTP request was answered with.
package struct ProbeAnswer: Sendable, Equatable {
    package var status: Int
    package var contentType: String
    package var body: String

    package init(status: Int, contentType: String = "", body: String = "") {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}
