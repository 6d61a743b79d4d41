/// The call trees of many traces laid over one another: spans reached by the same path of operations are one node.
///
/// Bounded: a path that finds no room is counted in `other`, and so is what is below it.
package struct FlameGraph: Sendable {
    package struct Node: Sendable, Equatable {
        /// Index into `nodes`, smaller than the node's own; nil at the top.
        package var parent: Int?
        package var key: OperationKey
        /// Spans.
        package var count = 0
        package var errors = 0
        /// Nanoseconds, sums over the spans; what children that run at the same time take is counted for each.
        package var total: Int64 = 0
        package var own: Int64 = 0
    }

    /// Spans without a node of their own. `total` only counts those whose parent has one, so that it adds up with the
    /// nodes' totals.
    package struct Other: Sendable, Equatable {
        package var count = 0
        package var errors = 0
        package var total: Int64 = 0
        package var own: Int64 = 0
    }

    private struct Edge: Hashable {
        let parent: Int32
        let operation: Int32
    }

    private static let noNode: Int32 = -1
    private static let otherNode: Int32 = -2

    /// A parent before its children.
    package private(set) var nodes: [Node] = []
    package private(set) var other = Other()
    package private(set) var traceCount = 0
    private var table: OperationTable
    private var edges: [Edge: Int32] = [:]
    private let nodesMax: Int

    /// - Parameter nodesMax: a page can show a few thousand; more are kept so that what is shown is right.
    package init(nodesMax: Int = 20_000) {
        self.nodesMax = Swift.max(0, nodesMax)
        // An operation without node is of no use.
        table = OperationTable(countMax: self.nodesMax)
    }

    /// - Parameter selfTimes: of this tree, if they are known.
    package mutating func add(_ tree: TraceTree, selfTimes: [Int64]? = nil) {
        traceCount += 1
        let skeleton = tree.skeleton
        let times = selfTimes ?? tree.selfTimes()
        let operations = table.indexes(of: skeleton)
        var nodeOfRow = Array(repeating: Self.noNode, count: tree.count)
        for row in tree.depthFirstRows.lazy.map(Int.init) {
            let parent = tree.parent(of: row).map { nodeOfRow[$0] } ?? Self.noNode
            let node = parent == Self.otherNode ? Self.otherNode : node(below: parent, operations[row])
            nodeOfRow[row] = node
            let isError = tree.flags[row].contains(.error)
            let total = Swift.max(0, skeleton.durations[row])
            if node == Self.otherNode {
                other.count += 1
                if isError { other.errors += 1 }
                other.own = other.own.addingClamped(times[row])
                if parent != Self.otherNode { other.total = other.total.addingClamped(total) }
            } else {
                nodes[Int(node)].count += 1
                if isError { nodes[Int(node)].errors += 1 }
                nodes[Int(node)].total = nodes[Int(node)].total.addingClamped(total)
                nodes[Int(node)].own = nodes[Int(node)].own.addingClamped(times[row])
            }
        }
    }

    private mutating func node(below parent: Int32, _ operation: Int32) -> Int32 {
        guard operation != OperationTable.other else { return Self.otherNode }
        let edge = Edge(parent: parent, operation: operation)
        if let node = edges[edge] { return node }
        guard nodes.count < nodesMax else { return Self.otherNode }
        let node = Int32(truncatingIfNeeded: nodes.count)
        nodes.append(Node(parent: parent == Self.noNode ? nil : Int(parent), key: table.keys[Int(operation)]))
        edges[edge] = node
        return node
    }
}
