package import LogQL

/// Windows put together from counts of fixed buckets of time, which a database made already.
///
/// Bucket `b` holds the samples with `base + b × width < time` and `time <= base + (b + 1) × width`: in SQL, over the
/// samples of `RangeWindows.bounds`, `intDiv(time - base - 1, width)`. The width divides the window and the step, so
/// that each window is a whole number of buckets.
package struct BucketedWindows: Sendable, Equatable {
    /// One bucket of a series that holds samples.
    package struct Bucket: Sendable, Equatable {
        package var index: Int
        /// Samples; buckets without any are left out.
        package var count: UInt64
        /// What their values come to: the sum, for `min_over_time` the least and for `max_over_time` the greatest.
        package var value: Double

        package init(index: Int, count: UInt64, value: Double = 0) {
            self.index = index
            self.count = count
            self.value = value
        }
    }

    package let windows: RangeWindows
    /// Nanoseconds since the Unix epoch.
    package let base: Int64
    /// Nanoseconds.
    package let width: Int64
    package let count: Int
    private let perStep: Int
    private let perWindow: Int

    /// - Returns: nil when there would be more than that many buckets: step and window have no large common divisor.
    package init?(_ windows: RangeWindows, bucketsMax: Int = 1 << 16) {
        var (width, rest) = (windows.window, windows.grid.count > 1 ? windows.grid.step : 0)
        while rest > 0 { (width, rest) = (rest, width % rest) }
        let bounds = windows.bounds
        let (length, overflow) = bounds.upper.subtractingReportingOverflow(bounds.lower)
        guard !overflow, length > 0, length / width <= Int64(bucketsMax) else { return nil }
        self.windows = windows
        self.width = width
        base = bounds.lower
        count = Int(length / width)
        perStep = windows.grid.count > 1 ? Int(windows.grid.step / width) : 0
        perWindow = Int(windows.window / width)
    }

    /// Joins the buckets of one series.
    ///
    /// - Parameter buckets: ascending by index, each once; those beyond `count` are left out.
    /// - Returns: as `RangeWindows.evaluate`; nil everywhere for what needs the samples themselves.
    package func evaluate(
        _ operation: RangeAggregation.Operation, hasUnwrap: Bool, buckets: [Bucket]
    ) -> [Double?] {
        let seconds = windows.windowSeconds
        switch operation {
        case .countOverTime: return map(buckets) { Double($0) }
        case .absentOverTime: return map(buckets) { _ in 1 }
        case .rate where !hasUnwrap: return map(buckets) { Double($0) / seconds }
        case .rate, .bytesRate: return fold(buckets, SumFold.self) { fold, _ in fold.sum / seconds }
        case .bytesOverTime, .sumOverTime: return fold(buckets, SumFold.self) { fold, _ in fold.sum }
        case .averageOverTime: return fold(buckets, SumFold.self) { fold, count in fold.sum / Double(count) }
        case .minimumOverTime: return fold(buckets, MinimumFold.self) { fold, _ in fold.value }
        case .maximumOverTime: return fold(buckets, MaximumFold.self) { fold, _ in fold.value }
        case .rateCounter, .deviationOverTime, .varianceOverTime, .quantileOverTime, .firstOverTime, .lastOverTime:
            return [Double?](repeating: nil, count: windows.grid.count)
        }
    }

    private func map(_ buckets: [Bucket], _ value: (UInt64) -> Double) -> [Double?] {
        var result = [Double?](repeating: nil, count: windows.grid.count)
        forEachWindow(buckets) { step, _, samples in result[step] = value(samples) }
        return result
    }

    private func fold<Fold: SampleFold>(
        _ buckets: [Bucket], _ fold: Fold.Type, _ value: (Fold, UInt64) -> Double
    ) -> [Double?] {
        let values = buckets.map(\.value)
        var sliding = SlidingFold<Fold>()
        var result = [Double?](repeating: nil, count: windows.grid.count)
        values.withUnsafeBufferPointer { values in
            forEachWindow(buckets) { step, range, samples in
                result[step] = value(sliding.move(to: range, of: values), samples)
            }
        }
        return result
    }

    /// Calls `body` for each window that has buckets, with their places and how many samples they hold.
    private func forEachWindow(
        _ buckets: [Bucket], _ body: (_ step: Int, _ range: Range<Int>, _ samples: UInt64) -> Void
    ) {
        var first = 0
        var end = 0
        var samples: UInt64 = 0
        for step in 0..<windows.grid.count {
            let lower = step * perStep
            let upper = lower + perWindow
            while end < buckets.count, buckets[end].index < upper {
                samples &+= buckets[end].count
                end += 1
            }
            while first < end, buckets[first].index < lower {
                samples &-= buckets[first].count
                first += 1
            }
            if first < end { body(step, first..<end, samples) }
        }
    }
}
