/// The spans of a trace in the order in which they are drawn, with what the drawing needs to know about each.
///
/// Built from whatever arrived: parents that are missing, ids that occur twice, parents that go in a circle. Each
/// span is in `nodes` exactly once.
struct WaterfallTree {
    enum Flag: Equatable {
        case missingParent(String)
        /// The parents of this span go in a circle, which is opened here.
        case cycle
        /// Another span with the same id stands before this one in the input; children of that id belong to the other.
        case duplicate
    }

    struct Node {
        /// The place of the span in the input.
        let span: Int
        let depth: Int
        /// For each ancestor that the guides can show, from the outermost: whether more spans follow at its level. The
        /// last entry is that of this span itself. Never longer than `guideLevelsMax`.
        let continues: [Bool]
        let flags: [Flag]
        let isSkewed: Bool
        /// The service, if it is not that of the parent.
        let shownService: String?

        /// `│ ├─ `: two columns for each level above, three for this one. A level too deep to be drawn is written as a
        /// number instead.
        func guides(levelsMax: Int) -> String {
            guard depth > 0 else { return "" }
            guard depth <= min(levelsMax, continues.count) else {
                let levels = max(0, min(levelsMax, WaterfallTree.guideLevelsMax) - 4)
                return continues.prefix(levels).map { $0 ? "│ " : "  " }.joined() + "⋯\(depth) "
            }
            return continues.prefix(depth - 1).map { $0 ? "│ " : "  " }.joined()
                + (continues[depth - 1] ? "├─ " : "└─ ")
        }
    }

    /// Guides beyond this are not kept: a tree of 10,000 levels would need 10,000 entries per span.
    static let guideLevelsMax = 64

    private(set) var nodes: [Node] = []
    /// In the order of their first span.
    private(set) var services: [String] = []
    /// The time axis: the earliest start and the latest end.
    let start: UInt64
    let end: UInt64

    init(_ spans: [WaterfallSpan]) {
        start = spans.reduce(UInt64.max) { min($0, $1.startNanoseconds) }
        // Without spans both are the same: the trace takes no time.
        end = spans.reduce(spans.isEmpty ? UInt64.max : 0) { max($0, $1.endNanoseconds) }

        var links = Links(spans)
        links.openCycles(spans)
        arrange(spans, links)
    }

    // MARK: Parents

    /// Who hangs below whom, by places in the input.
    private struct Links {
        /// -1 for a root.
        var parent: [Int]
        var children: [[Int]]
        var flags: [[Flag]]

        init(_ spans: [WaterfallSpan]) {
            parent = Array(repeating: -1, count: spans.count)
            children = Array(repeating: [], count: spans.count)
            flags = Array(repeating: [], count: spans.count)
            var place: [String: Int] = [:]
            place.reserveCapacity(spans.count)
            for index in spans.indices {
                if place[spans[index].id] == nil {
                    place[spans[index].id] = index
                } else {
                    flags[index].append(.duplicate)
                }
            }
            for index in spans.indices {
                guard let id = spans[index].parentID, !id.isEmpty else { continue }
                if let above = place[id] {
                    parent[index] = above
                    children[above].append(index)
                } else {
                    flags[index].append(.missingParent(id))
                }
            }
        }

        /// Makes the earliest span of each circle of parents a root.
        mutating func openCycles(_ spans: [WaterfallSpan]) {
            // Every walk up gets a number of its own: meeting that number again means a circle, meeting an older one
            // means that the rest of the way is known. So each span is passed once.
            var walk = Array(repeating: -1, count: spans.count)
            for first in spans.indices where walk[first] < 0 {
                var index = first
                while index >= 0, walk[index] < 0 {
                    walk[index] = first
                    index = parent[index]
                }
                guard index >= 0, walk[index] == first else { continue }
                var opened = index
                var next = parent[index]
                while next != index {
                    if (spans[next].startNanoseconds, next) < (spans[opened].startNanoseconds, opened) { opened = next }
                    next = parent[next]
                }
                children[parent[opened]].removeAll { $0 == opened }
                parent[opened] = -1
                flags[opened].append(.cycle)
            }
        }
    }

    // MARK: Order

    /// Depth first, siblings by start, with a stack on the heap.
    private mutating func arrange(_ spans: [WaterfallSpan], _ links: Links) {
        // Equal starts stay in the order of the input.
        func later(_ one: Int, _ two: Int) -> Bool {
            (spans[one].startNanoseconds, one) > (spans[two].startNanoseconds, two)
        }
        var knownServices = Set<String>()
        var continues: [Bool] = []
        // The last is taken first, so the latest lies deepest.
        var stack = spans.indices.filter { links.parent[$0] < 0 }.sorted(by: later).map {
            (span: $0, depth: 0, continues: false)
        }
        nodes.reserveCapacity(spans.count)
        while let item = stack.popLast() {
            let span = spans[item.span]
            if item.depth > 0 {
                let kept = min(item.depth - 1, Self.guideLevelsMax)
                continues.removeLast(continues.count - min(continues.count, kept))
                if item.depth <= Self.guideLevelsMax { continues.append(item.continues) }
            } else {
                continues.removeAll(keepingCapacity: true)
            }
            let parent = links.parent[item.span] < 0 ? nil : spans[links.parent[item.span]]
            let isOutside =
                parent.map {
                    span.startNanoseconds < $0.startNanoseconds || span.endNanoseconds > $0.endNanoseconds
                } ?? false
            if !span.service.isEmpty, knownServices.insert(span.service).inserted { services.append(span.service) }
            nodes.append(
                Node(
                    span: item.span, depth: item.depth, continues: continues, flags: links.flags[item.span],
                    isSkewed: span.durationNanoseconds < 0 || isOutside,
                    shownService: span.service.isEmpty || span.service == parent?.service ? nil : span.service))
            for (position, child) in links.children[item.span].sorted(by: later).enumerated() {
                // The first in this order is drawn last: nothing follows it.
                stack.append((child, item.depth + 1, position > 0))
            }
        }
    }
}
