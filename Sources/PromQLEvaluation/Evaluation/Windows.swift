import PromQL
import PrometheusModel

/// The floats of one series, without stale markers, in order of time.
struct Samples {
    let times: UnsafeBufferPointer<Int64>
    let values: UnsafeBufferPointer<Double>
}

/// A window over the samples of a series, never empty where a function sees it.
struct Window {
    /// Indices of the samples: from `first`, before `end`.
    var first = 0
    var end = 0
    /// Milliseconds: after `begin`, up to `close`.
    var begin: Int64 = 0
    var close: Int64 = 0
    /// The step of the grid and its time.
    var step = 0
    var time: Int64 = 0

    var count: Int { end - first }
}

/// The histograms of the same window, and what is told of them.
struct HistogramWindow {
    let times: ArraySlice<Int64>
    let boxes: ArraySlice<HistogramBox>
    let metric: String
    /// Of the function's range argument.
    let place: SourceRange
}

/// What a function makes of a window.
enum WindowValue {
    case none
    case float(Double)
    case histogram(NativeHistogram)
    case box(HistogramBox)

    init(_ value: Double) { self = isAbsent(value) ? .none : .float(value) }
}

/// A function of range vectors. Called for each series, then for each of its windows that has a sample; windows move
/// forward only.
protocol RangeFunction: SendableMetatype {
    /// Before the windows of a series that has floats only.
    mutating func begin(_ samples: Samples)

    /// A window of floats.
    ///
    /// - Returns: `absent` for no result.
    mutating func value(_ samples: Samples, _ window: Window) -> Double

    /// A window in a series that has histograms too; either side may be empty, not both.
    mutating func value(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow, _ notes: inout Annotations
    ) -> WindowValue
}

extension RangeFunction {
    mutating func begin(_ samples: Samples) {}
}

/// A function that looks at floats only, and tells when it leaves out histograms beside them.
protocol FloatRangeFunction: RangeFunction {}

extension FloatRangeFunction {
    mutating func value(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow, _ notes: inout Annotations
    ) -> WindowValue {
        guard window.count > 0 else { return .none }
        if !histograms.boxes.isEmpty {
            notes.histogramsIgnoredInRange(metric: histograms.metric, at: histograms.place)
        }
        return WindowValue(value(samples, window))
    }
}

/// Where a range function finds its samples.
struct WindowSource {
    var set: SeriesSet
    /// Of a subquery: whether names are to be dropped already.
    var dropsName: [Bool]?
    var width: Int64
    var offset: Int64
    var at: Int64?
    var place: SourceRange

    func close(_ time: Int64) -> Int64 { (at ?? time).subtracting(offset) }
}
