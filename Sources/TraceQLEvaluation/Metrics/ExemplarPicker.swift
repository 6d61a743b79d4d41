import TelemetryModel

/// Chooses spans to show with series: one of a trace, a few of each interval, the first that come.
struct ExemplarPicker {
    struct Picked {
        var traceID: TraceID
        var spanID: SpanID
        var time: Int64
        var group: Int
        var interval: Int
        /// The number that the function took from the span.
        var value: Double

        func exemplar(value: Double) -> MetricExemplar {
            MetricExemplar(traceID: traceID, spanID: spanID, time: time, value: value)
        }
    }

    /// As many of one interval when more are wanted than there are intervals.
    private static let perIntervalMin = 2

    private(set) var picked: [Picked] = []
    private let wanted: Int
    private let perInterval: Int
    private var ofInterval: [Int]
    private var lastTrace = -1

    init(wanted: Int, intervals: Int) {
        self.wanted = max(0, wanted)
        perInterval = max(Self.perIntervalMin, self.wanted / max(1, intervals))
        ofInterval = self.wanted > 0 ? [Int](repeating: 0, count: intervals) : []
    }

    mutating func beginTable() { lastTrace = -1 }

    mutating func offer(_ table: SpanTable, trace: Int, row: Int, group: Int, interval: Int, value: Double) {
        guard picked.count < wanted, trace != lastTrace, ofInterval[interval] < perInterval else { return }
        lastTrace = trace
        ofInterval[interval] += 1
        picked.append(
            Picked(
                traceID: table.traceIDs[trace], spanID: table.spanIDs[row], time: table.starts[row], group: group,
                interval: interval, value: value))
    }
}
