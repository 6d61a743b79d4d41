import QueryEngines
import SwiftProtobuf
import TelemetryModel
import TraceMessages
import TraceQL

/// Found traces as messages of tempo.proto; the members are those of the JSON answer.
enum TempoSearchMessages {
    /// The traces in messages of a bounded size, at least one; without metrics.
    static func parts(
        _ traces: [FoundTrace], bytesMax: Int = TempoStreamingService.tracesBytesMax
    ) -> [TempoSearchResponse] {
        var parts: [TempoSearchResponse] = []
        var part = TempoSearchResponse()
        var bytes = 0
        for trace in traces {
            let message = message(trace)
            // Encoding what cannot be encoded is refused again, and reported, when the whole is written.
            let size = (try? message.serializedBytes() as [UInt8])?.count ?? 0
            if bytes > 0, bytes + size > bytesMax {
                parts.append(part)
                part = TempoSearchResponse()
                bytes = 0
            }
            part.traces.append(message)
            bytes += size
        }
        return parts + [part]
    }

    static func message(_ trace: FoundTrace) -> TempoTraceMetadata {
        var message = TempoTraceMetadata()
        message.traceID = TempoSearchAnswer.text(of: trace.id)
        message.rootServiceName = trace.rootService ?? TempoSearchAnswer.unknownRoot
        message.rootTraceName = trace.rootName ?? ""
        message.startTimeUnixNano = UInt64(clamping: trace.start)
        message.durationMs = UInt32(clamping: trace.duration / 1_000_000)
        message.spanSets = trace.spansets.map(self.message)
        // For clients that know one spanset only.
        if let first = message.spanSets.first { message.spanSet = first }
        message.serviceStats = trace.services.mapValues { statistics in
            .with {
                $0.spanCount = UInt32(clamping: statistics.spans)
                $0.errorCount = UInt32(clamping: statistics.errors)
            }
        }
        return message
    }

    private static func message(_ spanset: FoundTrace.Spanset) -> TempoSpanSet {
        .with {
            $0.spans = spanset.spans.map(message)
            $0.matched = UInt32(clamping: spanset.matched)
            $0.attributes = spanset.attributes.map { TempoKeyValue($0.key, $0.value) }
        }
    }

    private static func message(_ span: FoundSpan) -> TempoSpan {
        .with {
            $0.spanID = span.id.hex
            $0.name = span.name
            $0.startTimeUnixNano = UInt64(clamping: span.start)
            $0.durationNanos = UInt64(clamping: span.duration)
            $0.attributes = span.attributes.lazy
                .filter { !TempoSearchAnswer.isMember($0.key, $0.value, of: span) }
                .map { TempoKeyValue($0.key, $0.value) }
        }
    }
}

/// How far a search is, for the progress bar of the client: each message is a job done, and one is always left until the
/// last message.
struct TempoSearchProgress: Sendable {
    private var messages: UInt32 = 0

    mutating func next(_ message: TempoSearchResponse, _ part: TraceSearchProgress) -> TempoSearchResponse {
        next(message, traces: part.inspectedTraces, spans: part.inspectedSpans, isLast: false)
    }

    mutating func next(
        _ message: TempoSearchResponse, _ result: TraceSearchResult, isLast: Bool
    ) -> TempoSearchResponse {
        next(message, traces: result.inspectedTraces, spans: result.inspectedSpans, isLast: isLast)
    }

    private mutating func next(
        _ message: TempoSearchResponse, traces: Int, spans: Int, isLast: Bool
    ) -> TempoSearchResponse {
        messages &+= 1
        var message = message
        message.metrics.inspectedTraces = UInt32(clamping: traces)
        message.metrics.inspectedSpans = UInt64(clamping: spans)
        message.metrics.completedJobs = messages
        message.metrics.totalJobs = isLast ? messages : messages &+ 1
        return message
    }
}

extension TempoKeyValue {
    init(_ key: String, _ value: Value) {
        self.init()
        self.key = key
        self.value = TempoAnyValue(value)
    }
}

extension TempoAnyValue {
    /// As Tempo makes it of TraceQL's values: durations, states and kinds are texts, a missing value the text `nil`.
    init(_ value: Value) {
        self.init()
        switch value {
        case .none: stringValue = "nil"
        case .string(let value): stringValue = value
        case .duration(let nanoseconds): stringValue = TempoDuration.print(nanoseconds)
        case .status(let status): stringValue = status.rawValue
        case .kind(let kind): stringValue = kind.rawValue
        case .int(let value): intValue = value
        case .double(let value): doubleValue = value
        case .bool(let value): boolValue = value
        case .list(let values): arrayValue.values = values.map(TempoAnyValue.init)
        }
    }
}

extension TempoMetadataMetrics {
    /// Of an answer that is whole.
    static let whole = TempoMetadataMetrics.with {
        $0.completedJobs = 1
        $0.totalJobs = 1
    }
}
