import TelemetryModel
import Testing

@testable import TraceAnalysis

/// A section with the span's id for its row.
private struct Part: Equatable, CustomStringConvertible {
    var id: UInt64
    var from: Int64
    var to: Int64
    var description: String { "(\(id), \(from)-\(to))" }

    init(_ id: UInt64, _ from: Int64, _ to: Int64) {
        self.id = id
        self.from = from
        self.to = to
    }
}

private func parts(_ spans: [TestSpan], root: UInt64? = nil) -> [Part] {
    let tree = tree(spans)
    let row = root.flatMap { id in tree.skeleton.spanIDs.firstIndex { $0.value == id } }
    return CriticalPath(tree, root: row).sections.map {
        Part(tree.skeleton.spanIDs[$0.row].value, $0.from, $0.to)
    }
}

@Suite struct CriticalPathTests {
    @Test func `a span without children is its own path`() {
        #expect(parts([TestSpan(1, 0, 5, 10)]) == [Part(1, 5, 15)])
        #expect(parts([TestSpan(1, 0, 5, 0)]).isEmpty)
        #expect(parts([TestSpan(1, 0, 5, -7)]).isEmpty)
    }

    @Test func `children one after the other are all on the path`() {
        #expect(
            parts([TestSpan(1, 0, 0, 100), TestSpan(2, 1, 10, 20), TestSpan(3, 1, 40, 50)])
                == [Part(1, 0, 10), Part(2, 10, 30), Part(1, 30, 40), Part(3, 40, 90), Part(1, 90, 100)])
    }

    @Test func `a child that begins when the one before ends was waited for too`() {
        #expect(
            parts([TestSpan(1, 0, 0, 60), TestSpan(2, 1, 10, 20), TestSpan(3, 1, 30, 30)])
                == [Part(1, 0, 10), Part(2, 10, 30), Part(3, 30, 60)])
    }

    @Test func `of children at the same time the one that ends last counts`() {
        #expect(
            parts([TestSpan(1, 0, 0, 100), TestSpan(2, 1, 10, 80), TestSpan(3, 1, 20, 30), TestSpan(4, 1, 30, 40)])
                == [Part(1, 0, 10), Part(2, 10, 90), Part(1, 90, 100)])
    }

    @Test func `before the last child the one that ended before its start counts, not one that ran into it`() {
        #expect(
            parts([TestSpan(1, 0, 0, 100), TestSpan(2, 1, 5, 20), TestSpan(3, 1, 10, 50), TestSpan(4, 1, 40, 50)])
                == [Part(1, 0, 5), Part(2, 5, 25), Part(1, 25, 40), Part(4, 40, 90), Part(1, 90, 100)])
    }

    @Test func `the path goes down into children's children`() {
        #expect(
            parts([
                TestSpan(1, 0, 0, 100), TestSpan(2, 1, 10, 80), TestSpan(3, 2, 20, 30), TestSpan(4, 3, 25, 10),
                TestSpan(5, 2, 55, 35),
            ])
                == [
                    Part(1, 0, 10), Part(2, 10, 20), Part(3, 20, 25), Part(4, 25, 35), Part(3, 35, 50),
                    Part(2, 50, 55), Part(5, 55, 90), Part(1, 90, 100),
                ])
    }

    @Test func `a child that outlives its parent counts up to the parent's end, its children too`() {
        #expect(
            parts([TestSpan(1, 0, 0, 100), TestSpan(2, 1, 50, 100), TestSpan(3, 2, 60, 200)])
                == [Part(1, 0, 50), Part(2, 50, 60), Part(3, 60, 100)])
    }

    @Test func `a child that starts before its parent counts from the parent's start`() {
        #expect(parts([TestSpan(1, 0, 10, 90), TestSpan(2, 1, 0, 50)]) == [Part(2, 10, 50), Part(1, 50, 100)])
    }

    @Test func `a child outside its parent does not count, nor one that takes no time`() {
        #expect(
            parts([
                TestSpan(1, 0, 10, 90), TestSpan(2, 1, 0, 10), TestSpan(3, 1, 100, 10), TestSpan(4, 1, 50, 0),
                TestSpan(5, 1, 50, -5),
            ]) == [Part(1, 10, 100)])
    }

    @Test func `nobody waits for a consumer, but for the producer`() {
        #expect(
            parts([
                TestSpan(1, 0, 0, 100), TestSpan(2, 1, 10, 20, kind: 4), TestSpan(3, 2, 15, 80, kind: 5),
                TestSpan(4, 3, 20, 70), TestSpan(5, 1, 40, 40, kind: 5),
            ]) == [Part(1, 0, 10), Part(2, 10, 30), Part(1, 30, 100)])
        #expect(parts([TestSpan(1, 0, 0, 10, kind: 5)]) == [Part(1, 0, 10)])
    }

    @Test func `of children that end together the first to start counts`() {
        #expect(
            parts([TestSpan(1, 0, 0, 100), TestSpan(2, 1, 50, 30), TestSpan(3, 1, 20, 60)])
                == [Part(1, 0, 20), Part(3, 20, 80), Part(1, 80, 100)])
    }

    @Test func `of several roots the longest counts, or the one that is asked for`() {
        let spans = [TestSpan(1, 0, 0, 10), TestSpan(2, 0, 5, 50), TestSpan(3, 2, 10, 10), TestSpan(4, 0, 6, 50)]
        #expect(parts(spans) == [Part(2, 5, 10), Part(3, 10, 20), Part(2, 20, 55)])
        #expect(parts(spans, root: 1) == [Part(1, 0, 10)])
        #expect(parts(spans, root: 3) == [Part(3, 10, 20)])
    }

    /// Written the simple way: recursion, and all children looked at for each step.
    private func reference(_ tree: TraceTree, _ row: Int, _ start: Int64, _ end: Int64) -> [CriticalPath.Section] {
        var result: [CriticalPath.Section] = []
        var time = end
        var left = tree.children(of: row).map(Int.init).filter { tree.skeleton.kinds[$0] != 5 }
        while true {
            let candidates = left.compactMap { child -> (Int, Int64, Int64)? in
                let from = max(tree.skeleton.starts[child], start)
                let to = min(tree.skeleton.end(of: child), end)
                return from < to && to <= time ? (child, from, to) : nil
            }
            let best = candidates.max { one, two in
                if one.2 != two.2 { return one.2 < two.2 }
                let starts = (tree.skeleton.starts[one.0], tree.skeleton.starts[two.0])
                return starts.0 != starts.1 ? starts.0 > starts.1 : one.0 > two.0
            }
            guard let best else { break }
            if best.2 < time { result.insert(.init(row: row, from: best.2, to: time), at: 0) }
            result = reference(tree, best.0, best.1, best.2) + result
            time = best.1
            left.removeAll { $0 == best.0 }
        }
        if start < time { result.insert(.init(row: row, from: start, to: time), at: 0) }
        return result
    }

    @Test func `paths of tangles are without gaps, as long as their root, and those of the simple way`() {
        var random = TestRandom(state: 2)
        for _ in 0..<5000 {
            let tree = tree(random.tangle())
            for root in tree.roots.map(Int.init) {
                let path = CriticalPath(tree, root: root)
                let (start, end) = (tree.skeleton.starts[root], tree.skeleton.end(of: root))
                #expect(path.sections == reference(tree, root, start, end))
                #expect(path.sections.reduce(0) { $0 + $1.duration } == end - start)
                #expect(path.duration == end - start)
                var time = start
                for section in path.sections {
                    #expect(section.from == time && section.to > section.from)
                    #expect(section.from >= tree.skeleton.starts[section.row])
                    #expect(section.to <= tree.skeleton.end(of: section.row))
                    time = section.to
                }
            }
        }
    }
}

