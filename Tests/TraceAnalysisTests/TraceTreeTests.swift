import TelemetryModel
import Testing

@testable import TraceAnalysis

@Suite struct TraceTreeTests {
    @Test func `children hang below their parents in the order of their starts`() {
        let tree = tree([
            TestSpan(1, 0, 0, 100), TestSpan(3, 1, 50, 10), TestSpan(2, 1, 10, 30), TestSpan(4, 2, 15, 5),
        ])
        #expect(tree.skeleton.spanIDs.map(\.value) == [1, 2, 4, 3])
        #expect(tree.roots == [0])
        #expect(Array(tree.children(of: 0)) == [1, 3] && Array(tree.children(of: 1)) == [2])
        #expect(tree.depths == [0, 1, 2, 1] && tree.maxDepth == 2)
        #expect(tree.depthFirstRows == [0, 1, 2, 3])
        #expect(tree.subtreeCounts == [4, 2, 1, 1])
        #expect(tree.parent(of: 0) == nil && tree.parent(of: 2) == 1)
        #expect(tree.flags == [.root, [], [], []])
        #expect(tree.start == 0 && tree.end == 100 && tree.duration == 100)
        #expect(tree.serviceCount == 1 && tree.services == [0])
    }

    @Test func `a trace without spans is a tree without roots`() {
        let tree = tree([])
        #expect(tree.count == 0 && tree.roots.isEmpty && tree.longestRoot == nil && tree.duration == 0)
        #expect(CriticalPath(tree).sections.isEmpty && tree.selfTimes().isEmpty)
    }

    @Test func `an orphan is a root`() {
        let tree = tree([TestSpan(1), TestSpan(2, 9, 5)])
        #expect(tree.flags[1] == [.root, .orphan] && tree.roots == [0, 1])
        #expect(tree.count(of: .root) == 2 && tree.count(of: .orphan) == 1 && tree.count(of: .error) == 0)
    }

    @Test func `a circle is opened at its earliest span and all on it are marked`() {
        let tree = tree([TestSpan(1, 3, 10), TestSpan(2, 1, 20), TestSpan(3, 2, 30), TestSpan(4, 3, 40)])
        #expect(tree.flags.map { $0.contains(.cycleMember) } == [true, true, true, false])
        #expect(tree.roots == [0] && tree.depthFirstRows == [0, 1, 2, 3])
        let own = TraceAnalysisTests.tree([TestSpan(1, 1)])
        #expect(own.flags == [[.root, .cycleMember]])
    }

    @Test func `of spans with one id the first by start gets the children`() {
        let tree = tree([
            TestSpan(1, 0, 0), TestSpan(2, 1, 20), TestSpan(2, 1, 10), TestSpan(3, 2, 30), TestSpan(2, 1, 25),
        ])
        #expect(tree.skeleton.starts == [0, 10, 20, 25, 30])
        #expect(tree.flags.map { $0.contains(.duplicateID) } == [false, false, true, true, false])
        #expect(tree.parent(of: 4) == 1 && tree.count(of: .duplicateID) == 2)
    }

    @Test func `skew, negative durations and errors are marked`() {
        let tree = tree([
            TestSpan(1, 0, 10), TestSpan(2, 1, 5), TestSpan(3, 1, 20, -1), TestSpan(4, 1, 30, status: 2),
            TestSpan(5, 1, 40, status: 1),
        ])
        #expect(tree.flags == [.clockSkew, .root, .negativeDuration, .error, []])
        #expect(tree.flags[0].names == ["clockSkew"])
    }

    @Test func `a zero id is no id`() {
        let tree = tree([TestSpan(0), TestSpan(0), TestSpan(1, 0)])
        #expect(tree.roots == [0, 1, 2] && tree.count(of: .duplicateID) == 0)
    }

    @Test func `extreme times do not trap`() {
        let tree = tree([
            TestSpan(1, 0, .min, .max), TestSpan(2, 1, .max, .max), TestSpan(3, 1, 0, .min), TestSpan(4, 2, .min, 1),
            TestSpan(5, 1, .max, .min),
        ])
        #expect(tree.duration == .max)
        _ = tree.selfTimes()
        for root in 0..<tree.count { _ = CriticalPath(tree, root: root) }
        #expect(!TraceSkeletonEncoder().encode(tree).isEmpty)
    }

    @Test func `tangles show each span once and parents by the first of an id`() {
        var random = TestRandom(state: 1)
        for _ in 0..<3000 {
            let spans = random.tangle()
            let tree = tree(spans)
            #expect(tree.depthFirstRows.sorted() == (0..<UInt32(spans.count)).map { $0 })
            #expect(tree.roots.reduce(0) { $0 + Int(tree.subtreeCounts[Int($1)]) } == spans.count)
            var place: [UInt32: Int] = [:]
            for (index, row) in tree.depthFirstRows.enumerated() { place[row] = index }
            for row in 0..<tree.count {
                let children = Array(tree.children(of: row))
                #expect(children == children.sorted())
                #expect(children.allSatisfy { tree.parent(of: Int($0)) == row })
                guard let parent = tree.parent(of: row) else {
                    #expect(tree.flags[row].contains(.root) && tree.depths[row] == 0)
                    continue
                }
                #expect(tree.depths[row] == tree.depths[parent] + 1)
                #expect(place[UInt32(parent)] ?? .max < place[UInt32(row)] ?? 0)
                let first = tree.skeleton.spanIDs.firstIndex(of: tree.skeleton.parentIDs[row])
                #expect(parent == first)
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a chain of a million spans, in both orders of time`() {
        let count = 1_000_000
        let down = TraceTree(
            skeleton(count, parent: { UInt64($0) }, start: { Int64($0) }, duration: { Int64(2 * (count - $0)) }))
        #expect(down.maxDepth == count - 1 && down.subtreeCounts[0] == UInt32(count))
        let path = CriticalPath(down)
        #expect(path.duration == Int64(2 * count))
        // Each ends one before its parent and starts one after it.
        #expect(path.sections.count == 2 * count - 1)
        #expect(down.selfTimes().allSatisfy { $0 == 2 })

        let up = TraceTree(
            skeleton(
                count, parent: { $0 == count - 1 ? 0 : UInt64($0) + 2 }, start: { Int64($0) }, duration: { _ in 1 }))
        #expect(up.roots == [UInt32(count - 1)] && up.maxDepth == count - 1)
        #expect(up.count(of: .clockSkew) == count - 1)
        #expect(CriticalPath(up).sections.count == 1)

        let circle = TraceTree(
            skeleton(count, parent: { UInt64(($0 + 1) % count) + 1 }, start: { Int64($0) }, duration: { _ in 1 }))
        #expect(circle.roots == [0] && circle.count(of: .cycleMember) == count)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a parent of a million spans`() {
        let count = 1_000_000
        let tree = TraceTree(
            skeleton(
                count, parent: { $0 == 0 ? 0 : 1 }, start: { Int64($0) }, duration: { $0 == 0 ? Int64(count) : 1 }))
        #expect(tree.childCount(of: 0) == count - 1 && tree.maxDepth == 1)
        #expect(CriticalPath(tree).sections.count == count)
        #expect(tree.selfTimes()[0] == 1)
        var graph = FlameGraph()
        graph.add(tree)
        #expect(graph.nodes.count == 2)
    }
}
