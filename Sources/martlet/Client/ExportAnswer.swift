/// What became of one Export call.
enum ExportAnswer: Sendable, Equatable {
    /// The server has taken all items but the rejected ones.
    case accepted(PartialSuccess)
    /// The server, or its address, cannot take it now; the same bytes may be sent again.
    case later(ExportFailure, after: Duration?)
    /// The server will never take it.
    case refused(ExportFailure)
    /// Sent, but the connection broke or the time ran out before an answer came: stored or not.
    case unknown(ExportFailure)
    /// Nothing was sent: no connection. May be sent again.
    case notSent(ExportFailure)
}

/// Why a call failed.
struct ExportFailure: Sendable, Equatable {
    /// A short word to count by: `503`, `UNAVAILABLE`, `no connection`.
    let kind: String
    /// The server's or the client's sentence.
    let message: String
}
