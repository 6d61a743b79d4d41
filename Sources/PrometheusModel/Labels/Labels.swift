/// One label of a series.
package struct Label: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The labels of a series, the metric's name among them as `__name__`: sorted by name, each name once, no empty value
/// (an empty value is the same as no label).
package struct Labels: Hashable, Sendable {
    package static let nameLabel = "__name__"
    package static let empty = Labels()

    /// Sorted by name.
    package let entries: [Label]

    package init() { entries = [] }

    /// Of two entries with one name the later stays.
    package init(_ entries: [Label]) {
        var sorted = true
        for index in entries.indices {
            if entries[index].value.isEmpty || (index > 0 && entries[index - 1].name >= entries[index].name) {
                sorted = false
                break
            }
        }
        if sorted {
            self.entries = entries
            return
        }
        var values: [String: String] = [:]
        for entry in entries { values[entry.name] = entry.value }
        self.entries = values.lazy.filter { !$0.value.isEmpty }.map { Label($0.key, $0.value) }
            .sorted { $0.name < $1.name }
    }

    /// - Precondition: sorted by name, each once, none empty.
    package init(sorted entries: [Label]) { self.entries = entries }

    package init(_ values: [String: String]) { self.init(values.map { Label($0.key, $0.value) }) }

    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.count }

    /// Empty when there is no such label.
    package subscript(name: String) -> String {
        for entry in entries where entry.name == name { return entry.value }
        return ""
    }

    package func has(_ name: String) -> Bool { entries.contains { $0.name == name } }

    /// The metric's name; empty when there is none.
    package var metricName: String { self[Self.nameLabel] }

    package var withoutName: Labels { removing(Self.nameLabel) }

    package func removing(_ name: String) -> Labels {
        guard has(name) else { return self }
        return Labels(sorted: entries.filter { $0.name != name })
    }

    /// Without these, as `without (…)` and `ignoring (…)` mean it; the name stays unless it is among them.
    package func removing(_ names: Set<String>) -> Labels {
        Labels(sorted: entries.filter { !names.contains($0.name) })
    }

    package func keeping(_ names: Set<String>) -> Labels {
        Labels(sorted: entries.filter { names.contains($0.name) })
    }

    /// With one label set; an empty value removes it.
    package func setting(_ name: String, _ value: String) -> Labels {
        var changed = entries
        let place = changed.firstIndex { $0.name >= name } ?? changed.endIndex
        let isThere = place < changed.endIndex && changed[place].name == name
        if value.isEmpty {
            guard isThere else { return self }
            changed.remove(at: place)
        } else if isThere {
            changed[place] = Label(name, value)
        } else {
            changed.insert(Label(name, value), at: place)
        }
        return Labels(sorted: changed)
    }
}

extension Labels: Comparable {
    /// By name, then by value, entry by entry; of two that begin alike the shorter is first.
    package static func < (left: Labels, right: Labels) -> Bool {
        for (a, b) in zip(left.entries, right.entries) {
            if a.name != b.name { return a.name < b.name }
            if a.value != b.value { return a.value < b.value }
        }
        return left.count < right.count
    }
}

extension Labels: CustomStringConvertible {
    /// `name{a="b", c="d"}`; a name that is not of the old form stands in quotes inside the braces.
    package var description: String {
        var parts: [String] = []
        let name = metricName
        let isPlainName = LabelName.isClassicMetricName(name)
        if !name.isEmpty && !isPlainName { parts.append(LabelName.quoted(name)) }
        for entry in entries where entry.name != Self.nameLabel {
            let key = LabelName.isClassic(entry.name) ? entry.name : LabelName.quoted(entry.name)
            parts.append("\(key)=\(LabelName.quoted(entry.value))")
        }
        let head = isPlainName ? name : ""
        return parts.isEmpty && !head.isEmpty ? head : "\(head){\(parts.joined(separator: ", "))}"
    }
}

extension Labels: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Label($0.0, $0.1) })
    }
}

extension [Label] {
    /// Whether these labels, sorted by name, come before others: by name and value, one after the other, fewer first.
    package func precede(_ others: [Label]) -> Bool {
        for (one, other) in zip(self, others) where one != other {
            return one.name != other.name ? one.name < other.name : one.value < other.value
        }
        return count < others.count
    }
}
