package import PrometheusModel

extension RangeWindows {
    /// 1 for each window that holds a sample.
    func presentOverTime(_ times: [Int64]) -> [Double?] { mapWindows(times) { _ in 1 } }
}

/// `absent_over_time`: 1 for each window that holds no sample of any series.
package struct AbsentOverTime: Sendable {
    private let windows: RangeWindows
    private var isPresent: [Bool]

    package init(_ windows: RangeWindows) {
        self.windows = windows
        isPresent = [Bool](repeating: false, count: windows.grid.count)
    }

    /// Takes the samples of a series, or of several at once.
    ///
    /// - Parameter times: ascending.
    package mutating func observe(_ times: [Int64]) {
        windows.forEachWindow(times) { step, samples in
            if !samples.isEmpty { isPresent[step] = true }
        }
    }

    /// Takes which steps had samples, as `BucketedWindows` tells it.
    package mutating func observe(steps values: [Double?]) {
        for (step, value) in values.enumerated() where value != nil && step < isPresent.count { isPresent[step] = true }
    }

    /// A value per step, nil where something is there.
    package var values: [Double?] { isPresent.map { $0 ? nil : 1 } }

    /// The labels that the answer has: those which the selector asks to be equal to a value, and asks of nothing else.
    package static func labels(of matchers: [LabelMatcher]) -> Labels {
        var counts: [String: Int] = [:]
        for matcher in matchers { counts[matcher.name, default: 0] += 1 }
        return Labels(
            matchers.filter { counts[$0.name] == 1 && $0.kind == .equal && $0.name != Labels.nameLabel }
                .map { Label($0.name, $0.value) })
    }
}
