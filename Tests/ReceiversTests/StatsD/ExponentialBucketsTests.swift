import PrometheusModel
import Testing

@testable import Receivers

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct ExponentialBucketsTests {
    /// The definition: 2^((i-1)·2^-s) < v ≤ 2^(i·2^-s).
    @Test(arguments: [-4, -1, 0, 1, 3, 5] as [Int32])
    func aValueLiesBetweenTheBoundsOfItsBucket(_ schema: Int32) {
        let width = exp2(-Double(schema))
        var values = [1.0, 2, 4, 0.5, 3, 320, 1e-30, 1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1.5]
        for _ in 0..<5000 { values.append(exp2(Double.random(in: -100...100))) }
        for value in values {
            let index = Double(ExponentialBuckets.index(of: value, schema: schema))
            // Logarithms round; a value at a bound may seem to be a hair beyond it.
            let place = log2(value) / width
            #expect(place <= index + 1e-9 && place > index - 1 - 1e-9, "\(value) \(index)")
        }
    }

    @Test func powersOfTwoAreUpperBounds() {
        for exponent in -20...20 {
            #expect(
                ExponentialBuckets.index(of: exp2(Double(exponent)), schema: 3) == Int32(exponent * 8), "\(exponent)")
        }
    }

    @Test func aHistogramHasAllCountsInSpans() {
        var buckets = ExponentialBuckets(schema: 3, bucketsMax: 160)
        for value in [0, 1, 1, 2, 1000, -1, -5, 1e-60] { buckets.add(value, weight: 2) }
        let histogram = buckets.histogram(count: 16, sum: 7)
        #expect(histogram.schema == 3)
        #expect(histogram.zeroCount == 4)
        // 1 → 0, 2 → 8, 1000 → 80; gaps longer than two end a span.
        #expect(histogram.positiveSpans.map(\.offset) == [0, 7, 71])
        #expect(histogram.positiveBuckets == [4, 2, 2])
        #expect(histogram.negativeBuckets.reduce(0, +) == 4)
        #expect(histogram.positiveSpans.reduce(0) { $0 + $1.length } == 3)
    }

    @Test func shortGapsStayInASpan() {
        var buckets = ExponentialBuckets(schema: 0, bucketsMax: 160)
        for value in [1.0, 8, 128] { buckets.add(value, weight: 1) }
        let histogram = buckets.histogram(count: 3, sum: 137)
        #expect(histogram.positiveSpans == [.init(offset: 0, length: 4), .init(offset: 3, length: 1)])
        #expect(histogram.positiveBuckets == [1, 0, 0, 1, 1])
    }

    /// Wide values lower the schema; counts are those that a histogram of that schema would have had from the start.
    @Test func memoryIsBoundedByMergingBuckets() {
        for _ in 0..<50 {
            let values = (0..<200).map { _ in exp2(Double.random(in: -1000...1000)) * (Bool.random() ? 1 : -1) }
            var buckets = ExponentialBuckets(schema: 3, bucketsMax: 160)
            for value in values { buckets.add(value, weight: 1) }
            #expect(buckets.positive.counts.count <= 160)
            #expect(buckets.negative.counts.count <= 160)
            var expected: [Int32: Double] = [:]
            for value in values where value > ExponentialBuckets.zeroThreshold {
                expected[ExponentialBuckets.index(of: value, schema: buckets.schema), default: 0] += 1
            }
            var found: [Int32: Double] = [:]
            for (offset, count) in buckets.positive.counts.enumerated() where count > 0 {
                found[buckets.positive.first + Int32(offset)] = count
            }
            #expect(found == expected)
        }
        var extremes = ExponentialBuckets(schema: 5, bucketsMax: 0)
        for value in [1e-38, .greatestFiniteMagnitude, -1e-38, -.greatestFiniteMagnitude] {
            extremes.add(value, weight: 1)
        }
        #expect(extremes.positive.counts.count <= 160)
    }

    @Test func quantilesAreWithinABucket() throws {
        var buckets = ExponentialBuckets(schema: 5, bucketsMax: 640)
        let values = (0..<5000).map { _ in Double.random(in: -100...1000) }.sorted()
        for value in values { buckets.add(value, weight: 1) }
        for fraction in [0.01, 0.1, 0.5, 0.9, 0.99, 1] {
            let exact = values[max(Int((fraction * 5000).rounded(.up)), 1) - 1]
            let found = try #require(buckets.quantile(fraction))
            #expect(abs(found - exact) <= abs(exact) * 0.03 + 1, "\(fraction): \(found) \(exact)")
        }
        #expect(ExponentialBuckets(schema: 3, bucketsMax: 160).quantile(0.5) == nil)
    }
}

@Suite struct TimerStateTests {
    @Test func quantilesOfManyValuesAreNearTheExactOnes() {
        var timer = TimerState()
        var left = 1000
        for value in 1...10_000 { #expect(timer.add(Double(value), weight: 1, exactValuesLeft: &left)) }
        let found = timer.takeInterval().quantiles([0, 0.5, 0.95, 1])
        for (value, exact) in zip(found, [1.0, 5000, 9500, 10_000]) { #expect(abs(value - exact) <= exact * 0.03) }
        #expect(left == 1000 - TimerState.exactValuesMax)
        #expect(timer.takeInterval().quantiles([0.5]).isEmpty)
    }

    @Test func withoutRoomForValuesBucketsDo() {
        var timer = TimerState()
        var left = 0
        for _ in 0..<3 { _ = timer.add(42, weight: 1, exactValuesLeft: &left) }
        // Clamped to what was seen.
        #expect(timer.takeInterval().quantiles([0.5, 0.99]) == [42, 42])
    }

    @Test func weightsCount() {
        var timer = TimerState()
        var left = 1000
        _ = timer.add(1, weight: 1, exactValuesLeft: &left)
        _ = timer.add(1000, weight: 99, exactValuesLeft: &left)
        let found = timer.takeInterval().quantiles([0.01, 0.5])
        #expect(found[0] <= 1.01)
        #expect(found[1] > 900)
    }
}

@Suite struct DistinctCountTests {
    @Test func fewMembersAreExactAndManyNearlySo() {
        var count = DistinctCount()
        for round in 0..<2 {
            for member in 0..<UInt64(DistinctCount.exactMax) { count.insert(Self.hash(member)) }
            #expect(count.value == Double(DistinctCount.exactMax), "\(round)")
        }
        #expect(!count.isEstimated)
        for members in [2_000, 10_000, 100_000] {
            for member in 0..<UInt64(members) { count.insert(Self.hash(member)) }
            #expect(count.isEstimated)
            // Five standard errors.
            #expect(abs(count.value - Double(members)) < 0.08 * Double(members), "\(members): \(count.value)")
        }
    }

    private static func hash(_ value: UInt64) -> UInt64 {
        var hash = LineHash(.init(high: 1, low: 2))
        hash.combine(value)
        return hash.finish(0).high
    }
}
