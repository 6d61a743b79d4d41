import PrometheusModel

extension LogCondition {
    /// Conditions inside each other.
    private static let depthMax = 32

    /// Reads the value of `when`: one condition by its name; several in one map have to hold all.
    package init(_ tree: ConfigurationTree) throws(LogProcessingError) {
        self = try Self.read(tree, depth: 0)
    }

    private static func read(_ tree: ConfigurationTree, depth: Int) throws(LogProcessingError) -> LogCondition {
        guard depth < depthMax else {
            throw LogProcessingError("conditions are nested deeper than \(depthMax) levels", at: tree.position)
        }
        guard case .map(let members, let position) = tree, !members.isEmpty else {
            throw LogProcessingError("a condition is a map with the name of one", at: tree.position)
        }
        var conditions: [LogCondition] = []
        for member in members { conditions.append(try read(member, depth: depth)) }
        _ = position
        return conditions.count == 1 ? conditions[0] : .and(conditions)
    }

    private static let names = ["equals", "contains", "regexp", "has_fields", "range", "and", "or", "not"]

    private static func read(
        _ member: ConfigurationTree.Member, depth: Int
    ) throws(LogProcessingError) -> LogCondition {
        let path = "condition \(member.key)"
        switch member.key {
        case "equals", "contains":
            var fields: [(field: String, value: String)] = []
            for (name, value) in try flattened(member.value, path) {
                fields.append((name, try ConfigurationMap.text(value, "\(path): \(name)")))
            }
            return member.key == "equals" ? .equals(fields) : .contains(fields)
        case "regexp":
            var fields: [(field: String, pattern: Pattern)] = []
            for (name, value) in try flattened(member.value, path) {
                let source = try ConfigurationMap.text(value, "\(path): \(name)")
                fields.append((name, try PatternText.compile(source, path, at: value.position)))
            }
            return .regexp(fields)
        case "has_fields":
            guard case .list(let items, _) = member.value else {
                throw LogProcessingError("\(path) is no list of names", at: member.position)
            }
            var names: [String] = []
            for item in items { names.append(try ConfigurationMap.text(item, path)) }
            return .hasFields(names)
        case "range":
            var ranges: [Range] = []
            for (name, value) in try flattened(member.value, path) {
                // `range: {http.status.gte: 400}` and `range: {http.status: {gte: 400}}` come out the same.
                let parts = name.split(separator: ".")
                let bound = Double(try ConfigurationMap.text(value, "\(path): \(name)"))
                guard parts.count >= 2, let last = parts.last,
                    let comparison = Range.Comparison(rawValue: String(last)), let bound
                else {
                    throw LogProcessingError(
                        "\(path): \(name) has no lt, lte, gt or gte with a number", at: value.position)
                }
                ranges.append(
                    Range(field: parts.dropLast().joined(separator: "."), comparison: comparison, bound: bound))
            }
            return .range(ranges)
        case "and", "or":
            guard case .list(let items, _) = member.value, !items.isEmpty else {
                throw LogProcessingError("\(path) is no list of conditions", at: member.position)
            }
            var conditions: [LogCondition] = []
            for item in items { conditions.append(try read(item, depth: depth + 1)) }
            return member.key == "and" ? .and(conditions) : .or(conditions)
        case "not": return .not(try read(member.value, depth: depth + 1))
        default:
            throw LogProcessingError(
                "unknown condition \(member.key)\(Suggestion.text(for: member.key, among: names))",
                at: member.position)
        }
    }

    /// The leaves of a map with their dotted names.
    private static func flattened(
        _ tree: ConfigurationTree, _ path: String
    ) throws(LogProcessingError) -> [(String, ConfigurationTree)] {
        guard case .map(let members, _) = tree, !members.isEmpty else {
            throw LogProcessingError("\(path) is no map of fields", at: tree.position)
        }
        var leaves: [(String, ConfigurationTree)] = []
        var open = members.map { ($0.key, $0.value) }[...]
        while let (name, value) = open.popFirst() {
            if case .map(let inner, _) = value {
                guard leaves.count + open.count < 1000 else {
                    throw LogProcessingError("\(path) has more than 1000 fields", at: tree.position)
                }
                open.insert(contentsOf: inner.map { (name + "." + $0.key, $0.value) }, at: open.startIndex)
            } else {
                leaves.append((name, value))
            }
        }
        return leaves
    }
}
