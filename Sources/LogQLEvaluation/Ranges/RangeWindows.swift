package import LogQL

/// The windows of a range aggregation: at the step of time `t` the samples with `t - offset - window < time` and
/// `time <= t - offset`.
///
/// Evaluates the aggregation over the samples of one series, a function of `Functions/` each.
///
/// - Cost: samples and steps, however much windows overlap; `quantile_over_time` keeps its window sorted.
/// - Spec: Loki, "Metric queries", range aggregations.
package struct RangeWindows: Sendable, Equatable {
    package let grid: StepGrid
    /// Nanoseconds, positive.
    package let window: Int64
    /// Nanoseconds; negative looks ahead.
    package let offset: Int64

    package init(grid: StepGrid, window: Int64, offset: Int64 = 0) {
        self.grid = grid
        self.window = max(window, 1)
        self.offset = offset
    }

    /// The times of samples that any window holds: after `lower`, up to `upper`.
    package var bounds: (lower: Int64, upper: Int64) {
        let upper = Self.subtract(grid.time(grid.count - 1), offset)
        return (Self.subtract(Self.subtract(grid.start, offset), window), upper)
    }

    var windowSeconds: Double { Double(window) / 1e9 }

    /// Evaluates one series.
    ///
    /// - Parameters:
    ///   - parameter: of `quantile_over_time`.
    ///   - hasUnwrap: whether `values` were unwrapped: `rate` adds them up then, and counts lines otherwise.
    ///   - times: ascending; samples of the same time are in the order in which they were found.
    ///   - values: one for each time: what was unwrapped, or the bytes of the line for `bytes_over_time` and
    ///     `bytes_rate`. Not read, and may be empty, for `count_over_time`, `rate` without unwrap and `absent_over_time`.
    /// - Returns: a value per step, nil where the window holds no sample. For `absent_over_time` 1 where the window *has*
    ///   a sample; `AbsentOverTime` joins series and turns that round.
    package func evaluate(
        _ operation: RangeAggregation.Operation, parameter: Double? = nil, hasUnwrap: Bool, times: [Int64],
        values: [Double]
    ) -> [Double?] {
        switch operation {
        case .countOverTime: return countOverTime(times)
        case .absentOverTime: return presentOverTime(times)
        case .rate where !hasUnwrap: return rate(times)
        default: break
        }
        // Whoever made the samples gave a value to each.
        guard values.count == times.count else { return [Double?](repeating: nil, count: grid.count) }
        switch operation {
        case .rate: return unwrappedRate(times, values)
        case .rateCounter: return rateCounter(times, values)
        case .bytesOverTime, .sumOverTime: return sumOverTime(times, values)
        case .bytesRate: return bytesRate(times, values)
        case .averageOverTime: return averageOverTime(times, values)
        case .minimumOverTime: return minimumOverTime(times, values)
        case .maximumOverTime: return maximumOverTime(times, values)
        case .deviationOverTime: return deviationOverTime(times, values)
        case .varianceOverTime: return varianceOverTime(times, values)
        case .quantileOverTime: return quantileOverTime(parameter ?? .nan, times, values)
        case .firstOverTime: return firstOverTime(times, values)
        case .lastOverTime: return lastOverTime(times, values)
        case .countOverTime, .absentOverTime: return []
        }
    }

    /// Calls `body` for each step with the indexes of its window's samples. Neither end ever goes back.
    func forEachWindow(_ times: [Int64], _ body: (_ step: Int, _ samples: Range<Int>) -> Void) {
        times.withUnsafeBufferPointer { times in
            var first = 0
            var end = 0
            for step in 0..<grid.count {
                let upper = Self.subtract(grid.time(step), offset)
                let lower = Self.subtract(upper, window)
                while end < times.count, times[end] <= upper { end += 1 }
                while first < end, times[first] <= lower { first += 1 }
                body(step, first..<end)
            }
        }
    }

    /// A value for each window that is not empty.
    func mapWindows(_ times: [Int64], _ value: (Range<Int>) -> Double) -> [Double?] {
        var result = [Double?](repeating: nil, count: grid.count)
        forEachWindow(times) { step, samples in
            if !samples.isEmpty { result[step] = value(samples) }
        }
        return result
    }

    /// A value for each window that is not empty, from what its samples come to.
    func foldWindows<Fold: SampleFold>(
        _ times: [Int64], _ values: [Double], _ fold: Fold.Type, _ value: (Fold, Range<Int>) -> Double
    ) -> [Double?] {
        var sliding = SlidingFold<Fold>()
        return mapWindows(times) { samples in
            value(values.withUnsafeBufferPointer { sliding.move(to: samples, of: $0) }, samples)
        }
    }

    /// A time before all others where the difference cannot be said.
    private static func subtract(_ time: Int64, _ duration: Int64) -> Int64 {
        let (result, overflow) = time.subtractingReportingOverflow(duration)
        return overflow ? (duration > 0 ? .min : .max) : result
    }
}
