import TelemetryFiles

/// Requests that are to be sent, one after the other; several senders ask.
///
/// An actor, because reading files is one after the other: its callers are the bound of what is in memory.
protocol TelemetryFeed: Actor {
    /// The next request; nil at the end.
    ///
    /// - Throws: `CommandFailure` when the sending has to end.
    func next() throws -> DueRequest?
}

/// A request and the moment before which it is not sent.
struct DueRequest: Sendable {
    let request: TelemetryRequest
    let due: ContinuousClock.Instant?
}
