package import Codecs
package import Ingest
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// Gives what Martlet gets by itself to the pipeline: samples that were scraped, came as StatsD or were computed, and
/// the events of DogStatsD as log records.
package struct PipelineSink: SampleSink, StatsDLogSink, DerivedSink {
    private let pipeline: IngestPipeline

    package init(_ pipeline: IngestPipeline) { self.pipeline = pipeline }

    package func admit(_ request: [UInt8], sampleCount: Int, source: String) async throws {
        try await admit(
            IngestRequest(
                signal: .metrics, encoding: .ownSamples, body: request, receivedTime: .now(),
                sender: Sender(transport: source, address: "", userAgent: nil)))
    }

    package func admit(_ records: [StatsDLogRecord]) async throws {
        var request = OTLPLogsRequest()
        request.resourceLogs = [StatsDLogMessages.resourceLogs(records)]
        try await admit(
            IngestRequest(
                signal: .logs, encoding: .protobuf, body: try request.serializedBytes(), receivedTime: .now(),
                sender: Sender(transport: "statsd", address: "", userAgent: nil)))
    }

    private func admit(_ request: IngestRequest) async throws {
        if case .refused(let error) = await pipeline.admit(request) { throw error }
    }
}
