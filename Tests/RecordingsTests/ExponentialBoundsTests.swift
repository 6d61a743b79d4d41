import OTLPMessages
import SwiftProtobuf
import Testing

@testable import Recordings

@Suite struct ExponentialBoundsTests {
    private func bounds(_ point: OTLPExponentialHistogramDataPoint) -> ExponentialBounds {
        var bounds = ExponentialBounds()
        bounds.add(point)
        return bounds
    }

    // Scale 0: base 2, so that the buckets are powers of two.
    @Test func bucketsOnBothSidesOfZero() {
        let result = bounds(
            .with {
                $0.zeroCount = 5
                $0.negative.offset = 0
                $0.negative.bucketCounts = [1, 2]
                $0.positive.offset = 1
                $0.positive.bucketCounts = [0, 3, 0, 4, 0]
            })
        #expect(result.bounds == [-4, -2, -1, 0, 4, 8, 16, 32])
        #expect(result.counts == [0, 2, 1, 5, 0, 3, 0, 4, 0])
    }

    @Test func aThresholdWidensTheZeroBucket() {
        let result = bounds(
            .with {
                $0.zeroCount = 5
                $0.zeroThreshold = 0.5
                $0.scale = 1
                $0.positive.bucketCounts = [1, 1]
            })
        #expect(result.bounds.count == 4)
        #expect(result.bounds.prefix(2) == [0.5, 1])
        #expect(abs(result.bounds[2] - 1.4142135) < 1e-6)
        #expect(result.counts == [5, 0, 1, 1, 0])
    }

    @Test func withoutObservationsThereAreNoBuckets() {
        let result = bounds(.with { $0.positive.bucketCounts = [0, 0] })
        #expect(result.bounds.isEmpty)
        #expect(result.counts.isEmpty)
    }

    @Test(arguments: [Int32.min, -2000, -11, -10, 0, 20, 2000, Int32.max])
    func everyScaleGivesAscendingFiniteBounds(_ scale: Int32) {
        for offset in [Int32.min, -5000, -1, 0, 1, 5000, Int32.max] {
            let result = bounds(
                .with {
                    $0.scale = scale
                    $0.zeroCount = 1
                    $0.zeroThreshold = 1e-300
                    $0.positive.offset = offset
                    $0.positive.bucketCounts = [1, 2, .max]
                    $0.negative.offset = offset
                    $0.negative.bucketCounts = [1, 2, 3]
                })
            #expect(result.counts.count == result.bounds.count + 1)
            let isFinite = result.bounds.allSatisfy { $0.isFinite }
            let isAscending = zip(result.bounds, result.bounds.dropFirst()).allSatisfy { $0 < $1 }
            #expect(isFinite)
            #expect(isAscending)
        }
    }
}
