import OTLPMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Records one trace against a simulated clock.
///
/// A span starts at the clock when it is begun and ends at the clock when it is ended, and time passes only in between.
/// So children lie inside their parents and a parent is as long as its own work and its children together, without any
/// later correction. Times count from the start of the trace until `finish` puts it where it belongs. Spans stand in
/// the order in which they began: a parent before its children.
struct TraceRecorder {
    /// A span that was begun: its place in the trace.
    struct Handle {
        fileprivate let index: Int
    }

    let traceID: Data
    private(set) var clock: UInt64 = 0
    private(set) var spans: [OTLPSpan] = []
    /// The spans that are open, the innermost last.
    private var open: [Int] = []

    init(random: inout RandomSource) {
        traceID = random.identifier(bytes: 16)
    }

    /// Lets time pass.
    mutating func work(_ nanoseconds: UInt64) {
        clock += nanoseconds
    }

    /// Starts a span inside the span that is open.
    mutating func begin(
        _ name: String, _ kind: OTLPSpan.SpanKind, _ attributes: SampleAttributes = [], random: inout RandomSource
    ) -> Handle {
        var span = OTLPSpan()
        span.traceID = traceID
        span.spanID = random.identifier(bytes: 8)
        if let parent = open.last { span.parentSpanID = spans[parent].spanID }
        // W3C Trace Context: bit 0 of the flags means sampled.
        span.flags = 1
        span.name = name
        span.kind = kind
        span.startTimeUnixNano = clock
        span.attributes = [OTLPKeyValue](attributes)
        open.append(spans.count)
        spans.append(span)
        return Handle(index: spans.count - 1)
    }

    /// Ends a span, and whatever is still open inside it.
    mutating func end(_ handle: Handle) {
        while let index = open.last {
            open.removeLast()
            spans[index].endTimeUnixNano = clock
            if index == handle.index { return }
        }
    }

    mutating func add(_ attributes: SampleAttributes, to handle: Handle) {
        spans[handle.index].attributes += [OTLPKeyValue](attributes)
    }

    mutating func event(_ name: String, _ attributes: SampleAttributes, on handle: Handle) {
        var event = OTLPSpan.Event()
        event.timeUnixNano = clock
        event.name = name
        event.attributes = [OTLPKeyValue](attributes)
        spans[handle.index].events.append(event)
    }

    mutating func fail(_ handle: Handle, _ message: String) {
        spans[handle.index].status.code = .error
        spans[handle.index].status.message = message
    }

    mutating func succeed(_ handle: Handle) {
        spans[handle.index].status.code = .ok
    }

    /// How long a span took or, if it is open, has taken.
    func duration(of handle: Handle) -> UInt64 {
        let span = spans[handle.index]
        return (span.endTimeUnixNano == 0 ? clock : span.endTimeUnixNano) - span.startTimeUnixNano
    }

    func span(_ handle: Handle) -> OTLPSpan {
        spans[handle.index]
    }

    /// Ends every open span and moves the trace so that it ends at `end`.
    mutating func finish(at end: UInt64) {
        while let index = open.popLast() {
            spans[index].endTimeUnixNano = clock
        }
        let start = end - min(end, clock)
        for index in spans.indices {
            spans[index].startTimeUnixNano += start
            spans[index].endTimeUnixNano += start
            for event in spans[index].events.indices {
                spans[index].events[event].timeUnixNano += start
            }
        }
    }
}
