import TelemetryModel

/// Values of a configuration as values of a record.
enum ConfigurationValue {
    private static let fieldsMax = 1000

    /// The leaves of a map with dotted names.
    static func flattened(
        _ tree: ConfigurationTree, prefix: String
    ) throws(LogProcessingError) -> [(name: String, value: LogValue)] {
        guard case .map(let members, let position) = tree else {
            throw LogProcessingError("fields is no map", at: tree.position)
        }
        var fields: [(name: String, value: LogValue)] = []
        var open = members.map { (prefix.isEmpty ? $0.key : prefix + "." + $0.key, $0.value) }[...]
        while let (name, value) = open.popFirst() {
            guard fields.count + open.count < fieldsMax else {
                throw LogProcessingError("more than \(fieldsMax) fields", at: position)
            }
            switch value {
            case .scalar(let text, _): fields.append((name, .string(text)))
            case .list(let items, _):
                var values: [LogValue] = []
                for item in items { values.append(.string(try ConfigurationMap.text(item, name))) }
                fields.append((name, .list(values)))
            case .map(let inner, _):
                open.insert(contentsOf: inner.map { (name + "." + $0.key, $0.value) }, at: open.startIndex)
            }
        }
        return fields
    }
}
