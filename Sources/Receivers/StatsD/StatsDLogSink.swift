package import Codecs

/// Where events and service checks go.
///
/// Called by the receiver's flush, one call at a time, only with records.
package protocol StatsDLogSink: Sendable {
    /// Takes records; a return means they are kept.
    func admit(_ records: [StatsDLogRecord]) async throws
}
