extension RecordedAttributes {
    package var count: Int { entries.count }

    /// In the sender's order, a repeated one as often as it was sent.
    package var keys: [String] { entries.map(\.key) }

    /// The value of a key as text; nil when there is no such key.
    package func text(_ key: String) -> String? { self[key]?.text }

    /// Ordered by key, of a repeated key the first entry only: attributes that mean the same are equal in this form.
    package var canonical: RecordedAttributes {
        var isCanonical = true
        for index in entries.indices.dropFirst() where entries[index - 1].key >= entries[index].key {
            isCanonical = false
            break
        }
        if isCanonical { return self }
        var seen = Set<String>()
        return RecordedAttributes(entries.filter { seen.insert($0.key).inserted }.sorted { $0.key < $1.key })
    }
}
