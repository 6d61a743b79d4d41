import Recordings

/// A metric of a service.
package struct MetricName: Sendable, Hashable {
    package var service: String
    package var name: String

    package init(service: String, name: String) {
        self.service = service
        self.name = name
    }
}

/// What is known of a metric, all its series together.
package struct MetricProfile: Sendable {
    /// `histogram`, `sum, monotonic`, …
    package var kinds: Set<String> = []
    package var units: Set<String> = []
    package var temporalities: Set<String> = []
    package var series = 0
    package var points = 0
    /// What was added at each time, of sums that only grow; of histograms and summaries how many values were.
    package var increases: [UInt64: Double] = [:]
    /// Whether all increases are whole numbers of things, so that they may be compared as counts.
    package var isCount = true
    /// Of gauges and of sums that also fall, in order of series and time.
    package var values: [Double] = []
    /// Values in buckets by their upper bound, as its bits; the last is infinite.
    package var buckets: [UInt64: Double] = [:]

    package var increase: Double { increases.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } }
    /// In order of time.
    package var increaseValues: [Double] { increases.sorted { $0.key < $1.key }.map(\.value) }

    /// Upper bounds, ascending, with counts.
    package var distribution: [(bound: Double, count: Double)] {
        buckets.map { (Double(bitPattern: $0.key), $0.value) }.filter { $0.1 > 0 }.sorted { $0.0 < $1.0 }
    }
}

extension RunProfile {
    mutating func addMetrics(_ recording: Recording, windowStart: UInt64?, _ limits: ProfileLimits) {
        var leftOut = 0
        for series in recording.series {
            pointCount += series.points.count
            let service =
                recording.resources.indices.contains(series.resource)
                ? recording.resources[series.resource].service : ""
            let name = MetricName(service: service, name: series.name)
            guard metrics[name] != nil || metrics.count < limits.metrics else {
                leftOut += 1
                continue
            }
            metrics[name, default: MetricProfile()].add(series, windowStart, limits)
            count(series.attributes, at: .metric(name), limits)
        }
        if leftOut > 0 {
            notes.append("\(leftOut) series of metrics beyond the first \(limits.metrics) are left out")
        }
    }
}

extension MetricProfile {
    mutating func add(_ recorded: RecordedSeries, _ windowStart: UInt64?, _ limits: ProfileLimits) {
        series += 1
        points += recorded.points.count
        kinds.insert(
            recorded.kind == .sum && recorded.isMonotonic
                ? "\(recorded.kind.rawValue), monotonic" : recorded.kind.rawValue)
        units.insert(recorded.unit)
        if recorded.kind != .gauge, recorded.kind != .summary { temporalities.insert(recorded.temporality.rawValue) }
        if !Self.countsThings(recorded) { isCount = false }
        var walk = SeriesWalk(isDelta: recorded.temporality == .delta, windowStart: windowStart)
        for point in recorded.points {
            switch point.value {
            case .int(let value):
                addNumber(Double(value), point, recorded, &walk, limits)
            case .double(let value):
                if value.isFinite { addNumber(value, point, recorded, &walk, limits) }
            case .histogram(let histogram):
                guard let added = walk.added(Double(histogram.count), at: point) else {
                    walk.remember(histogram)
                    continue
                }
                add(added, at: point.time, limits)
                for (bound, count) in walk.added(histogram) { buckets[bound.bitPattern, default: 0] += count }
            case .summary(let count, _, _):
                if let added = walk.added(Double(count), at: point) { add(added, at: point.time, limits) }
            case .none: break
            }
        }
    }

    private mutating func addNumber(
        _ value: Double, _ point: RecordedPoint, _ recorded: RecordedSeries, _ walk: inout SeriesWalk,
        _ limits: ProfileLimits
    ) {
        guard recorded.kind == .sum, recorded.isMonotonic else {
            if values.count < limits.metricTimes { values.append(value) }
            return
        }
        guard let added = walk.added(value, at: point) else { return }
        if added.rounded() != added { isCount = false }
        add(added, at: point.time, limits)
    }

    private mutating func add(_ added: Double, at time: UInt64, _ limits: ProfileLimits) {
        guard increases[time] != nil || increases.count < limits.metricTimes else {
            // The sum stays right; only how it came to be is coarser.
            if let last = increases.keys.max() { increases[last, default: 0] += added }
            return
        }
        increases[time, default: 0] += added
    }

    /// Histograms and summaries count values. Of sums the unit tells: bytes and seconds do not come one by one.
    private static func countsThings(_ series: RecordedSeries) -> Bool {
        guard series.kind == .sum else { return true }
        guard series.unit.isEmpty || series.unit == "1" || series.unit.hasPrefix("{") else { return false }
        let name = series.name.lowercased()
        return !["byte", "second", "duration", "time", "size", "memory"].contains { name.contains($0) }
    }
}

/// What each point of a series added.
///
/// Spec: OTLP metrics data model, "Sums" and "Resets and gaps": a cumulative sum that falls began anew.
private struct SeriesWalk {
    let isDelta: Bool
    /// Nil when all that was counted since the start belongs to the run.
    let windowStart: UInt64?
    private var last: Double?
    private var lastBuckets: [Double: Double] = [:]
    private var isReset = false

    init(isDelta: Bool, windowStart: UInt64?) {
        self.isDelta = isDelta
        self.windowStart = windowStart
    }

    /// Nil for a first point that tells only where the sum stood.
    mutating func added(_ value: Double, at point: RecordedPoint) -> Double? {
        guard value.isFinite, value >= 0 else { return nil }
        if isDelta { return value }
        defer { last = value }
        guard let last else {
            isReset = true
            guard let windowStart else { return value }
            // A start of zero is unknown, so it may be before the window.
            return point.startTime >= windowStart ? value : nil
        }
        isReset = value < last
        return isReset ? value : value - last
    }

    mutating func remember(_ histogram: RecordedPoint.Histogram) { lastBuckets = Self.buckets(histogram) }

    /// Counts by upper bound; after `added(_:at:)` of the same point.
    mutating func added(_ histogram: RecordedPoint.Histogram) -> [(bound: Double, count: Double)] {
        let now = Self.buckets(histogram)
        defer { lastBuckets = now }
        if isDelta || isReset { return now.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
        // Where an exponential histogram changed its scale, its buckets are no longer those of before: then it is
        // taken as a whole in place of what was there.
        return Set(now.keys).union(lastBuckets.keys).sorted().map { bound in
            (bound, (now[bound] ?? 0) - (lastBuckets[bound] ?? 0))
        }
    }

    private static func buckets(_ histogram: RecordedPoint.Histogram) -> [Double: Double] {
        guard histogram.counts.count == histogram.bounds.count + 1 else { return [:] }
        var result: [Double: Double] = [:]
        for (index, count) in histogram.counts.enumerated() where count > 0 {
            let bound = index < histogram.bounds.count ? histogram.bounds[index] : Double.infinity
            guard !bound.isNaN else { continue }
            result[bound, default: 0] += Double(count)
        }
        return result
    }
}
