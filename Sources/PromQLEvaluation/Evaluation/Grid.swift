import PrometheusModel

/// Marks a slot of a grid that has no float: either nothing is there, or a histogram.
///
/// The bits are those of `StaleMarker`, a signalling NaN, which no arithmetic yields; stale markers do not get into a
/// grid. Written out here because inner loops compare with them: the constant of another module is read by a call.
@inline(__always)
var absent: Double { Double(bitPattern: 0x7FF0_0000_0000_0002) }

@inline(__always)
func isAbsent(_ value: Double) -> Bool { value.bitPattern == 0x7FF0_0000_0000_0002 }

/// An instant vector at each time of a `TimeGrid`.
///
/// - Shape: the slot of series `s` at time `i` is `s * steps + i`; a series may have no value at all.
/// - Absent: a slot whose value is `absent`, unless it has a histogram.
struct Grid {
    var times: TimeGrid
    var labels: [Labels] = []
    /// Whether the metric's name is to be removed from the result; functions and aggregations further out still see it.
    var dropsName: [Bool] = []
    var values: [Double] = []
    /// Empty when there is none; otherwise one slot for each value.
    var histograms: [HistogramBox?] = []

    init(_ times: TimeGrid) { self.times = times }

    var steps: Int { times.count }
    var seriesCount: Int { labels.count }
    var hasHistograms: Bool { !histograms.isEmpty }

    @inline(__always)
    func isPresent(_ slot: Int) -> Bool {
        !isAbsent(values[slot]) || (hasHistograms && histograms[slot] != nil)
    }

    func slots(of series: Int) -> Range<Int> { series * steps..<(series + 1) * steps }

    func hasValues(_ series: Int) -> Bool { slots(of: series).contains(where: isPresent) }

    /// Adds a series without values; its slots are the last `steps`.
    mutating func appendRow(_ labels: Labels, dropsName: Bool) {
        self.labels.append(labels)
        self.dropsName.append(dropsName)
        values.append(contentsOf: repeatElement(absent, count: steps))
        if hasHistograms { histograms.append(contentsOf: repeatElement(nil, count: steps)) }
    }

    mutating func removeLastRow() {
        labels.removeLast()
        dropsName.removeLast()
        values.removeLast(steps)
        if hasHistograms { histograms.removeLast(steps) }
    }

    mutating func set(_ slot: Int, _ histogram: HistogramBox?) {
        guard let histogram else {
            if hasHistograms { histograms[slot] = nil }
            return
        }
        if !hasHistograms { histograms = Array(repeating: nil, count: values.count) }
        histograms[slot] = histogram
        values[slot] = absent
    }

    func histogram(_ slot: Int) -> HistogramBox? { hasHistograms ? histograms[slot] : nil }

    /// Only these series, in this order.
    func picking(_ series: [Int]) -> Grid {
        var result = Grid(times)
        result.labels = series.map { labels[$0] }
        result.dropsName = series.map { dropsName[$0] }
        result.values.reserveCapacity(series.count * steps)
        for index in series { result.values.append(contentsOf: values[slots(of: index)]) }
        if hasHistograms {
            result.histograms.reserveCapacity(series.count * steps)
            for index in series { result.histograms.append(contentsOf: histograms[slots(of: index)]) }
        }
        return result
    }

    /// Forgets the histograms, whose slots become absent.
    mutating func removeHistograms() { histograms = [] }

    /// What holds at the only time of this grid at all times of another.
    func repeated(on times: TimeGrid) -> Grid {
        guard times.count != steps else {
            var same = self
            same.times = times
            return same
        }
        var result = self
        result.times = times
        result.values = []
        result.values.reserveCapacity(seriesCount * times.count)
        for value in values { result.values.append(contentsOf: repeatElement(value, count: times.count)) }
        if hasHistograms {
            result.histograms = []
            result.histograms.reserveCapacity(seriesCount * times.count)
            for box in histograms { result.histograms.append(contentsOf: repeatElement(box, count: times.count)) }
        }
        return result
    }
}

/// What an expression evaluates to on a grid of times.
enum Value {
    /// One number for each time.
    case scalar([Double])
    case vector(Grid)
    case string(String)
}
