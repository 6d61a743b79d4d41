import TelemetryModel

/// What is odd about how the spans of one trace hang together, for the warnings beside them.
///
/// Spans are shown as they were received: nothing is moved, merged or left out, but a reader is told what does not fit.
/// The one thing changed is an id that a client and a server span share, as without ids of their own a viewer cannot
/// tell them apart.
///
/// - Cost: some 60 bytes a span; traces past `spansMax` are not looked into.
struct JaegerTraceShape: Sendable {
    static let spansMax = 2_000_000

    private var ids: [SpanID] = []
    private var parents: [SpanID] = []
    private var starts: [Int64] = []
    /// Index of the first span of each id.
    private var indexOfID: [SpanID: Int32] = [:]
    private var repeatedIDs: Set<SpanID> = []
    private var clientIDs: Set<SpanID> = []
    private var serverIDs: Set<SpanID> = []
    private(set) var isTooLarge = false
    /// Spans whose chain of parents comes back to them.
    private var circular: Set<SpanID> = []
    /// The id given to the server span of each id that it shares with its client.
    private var ownIDs: [SpanID: SpanID] = [:]

    init() {}

    init(_ trace: StoredTrace) {
        add(trace.spans)
        finish()
    }

    mutating func add(_ spans: [StoredSpan]) {
        guard !isTooLarge, ids.count + spans.count <= Self.spansMax else {
            isTooLarge = true
            return
        }
        for span in spans {
            if indexOfID[span.spanID] == nil {
                indexOfID[span.spanID] = Int32(truncatingIfNeeded: ids.count)
            } else {
                repeatedIDs.insert(span.spanID)
            }
            if span.kind == JaegerSpanKind.client.rawValue { clientIDs.insert(span.spanID) }
            if span.kind == JaegerSpanKind.server.rawValue { serverIDs.insert(span.spanID) }
            ids.append(span.spanID)
            parents.append(span.parentSpanID)
            starts.append(span.startTime.nanoseconds)
        }
    }

    /// Called once, when all spans were added.
    mutating func finish() {
        guard !isTooLarge else {
            self = JaegerTraceShape()
            isTooLarge = true
            return
        }
        findCycles()
        for id in repeatedIDs.sorted(by: { $0.value < $1.value })
        where clientIDs.contains(id) && serverIDs.contains(id) {
            // The first id behind it that is free: the same one each time the trace is shown.
            var own = SpanID(value: id.value &+ 1)
            while own.isZero || indexOfID[own] != nil { own.value &+= 1 }
            indexOfID[own] = indexOfID[id]
            ownIDs[id] = own
        }
        (clientIDs, serverIDs) = ([], [])
    }

    /// Every span has one parent at most, so each chain is walked once: a span met again on the same walk closes a
    /// circle.
    private mutating func findCycles() {
        var walkOfSpan = [Int32](repeating: 0, count: ids.count)
        for start in ids.indices where walkOfSpan[start] == 0 {
            let walk = Int32(truncatingIfNeeded: start + 1)
            var next: Int? = start
            while let index = next, walkOfSpan[index] == 0 {
                walkOfSpan[index] = walk
                next = parents[index].isZero ? nil : indexOfID[parents[index]].map(Int.init)
            }
            guard let entry = next, walkOfSpan[entry] == walk else { continue }
            var index = entry
            while circular.insert(ids[index]).inserted {
                guard let parent = indexOfID[parents[index]] else { break }
                index = Int(parent)
            }
        }
    }

    /// Of the whole trace.
    var warnings: [String] {
        isTooLarge
            ? ["the trace has more than \(Self.spansMax) spans: their order and their parents were not checked"] : []
    }

    /// Gives the span an id of its own where it needs one, and its warnings.
    func annotate(_ span: inout JaegerSpan, kind: Int32) {
        guard !isTooLarge else { return }
        let id = span.spanID
        if repeatedIDs.contains(id) {
            if let own = ownIDs[id] {
                if kind == JaegerSpanKind.server.rawValue {
                    span.spanID = own
                    span.setParent(id)
                    span.warnings.append(
                        "the span has the id \(id.hex) of the client span that called it; it is shown below that one "
                            + "under an id of its own")
                }
            } else {
                span.warnings.append("another span of this trace has the same id \(id.hex)")
            }
        }
        if let parent = span.parent {
            if let own = ownIDs[parent], own != span.spanID { span.setParent(own) }
            check(&span, id: id, parent: parent)
        }
        if span.durationNanoseconds < 0 {
            span.warnings.append(
                "the span ends \(Self.text(span.durationNanoseconds.magnitude)) before it starts; it is shown without "
                    + "duration")
        }
    }

    private func check(_ span: inout JaegerSpan, id: SpanID, parent: SpanID) {
        if circular.contains(id) {
            span.warnings.append("the span is its own ancestor: its parent \(parent.hex) descends from it")
            return
        }
        guard let index = indexOfID[parent] else {
            span.warnings.append(
                "its parent span \(parent.hex) is not stored: it was not sent, has not arrived yet, or was too old to "
                    + "be kept")
            return
        }
        let (early, overflow) = starts[Int(index)].subtractingReportingOverflow(span.startNanoseconds)
        // Times are shown in microseconds: below that nothing is to be seen.
        if !overflow, early >= 1000 {
            span.warnings.append(
                "the span starts \(Self.text(early.magnitude)) before its parent \(parent.hex): the clocks of their "
                    + "hosts may differ; times are shown as received")
        }
    }

    /// `1.5ms`: the largest unit that leaves a whole part, with up to three decimals.
    static func text(_ nanoseconds: UInt64) -> String {
        let units: [(UInt64, String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1000, "µs")]
        guard let (unit, name) = units.first(where: { nanoseconds >= $0.0 }) else { return "\(nanoseconds)ns" }
        let thousandths = nanoseconds % unit / (unit / 1000)
        guard thousandths > 0 else { return "\(nanoseconds / unit)\(name)" }
        var digits = String(String(thousandths + 1000).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(nanoseconds / unit).\(digits)\(name)"
    }
}

extension JaegerSpan {
    /// Puts another span of the trace in the place of the parent, or in front when there was none.
    fileprivate mutating func setParent(_ id: SpanID) {
        let reference = JaegerReference(kind: .childOf, traceID: traceID, spanID: id)
        if let index = references.firstIndex(where: { $0.kind == .childOf && $0.traceID == traceID }) {
            references[index] = reference
        } else {
            references.insert(reference, at: 0)
        }
    }
}

extension JaegerTrace {
    /// A stored trace with the warnings of its shape.
    init(_ trace: StoredTrace, shape: JaegerTraceShape) {
        self.init(trace)
        for index in spans.indices { shape.annotate(&spans[index], kind: trace.spans[index].kind) }
        warnings = shape.warnings
    }
}
