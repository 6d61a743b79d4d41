import TraceQL

/// Counts of durations by power of two, one of each bucket for each point.
struct LatencyHistogram {
    /// The label by which `histogram_over_time` tells its buckets apart: the upper bound in seconds.
    static let label = "__bucket"

    private var buckets: [(bound: Double, counts: [Double])] = []

    static func bound(_ labels: [(key: String, value: Value)]) -> Double? {
        switch labels.first(where: { $0.key == label })?.value {
        case .double(let bound): bound
        case .int(let bound): Double(bound)
        case .duration(let nanoseconds): Double(nanoseconds) / 1e9
        case .string(let text): Double(text)
        default: nil
        }
    }

    mutating func add(_ counts: [Double], upTo bound: Double) {
        let index = buckets.firstIndex { $0.bound >= bound } ?? buckets.count
        guard index < buckets.count, buckets[index].bound == bound else {
            buckets.insert((bound, counts), at: index)
            return
        }
        for point in counts.indices { buckets[index].counts[point] += counts[point] }
    }

    /// In seconds; within a bucket durations are taken to grow by a constant factor, as Tempo does. NaN without spans.
    func quantile(_ quantile: Double, at point: Int) -> Double {
        let total = buckets.reduce(0) { $0 + $1.counts[point] }
        guard total > 0 else { return .nan }
        let rank = quantile * total
        var below = 0.0
        var last = 0.0
        for (bound, counts) in buckets where counts[point] > 0 {
            last = bound
            if below + counts[point] >= rank {
                let part = max(0, rank - below) / counts[point]
                return bound / 2 * Self.power(part)
            }
            below += counts[point]
        }
        return last
    }

    /// 2 to the power of a number from 0 to 1.
    private static func power(_ exponent: Double) -> Double {
        // The series of e^x, x up to 0.7: 18 terms are exact to the last digit of a double.
        let x = exponent * 0.693_147_180_559_945_3
        var term = 1.0
        var sum = 1.0
        for n in 1...18 {
            term *= x / Double(n)
            sum += term
        }
        return sum
    }
}
