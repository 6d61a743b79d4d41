/// What a trace waits for: the sections of time from a root's start to its end, each with the span in whose hands the
/// trace is.
///
/// Walked backwards from the root's end, as Jaeger's trace view and CRISP (Zhang, Ramanathan et al., "CRISP: Critical
/// Path Analysis of Large-Scale Microservice Architectures", USENIX ATC 2022) do: at a time inside a span, the child
/// that ended last before it is what the span waited for; between that child's end and the time the span itself works.
/// The walk goes on in the child, and then at the child's start. A child that runs at that moment already does not
/// count: whatever ran beside the awaited one did not hold it up.
///
/// - A child counts as far as it lies inside its parent, whatever the clocks say; one outside does not at all.
/// - A child of kind consumer and what is below it do not count: whoever sent the message does not wait for it.
/// - Of children that end together the one that started first is taken, then the one with the lower row.
package struct CriticalPath: Sendable, Equatable {
    package struct Section: Sendable, Equatable {
        package var row: Int
        /// Nanoseconds since the Unix epoch; `from < to`.
        package var from: Int64
        package var to: Int64

        package init(row: Int, from: Int64, to: Int64) {
            self.row = row
            self.from = from
            self.to = to
        }

        package var duration: Int64 { to - from }
    }

    /// nil for a trace without spans.
    package let root: Int?
    /// In the order of time, without gaps: the first begins with the root, the last ends with it, and the durations sum
    /// up to the root's. Empty when the root takes no time.
    package let sections: [Section]

    /// The path of a root, or of any span seen as one; without, that of the root that takes the longest.
    ///
    /// - Cost: the children of spans on the path are sorted by end; memory is linear in the spans.
    package init(_ tree: TraceTree, root: Int? = nil) {
        self.root = root ?? tree.longestRoot
        if let root = self.root {
            var walk = CriticalPathWalk(tree)
            sections = walk.run(from: root)
        } else {
            sections = []
        }
    }

    /// Nanoseconds.
    package var duration: Int64 {
        guard let first = sections.first, let last = sections.last else { return 0 }
        return last.to - first.from
    }
}

private struct CriticalPathWalk {
    /// A span that the walk is inside of.
    private struct Frame {
        let row: Int
        /// What of the span lies inside all spans above it.
        let start: Int64
        let end: Int64
        /// From here backwards the path is still to be found.
        var time: Int64
        /// The children not yet looked at are `children[first..<next]`.
        let first: Int
        var next: Int
    }

    private let tree: TraceTree
    /// As in the tree; those of spans on the path sorted by end, the last to end last.
    private var children: [UInt32]
    private var sections: [CriticalPath.Section] = []

    init(_ tree: TraceTree) {
        self.tree = tree
        children = tree.childRows
    }

    mutating func run(from root: Int) -> [CriticalPath.Section] {
        let skeleton = tree.skeleton
        var stack = [enter(root, start: skeleton.starts[root], end: skeleton.end(of: root))]
        while var frame = stack.popLast() {
            var entered: Frame?
            while frame.next > frame.first {
                frame.next -= 1
                let child = Int(children[frame.next])
                guard skeleton.kinds[child] != SpanKindCode.consumer else { continue }
                let start = max(skeleton.starts[child], frame.start)
                let end = min(skeleton.end(of: child), frame.end)
                // What still runs beside the child that was awaited is passed over.
                guard start < end, end <= frame.time else { continue }
                add(frame.row, end, frame.time)
                frame.time = start
                entered = enter(child, start: start, end: end)
                break
            }
            if let entered {
                stack.append(frame)
                stack.append(entered)
            } else {
                add(frame.row, frame.start, frame.time)
            }
        }
        sections.reverse()
        return sections
    }

    private mutating func add(_ row: Int, _ from: Int64, _ to: Int64) {
        guard from < to else { return }
        sections.append(CriticalPath.Section(row: row, from: from, to: to))
    }

    private mutating func enter(_ row: Int, start: Int64, end: Int64) -> Frame {
        let first = Int(tree.childOffsets[row])
        let next = Int(tree.childOffsets[row + 1])
        if next - first > 1 {
            let skeleton = tree.skeleton
            // Sorted where they lie: a slice of the array would be copied.
            children.withUnsafeMutableBufferPointer { buffer in
                var slice = UnsafeMutableBufferPointer(rebasing: buffer[first..<next])
                slice.sort { one, two in
                    let ends = (min(skeleton.end(of: Int(one)), end), min(skeleton.end(of: Int(two)), end))
                    if ends.0 != ends.1 { return ends.0 < ends.1 }
                    let starts = (skeleton.starts[Int(one)], skeleton.starts[Int(two)])
                    return starts.0 != starts.1 ? starts.0 > starts.1 : one > two
                }
            }
        }
        return Frame(row: row, start: start, end: end, time: end, first: first, next: next)
    }
}
