import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import Testing

@testable import Receivers

@Suite struct OTLPSignalTests {
    private static func outcome(_ spans: Int, _ other: Int = 0) -> AppendOutcome {
        var outcome = AppendOutcome()
        outcome.accepted = 5
        outcome.reject(.invalidTraceID, count: spans)
        outcome.reject(.invalidSpanID, count: other)
        return outcome
    }

    /// Spec: OTLP, "OTLP/HTTP Request", default paths; opentelemetry/proto/collector, service names.
    @Test(
        "each signal has its path and service",
        arguments: [
            (.traces, "/v1/traces", "opentelemetry.proto.collector.trace.v1.TraceService"),
            (.metrics, "/v1/metrics", "opentelemetry.proto.collector.metrics.v1.MetricsService"),
            (.logs, "/v1/logs", "opentelemetry.proto.collector.logs.v1.LogsService"),
        ] as [(Signal, String, String)])
    func names(signal: Signal, path: String, service: String) {
        #expect(signal.httpPath == path)
        #expect(signal.grpcService == service)
    }

    /// "If the request is only partially accepted … the server MUST initialize the partial_success field" and "on full
    /// success the server MUST leave the partial_success field unset" (OTLP, "Full Success", "Partial Success").
    @Test("full success says nothing", arguments: Signal.allCases)
    func fullSuccess(signal: Signal) throws {
        #expect(try signal.protobufResponse(Self.outcome(0)) == [])
        #expect(signal.jsonResponse(Self.outcome(0)) == Array("{}".utf8))
    }

    @Test("partial success tells the number and the reasons", arguments: Signal.allCases)
    func partialSuccess(signal: Signal) throws {
        let outcome = Self.outcome(2, 1)
        let message = outcome.message(noun: signal.itemNoun)
        #expect(message.contains("2 \(signal.itemNoun) with a trace id"))
        #expect(message.contains("1 \(signal.itemNoun) with a span id"))
        let bytes = try signal.protobufResponse(outcome)
        let decoded: (rejected: Int64, message: String)
        let member: String
        switch signal {
        case .traces:
            let response = try OTLPTraceResponse(serializedBytes: bytes).partialSuccess
            decoded = (response.rejectedSpans, response.errorMessage)
            member = "rejectedSpans"
        case .metrics:
            let response = try OTLPMetricsResponse(serializedBytes: bytes).partialSuccess
            decoded = (response.rejectedDataPoints, response.errorMessage)
            member = "rejectedDataPoints"
        case .logs:
            let response = try OTLPLogsResponse(serializedBytes: bytes).partialSuccess
            decoded = (response.rejectedLogRecords, response.errorMessage)
            member = "rejectedLogRecords"
        }
        #expect(decoded.rejected == 3)
        #expect(decoded.message == message)
        // int64 is a string in proto3's JSON mapping.
        #expect(
            String(decoding: signal.jsonResponse(outcome), as: UTF8.self)
                == #"{"partialSuccess":{"\#(member)":"3","errorMessage":"\#(message)"}}"#)
    }
}
