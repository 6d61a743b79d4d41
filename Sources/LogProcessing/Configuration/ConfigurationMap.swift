package import TelemetryModel

/// Reads the members of a map by name; what nobody asked for is an error in the end.
package struct ConfigurationMap {
    private let path: String
    private let members: [ConfigurationTree.Member]
    private let position: ConfigurationTree.Position?
    let zones: TimeZoneNames
    private var known: [String] = []

    /// - Parameter path: What the map is, for messages: `processor dissect`.
    package init(
        _ tree: ConfigurationTree, path: String, zones: TimeZoneNames = .offsetsOnly
    ) throws(LogProcessingError) {
        self.path = path
        self.zones = zones
        position = tree.position
        switch tree {
        case .map(let members, _):
            self.members = members
            for (index, member) in members.enumerated()
            where members[..<index].contains(where: { $0.key == member.key }) {
                throw LogProcessingError("\(path): \(member.key) is there twice", at: member.position)
            }
        // `drop_event:` without a value.
        case .scalar("", _): members = []
        default: throw LogProcessingError("\(path) is no map", at: tree.position)
        }
    }

    package mutating func tree(_ name: String) -> ConfigurationTree? {
        known.append(name)
        return members.first { $0.key == name }?.value
    }

    package mutating func text(_ name: String) throws(LogProcessingError) -> String? {
        guard let tree = tree(name) else { return nil }
        return try Self.text(tree, "\(path): \(name)")
    }

    package mutating func required(_ name: String) throws(LogProcessingError) -> String {
        guard let text = try text(name) else { throw LogProcessingError("\(path): \(name) is missing", at: position) }
        return text
    }

    package mutating func flag(_ name: String) throws(LogProcessingError) -> Bool? {
        guard let tree = tree(name) else { return nil }
        switch try Self.text(tree, "\(path): \(name)").lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw LogProcessingError("\(path): \(name) is neither true nor false", at: tree.position)
        }
    }

    package mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(LogProcessingError) -> Int? {
        guard let tree = tree(name) else { return nil }
        guard let number = Int(try Self.text(tree, "\(path): \(name)")), range.contains(number) else {
            throw LogProcessingError(
                "\(path): \(name) is no number from \(range.lowerBound) to \(range.upperBound)", at: tree.position)
        }
        return number
    }

    package mutating func zone(_ name: String) throws(LogProcessingError) -> LogTimeZone? {
        guard let text = try text(name) else { return nil }
        guard let zone = zones.zone(text) else {
            throw LogProcessingError("\(path): unknown timezone \(text)", at: tree(name)?.position)
        }
        return zone
    }

    /// A list of texts; a single text counts as a list of one.
    package mutating func texts(_ name: String) throws(LogProcessingError) -> [String]? {
        guard let tree = tree(name) else { return nil }
        guard case .list(let items, _) = tree else { return [try Self.text(tree, "\(path): \(name)")] }
        var texts: [String] = []
        for item in items { texts.append(try Self.text(item, "\(path): \(name)")) }
        return texts
    }

    package mutating func list(_ name: String) throws(LogProcessingError) -> [ConfigurationTree]? {
        guard let tree = tree(name) else { return nil }
        guard case .list(let items, _) = tree else {
            throw LogProcessingError("\(path): \(name) is no list", at: tree.position)
        }
        return items
    }

    /// The members that nobody asked for yet, which count as known from then on: for maps with free keys.
    package mutating func rest() -> [ConfigurationTree.Member] {
        let rest = members.filter { !known.contains($0.key) }
        known += rest.map(\.key)
        return rest
    }

    /// - Throws: for the first key that was not asked for, with the name that is nearest to it.
    package func finish() throws(LogProcessingError) {
        guard let unknown = members.first(where: { !known.contains($0.key) }) else { return }
        throw LogProcessingError(
            "\(path): unknown key \(unknown.key)\(Suggestion.text(for: unknown.key, among: known))",
            at: unknown.position)
    }

    /// A map of names and values, nested ones with dotted names.
    package static func fields(_ tree: ConfigurationTree) throws(LogProcessingError) -> [LogAttribute] {
        try ConfigurationValue.flattened(tree, prefix: "").map { LogAttribute($0.name, $0.value) }
    }

    package static func text(_ tree: ConfigurationTree, _ path: String) throws(LogProcessingError) -> String {
        guard case .scalar(let text, _) = tree else {
            throw LogProcessingError("\(path) is no text", at: tree.position)
        }
        return text
    }
}
