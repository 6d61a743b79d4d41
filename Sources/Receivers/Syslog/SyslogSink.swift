import Codecs
package import Ingest
package import TelemetryModel

/// Takes the records of a syslog receiver.
///
/// Called by `SyslogReceiver`, one batch at a time.
package protocol SyslogSink: Sendable {
    /// Takes a batch as a whole.
    ///
    /// - Throws: `IngestError`, and then nothing of it was taken: sent again later when it is overload, in two halves
    ///   when it is too large, else given up and counted.
    func admit(_ records: [LogDraft]) async throws(IngestError)
}

/// Gives records to the pipeline.
package struct SyslogPipelineSink: SyslogSink {
    private static let scopeName = "martlet.syslog"
    private static let sender = Sender(transport: "syslog", address: "", userAgent: nil)

    private let pipeline: IngestPipeline

    package init(_ pipeline: IngestPipeline) { self.pipeline = pipeline }

    package func admit(_ records: [LogDraft]) async throws(IngestError) {
        let request = IngestRequest(
            signal: .logs, encoding: .protobuf, body: OTLPLogsWriter.encode(records, scopeName: Self.scopeName),
            receivedTime: .now(), sender: Self.sender)
        if case .refused(let error) = await pipeline.admit(request) { throw error }
    }
}
