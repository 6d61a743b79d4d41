import Testing
import TraceQLEvaluation

@Suite struct HistogramBucketTests {
    @Test func isTheLeastPowerOfTwoThatIsNotBelow() {
        #expect(
            [0.3, 0.5, 1, 2, 2.5, 1024, 1025].map { HistogramBucket.upperBound($0, isDuration: false) }
                == [0.5, 0.5, 1, 2, 4, 1024, 2048])
    }

    @Test func ofDurationsIsAPowerOfTwoOfNanoseconds() {
        #expect(HistogramBucket.upperBound(1, isDuration: true) == 1.073741824)
        #expect(HistogramBucket.upperBound(0.000000512, isDuration: true) == 0.000000512)
    }

    @Test func zeroAndWhatIsNoNumberAreInNone() {
        for number in [0, -1, Double.nan, .infinity] {
            #expect(HistogramBucket.upperBound(number, isDuration: false) == nil)
        }
    }
}
