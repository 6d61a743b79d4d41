/// Who hangs below whom in a trace, made of whatever arrived: parents that are missing, ids that occur twice, parents
/// that go in a circle. Each span is in the tree exactly once.
///
/// - Rows are those of `skeleton`, which is sorted here if it was not: rows of an unsorted one do not stay valid.
/// - Cost: linear in time (the hash of ids on average), about 24 bytes a span besides the skeleton. Nothing recurses:
///   a chain of a million spans and a parent of a million are trees like others.
package struct TraceTree: Sendable {
    package let skeleton: TraceSkeleton
    /// Rows without parent, by start.
    package let roots: [UInt32]
    /// All rows, a parent before its children, siblings by start.
    package let depthFirstRows: [UInt32]
    package let flags: [SpanFlags]
    /// Steps up to the root.
    package let depths: [UInt32]
    /// Spans below each span and the span itself.
    package let subtreeCounts: [UInt32]
    /// Nanoseconds since the Unix epoch: the earliest start and the latest end; both 0 without spans.
    package let start: Int64
    package let end: Int64
    package let maxDepth: Int

    /// `TraceTree.none` for a root.
    let parents: [UInt32]
    /// The children of row r are `childRows[childOffsets[r]..<childOffsets[r + 1]]`, by start.
    let childOffsets: [UInt32]
    let childRows: [UInt32]
    private let flagCounts: [Int]

    /// Stands for "no row", here and in the binary form.
    package static let none = UInt32.max

    /// Rows are 32 bits wide; whoever makes a skeleton reads fewer spans than this by far.
    package static let rowsMax = Int(UInt32.max >> 1)

    package init(_ skeleton: TraceSkeleton) {
        precondition(skeleton.isWellFormed, "columns of a skeleton differ in length")
        precondition(skeleton.count <= Self.rowsMax, "skeleton has more rows than an index can name")
        let skeleton = skeleton.sorted()
        var links = TraceLinks(skeleton)
        links.openCycles()
        self.init(skeleton, links, flags: links.finishFlags(skeleton))
    }

    /// - Parameter skeleton: sorted, and with as many rows as the links.
    init(_ skeleton: TraceSkeleton, _ links: TraceLinks, flags: [SpanFlags]) {
        let children = links.children()
        let walk = TraceWalk(parents: links.parents, childOffsets: children.offsets, childRows: children.rows)
        self.skeleton = skeleton
        parents = links.parents
        self.flags = flags
        childOffsets = children.offsets
        childRows = children.rows
        roots = walk.roots
        depthFirstRows = walk.order
        depths = walk.depths
        subtreeCounts = walk.subtreeCounts
        maxDepth = Int(walk.depths.max() ?? 0)
        start = skeleton.starts.first ?? 0
        var end = start
        for row in 0..<skeleton.count { end = Swift.max(end, skeleton.end(of: row)) }
        self.end = end
        var counts = Array(repeating: 0, count: 8)
        for flag in flags {
            var bits = flag.rawValue
            while bits != 0 {
                counts[bits.trailingZeroBitCount] += 1
                bits &= bits - 1
            }
        }
        flagCounts = counts
    }

    package var count: Int { skeleton.count }

    /// Nanoseconds from the earliest start to the latest end.
    package var duration: UInt64 { UInt64(bitPattern: end &- start) }

    package func parent(of row: Int) -> Int? { parents[row] == Self.none ? nil : Int(parents[row]) }

    /// The children's rows, by start.
    package func children(of row: Int) -> ArraySlice<UInt32> {
        childRows[Int(childOffsets[row])..<Int(childOffsets[row + 1])]
    }

    package func childCount(of row: Int) -> Int { Int(childOffsets[row + 1] - childOffsets[row]) }

    /// Spans that have this one flag.
    package func count(of flag: SpanFlags) -> Int {
        flag.rawValue == 0 ? 0 : flagCounts[flag.rawValue.trailingZeroBitCount]
    }

    /// The root that takes the longest, the earliest of several; nil without spans.
    package var longestRoot: Int? {
        var longest: Int?
        for root in roots {
            if let known = longest, skeleton.durations[known] >= skeleton.durations[Int(root)] { continue }
            longest = Int(root)
        }
        return longest
    }

    /// Indexes of the services that have a span, in the order of their first span. Names that occur twice in the table
    /// count twice.
    package var services: [UInt32] {
        var seen = Set<UInt32>()
        return skeleton.services.filter { seen.insert($0).inserted }
    }

    package var serviceCount: Int { Set(skeleton.services).count }
}
