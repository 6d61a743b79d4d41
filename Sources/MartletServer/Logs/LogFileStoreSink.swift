import ClickHouse
import Codecs
import Ingest
import LogFiles
import Receivers
import SQLSyntax
import TelemetryModel
import TelemetryStore

/// Gives the records of log files to the pipeline, and knows of what was stored before.
struct LogFileStoreSink: LogFileSink {
    private static let scopeName = "martlet.files"
    private static let sender = Sender(transport: "file", address: "", userAgent: nil)

    let pipeline: IngestPipeline
    let store: TelemetryStore

    func admit(_ drafts: [LogDraft]) async throws {
        let body = OTLPLogsWriter.encode(drafts, scopeName: Self.scopeName)
        let result = await pipeline.admit(
            IngestRequest(
                signal: .logs, encoding: .protobuf, body: body, receivedTime: .now(), sender: Self.sender))
        if case .refused(let error) = result { throw LogFileSinkError(error.kind, error.message) }
    }

    /// ```sql
    /// SELECT 1 FROM telemetry.logs WHERE observed_time >= … AND attributes['log.offset'] = '…'
    ///     AND attributes['log.file.inode'] = '…' LIMIT 1
    /// ```
    /// The write-ahead log was stored before anything asks. The path is not asked for: processors may change it.
    func isStored(path: String, inode: UInt64, offset: Int, since: Timestamp) async throws -> Bool {
        func equal(_ name: String, _ value: String) -> Expression {
            .equal(
                .call("arrayElement", .column("attributes"), .parameter(.string(name))), .parameter(.string(value)))
        }
        let select = Select(
            [.init(.integer(1))], from: TelemetrySchema.logs.name,
            where: .and([
                .comparison(
                    .column("observed_time"), .greaterOrEqual,
                    .call("fromUnixTimestamp64Nano", .integer(since.nanoseconds))),
                equal("log.offset", "\(offset)"), equal("log.file.inode", "\(inode)"),
            ]), limit: 1)
        return try await !store.engine.rows(select.statement).isEmpty
    }
}
