import Recordings

/// A tree of spans that a trace has.
struct TraceShape: Sendable {
    /// Children of one span that are put to nodes; a span with more fits no tree, and it is said.
    static let siblingsMax = 5_000
    /// Children without a node that are looked for; one is enough to fail.
    static let strayedMax = 20
    static let depthMax = 64

    struct Node: Sendable {
        var matcher: Matcher<SpanItem>
        /// How many spans of the place stand for this node; nil: one, and others like it are no harm to a tree that
        /// is only contained.
        var wantedCount: Comparison?
        var children: [Node]

        var count: Comparison { wantedCount ?? Comparison(parts: [.equals(.int(1))]) }

        /// `POST /orders > (charge, reserve > (SELECT))`
        var text: String {
            let times = wantedCount.map { "\($0.text) × " } ?? ""
            let own = times + (matcher.conditions.isEmpty ? "any span" : matcher.text)
            return children.isEmpty ? own : own + " > (" + children.map(\.text).joined(separator: ", ") + ")"
        }
    }

    var root: Node
    /// No other spans than these.
    var isExact: Bool

    var text: String { (isExact ? "exactly the tree " : "the tree ") + root.text }

    func holds(_ trace: TraceItem, in recording: IndexedRecording) -> Bool {
        guard isExact else {
            return trace.spans(in: recording).contains { fits(root, $0, in: recording, depth: 0) }
        }
        // A trace is exactly a tree when its one root is, and nothing lies beside that.
        let tops = trace.spans(in: recording).filter { recording.parent($0.index) == nil }
        return tops.count == 1 && tops.allSatisfy { fits(root, $0, in: recording, depth: 0) }
    }

    /// Where it differs, at the place that is most like it.
    func miss(_ trace: TraceItem, in recording: IndexedRecording) -> Miss {
        let spans = trace.spans(in: recording)
        if isExact {
            let tops = spans.filter { recording.parent($0.index) == nil }
            guard tops.count == 1, let top = tops.first else {
                return Miss(text: "it has \(tops.count) spans without a parent, expected one tree", closeness: 0.1)
            }
            return Miss(text: difference(root, top, in: recording, depth: 0), closeness: 0.5)
        }
        guard
            let nearest = spans.max(by: {
                root.matcher.closeness($0, in: recording) < root.matcher.closeness($1, in: recording)
            })
        else { return Miss(text: "it has no spans") }
        return Miss(
            text: difference(root, nearest, in: recording, depth: 0),
            closeness: root.matcher.matches(nearest, in: recording) ? 0.6 : 0.2)
    }

    private func fits(_ node: Node, _ span: SpanItem, in recording: IndexedRecording, depth: Int) -> Bool {
        guard depth < Self.depthMax, node.matcher.matches(span, in: recording) else { return false }
        if node.children.isEmpty, !isExact { return true }
        let spans = children(span, recording)
        guard spans.count <= Self.siblingsMax else { return false }
        return assign(node.children, to: spans, in: recording, depth: depth).isComplete
    }

    private func children(_ span: SpanItem, _ recording: IndexedRecording) -> [SpanItem] {
        recording.children(span.index).filter { $0 != span.index }.map { SpanItem(index: $0) }
    }

    private struct Assignment {
        var isComplete: Bool
        /// A node that has not enough spans.
        var poorNode: Int?
        /// Spans that stand for no node.
        var strayed: [Int]
        /// Spans by node.
        var spansOfNode: [[Int]]
    }

