import Recordings
import TelemetryModel

/// A recording with what joins its items: parents and children, traces, logs of spans.
///
/// Items name their resource and scope by index; one that points nowhere has an empty one.
final class IndexedRecording: Sendable {
    struct SpanKey: Hashable {
        var trace: TraceID
        var span: SpanID
    }

    struct Trace: Sendable {
        var id: TraceID
        /// Indexes of its spans, in the order in which they came.
        var spans: [Int]
    }

    /// Parents of parents that are followed; longer chains are circles, or as good as.
    static let ancestorsMax = 10_000

    let recording: Recording
    /// Where the window begins, in nanoseconds since the Unix epoch; nil when it has no beginning.
    let windowStart: UInt64?
    let traces: [Trace]
    /// `service.name` by index of resource.
    private let services: [String]
    private let traceIndexes: [TraceID: Int]
    /// Of an id that came twice the first counts.
    private let spanIndexes: [SpanKey: Int]
    private let childIndexes: [SpanKey: [Int]]
    private let logIndexes: [SpanKey: [Int]]
    private let signalsByResource: [Set<Signal>]

    init(_ recording: Recording, windowStart: UInt64? = nil) {
        self.recording = recording
        self.windowStart = windowStart
        services = recording.resources.map(\.service)
        var traces: [Trace] = []
        var traceIndexes: [TraceID: Int] = [:]
        var spanIndexes: [SpanKey: Int] = [:]
        var childIndexes: [SpanKey: [Int]] = [:]
        var logIndexes: [SpanKey: [Int]] = [:]
        var signals = [Set<Signal>](repeating: [], count: recording.resources.count)
        func note(_ signal: Signal, _ resource: Int) {
            if signals.indices.contains(resource) { signals[resource].insert(signal) }
        }
        for (index, span) in recording.spans.enumerated() {
            if let trace = traceIndexes[span.traceID] {
                traces[trace].spans.append(index)
            } else {
                traceIndexes[span.traceID] = traces.count
                traces.append(Trace(id: span.traceID, spans: [index]))
            }
            let key = SpanKey(trace: span.traceID, span: span.spanID)
            if spanIndexes[key] == nil { spanIndexes[key] = index }
            if !span.parentSpanID.isZero {
                childIndexes[SpanKey(trace: span.traceID, span: span.parentSpanID), default: []].append(index)
            }
            note(.traces, span.resource)
        }
        for (index, log) in recording.logs.enumerated() {
            if !log.traceID.isZero, !log.spanID.isZero {
                logIndexes[SpanKey(trace: log.traceID, span: log.spanID), default: []].append(index)
            }
            note(.logs, log.resource)
        }
        for series in recording.series where !series.points.isEmpty { note(.metrics, series.resource) }
        self.traces = traces
        self.traceIndexes = traceIndexes
        self.spanIndexes = spanIndexes
        self.childIndexes = childIndexes
        self.logIndexes = logIndexes
        signalsByResource = signals
    }

    func service(_ resource: Int) -> String { services.indices.contains(resource) ? services[resource] : "" }

    func resource(_ index: Int) -> RecordedAttributes {
        recording.resources.indices.contains(index)
            ? recording.resources[index].attributes : RecordedAttributes()
    }

    func scope(_ index: Int) -> RecordedScope {
        recording.scopes.indices.contains(index) ? recording.scopes[index] : RecordedScope()
    }

    func signals(ofResource index: Int) -> Set<Signal> {
        signalsByResource.indices.contains(index) ? signalsByResource[index] : []
    }

    func span(_ trace: TraceID, _ span: SpanID) -> Int? { spanIndexes[SpanKey(trace: trace, span: span)] }
    func trace(_ id: TraceID) -> Int? { traceIndexes[id] }

    func parent(_ span: Int) -> Int? {
        let span = recording.spans[span]
        return span.parentSpanID.isZero ? nil : self.span(span.traceID, span.parentSpanID)
    }

    func children(_ span: Int) -> [Int] {
        let span = recording.spans[span]
        return childIndexes[SpanKey(trace: span.traceID, span: span.spanID)] ?? []
    }

    /// From the parent up.
    func ancestors(_ span: Int) -> [Int] {
        var found: [Int] = []
        var seen: Set<Int> = [span]
        var current = span
        while let next = parent(current), seen.insert(next).inserted, found.count < Self.ancestorsMax {
            found.append(next)
            current = next
        }
        return found
    }

    /// Children before their children.
    func descendants(_ span: Int) -> [Int] {
        var found: [Int] = []
        var seen: Set<Int> = [span]
        var next = children(span)
        while !next.isEmpty {
            let level = next.filter { seen.insert($0).inserted }
            found += level
            next = level.flatMap(children)
        }
        return found
    }

    func logs(ofSpan span: Int) -> [Int] {
        let span = recording.spans[span]
        return logIndexes[SpanKey(trace: span.traceID, span: span.spanID)] ?? []
    }
}
