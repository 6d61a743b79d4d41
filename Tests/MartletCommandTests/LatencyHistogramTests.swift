import Testing

@testable import martlet

@Suite struct LatencyHistogramTests {
    /// The reference is a sorted list.
    @Test(arguments: [1_000, 1_000_000, 60_000_000_000] as [UInt64])
    func `percentiles are within one percent`(scale: UInt64) throws {
        var histogram = LatencyHistogram()
        var state: UInt64 = 1
        var values: [UInt64] = []
        for _ in 0..<10_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = (state >> 33) % scale
            values.append(value)
            histogram.record(.nanoseconds(Int64(value)))
        }
        values.sort()
        for fraction in [0.01, 0.5, 0.9, 0.99, 0.999] {
            let exact = Double(values[Int((Double(values.count) * fraction).rounded(.up)) - 1])
            let told = try #require(histogram.percentile(fraction)) / .nanoseconds(1)
            #expect(abs(told - exact) <= exact * 0.01, "\(fraction): \(told) for \(exact)")
        }
        #expect(histogram.percentile(1) ?? .zero <= histogram.max)
        #expect(histogram.max == .nanoseconds(Int64(values[values.count - 1])))
        #expect(histogram.count == 10_000)
    }

    @Test func `small values are exact`() {
        for value in 0..<256 as Range<Int64> {
            var histogram = LatencyHistogram()
            histogram.record(.nanoseconds(value))
            #expect(histogram.percentile(0.5) == .nanoseconds(value))
        }
    }

    @Test func `nothing has no percentile, and extremes do not trap`() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(0.5) == nil)
        for extreme in [Duration.seconds(-5), .zero, .seconds(Int64.max / 2), .nanoseconds(Int64.max)] {
            histogram.record(extreme)
        }
        #expect(histogram.count == 4)
        #expect(histogram.percentile(0) == .zero)
        #expect(histogram.percentile(2) != nil)
    }
}
