import PrometheusModel
import QueryEngines

/// Entries by stream, as answers of Loki have them: streams sorted by their labels, and in each its entries in the order
/// in which they came.
struct LokiStreamGroups: Sendable {
    struct Group: Sendable {
        /// Sorted by name.
        var labels: [Label]
        /// Indexes of entries.
        var entries: [Int]
    }

    private(set) var groups: [Group] = []

    /// - Parameter categorizesLabels: streams are told apart by their own labels only; else by all labels of an entry,
    ///   those of structured metadata and those that parsers made, too.
    init(_ streams: [[Label]], _ entries: [LogEntry], categorizesLabels: Bool) {
        if categorizesLabels {
            var places = [Int?](repeating: nil, count: streams.count)
            for (index, entry) in entries.enumerated() {
                // An index beyond the list would be the engine's mistake: the entry is shown without labels.
                guard streams.indices.contains(entry.stream) else {
                    groups.append(Group(labels: [], entries: [index]))
                    continue
                }
                if let place = places[entry.stream] {
                    groups[place].entries.append(index)
                } else {
                    places[entry.stream] = groups.count
                    groups.append(Group(labels: streams[entry.stream], entries: [index]))
                }
            }
        } else {
            var places: [[Label]: Int] = [:]
            for (index, entry) in entries.enumerated() {
                let own = streams.indices.contains(entry.stream) ? streams[entry.stream] : []
                let labels = Self.merged(own, entry)
                if let place = places[labels] {
                    groups[place].entries.append(index)
                } else {
                    places[labels] = groups.count
                    groups.append(Group(labels: labels, entries: [index]))
                }
            }
        }
        groups.sort { $0.labels.precede($1.labels) }
    }

    /// All labels of an entry, sorted by name. Where two have a name, what a parser made stays before metadata, and that
    /// before the stream's.
    static func merged(_ stream: [Label], _ entry: LogEntry) -> [Label] {
        if entry.metadata.isEmpty, entry.parsed.isEmpty { return stream }
        var labels = (stream + entry.metadata + entry.parsed).enumerated().sorted {
            $0.element.name == $1.element.name ? $0.offset < $1.offset : $0.element.name < $1.element.name
        }.map(\.element)
        var kept = 0
        for index in labels.indices {
            if kept > 0, labels[kept - 1].name == labels[index].name { kept -= 1 }
            labels[kept] = labels[index]
            kept += 1
        }
        labels.removeSubrange(kept...)
        return labels
    }
}
