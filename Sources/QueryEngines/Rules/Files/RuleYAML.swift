import Yams

/// A node of a rule file read as the types that rules need, in the manner of Go's yaml.v3: null is the zero value of any
/// type, and every scalar is a text.
struct RuleYAML {
    /// A member of a mapping.
    struct Member {
        let name: String
        let key: Node
        let value: Node
    }

    /// Mappings that `<<` may name within one another.
    private static let mergeDepthMax = 10
    /// Of one mapping: aliases of aliases could make any number.
    private static let mergedMembersMax = 10_000

    static func place(_ node: Node) -> (line: Int, column: Int) { (node.mark?.line ?? 0, node.mark?.column ?? 0) }

    /// A value that was left out, or YAML's null. A quoted empty text is not nothing.
    static func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// How messages call the kind of a node.
    static func tag(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar):
            if isNull(node) { return "!!null" }
            return scalar.style == .plain && Int(scalar.string) != nil
                ? "!!int `\(cut(scalar.string))`" : "!!str `\(cut(scalar.string))`"
        case .mapping: return "!!map"
        case .sequence: return "!!seq"
        case .alias: return "!!alias"
        }
    }

    private static func cut(_ text: String) -> String { text.count > 10 ? text.prefix(7) + "..." : text }

    /// Members of a mapping, those that `<<` brings in included; a name of the mapping itself goes before those.
    ///
    /// - Returns: nil when some key is no text or a merge is none.
    static func members(of mapping: Node.Mapping) -> [Member]? {
        var names: Set<String> = []
        var members: [Member] = []
        var merged = 0
        guard collect(mapping, depth: 0, &names, &members, &merged) else { return nil }
        return members
    }

    private static func collect(
        _ mapping: Node.Mapping, depth: Int, _ names: inout Set<String>, _ members: inout [Member],
        _ merged: inout Int
    ) -> Bool {
        var sources: [Node] = []
        for (key, value) in mapping {
            guard let scalar = key.scalar else { return false }
            if depth > 0 {
                merged += 1
                guard merged <= mergedMembersMax else { return false }
            }
            if scalar.style == .plain, scalar.string == "<<" {
                sources += value.sequence.map(Array.init) ?? [value]
            } else if names.insert(scalar.string).inserted {
                members.append(Member(name: scalar.string, key: key, value: value))
            }
        }
        guard sources.isEmpty || depth < mergeDepthMax else { return false }
        for source in sources {
            merged += 1
            guard merged <= mergedMembersMax, let inner = source.mapping,
                collect(inner, depth: depth + 1, &names, &members, &merged)
            else { return false }
        }
        return true
    }
}
