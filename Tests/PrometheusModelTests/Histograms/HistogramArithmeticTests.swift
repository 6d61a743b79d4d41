import PrometheusModel
import Testing

@Suite("Histogram arithmetic")
struct HistogramArithmeticTests {
    @Test("buckets of one layout are added in place")
    func sameLayout() throws {
        var sum = NativeHistogram.made([1, 2, 1], sum: 5)
        try sum.add(.made([1, 0, 4], sum: 2))
        #expect(sum == .made([2, 2, 5], sum: 7))
    }

    @Test("buckets that only one has are inserted: before, between, adjacent, behind")
    func otherLayouts() throws {
        var sum = NativeHistogram(
            count: 6, positiveSpans: [.init(offset: 2, length: 2), .init(offset: 3, length: 1)],
            positiveBuckets: [1, 2, 3])
        let other = NativeHistogram(
            count: 15, positiveSpans: [.init(offset: -1, length: 1), .init(offset: 2, length: 4)],
            positiveBuckets: [1, 2, 3, 4, 5])
        try sum.add(other)
        #expect(sum.populated == [-1: 1, 2: 3, 3: 5, 4: 4, 5: 5, 7: 3])
        #expect(sum.count == 21)
        #expect(
            sum.positiveSpans == [
                .init(offset: -1, length: 1), .init(offset: 2, length: 4), .init(offset: 1, length: 1),
            ])
    }

    @Test("different resolutions give the lower one, whichever side has it")
    func resolutions() throws {
        let fine = NativeHistogram.made(schema: 1, offset: 1, [1, 2, 3, 4]),
            coarse = NativeHistogram.made([10, 20, 30])
        var left = fine, right = coarse
        try left.add(coarse)
        try right.add(fine)
        #expect(left.schema == 0 && right.schema == 0)
        #expect(left.populated == [0: 10, 1: 23, 2: 37] && right.populated == left.populated)
    }

    @Test("subtraction leaves negative counts")
    func subtraction() throws {
        var difference = NativeHistogram.made([1, 2, 1], sum: 5)
        try difference.subtract(.made([1, 0, 4], sum: 2))
        #expect(difference.positiveBuckets == [0, 2, -3])
        #expect(difference.count == -1 && difference.sum == 3)
        var empty = NativeHistogram.made()
        try empty.subtract(.made([1]))
        #expect(empty.positiveBuckets == [-1])
    }

    @Test("the narrower zero bucket is widened to the other's; buckets within it become part of its count")
    func zeroBuckets() throws {
        // Buckets (0.5,1], (1,2], (2,4] and a zero bucket up to 1.
        let narrow = NativeHistogram.made([1, 2, 3], negative: [4, 5], zero: 10, threshold: 0.001)
        let wide = NativeHistogram.made(offset: 1, [7], zero: 100, threshold: 1)
        var left = narrow, right = wide
        try left.add(wide)
        try right.add(narrow)
        for sum in [left, right] {
            #expect(sum.zeroThreshold == 1 && sum.zeroCount == 115)
            #expect(sum.populated == [1: 9, 2: 3])
            #expect(sum.negativeCounts.filter { $0.count != 0 }.map(\.count) == [5])
        }
    }

    @Test("a threshold inside a populated bucket goes on to its end")
    func thresholdInsideBucket() throws {
        var sum = NativeHistogram.made(offset: 1, [4], zero: 1, threshold: 0.25)
        try sum.add(.made(zero: 1, threshold: 1.5))
        #expect(sum.zeroThreshold == 2 && sum.zeroCount == 6 && sum.populated.isEmpty)
        // An empty bucket does not move it.
        var other = NativeHistogram.made(offset: 1, [0, 3], zero: 1, threshold: 0.25)
        try other.add(.made(zero: 1, threshold: 1.5))
        #expect(other.zeroThreshold == 1.5 && other.zeroCount == 2 && other.populated == [2: 3])
    }

    @Test("a threshold that is no number ends no loop and traps nothing")
    func noThreshold() throws {
        var sum = NativeHistogram.made([1], zero: 1, threshold: .nan)
        try sum.add(.made([1], zero: 1, threshold: 1))
        var infinite = NativeHistogram.made([1], zero: 1, threshold: .infinity)
        try infinite.add(.made([1], zero: 1, threshold: 1))
        #expect(infinite.zeroCount == 3)
    }

    @Test("custom bounds are added only to the same custom bounds")
    func customBounds() throws {
        var sum = NativeHistogram.custom([5, 10], [1, 2, 3])
        try sum.add(.custom([5, 10], [1, 1, 1]))
        #expect(sum.positiveBuckets == [2, 3, 4])
        #expect(
            throws: HistogramError(
                .incompatibleBounds,
                "cannot apply this operation on custom buckets histograms with different custom bounds")
        ) { try sum.add(.custom([5], [1])) }
        #expect(
            throws: HistogramError(
                .incompatibleSchema,
                "cannot apply this operation on histograms with a mix of exponential and custom bucket schemas")
        ) { try sum.subtract(.made([1])) }
        #expect(sum.positiveBuckets == [2, 3, 4])
    }

    @Test("the sum of counter resets: gauge before unknown before the same; reset and not reset collide")
    func counterResets() throws {
        typealias Reset = NativeHistogram.CounterReset
        let table: [(Reset, Reset, Reset, Bool)] = [
            (.gauge, .reset, .gauge, false), (.unknown, .gauge, .gauge, false), (.unknown, .reset, .unknown, false),
            (.notReset, .unknown, .unknown, false), (.reset, .reset, .reset, false),
            (.reset, .notReset, .unknown, true), (.notReset, .reset, .unknown, true),
        ]
        for (left, right, expected, collides) in table {
            var sum = NativeHistogram.made([1], counterReset: left)
            let outcome = try sum.add(.made([1], counterReset: right))
            #expect(sum.counterReset == expected && outcome.isCounterResetCollision == collides)
        }
    }

    @Test("a histogram divided by zero keeps no buckets")
    func division() {
        var histogram = NativeHistogram.made([2, 4], negative: [6], zero: 8, threshold: 1, sum: 10)
        histogram.divide(by: 2)
        #expect(histogram == .made([1, 2], negative: [3], zero: 4, threshold: 1, sum: 5))
        histogram.scale(by: -2)
        #expect(histogram.positiveBuckets == [-2, -4] && histogram.sum == -10)
        histogram.divide(by: 0)
        #expect(histogram.positiveSpans.isEmpty && histogram.negativeBuckets.isEmpty && histogram.count == -.infinity)
    }

    @Test("counts add up whatever the resolutions and zero buckets, in either order; what was added can be subtracted")
    func properties() throws {
        var generator = RepeatedRandom()
        for _ in 0..<500 {
            let a = Self.random(&generator), b = Self.random(&generator)
            var sum = a, mirrored = b
            try sum.add(b)
            try mirrored.add(a)
            try sum.validate(hasIntegerCounts: true)
            #expect(sum.compacted().equals(mirrored.compacted()))
            // The form of the sum, with the counts of a.
            var expected = sum
            expected.scale(by: 0)
            try expected.add(a)
            try sum.subtract(b)
            #expect(sum.compacted().equals(expected.compacted()))
            #expect(!mirrored.detectReset(previous: a) && !mirrored.detectReset(previous: b))
        }
    }

    @Test("no malformed histogram traps or hangs anything")
    func malformed() throws {
        var generator = RepeatedRandom()
        let samples = (0..<60).map { _ in Self.malformed(&generator) }
        for a in samples {
            try? a.validate(hasIntegerCounts: true)
            _ = a.description + String(a.allBuckets.count)
            for schema in [Int32.min, -4, 0, 7, .max] { _ = a.copied(toSchema: schema) }
            for b in samples {
                var sum = a
                _ = try? sum.add(b)
                _ = try? sum.subtract(b)
                sum.compact(maxEmpty: 2)
                _ = a.detectReset(previous: b)
                _ = a.equals(b)
            }
        }
    }

    private static func malformed(_ generator: inout RepeatedRandom) -> NativeHistogram {
        func number() -> Double {
            [0, 1, -1, 2.5, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, 1e300].randomElement(using: &generator)
                ?? 0
        }
        func numbers() -> [Double] { (0..<Int.random(in: 0...6, using: &generator)).map { _ in number() } }
        func spans() -> [NativeHistogram.Span] {
            (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                .init(
                    offset: [.min, -7, -1, 0, 1, 3, 5000, .max].randomElement(using: &generator) ?? 0,
                    length: [0, 1, 2, 3, .max].randomElement(using: &generator) ?? 0)
            }
        }
        return NativeHistogram(
            schema: [.min, -53, -5, -4, -1, 0, 3, 8, 9, .max].randomElement(using: &generator) ?? 0,
            zeroThreshold: number(), zeroCount: number(), count: number(), sum: number(), positiveSpans: spans(),
            negativeSpans: spans(), positiveBuckets: numbers(), negativeBuckets: numbers(), customBounds: numbers())
    }

    /// The same numbers each time.
    private struct RepeatedRandom: RandomNumberGenerator {
        private var state: UInt64 = 0x5EED

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static func random(_ generator: inout RepeatedRandom) -> NativeHistogram {
        let schema = Int32.random(in: -2...3, using: &generator)
        let threshold: Double = [0.0, 0.001, 0.3, 2].randomElement(using: &generator) ?? 0
        // No bucket may lie within the zero bucket.
        var lowest: Int32 = -9
        while BucketBounds.upper(Int(lowest) - 1, schema: schema) < threshold { lowest += 1 }
        func side() -> ([NativeHistogram.Span], [Double]) {
            var spans: [NativeHistogram.Span] = [], buckets: [Double] = []
            for place in 0..<Int.random(in: 0...3, using: &generator) {
                let length = UInt32.random(in: 0...3, using: &generator)
                let offset = Int32.random(in: 0...5, using: &generator)
                spans.append(.init(offset: place == 0 ? lowest + offset : offset, length: length))
                for _ in 0..<length { buckets.append(Double(Int.random(in: 0...5, using: &generator))) }
            }
            return (spans, buckets)
        }
        let (positiveSpans, positive) = side(), (negativeSpans, negative) = side()
        let zero = Double(Int.random(in: 0...5, using: &generator))
        return NativeHistogram(
            schema: schema, zeroThreshold: threshold, zeroCount: zero,
            count: positive.reduce(0, +) + negative.reduce(0, +) + zero, positiveSpans: positiveSpans,
            negativeSpans: negativeSpans, positiveBuckets: positive, negativeBuckets: negative)
    }
}
