import PrometheusModel
import Testing

@testable import Ingest

@Suite struct LatencyBucketsTests {
    @Test func `the defaults are Tempo's`() {
        #expect(
            LatencyBuckets.spanMetricsDefault.bounds == [
                0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192, 16.384,
            ])
        #expect(LatencyBuckets.serviceGraphDefault.bounds == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8])
        #expect(LatencyBuckets([1, 2.5]).boundLabels.map(\.value) == ["1", "2.5", "+Inf"])
    }

    @Test func `bounds that are none are left out`() {
        #expect(LatencyBuckets([-1, 0, .nan, 1, 1, 0.5, .infinity, 2]).bounds == [1, 2])
        #expect(LatencyBuckets([]).index(of: 5) == 0)
    }

    /// The rule is `seconds <= bound`, in floating point.
    @Test func `whole nanoseconds fall into the bucket that seconds do`() {
        let bounds = (0..<40).map { _ in Double.random(in: 1e-9...20) }.sorted() + [1e10, 1e300]
        let buckets = LatencyBuckets(bounds)
        for bound in bounds where bound < 1e9 {
            for offset in -3...3 as ClosedRange<Int64> {
                let duration = max(0, Int64(bound * 1e9) + offset)
                let expected = bounds.firstIndex { Double(duration) / 1e9 <= $0 }
                #expect(buckets.index(of: duration) == expected)
            }
        }
        #expect(buckets.index(of: .max) == 40)
    }
}
