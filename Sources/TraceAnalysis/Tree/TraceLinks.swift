import TelemetryModel

/// The parents of a trace while the tree is made.
struct TraceLinks {
    private(set) var parents: [UInt32]
    private var flags: [SpanFlags]

    /// Links that are known: no circles, parents within the rows.
    init(parents: [UInt32]) {
        self.parents = parents
        flags = []
    }

    init(_ skeleton: TraceSkeleton) {
        let count = skeleton.count
        var flags = Array(repeating: SpanFlags(), count: count)
        var parents = Array(repeating: TraceTree.none, count: count)
        let table = SpanIDTable(skeleton.spanIDs) { flags[$0].insert(.duplicateID) }
        for row in 0..<count {
            let parentID = skeleton.parentIDs[row]
            guard !parentID.isZero else { continue }
            if let parent = table.row(of: parentID, in: skeleton.spanIDs) {
                parents[row] = UInt32(truncatingIfNeeded: parent)
            } else {
                flags[row].insert(.orphan)
            }
        }
        self.parents = parents
        self.flags = flags
    }

    /// Makes the earliest span of each circle of parents a root.
    ///
    /// Every walk up has a number of its own: meeting that number again means a circle, meeting another means that the
    /// rest of the way is known. So each span is passed once.
    mutating func openCycles() {
        var walks = Array(repeating: TraceTree.none, count: parents.count)
        for first in parents.indices where walks[first] == TraceTree.none {
            let walk = UInt32(truncatingIfNeeded: first)
            var row = walk
            while row != TraceTree.none, walks[Int(row)] == TraceTree.none {
                walks[Int(row)] = walk
                row = parents[Int(row)]
            }
            guard row != TraceTree.none, walks[Int(row)] == walk else { continue }
            var earliest = row
            var next = row
            repeat {
                flags[Int(next)].insert(.cycleMember)
                earliest = min(earliest, next)
                next = parents[Int(next)]
            } while next != row
            parents[Int(earliest)] = TraceTree.none
        }
    }

    /// The children of all rows one after the other. Rows come by start, so each parent's children do too.
    func children() -> (offsets: [UInt32], rows: [UInt32]) {
        var offsets = Array(repeating: UInt32(0), count: parents.count + 1)
        for parent in parents where parent != TraceTree.none { offsets[Int(parent) + 1] += 1 }
        for row in parents.indices { offsets[row + 1] += offsets[row] }
        var next = offsets
        var rows = Array(repeating: UInt32(0), count: Int(offsets[parents.count]))
        for (row, parent) in parents.enumerated() where parent != TraceTree.none {
            rows[Int(next[Int(parent)])] = UInt32(truncatingIfNeeded: row)
            next[Int(parent)] += 1
        }
        return (offsets, rows)
    }

    consuming func finishFlags(_ skeleton: TraceSkeleton) -> [SpanFlags] {
        for (row, parent) in parents.enumerated() {
            if parent == TraceTree.none {
                flags[row].insert(.root)
            } else if skeleton.starts[row] < skeleton.starts[Int(parent)] {
                flags[row].insert(.clockSkew)
            }
            if skeleton.durations[row] < 0 { flags[row].insert(.negativeDuration) }
            if skeleton.statuses[row] == SpanStatusCode.error { flags[row].insert(.error) }
        }
        return flags
    }
}

/// The tree walked once with a stack on the heap.
struct TraceWalk {
    private(set) var roots: [UInt32] = []
    private(set) var order: [UInt32] = []
    private(set) var depths: [UInt32]
    private(set) var subtreeCounts: [UInt32]

    init(parents: [UInt32], childOffsets: [UInt32], childRows: [UInt32]) {
        let count = parents.count
        depths = Array(repeating: 0, count: count)
        subtreeCounts = Array(repeating: 1, count: count)
        order.reserveCapacity(count)
        for (row, parent) in parents.enumerated() where parent == TraceTree.none {
            roots.append(UInt32(truncatingIfNeeded: row))
        }
        // The last is taken first.
        var stack: [UInt32] = roots.reversed()
        while let row = stack.popLast() {
            order.append(row)
            let parent = parents[Int(row)]
            if parent != TraceTree.none { depths[Int(row)] = depths[Int(parent)] + 1 }
            var index = childOffsets[Int(row) + 1]
            while index > childOffsets[Int(row)] {
                index -= 1
                stack.append(childRows[Int(index)])
            }
        }
        for row in order.reversed() {
            let parent = parents[Int(row)]
            if parent != TraceTree.none { subtreeCounts[Int(parent)] += subtreeCounts[Int(row)] }
        }
    }
}
