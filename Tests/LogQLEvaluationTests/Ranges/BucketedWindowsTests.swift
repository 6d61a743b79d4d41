import LogQL
import LogQLEvaluation
import Testing

@Suite struct BucketedWindowsTests {
    private static let operations: [RangeAggregation.Operation] = [
        .countOverTime, .rate, .bytesOverTime, .bytesRate, .sumOverTime, .averageOverTime, .minimumOverTime,
        .maximumOverTime, .absentOverTime,
    ]

    @Test("windows of buckets are the windows of their samples", arguments: operations)
    func sameAsSamples(operation: RangeAggregation.Operation) throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let unit = Int64.random(in: 1...7, using: &generator)
            let start = Int64.random(in: -300...300, using: &generator)
            let grid = try #require(
                StepGrid(
                    start: start, end: start + Int64.random(in: 0...200, using: &generator),
                    step: unit * Int64.random(in: 1...9, using: &generator)))
            let windows = RangeWindows(
                grid: grid, window: unit * Int64.random(in: 1...9, using: &generator),
                offset: Int64.random(in: -20...20, using: &generator))
            let buckets = try #require(BucketedWindows(windows))
            #expect(windows.window % buckets.width == 0)
            let (lower, upper) = windows.bounds
            let times = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                Int64.random(in: lower + 1...upper, using: &generator)
            }.sorted()
            let values = times.map { _ in Double(Int.random(in: 0...100, using: &generator)) }
            var filled: [BucketedWindows.Bucket] = []
            for (time, value) in zip(times, values) {
                let index = Int((time - buckets.base - 1) / buckets.width)
                #expect(index < buckets.count)
                if let last = filled.last, last.index == index {
                    let joined: Double =
                        switch operation {
                        case .minimumOverTime: min(last.value, value)
                        case .maximumOverTime: max(last.value, value)
                        default: last.value + value
                        }
                    filled[filled.count - 1] = .init(index: index, count: last.count + 1, value: joined)
                } else {
                    filled.append(.init(index: index, count: 1, value: value))
                }
            }
            for hasUnwrap in [false, true] {
                let expected = windows.evaluate(operation, hasUnwrap: hasUnwrap, times: times, values: values)
                #expect(buckets.evaluate(operation, hasUnwrap: hasUnwrap, buckets: filled) == expected)
            }
        }
    }

    @Test("too many buckets are refused") func bounds() throws {
        let grid = try #require(StepGrid(start: 0, end: 1_000_000, step: 1001))
        #expect(BucketedWindows(RangeWindows(grid: grid, window: 1000)) == nil)
        let one = try #require(BucketedWindows(RangeWindows(grid: StepGrid(at: 0), window: 1000)))
        #expect(one.count == 1)
    }
}
