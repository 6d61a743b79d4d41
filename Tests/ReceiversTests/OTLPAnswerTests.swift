import Codecs
import Ingest
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import Testing

@testable import Receivers

@Suite("OTLP answers")
struct OTLPAnswerTests {
    @Test(
        "the content type's media names the encoding; case and parameters do not matter",
        arguments: [
            ("application/x-protobuf", .protobuf), ("application/json", .json), ("Application/X-Protobuf", .protobuf),
            ("APPLICATION/JSON", .json), ("application/json; charset=utf-8", .json),
            ("application/json;charset=utf-8", .json), (" application/json ;charset=utf-8", .json),
            ("application/x-protobuf; proto=x", .protobuf), (nil, nil), ("", nil), (";", nil), ("text/plain", nil),
            ("application/protobuf", nil), ("application/jsonx", nil), ("application/x-protobuf+json", nil),
            ("application/json, text/plain", nil), ("application/grpc", nil), ("json", nil),
        ] as [(String?, IngestRequest.Encoding?)])
    func encoding(contentType: String?, expected: IngestRequest.Encoding?) {
        #expect(OTLPHTTPHandler.encoding(contentType) == expected)
    }

    @Test("everything stored is an empty message", arguments: Signal.allCases)
    func allStored(signal: Signal) throws {
        var outcome = AppendOutcome()
        outcome.accepted = 3
        #expect(try signal.protobufResponse(outcome) == [])
        #expect(String(decoding: signal.jsonResponse(outcome), as: UTF8.self) == "{}")
    }

    @Test(
        "rejections are told in JSON under the signal's own name, the count as text",
        arguments: [
            (Signal.traces, "rejectedSpans", "spans"), (.metrics, "rejectedDataPoints", "data points"),
            (.logs, "rejectedLogRecords", "log records"),
        ])
    func rejectedJSON(signal: Signal, key: String, noun: String) {
        let expected =
            "{\"partialSuccess\":{\"\(key)\":\"3\",\"errorMessage\":"
            + "\"2 \(noun) with a trace id that is not 16 bytes or all zero; "
            + "1 \(noun) with a span id that is not 8 bytes or all zero\"}}"
        #expect(String(decoding: signal.jsonResponse(rejected), as: UTF8.self) == expected)
    }

    @Test("rejections are told in protobuf in the signal's own message")
    func rejectedProtobuf() throws {
        let traces = try OTLPTraceResponse(serializedBytes: Signal.traces.protobufResponse(rejected))
        #expect(traces.partialSuccess.rejectedSpans == 3)
        #expect(traces.partialSuccess.errorMessage == rejected.message(noun: "spans"))
        let metrics = try OTLPMetricsResponse(serializedBytes: Signal.metrics.protobufResponse(rejected))
        #expect(metrics.partialSuccess.rejectedDataPoints == 3)
        #expect(metrics.partialSuccess.errorMessage == rejected.message(noun: "data points"))
        let logs = try OTLPLogsResponse(serializedBytes: Signal.logs.protobufResponse(rejected))
        #expect(logs.partialSuccess.rejectedLogRecords == 3)
        #expect(logs.partialSuccess.errorMessage == rejected.message(noun: "log records"))
    }

    @Test(
        "paths and services are the specification's",
        arguments: [
            (Signal.traces, "/v1/traces", "opentelemetry.proto.collector.trace.v1.TraceService"),
            (.metrics, "/v1/metrics", "opentelemetry.proto.collector.metrics.v1.MetricsService"),
            (.logs, "/v1/logs", "opentelemetry.proto.collector.logs.v1.LogsService"),
        ])
    func names(signal: Signal, path: String, service: String) {
        #expect(signal.httpPath == path)
        #expect(signal.grpcService == service)
    }

    private var rejected: AppendOutcome {
        var outcome = AppendOutcome()
        outcome.accepted = 1
        outcome.reject(.invalidSpanID)
        outcome.reject(.invalidTraceID, count: 2)
        return outcome
    }
}
