import PromQL
import PrometheusModel

/// `rate`, `increase` and `delta`.
enum RateFunctions {
    static let bodies: [String: FunctionBody] = [
        "rate": body(isCounter: true, isRate: true),
        "increase": body(isCounter: true, isRate: false),
        "delta": body(isCounter: false, isRate: false),
    ]

    private static func body(isCounter: Bool, isRate: Bool) -> FunctionBody {
        { (evaluator, call, times) throws(QueryError) in
            let source = try evaluator.windowSource(call.arguments[0], on: times)
            var function = ExtrapolatedRate(
                isCounter: isCounter, seconds: isRate ? Double(source.width) / 1000 : nil)
            let grid = try evaluator.slide(&function, over: source, on: times)
            if isCounter { tellOfNonCounters(grid, &evaluator.notes, at: source.place) }
            return .vector(grid)
        }
    }

    private static let counterSuffixes = ["_total", "_sum", "_count", "_bucket"]

    /// Tells of float series whose name is not that of a counter, each name once.
    private static func tellOfNonCounters(_ grid: Grid, _ notes: inout Annotations, at place: SourceRange) {
        var last = ""
        for series in 0..<grid.seriesCount {
            let name = grid.labels[series].metricName
            if name.isEmpty || name == last { continue }
            if !counterSuffixes.contains(where: name.hasSuffix) {
                guard !grid.hasHistograms || grid.slots(of: series).contains(where: { !isAbsent(grid.values[$0]) })
                else { continue }
                notes.possibleNonCounter(metric: name, at: place)
            }
            last = name
        }
    }
}

/// The difference of the last and the first sample of a window, with what was lost in counter resets added, extrapolated
/// to the window's ends.
///
/// - Spec: Prometheus 3.5, "Query functions", `rate`: extrapolation up to the ends when a sample is within 1.1 average
///   distances of it, else by half such a distance; never below zero for a counter.
struct ExtrapolatedRate: RangeFunction {
    let isCounter: Bool
    /// Of the window; nil when the result is not per second.
    let seconds: Double?
    /// Indices of the samples that are less than the one before them.
    private var resets: [Int] = []
    /// Resets before this one are in front of the current window.
    private var cursor = 0

    init(isCounter: Bool, seconds: Double?) {
        self.isCounter = isCounter
        self.seconds = seconds
    }

    mutating func begin(_ samples: Samples) {
        guard isCounter else { return }
        resets.removeAll(keepingCapacity: true)
        cursor = 0
        var before = samples.values[0]
        for index in 1..<max(1, samples.values.count) {
            let value = samples.values[index]
            if value < before { resets.append(index) }
            before = value
        }
    }

    mutating func value(_ samples: Samples, _ window: Window) -> Double {
        guard window.count > 1 else { return absent }
        let firstValue = samples.values[window.first]
        var result = samples.values[window.end - 1] - firstValue
        if isCounter && !resets.isEmpty {
            while cursor < resets.count, resets[cursor] <= window.first { cursor += 1 }
            var next = cursor
            while next < resets.count, resets[next] < window.end {
                result += samples.values[resets[next] - 1]
                next += 1
            }
        }
        return result
            * factor(
                window, firstTime: samples.times[window.first], lastTime: samples.times[window.end - 1],
                count: window.count,
                toZero: isCounter && result > 0 && firstValue >= 0 ? firstValue / result : nil)
    }

    mutating func value(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow, _ notes: inout Annotations
    ) -> WindowValue {
        if histograms.boxes.isEmpty { return WindowValue(value(samples, window)) }
        if window.count > 0 {
            notes.mixedFloatsAndHistograms(metric: histograms.metric, at: histograms.place)
            return .none
        }
        guard histograms.boxes.count > 1, let firstTime = histograms.times.first, let lastTime = histograms.times.last
        else { return .none }
        let increase = HistogramIncrease(isCounter: isCounter)
        guard var result = increase.value(histograms, &notes) else { return .none }
        result.scale(
            by: factor(
                window, firstTime: firstTime, lastTime: lastTime, count: histograms.boxes.count, toZero: nil))
        return .histogram(result)
    }

    /// What the sampled difference is multiplied by.
    ///
    /// - Parameter toZero: how long ago a counter was zero, as a multiple of the sampled time: it is never negative, so
    ///   there is no going back beyond that. Nil for a gauge, and (in 3.5) for histograms.
    @inline(__always)
    private func factor(
        _ window: Window, firstTime: Int64, lastTime: Int64, count: Int, toZero: Double?
    ) -> Double {
        let sampled = Double(lastTime &- firstTime) / 1000
        let distance = sampled / Double(count - 1)
        let threshold = distance * 1.1
        var toStart = Double(firstTime &- window.begin) / 1000
        var toEnd = Double(window.close &- lastTime) / 1000
        if toStart >= threshold { toStart = distance / 2 }
        if let toZero, sampled * toZero < toStart { toStart = sampled * toZero }
        if toEnd >= threshold { toEnd = distance / 2 }
        let factor = (sampled + toStart + toEnd) / sampled
        guard let seconds else { return factor }
        return factor / seconds
    }
}
