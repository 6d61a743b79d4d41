/// One processor as a configuration has it: made by decoding, checked by decoding.
package struct LogProcessorConfiguration: Sendable {
    /// The name it has in counters: its tag, else the processor's name.
    package let name: String
    let processor: any LogProcessor
    let condition: LogCondition?
    /// Whether a failure is neither counted nor noted in the record.
    let ignoresFailure: Bool

    /// The names that a configuration can use.
    package static var processorNames: [String] { ProcessorCatalog.names }

    /// Reads one item of the list `processors`: a map with one key, the processor's name, whose value has its settings
    /// and, for all of them, `when`, `tag` and `ignore_failure`.
    package init(_ tree: ConfigurationTree, zones: TimeZoneNames = .offsetsOnly) throws(LogProcessingError) {
        let member: ConfigurationTree.Member
        switch tree {
        case .scalar(let name, let position):
            // `- strip_ansi`.
            member = .init(name, .map([], position), at: position)
        case .map(let members, let position):
            guard members.count == 1, let only = members.first else {
                throw LogProcessingError("a processor is a map with one key, its name", at: position)
            }
            member = only
        case .list(_, let position):
            throw LogProcessingError("a processor is a map with one key, its name", at: position)
        }
        guard let type = ProcessorCatalog.type(named: member.key) else {
            throw LogProcessingError(
                "unknown processor \(member.key)\(Suggestion.text(for: member.key, among: ProcessorCatalog.names))",
                at: member.position)
        }
        var map = try ConfigurationMap(member.value, path: "processor \(member.key)", zones: zones)
        if let when = map.tree("when") { condition = try LogCondition(when) } else { condition = nil }
        let tag = try map.text("tag")
        ignoresFailure = try map.flag("ignore_failure") ?? false
        processor = try type.init(&map)
        try map.finish()
        name = tag ?? member.key
    }

    /// Reads the list `processors`.
    package static func list(
        _ tree: ConfigurationTree, zones: TimeZoneNames = .offsetsOnly
    ) throws(LogProcessingError) -> [LogProcessorConfiguration] {
        if case .scalar("", _) = tree { return [] }
        guard case .list(let items, let position) = tree else {
            throw LogProcessingError("processors is no list", at: tree.position)
        }
        guard items.count <= ProcessorChain.processorsMax else {
            throw LogProcessingError("more than \(ProcessorChain.processorsMax) processors", at: position)
        }
        var list: [LogProcessorConfiguration] = []
        for item in items { list.append(try LogProcessorConfiguration(item, zones: zones)) }
        return list
    }
}
