import Codecs
import OTLPMessages
import QueryEngines
import TelemetryModel
import TelemetryStore
import TestSupport

/// A record as a test gives it.
struct GivenRecord {
    var time: Int64
    var source: Int
    var body: String
    /// OTLP's number; 0 for none.
    var severity: Int32 = 0
    var attributes: [(String, String)] = []
    var trace: TraceID?
}

/// Where records come from.
struct GivenSource {
    var attributes: [(String, String)]
    /// As Loki's clients push it: all attributes are labels.
    var isPushed = false

    var schemaURL: String { isPushed ? LogStreams.pushedSchemaURL : "" }
}

/// A store of its own with given records.
struct LogFixture {
    let sources: [GivenSource]
    let records: [GivenRecord]
    let store: TelemetryStore
    let engine: LogEngine

    init(
        _ database: String, sources: [GivenSource], records: [GivenRecord], batches: Int = 1,
        limits: LogEngineLimits = LogEngineLimits()
    ) async throws {
        self.sources = sources
        self.records = records
        store = try await TelemetryStore(
            DatabaseEngine(try SharedEngine.open(), database: database), retention: TraceFixture.retention,
            logger: silentLogger())
        engine = LogEngine(store, limits: limits)
        let size = max(1, (records.count + batches - 1) / batches)
        for start in stride(from: 0, to: records.count, by: size) {
            try await write(Array(records[start..<min(start + size, records.count)]))
        }
    }

    func write(_ records: [GivenRecord], receivedTime: Timestamp = .now()) async throws {
        var appender = ColumnAppender(batch: TelemetryBatch())
        appender.begin(receivedTime: receivedTime)
        appender.append(request(records))
        try await store.write(appender.batch, token: nil)
    }

    private func request(_ records: [GivenRecord]) -> OTLPLogsRequest {
        var request = OTLPLogsRequest()
        for record in records {
            let source = sources[record.source]
            var group = OTLPResourceLogs()
            group.schemaURL = source.schemaURL
            group.resource.attributes = source.attributes.map(Self.pair)
            var scope = OTLPScopeLogs()
            scope.scope.name = "tests"
            var message = OTLPLogRecord()
            message.timeUnixNano = UInt64(clamping: record.time)
            message.observedTimeUnixNano = UInt64(clamping: record.time)
            message.body.stringValue = record.body
            message.severityNumber = OTLPSeverityNumber(rawValue: Int(record.severity)) ?? .unspecified
            message.attributes = record.attributes.map(Self.pair)
            if let trace = record.trace { message.traceID = .init(trace.bytes) }
            scope.logRecords = [message]
            group.scopeLogs = [scope]
            request.resourceLogs.append(group)
        }
        return request
    }

    private static func pair(_ name: String, _ value: String) -> OTLPKeyValue {
        var pair = OTLPKeyValue()
        pair.key = name
        pair.value.stringValue = value
        return pair
    }
}
