import Testing

@testable import TraceAnalysis

@Suite struct TraceSkeletonDecoderTests {
    private static func decoded(_ pages: [[UInt8]]) throws -> TraceTree {
        var decoder = TraceSkeletonDecoder()
        for page in pages { try decoder.add(page) }
        return try decoder.finish()
    }

    private static func pages(_ tree: TraceTree, size: Int) -> [[UInt8]] {
        stride(from: 0, to: max(1, tree.count), by: size).map {
            TraceSkeletonEncoder().encode(tree, $0..<min($0 + size, tree.count))
        }
    }

    private static let two = tree([
        TestSpan(1, 0, 1_700_000_000_000_000_000, 50, service: "wëb", operation: "GET", kind: 2),
        TestSpan(2, 1, 1_700_000_000_000_000_007, -3, service: "db", operation: "", kind: 3, status: 2),
    ])

    @Test func `tangles read back from pages of any size`() throws {
        var random = TestRandom(state: 11)
        for _ in 0..<300 {
            let tree = tree(random.tangle())
            let read = try Self.decoded(Self.pages(tree, size: Int.random(in: 1...9, using: &random)))
            #expect(read.skeleton.starts == tree.skeleton.starts && read.skeleton.durations == tree.skeleton.durations)
            #expect(read.skeleton.kinds == tree.skeleton.kinds && read.skeleton.statuses == tree.skeleton.statuses)
            #expect(read.flags == tree.flags && read.roots == tree.roots && read.depths == tree.depths)
            #expect(read.depthFirstRows == tree.depthFirstRows && read.subtreeCounts == tree.subtreeCounts)
            #expect(read.start == tree.start && read.end == tree.end && read.selfTimes() == tree.selfTimes())
            for row in 0..<tree.count {
                #expect(read.skeleton.serviceName(of: row) == tree.skeleton.serviceName(of: row))
                #expect(read.skeleton.operationName(of: row) == tree.skeleton.operationName(of: row))
                #expect(read.parent(of: row) == tree.parent(of: row))
            }
        }
    }

    @Test func `a trace without spans has one page`() throws {
        let read = try Self.decoded([TraceSkeletonEncoder().encode(tree([]))])
        #expect(read.count == 0)
    }

    @Test func `pages come in order and are all of one trace`() {
        let pages = Self.pages(Self.two, size: 1)
        let other = Self.pages(tree([TestSpan(1, 0, 5), TestSpan(2, 1, 6)]), size: 1)
        #expect(throws: TraceSkeletonDecoder.Failure.self) { try Self.decoded([pages[0]]) }
        #expect(throws: TraceSkeletonDecoder.Failure.self) { try Self.decoded([]) }
        #expect(throws: TraceSkeletonDecoder.Failure.self) { try Self.decoded([pages[1], pages[0]]) }
        #expect(throws: TraceSkeletonDecoder.Failure.self) { try Self.decoded([pages[0], pages[0]]) }
        #expect(throws: TraceSkeletonDecoder.Failure.self) { try Self.decoded([pages[0], other[1]]) }
    }

    @Test func `parents that go in a circle or lead nowhere are refused`() throws {
        let page = TraceSkeletonEncoder().encode(Self.two)
        // The column of parents follows the starts and durations; find it by its only known content.
        let parents = try #require(
            page.indices.first {
                page[$0...].starts(with: [255, 255, 255, 255, 0, 0, 0, 0] as [UInt8]) && $0 > 60
            })
        var circle = page
        circle.replaceSubrange(parents..<parents + 8, with: [1, 0, 0, 0, 0, 0, 0, 0])
        #expect(throws: TraceSkeletonDecoder.Failure("parents go in a circle")) { try Self.decoded([circle]) }
        circle.replaceSubrange(parents..<parents + 4, with: [2, 0, 0, 0])
        #expect(throws: TraceSkeletonDecoder.Failure("a parent is no row")) { try Self.decoded([circle]) }
    }

    @Test func `no page makes it trap`() {
        let page = TraceSkeletonEncoder().encode(Self.two)
        for length in 0..<page.count {
            #expect(throws: (any Error).self) { try Self.decoded([Array(page[..<length])]) }
        }
        var random = TestRandom(state: 3)
        for _ in 0..<3000 {
            var mutant = page
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                mutant[Int.random(in: 0..<mutant.count, using: &random)] =
                    [0, 1, 127, 128, 255].randomElement(
                        using: &random) ?? 0
            }
            guard let tree = try? Self.decoded([mutant]) else { continue }
            #expect(tree.depthFirstRows.count == tree.count)
        }
    }
}