@Suite struct SelfTimesTests {
    @Test func `own time is what no child covers`() {
        let tree = tree([
            TestSpan(1, 0, 0, 100), TestSpan(2, 1, 10, 30), TestSpan(3, 1, 20, 40), TestSpan(4, 1, 90, 50),
            TestSpan(5, 2, 0, 20), TestSpan(6, 2, 12, 3),
        ])
        // By start: 1, 5, 2, 6, 3, 4. Of 1 the children cover 10-60 and 90-100, of 2 (10-40) 10-20.
        #expect(tree.skeleton.spanIDs.map(\.value) == [1, 5, 2, 6, 3, 4])
        #expect(tree.selfTimes() == [40, 20, 20, 3, 40, 50])
    }

    @Test func `own times of tangles are those of counting nanoseconds`() {
        var random = TestRandom(state: 3)
        for _ in 0..<3000 {
            let tree = tree(random.tangle())
            let times = tree.selfTimes()
            for row in 0..<tree.count {
                let start = tree.skeleton.starts[row]
                let counted = (start..<tree.skeleton.end(of: row)).count { time in
                    !tree.children(of: row).contains { child in
                        tree.skeleton.starts[Int(child)] <= time && time < tree.skeleton.end(of: Int(child))
                    }
                }
                #expect(times[row] == Int64(counted))
            }
        }
    }
}
