import OTLPMessages
import SwiftProtobuf
package import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Gives telemetry other ids, the same ones for the same ones: of spans, their parents and links, of exemplars and log
/// records, and where a log record names them in its attributes or its text.
///
/// An id becomes what it is with some bits turned over, the same bits for all: so different ids stay different, nothing
/// has to be remembered, and ids of other files fit when they are changed with the same key.
package struct NewIdentifiers: Sendable {
    private let trace: [UInt8]
    private let span: [UInt8]

    /// - Parameters: random; the same ones give the same ids. Zero would change nothing.
    package init(traceKey: TraceID, spanKey: SpanID) {
        trace = traceKey.bytes
        span = spanKey.bytes
    }

    package func apply(_ request: inout TelemetryRequest) {
        switch request {
        case .traces(var traces):
            request = .traces(OTLPTraceRequest())
            for group in traces.resourceSpans.indices {
                for scope in traces.resourceSpans[group].scopeSpans.indices {
                    for index in traces.resourceSpans[group].scopeSpans[scope].spans.indices {
                        apply(&traces.resourceSpans[group].scopeSpans[scope].spans[index])
                    }
                }
            }
            request = .traces(traces)
        case .metrics(var metrics):
            request = .metrics(OTLPMetricsRequest())
            metrics.changePoints(self)
            request = .metrics(metrics)
        case .logs(var logs):
            request = .logs(OTLPLogsRequest())
            for group in logs.resourceLogs.indices {
                for scope in logs.resourceLogs[group].scopeLogs.indices {
                    for index in logs.resourceLogs[group].scopeLogs[scope].logRecords.indices {
                        apply(&logs.resourceLogs[group].scopeLogs[scope].logRecords[index])
                    }
                }
            }
            request = .logs(logs)
        }
    }

    private func apply(_ span: inout OTLPSpan) {
        span.traceID = changed(span.traceID, trace)
        span.spanID = changed(span.spanID, self.span)
        span.parentSpanID = changed(span.parentSpanID, self.span)
        for index in span.links.indices {
            span.links[index].traceID = changed(span.links[index].traceID, trace)
            span.links[index].spanID = changed(span.links[index].spanID, self.span)
        }
    }

    private func apply(_ record: inout OTLPLogRecord) {
        record.traceID = changed(record.traceID, trace)
        record.spanID = changed(record.spanID, span)
        for index in record.attributes.indices {
            guard case .stringValue(let text) = record.attributes[index].value.value else { continue }
            let changed = self.changed(ids: text, isNamed: LogIDText.isName(record.attributes[index].key))
            if changed != text { record.attributes[index].value.stringValue = changed }
        }
        if case .stringValue(let text) = record.body.value {
            let changed = self.changed(ids: text, isNamed: false)
            if changed != text { record.body.stringValue = changed }
        }
    }

    /// Of another length, or zero, it is no id and stays.
    private func changed(_ id: Data, _ key: [UInt8]) -> Data {
        guard id.count == key.count, id.contains(where: { $0 != 0 }) else { return id }
        let changed = Data(zip(id, key).map { $0 ^ $1 })
        // The one id that would become zero stays.
        return changed.contains { $0 != 0 } ? changed : id
    }

    /// A text with its ids changed.
    private func changed(ids text: String, isNamed: Bool) -> String {
        let ranges = LogIDText.ids(in: text, isNamed: isNamed)
        guard !ranges.isEmpty else { return text }
        var bytes = Array(text.utf8)
        for range in ranges {
            let key = range.count == 32 ? trace : span
            let digits = String(decoding: bytes[range], as: UTF8.self)
            guard let id = Hex.decode(digits, paddedTo: key.count) else { continue }
            let isUpperCase = bytes[range].contains { (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0) }
            let other = Hex.encode(changed(Data(id), key))
            bytes.replaceSubrange(range, with: (isUpperCase ? other.uppercased() : other).utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension NewIdentifiers: MetricPointChange {
    func apply(_ point: inout some MetricPoint) {
        point.changeExemplars { exemplar in
            exemplar.traceID = changed(exemplar.traceID, trace)
            exemplar.spanID = changed(exemplar.spanID, span)
        }
    }
}
