import LogQL
import LogQLEvaluation
import Testing

@Suite struct RangeWindowsTests {
    private static let second: Int64 = 1_000_000_000

    /// Steps and windows in seconds.
    private static func windows(
        _ start: Double, _ end: Double, _ step: Double, window: Double, offset: Double = 0
    ) throws -> RangeWindows {
        let grid = try #require(
            StepGrid(start: Int64(start * 1e9), end: Int64(end * 1e9), step: Int64(step * 1e9)))
        return RangeWindows(grid: grid, window: Int64(window * 1e9), offset: Int64(offset * 1e9))
    }

    @Test("a window is open at its beginning and closed at its end") func edges() throws {
        // Every ten seconds from 0 to 60.
        let times = (0...6).map { Int64($0) * 10 * Self.second }
        let windows = try Self.windows(30, 90, 15, window: 30)
        let counts = windows.evaluate(.countOverTime, hasUnwrap: false, times: times, values: [])
        #expect(counts == [3, 3, 3, 2, nil])
        let shifted = try Self.windows(30, 90, 15, window: 30, offset: 30)
        #expect(
            shifted.evaluate(.countOverTime, hasUnwrap: false, times: times, values: []) == [1, 2, 3, 3, 3])
        let ahead = try Self.windows(30, 30, 15, window: 30, offset: -15)
        #expect(ahead.evaluate(.countOverTime, hasUnwrap: false, times: times, values: []) == [3])
    }

    @Test("rate is per second of the window, whatever the samples cover") func rates() throws {
        let times = [1, 2, 3].map { Int64($0) * Self.second }
        let windows = try Self.windows(4, 4, 1, window: 60)
        #expect(windows.evaluate(.rate, hasUnwrap: false, times: times, values: []) == [0.05])
        #expect(windows.evaluate(.rate, hasUnwrap: true, times: times, values: [1, 2, 9]) == [0.2])
        #expect(windows.evaluate(.bytesRate, hasUnwrap: false, times: times, values: [1, 2, 9]) == [0.2])
    }

    @Test("infinities and NaN go where arithmetic leads them") func specials() throws {
        let times = [20, 40].map { Int64($0) * Self.second }
        let windows = try Self.windows(60, 60, 1, window: 60)
        func value(_ operation: RangeAggregation.Operation, _ values: [Double]) throws -> Double {
            let result = windows.evaluate(operation, hasUnwrap: true, times: times, values: values)
            return try #require(result[0])
        }
        let mixed = try value(.averageOverTime, [.infinity, -.infinity])
        #expect(mixed.isNaN)
        let infinite = try value(.averageOverTime, [.infinity, 5])
        #expect(infinite == .infinity)
        let unknown = try value(.averageOverTime, [7, .nan])
        #expect(unknown.isNaN)
        let large = try value(.averageOverTime, [1.5e308, 1.5e308])
        #expect(large == 1.5e308)
        let sum = try value(.sumOverTime, [.infinity, 1])
        #expect(sum == .infinity)
        let least = try value(.minimumOverTime, [.nan, 7])
        #expect(least == 7)
        let greatest = try value(.maximumOverTime, [.nan, .nan])
        #expect(greatest.isNaN)
        let variance = try value(.varianceOverTime, [5, .nan])
        #expect(variance.isNaN)
        let first = try value(.firstOverTime, [.nan, 1])
        #expect(first.isNaN)
    }

    @Test("of samples at one time the first found is first and the last found last") func ties() throws {
        let times = [10, 10, 10].map { Int64($0) * Self.second }
        let windows = try Self.windows(10, 10, 1, window: 5)
        #expect(windows.evaluate(.firstOverTime, hasUnwrap: true, times: times, values: [3, 1, 2]) == [3])
        #expect(windows.evaluate(.lastOverTime, hasUnwrap: true, times: times, values: [3, 1, 2]) == [2])
    }

    @Test("a quantile lies between ranks") func quantiles() throws {
        let times = [1, 2, 3, 4, 5].map { Int64($0) * Self.second }
        let windows = try Self.windows(5, 5, 1, window: 60)
        let values: [Double] = [5, 3, 1, 2, 4]
        for (quantile, value) in [(0, 1), (0.25, 2), (0.5, 3), (1, 5), (0.9, 4.6), (-1, -.infinity), (2, .infinity)]
            as [(Double, Double)]
        {
            let result = windows.evaluate(
                .quantileOverTime, parameter: quantile, hasUnwrap: true, times: times, values: values)
            let found = try #require(result[0])
            #expect(found == value || abs(found - value) < 1e-12)
        }
    }

    /// Counter readings, in seconds, and what Prometheus' extrapolation makes of them.
    @Test(
        "a counter's rate is extrapolated to the ends of the window, and not below zero",
        arguments: [
            ([(90, 100), (120, 130)], 120, 60, 1), ([(150, 160), (180, 250)], 180, 60, 3),
            // A reset in the middle.
            ([(60, 60), (90, 90), (120, 30), (150, 60)], 150, 120, 1),
            // Zero was within the window.
            ([(75, 30), (105, 90)], 105, 60, 1.5),
            // Both ends too far away.
            ([(150, 600), (180, 660)], 240, 150, 0.8), ([(180, 40), (210, 100)], 210, 90, 1),
            ([(10, 5)], 10, 60, 0),
        ] as [([(Double, Double)], Double, Double, Double)])
    func counters(samples: [(Double, Double)], end: Double, window: Double, rate: Double) throws {
        let windows = try Self.windows(end, end, 1, window: window)
        let result = windows.evaluate(
            .rateCounter, hasUnwrap: true, times: samples.map { Int64($0.0 * 1e9) }, values: samples.map(\.1))
        let found = try #require(result[0])
        #expect(abs(found - rate) < 1e-9)
    }

    /// Method: a reference that looks at each window by itself.
    @Test("every aggregation is that of its windows", arguments: RangeAggregation.Operation.allCases)
    func reference(operation: RangeAggregation.Operation) throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<150 {
            let start = Int64.random(in: -500...500, using: &generator)
            let end = start + Int64.random(in: 0...400, using: &generator)
            let step = Int64.random(in: 1...60, using: &generator)
            let window = Int64.random(in: 1...200, using: &generator)
            let offset = Int64.random(in: -50...50, using: &generator)
            let span = Int64.random(in: 1...1000, using: &generator)
            let count = Int.random(in: 0...120, using: &generator)
            // Counters need distinct times; the others not.
            var times = (0..<count).map { _ in start - 250 + Int64.random(in: 0...span, using: &generator) }.sorted()
            if operation == .rateCounter { times = Array(Set(times)).sorted() }
            let values = times.map { _ in Double(Int.random(in: -1000...1000, using: &generator)) / 8 }
            let grid = try #require(StepGrid(start: start, end: end, step: step))
            let hasUnwrap = Bool.random(using: &generator)
            let quantile = Double.random(in: 0...1, using: &generator)
            let result = RangeWindows(grid: grid, window: window, offset: offset).evaluate(
                operation, parameter: quantile, hasUnwrap: hasUnwrap, times: times, values: values)
            let expected = ReferenceWindows.evaluate(
                operation, parameter: quantile, hasUnwrap: hasUnwrap, start: start, end: end, step: step,
                window: window, offset: offset, times: times, values: values)
            try #require(result.count == expected.count)
            for (found, wanted) in zip(result, expected) {
                #expect((found == nil) == (wanted == nil))
                guard let found, let wanted else { continue }
                let isSame = found == wanted || found.isNaN && wanted.isNaN
                #expect(isSame || abs(found - wanted) <= 1e-9 * max(1, abs(wanted)), "\(found) \(wanted)")
            }
        }
    }

    @Test("quantiles of large windows that overlap are those of their samples", arguments: [1, 7, 40, 260, 600])
    func largeQuantiles(step: Int64) throws {
        var generator = SystemRandomNumberGenerator()
        let times = (0..<2000).map { Int64($0) }
        let values = times.map { _ in
            Bool.random(using: &generator) ? Double(Int.random(in: -9...9, using: &generator)) : .nan
        }
        let grid = try #require(StepGrid(start: 480, end: 480 + 25 * step, step: step))
        let result = RangeWindows(grid: grid, window: 500).evaluate(
            .quantileOverTime, parameter: 0.7, hasUnwrap: true, times: times, values: values)
        let expected = ReferenceWindows.evaluate(
            .quantileOverTime, parameter: 0.7, hasUnwrap: true, start: 480, end: grid.end, step: step, window: 500,
            offset: 0, times: times, values: values)
        for (found, wanted) in zip(result, expected) {
            let isSame = found == wanted || (found ?? 0).isNaN && (wanted ?? 0).isNaN
            #expect(isSame)
        }
    }

    @Test("times at the ends of the range do not trap") func extremes() throws {
        for time in [Int64.min, .max] {
            let windows = RangeWindows(grid: StepGrid(at: time), window: .max, offset: .min + 1)
            for operation in RangeAggregation.Operation.allCases {
                let result = windows.evaluate(
                    operation, parameter: 0.5, hasUnwrap: true, times: [.min, 0, .max], values: [1, 2, 3])
                #expect(result.count == 1)
            }
        }
        #expect(StepGrid(start: .min, end: .max, step: 1) == nil)
        #expect(StepGrid(start: 1, end: 0, step: 1) == nil)
    }
}
