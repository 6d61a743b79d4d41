package import Recordings
package import TraceAnalysis

/// What of a run is compared: a summary whose size depends on how many different things there are, and on how many of
/// each are kept, not on how long the run was.
package struct RunProfile: Sendable {
    /// How the run is called in the output.
    package var title: String
    /// Seconds that the run, or the window, lasted.
    package var seconds: Double
    package var spanCount = 0
    package var pointCount = 0
    package var logCount = 0
    package var traceCount = 0
    package var operations: [OperationKey: OperationProfile] = [:]
    /// Traces by the operation of their first root.
    package var tracesByRoot: [OperationKey: Int] = [:]
    package var shapes = TraceShapes()
    package var attributes: [AttributePlace: AttributeProfile] = [:]
    package var metrics: [MetricName: MetricProfile] = [:]
    package var lines = LogLines()
    /// Values of a few attributes of resources that tell versions apart, by service.
    package var versions: [String: [String: Set<String>]] = [:]
    /// What was left out for want of room, one sentence each.
    package var notes: [String] = []

    package var isEmpty: Bool { spanCount == 0 && pointCount == 0 && logCount == 0 }

    /// - Parameters:
    ///   - window: nanoseconds since the Unix epoch: how long telemetry was looked for. Nil for all that a run sent:
    ///     then the time from its first to its last item counts, and sums start at zero with it.
    package init(
        _ recording: Recording, title: String, window: (start: UInt64, end: UInt64)? = nil,
        limits: ProfileLimits = ProfileLimits()
    ) {
        self.title = title
        let extent = window ?? Self.extent(recording)
        seconds = Double(extent.end > extent.start ? extent.end - extent.start : 0) / 1e9
        addSpans(recording, limits)
        addMetrics(recording, windowStart: window?.start, limits)
        addLogs(recording, extent, limits)
        addResources(recording, limits)
    }

    /// From the first to the last time of an item; both 0 without items.
    private static func extent(_ recording: Recording) -> (start: UInt64, end: UInt64) {
        var (start, end) = (UInt64.max, UInt64(0))
        func cover(_ first: UInt64, _ last: UInt64) {
            // Zero stands for an unknown time.
            if first > 0 { start = min(start, first) }
            end = max(end, last)
        }
        for span in recording.spans { cover(span.startTime, max(span.startTime, span.endTime)) }
        for series in recording.series {
            for point in series.points { cover(point.time, point.time) }
        }
        for log in recording.logs { cover(log.time, log.time) }
        return start <= end ? (start, end) : (0, 0)
    }
}

/// Bounds of a profile.
package struct ProfileLimits: Sendable {
    /// Different operations; spans of further ones are left out and a note says so.
    package var operations = 5_000
    /// Durations that are kept of each operation, for quantiles; which ones is decided by a hash of the ids.
    package var samples = 10_000
    /// Different shapes of traces, and different subtrees that they are made of.
    package var shapes = 5_000
    package var shapeNodes = 100_000
    /// A trace with more spans has no shape.
    package var shapeSpans = 20_000
    /// Different attribute keys in one place, and places.
    package var attributeKeys = 1_000
    package var attributePlaces = 20_000
    package var metrics = 10_000
    /// Points in time of one metric; and values of one gauge.
    package var metricTimes = 10_000
    package var lines = 500_000
    /// Exception types, status messages and codes of one operation.
    package var problems = 100

    package init() {}
}
