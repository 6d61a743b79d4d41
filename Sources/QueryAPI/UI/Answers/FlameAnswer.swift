import Codecs
import TraceAnalysis

/// A flame graph as a tree of JSON, the nodes with the most time.
struct FlameAnswer {
    let graph: FlameGraph
    let nodesMax: Int

    /// `"nodes"`: how many, `"roots"`: `[{"service","name","count","errors","total","self","children"}]`, and
    /// `"otherNodes"`: null, or what is not in the tree. Children stand by total time, the most first, then by name.
    ///
    /// - Returns: whether the tree is all.
    @discardableResult
    func write(into writer: inout JSONWriter) -> Bool {
        let nodes = graph.nodes
        let isKept = kept()
        var other = graph.other
        var omitted = 0
        var children = Array(repeating: [Int](), count: nodes.count)
        var roots: [Int] = []
        for (index, node) in nodes.enumerated() {
            if isKept[index] {
                if let parent = node.parent { children[parent].append(index) } else { roots.append(index) }
            } else {
                omitted += 1
                other.count += node.count
                other.errors += node.errors
                other.own = other.own.addingSaturated(node.own)
                // Of the topmost of a subtree only, so that it adds up with the totals of what is kept.
                if node.parent.map({ isKept[$0] }) ?? true { other.total = other.total.addingSaturated(node.total) }
            }
        }
        writer.member("nodes", nodes.count - omitted)
        writer.key("roots")
        write(roots, children, into: &writer)
        let isComplete = other.count == 0
        writer.object("otherNodes", unless: isComplete) { writer in
            writer.member("count", other.count)
            writer.member("errors", other.errors)
            writer.member("total", other.total)
            writer.member("self", other.own)
        }
        return isComplete
    }

    /// Whether each node is in the tree: those with the most time whose ancestors all are.
    ///
    /// A node weighs no more than its parent (spans that outlive theirs do take longer), and of equal ones the parent
    /// comes first. So the first nodes by weight have their ancestors with them.
    private func kept() -> [Bool] {
        let nodes = graph.nodes
        var weights: [Int64] = []
        var depths: [Int] = []
        weights.reserveCapacity(nodes.count)
        depths.reserveCapacity(nodes.count)
        for node in nodes {
            weights.append(node.parent.map { min(weights[$0], node.total) } ?? node.total)
            depths.append(node.parent.map { depths[$0] + 1 } ?? 1)
        }
        let candidates = nodes.indices.filter { depths[$0] <= TraceUILimits.flameDepthMax }
        var isKept = Array(repeating: false, count: nodes.count)
        if candidates.count <= nodesMax {
            for index in candidates { isKept[index] = true }
        } else {
            let order = candidates.sorted { one, two in
                weights[one] != weights[two] ? weights[one] > weights[two] : one < two
            }
            for index in order.prefix(nodesMax) { isKept[index] = true }
        }
        return isKept
    }

    /// Without recursion: a chain of calls may be as deep as there are nodes.
    private func write(_ roots: [Int], _ children: [[Int]], into writer: inout JSONWriter) {
        func ordered(_ list: [Int]) -> [Int] {
            list.sorted { one, two in
                let (one, two) = (graph.nodes[one], graph.nodes[two])
                if one.total != two.total { return one.total > two.total }
                return (one.key.service, one.key.operation) < (two.key.service, two.key.operation)
            }
        }
        // The lists that are being written, each the other way round.
        var lists = [Array(ordered(roots).reversed())]
        writer.open("[")
        while let index = lists.last?.last {
            lists[lists.count - 1].removeLast()
            let node = graph.nodes[index]
            writer.separate()
            writer.open("{")
            writer.member("service", node.key.service)
            writer.member("name", node.key.operation)
            writer.member("count", node.count)
            writer.member("errors", node.errors)
            writer.member("total", node.total)
            writer.member("self", node.own)
            writer.key("children")
            writer.open("[")
            lists.append(ordered(children[index]).reversed())
            while lists.count > 1, lists.last?.isEmpty == true {
                lists.removeLast()
                writer.close("]")
                writer.close("}")
            }
        }
        writer.close("]")
    }
}