    /// Gives each span of a place to at most one node, so that every node gets as many as it wants.
    ///
    /// Bipartite matching by augmenting paths (Kuhn): first each node as many as it needs at the least, then, when
    /// nothing may be left over, each span that is left, to a node that takes more. An augmenting path never takes away
    /// what a node has, so the second step keeps what the first found.
    private func assign(
        _ nodes: [Node], to spans: [SpanItem], in recording: IndexedRecording, depth: Int
    ) -> Assignment {
        var result = Assignment(isComplete: true, poorNode: nil, strayed: [], spansOfNode: nodes.map { _ in [] })
        if nodes.isEmpty {
            result.strayed = isExact ? Array(spans.indices) : []
            result.isComplete = result.strayed.isEmpty
            return result
        }
        let fitting = nodes.map { node in
            spans.indices.filter { fits(node, spans[$0], in: recording, depth: depth + 1) }
        }
        let fittingSets = fitting.map { Set($0) }
        var nodeOfSpan = [Int?](repeating: nil, count: spans.count)
        var counts = [Int](repeating: 0, count: nodes.count)

        /// Finds a span for a node, moving others to where they fit as well.
        func give(_ node: Int, _ seen: inout Set<Int>) -> Bool {
            for span in fitting[node] where seen.insert(span).inserted {
                guard let owner = nodeOfSpan[span] else {
                    nodeOfSpan[span] = node
                    return true
                }
                if owner != node, give(owner, &seen) {
                    nodeOfSpan[span] = node
                    return true
                }
            }
            return false
        }
        /// Finds a node for a span, which may have to push another span on to a node with room.
        func place(_ span: Int, _ seen: inout Set<Int>) -> Bool {
            for node in nodes.indices where fittingSets[node].contains(span) && seen.insert(node).inserted {
                if counts[node] < nodes[node].count.countRange?.upperBound ?? 0 {
                    nodeOfSpan[span] = node
                    counts[node] += 1
                    return true
                }
                for other in spans.indices where nodeOfSpan[other] == node {
                    nodeOfSpan[other] = nil
                    if place(other, &seen) {
                        nodeOfSpan[span] = node
                        return true
                    }
                    nodeOfSpan[other] = node
                }
            }
            return false
        }

        for (index, node) in nodes.enumerated() {
            guard let range = node.count.countRange else {
                result.isComplete = false
                result.poorNode = index
                continue
            }
            // A path only ever moves a span from one node to another that gets another for it.
            for _ in 0..<min(range.lowerBound, spans.count + 1) {
                var seen: Set<Int> = []
                guard give(index, &seen) else {
                    result.isComplete = false
                    if result.poorNode == nil { result.poorNode = index }
                    break
                }
                counts[index] += 1
            }
        }
        if isExact {
            for span in spans.indices where nodeOfSpan[span] == nil {
                if result.strayed.count >= Self.strayedMax { break }
                var seen: Set<Int> = []
                if !place(span, &seen) { result.strayed.append(span) }
            }
            if !result.strayed.isEmpty { result.isComplete = false }
        } else {
            // What may be left over is still counted against a node that wants no more than so many.
            for (index, node) in nodes.enumerated() where fitting[index].count > counts[index] {
                let free = fitting[index].count { nodeOfSpan[$0] == nil }
                guard let range = node.wantedCount?.countRange, counts[index] + free > range.upperBound else {
                    continue
                }
                result.isComplete = false
                result.strayed += fitting[index].filter { nodeOfSpan[$0] == nil }
            }
        }
        for (span, node) in nodeOfSpan.enumerated() { if let node { result.spansOfNode[node].append(span) } }
        return result
    }

    private func difference(_ node: Node, _ span: SpanItem, in recording: IndexedRecording, depth: Int) -> String {
        let name = "span " + Quoted.text(span.span(in: recording).name)
        guard depth < Self.depthMax else { return "\(name) lies too deep" }
        let misses = node.matcher.misses(span, in: recording)
        guard misses.isEmpty else { return "\(name): " + misses.map(\.text).joined(separator: "; ") }
        let spans = children(span, recording)
        guard spans.count <= Self.siblingsMax else {
            return "\(name) has \(spans.count) children, of which no more than \(Self.siblingsMax) can be compared"
        }
        let assignment = assign(node.children, to: spans, in: recording, depth: depth)
        if let poor = assignment.poorNode {
            let wanted = node.children[poor]
            let free = spans.indices.filter { index in !assignment.spansOfNode.contains { $0.contains(index) } }
                .map { spans[$0] }
            if let nearest = free.first(where: { wanted.matcher.matches($0, in: recording) }) {
                return "\(name) > " + difference(wanted, nearest, in: recording, depth: depth + 1)
            }
            let others = spans.map { Quoted.text($0.span(in: recording).name) }.sorted()
            return "\(name) has \(assignment.spansOfNode[poor].isEmpty ? "no" : "too few") children "
                + "\(wanted.text)"
                + (others.isEmpty ? ", it has none at all" : "; its children are " + others.joined(separator: ", "))
        }
        let strayed = assignment.strayed.map { Quoted.text(spans[$0].span(in: recording).name) }
        return strayed.isEmpty
            ? "\(name) is as expected"
            : "\(name) has children that are not expected: " + strayed.joined(separator: ", ")
    }
}
