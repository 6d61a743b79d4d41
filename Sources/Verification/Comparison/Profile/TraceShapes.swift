import TelemetryModel
package import TraceAnalysis

/// The shapes that traces have: who calls whom, by service and operation, without times and ids.
///
/// Calls of one parent that have the same shape count as one, marked as repeated, and their order does not matter: how
/// often a loop ran and which of two parallel calls began first differ from trace to trace. Equal subtrees are kept
/// once.
package struct TraceShapes: Sendable {
    package struct Node: Sendable, Equatable {
        package var key: OperationKey
        /// Its parent did not come.
        package var isOrphan: Bool
        /// In order of their names, then of their hashes.
        package var children: [Child]
    }

    package struct Child: Sendable, Equatable {
        package var node: UInt64
        package var isRepeated: Bool
    }

    /// By hash.
    package private(set) var nodes: [UInt64: Node] = [:]
    /// Traces by the node of the root; of a trace with several roots, each counts.
    package private(set) var counts: [UInt64: Int] = [:]
    package private(set) var leftOut = 0

    /// - Cost: linear in the spans but for sorting siblings; nothing recurses.
    mutating func add(_ tree: TraceTree, _ limits: ProfileLimits) {
        var hashes = Array(repeating: UInt64(0), count: tree.count)
        var added: [UInt64: Node] = [:]
        // Backwards, every row comes after its children.
        for row in tree.depthFirstRows.lazy.map(Int.init).reversed() {
            let node = node(row, tree, hashes, added)
            var hash = StableHash()
            hash.combine(node.key.service)
            hash.combine(node.key.operation)
            hash.combine(node.isOrphan ? 1 : 0)
            for child in node.children {
                hash.combine(child.node)
                hash.combine(child.isRepeated ? 1 : 0)
            }
            hashes[row] = hash.finalize()
            if nodes[hashes[row]] == nil { added[hashes[row]] = node }
        }
        guard nodes.count + added.count <= limits.shapeNodes else {
            leftOut += 1
            return
        }
        for root in Set(tree.roots.map { hashes[Int($0)] }) {
            guard counts[root] != nil || counts.count < limits.shapes else {
                leftOut += 1
                continue
            }
            counts[root, default: 0] += 1
        }
        nodes.merge(added) { old, _ in old }
    }

    private func node(_ row: Int, _ tree: TraceTree, _ hashes: [UInt64], _ added: [UInt64: Node]) -> Node {
        var repeats: [UInt64: Int] = [:]
        for child in tree.children(of: row) { repeats[hashes[Int(child)], default: 0] += 1 }
        func name(_ hash: UInt64) -> (String, String) {
            let key = added[hash]?.key ?? nodes[hash]?.key
            return (key?.service ?? "", key?.operation ?? "")
        }
        let children = repeats.keys.sorted { one, two in
            let names = (name(one), name(two))
            return names.0 == names.1 ? one < two : names.0 < names.1
        }
        return Node(
            key: OperationKey(
                service: tree.skeleton.serviceName(of: row), operation: tree.skeleton.operationName(of: row)),
            isOrphan: tree.flags[row].contains(.orphan),
            children: children.map { Child(node: $0, isRepeated: (repeats[$0] ?? 0) > 1) })
    }

    // MARK: Text

    /// Lines of a drawn tree, which a comparison goes through.
    static let linesMax = 60
    private static let depthMax = 40

    /// The tree below a node, a line each, indented by two spaces a step: `service: operation ×n`.
    package func lines(_ root: UInt64) -> [String] {
        var result: [String] = []
        var waiting: [(node: UInt64, depth: Int, isRepeated: Bool)] = [(root, 0, false)]
        while let next = waiting.popLast() {
            guard let node = nodes[next.node] else { continue }
            guard result.count < Self.linesMax else {
                result.append("…")
                break
            }
            let service = node.key.service.isEmpty ? "" : node.key.service + ": "
            result.append(
                String(repeating: "  ", count: next.depth) + service + node.key.operation
                    + (next.isRepeated ? " ×n" : "") + (node.isOrphan ? " (orphan)" : ""))
            guard next.depth < Self.depthMax else { continue }
            for child in node.children.reversed() {
                waiting.append((child.node, next.depth + 1, child.isRepeated))
            }
        }
        return result
    }
}
