@testable import Codecs
import FoundationEssentials
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import Testing

/// Ids and levels that are found in texts and attributes of log records.
@Suite struct LogTextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    private static func ids(_ text: String) -> (trace: String, span: String?)? {
        var text = text
        return text.withUTF8 { LogText.ids(in: $0).map { ($0.trace.id.hex, $0.span?.id.hex) } }
    }

    @Test(
        "an id in a text is found in every usual spelling",
        arguments: [
            "failed trace_id=\(trace) span_id=\(span)", #"{"traceId":"\#(trace)","spanId":"\#(span)"}"#,
            #"{"trace_id": "\#(trace)", "span_id": "\#(span)"}"#, "TraceID: \(trace) SpanID: \(span) x",
            "trace.id=\(trace) span.id=\(span)", "[trace_id=\(trace),span_id=\(span)] message",
            "traceparent=00-\(trace)-\(span)-01 done", #"{\"trace_id\":\"\#(trace)\",\"span_id\":\"\#(span)\"}"#,
            "race trace_id=nothing trace-id: \(trace.uppercased()) span-id: \(span)",
        ]) func found(_ text: String) throws
    {
        let ids = try #require(Self.ids(text))
        #expect(ids.trace == Self.trace)
        #expect(ids.span == Self.span)
    }

    @Test(
        "what is no id is none",
        arguments: [
            "", "trace_id=", "trace_id=xyz", "trace_id=\(trace.dropLast())", "trace_id=\(trace)0",
            "trace_id \(trace)", "trace \(trace)", "trace_id=00000000000000000000000000000000",
            "retrace of \(trace)", "traceparent=00-\(trace)-\(span)", "the trace is lost, id=\(trace)x",
        ]) func absent(_ text: String)
    {
        #expect(Self.ids(text) == nil)
    }

    @Test("64 digits and UUIDs are ids of which the first 32 digits count")
    func forms() {
        #expect(Self.ids("trace_id=\(Self.trace)\(Self.trace)")?.trace == Self.trace)
        #expect(Self.ids("trace_id=0af76519-16cd-43dd-8448-eb211c80319c end")?.trace == Self.trace)
    }

    @Test(
        "the level of a text",
        arguments: [
            ("level=warn msg=\"an error\"", LogLevel.warn), ("2026-01-01 ERROR failed", .error),
            (#"{"level":"debug","msg":"error"}"#, .debug), (#"{"severity":"WARNING"}"#, .warn),
            (#"{"level":50,"msg":"x"}"#, .error), ("[INFO] started", .info), ("nothing here", .unknown),
            ("terrors and informal warnings", .unknown), ("FATAL: gone", .fatal), ("CRITICAL disk", .critical),
            ("msg=\"x\" lvl=trace", .trace), ("", .unknown), ("err: no route", .error), ("panic: index", .fatal),
        ]) func level(_ text: String, _ level: LogLevel)
    {
        var text = text
        #expect(text.withUTF8 { LogText.level(of: $0) } == level)
    }

    private static func appended(_ change: (inout OTLPLogRecord) -> Void, schemaURL: String = "") throws -> [LogBlock] {
        var record = OTLPLogRecord()
        change(&record)
        var group = OTLPResourceLogs()
        group.schemaURL = schemaURL
        var level = OTLPKeyValue()
        level.key = "level"
        level.value.stringValue = "warn"
        group.resource.attributes = [level]
        group.scopeLogs = [OTLPScopeLogs.with { $0.logRecords = [record] }]
        var request = OTLPLogsRequest()
        request.resourceLogs = [group]
        var message = ColumnAppender(batch: TelemetryBatch())
        message.begin(receivedTime: Timestamp(nanoseconds: 1))
        message.append(request)
        var wire = ColumnAppender(batch: TelemetryBatch())
        wire.begin(receivedTime: Timestamp(nanoseconds: 1))
        let bytes = [UInt8](try request.serializedBytes() as [UInt8])
        try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in try wire.append(protobuf: buffer, .logs) }
        return [message.batch.logs, wire.batch.logs]
    }

    private static func attribute(_ key: String, _ value: String) -> OTLPKeyValue {
        var pair = OTLPKeyValue()
        pair.key = key
        pair.value.stringValue = value
        return pair
    }

    @Test("ids in attributes become the record's, in every form; those of the record itself stay")
    func attributes() throws {
        for (key, value) in [
            ("trace_id", Self.trace), ("traceId", Self.trace.uppercased()), ("trace.id", Self.trace + Self.trace),
            ("otelTraceID", "0af76519-16cd-43dd-8448-eb211c80319c"),
            ("traceparent", "00-\(Self.trace)-\(Self.span)-01"),
        ] {
            for block in try Self.appended({ $0.attributes = [Self.attribute(key, value)] }) {
                #expect(block.traceID[0].id.hex == Self.trace, "\(key)")
            }
        }
        for block in try Self.appended({
            $0.traceID = .init([UInt8](repeating: 7, count: 16))
            $0.attributes = [Self.attribute("trace_id", Self.trace), Self.attribute("span_id", Self.span)]
        }) {
            #expect(block.traceID[0].id.hex == String(repeating: "07", count: 16))
            #expect(block.spanID[0].id.hex == Self.span)
        }
    }

    @Test("the level is that of the severity, else of attributes, of the stream, of the text")
    func levels() throws {
        let table: [((inout OTLPLogRecord) -> Void, String, String)] = [
            ({ $0.severityNumber = .error2 }, "", "error"),
            ({ $0.severityText = "Warning" }, "", "warn"),
            ({ $0.attributes = [Self.attribute("level", "debug")] }, "", "debug"),
            ({ $0.body.stringValue = "an error" }, LogStreams.schemaURL, "warn"),
            ({ $0.body.stringValue = "an error" }, "", "error"),
            ({ $0.body.stringValue = "hello" }, "", "unknown"),
        ]
        for (change, schemaURL, level) in table {
            for block in try Self.appended(change, schemaURL: schemaURL) {
                #expect(block.level.string(at: 0) == level)
            }
        }
    }
}
