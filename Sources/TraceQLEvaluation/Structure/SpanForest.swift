import TelemetryModel

/// The trees of the spans of a table: who is whose parent, and an order in which parents come before their children.
///
/// - A parent is the first row (by start, then id) of the same trace that has the id. A span whose parent is not stored
///   is the top of a tree of its own, an orphan tree.
/// - A ring of parents, a span that names itself among them, is cut at its first row, which so becomes the top of an
///   orphan tree.
/// - Cost: linear in the rows, without recursion, whatever the shape.
struct SpanForest {
    /// Row of the parent; −1 when none is stored.
    let parents: [Int32]
    /// Rows of each trace in depth-first order, at the places of that trace's rows: trees of true roots first, then
    /// orphan trees, children by row.
    let order: [Int32]
    /// Nested-set numbers within the trace, from 1, in the same order. Those of orphan trees follow those of the roots.
    let lefts: [Int32]
    let rights: [Int32]
    /// Largest number in a tree of a true root, per trace: a span whose left is above it is in an orphan tree.
    let rootedMax: [Int32]

    init(_ table: SpanTable) {
        var parents = [Int32](repeating: -1, count: table.rows)
        var finder = ParentFinder()
        for trace in table.traceIDs.indices {
            finder.find(table, rows: table.rows(ofTrace: trace), into: &parents)
        }
        Self.cutRings(&parents)
        var walk = DepthFirstWalk(rows: table.rows)
        for trace in table.traceIDs.indices {
            walk.number(table, rows: table.rows(ofTrace: trace), parents: parents)
        }
        self.parents = parents
        order = walk.order
        lefts = walk.lefts
        rights = walk.rights
        rootedMax = walk.rootedMax
    }

    /// Direct children of each row.
    func childCounts() -> [Int64] {
        var counts = [Int64](repeating: 0, count: parents.count)
        for parent in parents where parent >= 0 { counts[Int(parent)] += 1 }
        return counts
    }

    private static func cutRings(_ parents: inout [Int32]) {
        // The number of the climb that reached a row first; a climb that meets its own number has gone round.
        var climbs = [Int32](repeating: -1, count: parents.count)
        for start in parents.indices where climbs[start] < 0 {
            let climb = Int32(truncatingIfNeeded: start)
            var row = start
            while climbs[row] < 0, parents[row] >= 0 {
                climbs[row] = climb
                row = Int(parents[row])
            }
            if climbs[row] < 0 {
                climbs[row] = climb
            } else if climbs[row] == climb, parents[row] >= 0 {
                var first = row
                var next = Int(parents[row])
                while next != row {
                    first = min(first, next)
                    next = Int(parents[next])
                }
                parents[first] = -1
            }
        }
    }
}

extension SpanTable {
    func rows(ofTrace trace: Int) -> Range<Int> { traceOffsets[trace]..<traceOffsets[trace + 1] }
}

/// Finds rows by span id, trace after trace.
private struct ParentFinder {
    /// Traces up to this many spans are searched without an index.
    private static let scannedRowsMax = 12

    // The standard library's hashing is seeded by the process: ids chosen to collide do no harm.
    private var rowsByID: [SpanID: Int32] = [:]

    mutating func find(_ table: SpanTable, rows: Range<Int>, into parents: inout [Int32]) {
        let ids = table.spanIDs
        if rows.count <= Self.scannedRowsMax {
            for row in rows {
                let parent = table.parentIDs[row]
                guard !parent.isZero else { continue }
                for candidate in rows where ids[candidate] == parent {
                    parents[row] = Int32(truncatingIfNeeded: candidate)
                    break
                }
            }
            return
        }
        rowsByID.removeAll(keepingCapacity: rowsByID.count <= 4 * rows.count)
        rowsByID.reserveCapacity(rows.count)
        for row in rows.reversed() { rowsByID[ids[row]] = Int32(truncatingIfNeeded: row) }
        for row in rows {
            let parent = table.parentIDs[row]
            guard !parent.isZero else { continue }
            if let found = rowsByID[parent] { parents[row] = found }
        }
    }
}

/// Numbers the trees of a trace by following links between rows: no stack, so depth costs nothing.
private struct DepthFirstWalk {
    var order: [Int32]
    var lefts: [Int32]
    var rights: [Int32]
    var rootedMax: [Int32] = []
    private var firstChildren: [Int32]
    private var nextSiblings: [Int32]
    private var number: Int32 = 0
    private var place = 0

    init(rows: Int) {
        order = [Int32](repeating: 0, count: rows)
        lefts = order
        rights = order
        firstChildren = [Int32](repeating: -1, count: rows)
        nextSiblings = firstChildren
    }

    mutating func number(_ table: SpanTable, rows: Range<Int>, parents: [Int32]) {
        // Backwards, so that each chain of children ends up in row order.
        for row in rows.reversed() where parents[row] >= 0 {
            let parent = Int(parents[row])
            nextSiblings[row] = firstChildren[parent]
            firstChildren[parent] = Int32(truncatingIfNeeded: row)
        }
        number = 0
        place = rows.lowerBound
        for row in rows where parents[row] < 0 && table.parentIDs[row].isZero { visit(row, parents) }
        rootedMax.append(number)
        for row in rows where parents[row] < 0 && !table.parentIDs[row].isZero { visit(row, parents) }
    }

    private mutating func visit(_ top: Int, _ parents: [Int32]) {
        var row = top
        while true {
            number &+= 1
            lefts[row] = number
            order[place] = Int32(truncatingIfNeeded: row)
            place += 1
            if firstChildren[row] >= 0 {
                row = Int(firstChildren[row])
                continue
            }
            number &+= 1
            rights[row] = number
            while row != top, nextSiblings[row] < 0 {
                row = Int(parents[row])
                number &+= 1
                rights[row] = number
            }
            if row == top { return }
            row = Int(nextSiblings[row])
        }
    }
}
