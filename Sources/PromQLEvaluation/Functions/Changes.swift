import PrometheusModel

/// `changes`: how often a value is another than the one before.
struct ChangeFunctions: RangeFunction {
    static let bodies: [String: FunctionBody] = ["changes": FunctionTable.windows { ChangeFunctions() }]

    func value(_ samples: Samples, _ window: Window) -> Double {
        var count = 0
        for index in window.first + 1..<window.end
        where Self.differ(samples.values[index - 1], samples.values[index]) {
            count += 1
        }
        return Double(count)
    }

    private static func differ(_ before: Double, _ after: Double) -> Bool {
        before != after && !(before.isNaN && after.isNaN)
    }

    func value(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow, _ notes: inout Annotations
    ) -> WindowValue {
        .float(
            Double(
                MixedSequence.count(samples, window, histograms) { before, after in
                    switch (before, after) {
                    case (.float(let a), .float(let b)): Self.differ(a, b)
                    case (.histogram(let a), .histogram(let b)): !b.value.equals(a.value)
                    default: true
                    }
                }))
    }
}

/// Floats and histograms of a window in order of time.
enum MixedSequence {
    enum Element {
        case float(Double)
        case histogram(HistogramBox)
    }

    /// How many neighbours fulfil a condition.
    static func count(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow,
        where condition: (Element, Element) -> Bool
    ) -> Int {
        var (next, nextBox) = (window.first, histograms.boxes.startIndex)
        var before: Element?
        var count = 0
        while next < window.end || nextBox < histograms.boxes.endIndex {
            let element: Element
            if nextBox >= histograms.boxes.endIndex
                || (next < window.end && samples.times[next] < histograms.times[nextBox])
            {
                element = .float(samples.values[next])
                next += 1
            } else {
                element = .histogram(histograms.boxes[nextBox])
                nextBox += 1
            }
            if let before, condition(before, element) { count += 1 }
            before = element
        }
        return count
    }
}
