import Codecs
import QueryEngines
import TelemetryModel
import TraceQL

/// Found traces as JSON.
///
/// - Spec: Tempo, "Search"; tempo.proto, `SearchResponse`.
enum TempoSearchAnswer {
    /// What Tempo shows as the root's service while no span without a parent is stored.
    static let unknownRoot = "<root span not yet received>"

    static func json(_ result: TraceSearchResult) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("traces")
        writer.open("[")
        for trace in result.traces { write(trace, to: &writer) }
        writer.close("]")
        writer.searchMetrics(inspectedTraces: result.inspectedTraces, inspectedSpans: result.inspectedSpans)
        writer.close("}")
        return writer.bytes
    }

    /// An id as Tempo prints it, without leading zeros.
    static func text(of id: TraceID) -> String {
        let digits = id.hex
        let cut = digits.drop { $0 == "0" }
        return cut.isEmpty ? "0" : String(cut)
    }

    private static func write(_ trace: FoundTrace, to writer: inout JSONWriter) {
        writer.separate()
        writer.open("{")
        writer.key("traceID")
        writer.string(text(of: trace.id))
        let service = trace.rootService ?? unknownRoot
        if !service.isEmpty {
            writer.key("rootServiceName")
            writer.string(service)
        }
        if let name = trace.rootName, !name.isEmpty {
            writer.key("rootTraceName")
            writer.string(name)
        }
        writer.key("startTimeUnixNano")
        writer.quotedInteger(max(0, trace.start))
        writer.key("durationMs")
        writer.integer(UInt32(clamping: trace.duration / 1_000_000))
        if let first = trace.spansets.first {
            // For clients that know one spanset only.
            writer.key("spanSet")
            write(first, to: &writer)
            writer.key("spanSets")
            writer.open("[")
            for spanset in trace.spansets {
                writer.separate()
                write(spanset, to: &writer)
            }
            writer.close("]")
        }
        if !trace.services.isEmpty {
            writer.key("serviceStats")
            writer.open("{")
            for (name, statistics) in trace.services.sorted(by: { $0.key < $1.key }) {
                writer.separate()
                writer.string(name)
                writer.bytes.append(UInt8(ascii: ":"))
                writer.open("{")
                writer.key("spanCount")
                writer.integer(UInt32(clamping: statistics.spans))
                if statistics.errors > 0 {
                    writer.key("errorCount")
                    writer.integer(UInt32(clamping: statistics.errors))
                }
                writer.close("}")
            }
            writer.close("}")
        }
        writer.close("}")
    }

    private static func write(_ spanset: FoundTrace.Spanset, to writer: inout JSONWriter) {
        writer.open("{")
        writer.key("spans")
        writer.open("[")
        for span in spanset.spans { write(span, to: &writer) }
        writer.close("]")
        writer.key("matched")
        writer.integer(UInt32(clamping: spanset.matched))
        writer.attributes("attributes", spanset.attributes)
        writer.close("}")
    }

    private static func write(_ span: FoundSpan, to writer: inout JSONWriter) {
        writer.separate()
        writer.open("{")
        writer.key("spanID")
        writer.string(span.id.hex)
        if !span.name.isEmpty {
            writer.key("name")
            writer.string(span.name)
        }
        writer.key("startTimeUnixNano")
        writer.quotedInteger(max(0, span.start))
        writer.key("durationNanos")
        writer.quotedInteger(max(0, span.duration))
        writer.attributes("attributes", span.attributes.lazy.filter { !isMember($0.key, $0.value, of: span) })
        writer.close("}")
    }

    /// The name and the duration are members of the span already; among the attributes they would be a second column in
    /// Grafana's table, and Tempo leaves them out.
    static func isMember(_ key: String, _ value: Value, of span: FoundSpan) -> Bool {
        switch key {
        case "name", "span:name": value == .string(span.name)
        case "duration", "span:duration": value == .duration(span.duration)
        default: false
        }
    }
}
