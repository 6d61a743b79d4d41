import Testing

@testable import TraceAnalysis

private let small = [
    TestSpan(1, 0, 0, 100, service: "web", operation: "GET"),
    TestSpan(2, 1, 10, 20, service: "db", operation: "select"),
    TestSpan(3, 1, 40, 30, service: "db", operation: "select", status: 2),
    TestSpan(4, 3, 45, 10, service: "db", operation: "read"),
]

@Suite struct FlameGraphTests {
    @Test func `spans on one path of operations are one node`() {
        var graph = FlameGraph()
        graph.add(tree(small))
        graph.add(tree(small))
        #expect(
            graph.nodes == [
                .init(
                    parent: nil, key: .init(service: "web", operation: "GET"), count: 2, errors: 0, total: 200, own: 100
                ),
                .init(
                    parent: 0, key: .init(service: "db", operation: "select"), count: 4, errors: 2, total: 100, own: 80),
                .init(
                    parent: 1, key: .init(service: "db", operation: "read"), count: 2, errors: 0, total: 20, own: 20),
            ])
        #expect(graph.other == .init() && graph.traceCount == 2)
    }

    @Test func `what finds no room is counted`() {
        var graph = FlameGraph(nodesMax: 1)
        graph.add(tree(small))
        #expect(graph.nodes.count == 1)
        #expect(graph.other == .init(count: 3, errors: 1, total: 50, own: 50))
    }

    @Test func `nothing is lost in tangles, whatever the cap`() {
        var random = TestRandom(state: 4)
        for round in 0..<500 {
            var graph = FlameGraph(nodesMax: round % 12)
            var spans = 0
            var own: Int64 = 0
            for _ in 0..<3 {
                let tree = tree(random.tangle())
                graph.add(tree)
                spans += tree.count
                own += tree.selfTimes().reduce(0, +)
            }
            #expect(graph.nodes.count <= round % 12)
            #expect(graph.nodes.reduce(graph.other.count) { $0 + $1.count } == spans)
            #expect(graph.nodes.reduce(graph.other.own) { $0 + $1.own } == own)
            for (index, node) in graph.nodes.enumerated() { #expect(node.parent ?? -1 < index) }
        }
    }
}

@Suite struct AggregatedCriticalPathTests {
    @Test func `time on the path is counted by operation, each trace once`() {
        var sum = AggregatedCriticalPath()
        sum.add(tree(small))
        sum.add(tree([TestSpan(1, 0, 0, 50, service: "web", operation: "GET")]))
        #expect(sum.total == 150 && sum.traceCount == 2 && sum.other == 0)
        #expect(
            sum.entries.map { "\($0.key.service) \($0.key.operation) \($0.time) \($0.traces)" }
                == ["web GET 100 2", "db select 40 1", "db read 10 1"])
        #expect(abs(sum.entries.reduce(0) { $0 + $1.share } - 1) < 1e-12)
    }

    @Test func `what finds no room is counted`() {
        var sum = AggregatedCriticalPath(operationsMax: 1)
        sum.add(tree(small))
        #expect(sum.entries.count == 1 && sum.entries[0].time == 50 && sum.other == 50 && sum.total == 100)
    }
}

@Suite struct OperationStatisticsTests {
    @Test func `figures of operations`() {
        var statistics = OperationStatistics()
        statistics.add(tree(small))
        let entries = statistics.entries
        #expect(entries.map(\.key.operation) == ["GET", "select", "read"])
        #expect(entries[1].figures.count == 2 && entries[1].figures.errors == 1 && entries[1].figures.total == 50)
        #expect(entries[1].figures.own == 40)
        #expect(entries[1].figures.durations.min == 20 && entries[1].figures.durations.max == 30)
        var merged = OperationStatistics(operationsMax: 2)
        merged.merge(statistics)
        merged.merge(statistics)
        #expect(merged.entries.map(\.figures.count) == [2, 4] && merged.other.count == 2)
        #expect(merged.traceCount == 2)
    }

    @Test func `what finds no room is counted`() {
        var statistics = OperationStatistics(operationsMax: 1)
        statistics.add(tree(small))
        #expect(statistics.other.count == 3 && statistics.other.errors == 1 && statistics.other.own == 50)
    }
}

@Suite struct DurationDistributionTests {
    private func nearestRank(_ values: [Int64], _ fraction: Double) -> Int64 {
        let sorted = values.map { max(0, $0) }.sorted()
        return sorted[max(1, Int((fraction * Double(sorted.count)).rounded(.up))) - 1]
    }

    private func within(_ estimate: Int64, _ truth: Int64) -> Bool {
        // Rounding to a whole nanosecond comes on top.
        abs(Double(estimate) - Double(truth)) <= 0.01 * Double(truth) + 0.5
    }

    private static let fractions = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1]

    @Test func `few durations have exact quantiles`() {
        var random = TestRandom(state: 5)
        for count in 1...DurationDistribution.exactMax {
            let values = (0..<count).map { _ in Int64.random(in: -10...1000, using: &random) }
            var distribution = DurationDistribution()
            for value in values { distribution.add(value) }
            #expect(
                distribution.quantiles(Self.fractions) == Self.fractions.map { nearestRank(values, $0) })
        }
        #expect(DurationDistribution().quantile(0.5) == 0)
        #expect(DurationDistribution().quantile(.nan) == 0)
    }

    @Test(arguments: [10, 100, 5_000, 1_000_000_000, Int64.max])
    func `many durations have quantiles within one percent, merged too`(largest: Int64) {
        var random = TestRandom(state: UInt64(largest))
        for count in [129, 500, 5000] {
            let values = (0..<count).map { _ in
                Int64.random(in: 0...largest, using: &random) >> Int64.random(in: 0...20, using: &random)
            }
            var whole = DurationDistribution()
            var parts = (0..<4).map { _ in DurationDistribution() }
            for (index, value) in values.enumerated() {
                whole.add(value)
                parts[index % 7 % 4].add(value)
            }
            let merged = parts.reduce(into: DurationDistribution()) { $0.merge($1) }
            #expect(merged.count == count && merged.min == values.min() && merged.max == values.max())
            #expect(merged.total == whole.total)
            for fraction in Self.fractions {
                let truth = nearestRank(values, fraction)
                #expect(within(whole.quantile(fraction), truth), "\(fraction) \(whole.quantile(fraction)) \(truth)")
                #expect(whole.quantile(fraction) == merged.quantile(fraction))
            }
        }
    }

    @Test func `buckets hold what their representative stands for within one percent`() {
        var random = TestRandom(state: 6)
        var last = 0
        for power in 0..<63 {
            for _ in 0..<200 {
                let value = UInt64.random(in: (1 << UInt64(power))..<(2 << UInt64(power)), using: &random)
                let bucket = DurationDistribution.bucket(of: value)
                #expect(within(DurationDistribution.representative(of: bucket), Int64(value)))
                #expect(bucket >= last - 50)
                last = max(last, bucket)
            }
        }
        #expect(DurationDistribution.bucket(of: UInt64(Int64.max)) < 63 * 50)
    }

    @Test func `sums beyond what fits stay at the most`() {
        var distribution = DurationDistribution()
        for _ in 0..<300 { distribution.add(.max) }
        #expect(distribution.total == .max && distribution.quantile(0.5) == .max && distribution.min == .max)
        var zeros = DurationDistribution()
        for _ in 0..<300 { zeros.add(0) }
        #expect(zeros.quantiles([0, 0.5, 1]) == [0, 0, 0])
    }
}
