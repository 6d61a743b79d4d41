extension RangeWindows {
    /// `rate_counter`: the increase of a counter per second of the window, resets added back, extrapolated to the
    /// window's ends.
    ///
    /// The increase between the first and the last sample stands for the whole window where these are near its ends, as
    /// near as samples are to one another, with a tenth to spare; a sample that is farther away stands for half of the
    /// mean distance. Back in time nothing is extrapolated beyond where the counter would have been 0. A single sample
    /// has no increase: 0.
    ///
    /// - Spec: Loki, "Metric queries": as Prometheus' `rate`.
    func rateCounter(_ times: [Int64], _ values: [Double]) -> [Double?] {
        var sliding = SlidingFold<CounterFold>()
        var result = [Double?](repeating: nil, count: grid.count)
        forEachWindow(times) { step, samples in
            guard !samples.isEmpty else { return }
            let fold = values.withUnsafeBufferPointer { sliding.move(to: samples, of: $0) }
            let end = grid.time(step) &- offset
            let first = times[samples.lowerBound]
            let last = times[samples.upperBound - 1]
            result[step] = rate(
                fold, count: samples.count, distanceToStart: Double(first &- end &+ window) / 1e9,
                distanceToEnd: Double(end &- last) / 1e9, sampled: Double(last &- first) / 1e9)
        }
        return result
    }

    /// Times in seconds.
    private func rate(
        _ fold: CounterFold, count: Int, distanceToStart: Double, distanceToEnd: Double, sampled: Double
    ) -> Double {
        guard count > 1 else { return 0 }
        let increase = fold.increase
        let mean = sampled / Double(count - 1)
        let threshold = mean * 1.1
        var before = distanceToStart < threshold ? distanceToStart : mean / 2
        let after = distanceToEnd < threshold ? distanceToEnd : mean / 2
        if increase > 0, fold.first >= 0 { before = min(before, sampled * (fold.first / increase)) }
        return increase * ((sampled + before + after) / sampled) / windowSeconds
    }
}

/// A stretch of a counter.
private struct CounterFold: SampleFold {
    let first: Double
    private var last: Double
    /// What was counted before each reset.
    private var resets: Double = 0

    init(_ value: Double) {
        first = value
        last = value
    }

    var increase: Double { last - first + resets }

    mutating func append(_ later: CounterFold) {
        resets += later.resets
        if later.first < last { resets += last }
        last = later.last
    }
}
