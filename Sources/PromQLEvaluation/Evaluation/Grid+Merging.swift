import PrometheusModel

extension Grid {
    static func duplicates() -> QueryError {
        QueryError(.execution, "vector cannot contain metrics with the same labelset")
    }

    /// Joins series whose labels are the same.
    ///
    /// - Throws: when two of them have a value at the same time.
    func merged() throws(QueryError) -> Grid {
        guard seriesCount > 1 else { return self }
        var index = LabelIndex(.all)
        var rows: [Int] = []
        rows.reserveCapacity(seriesCount)
        for labels in labels { rows.append(index.ordinal(of: labels)) }
        guard index.count < seriesCount else { return self }
        var result = Grid(times)
        var filled = 0
        for series in 0..<seriesCount {
            let row = rows[series]
            if row == filled {
                result.appendRow(labels[series], dropsName: dropsName[series])
                filled += 1
            }
            for (offset, slot) in slots(of: series).enumerated() where isPresent(slot) {
                let target = row * steps + offset
                guard !result.isPresent(target) else { throw Self.duplicates() }
                result.values[target] = values[slot]
                if let box = histogram(slot) { result.set(target, box) }
            }
        }
        return result
    }

    /// Without the names that functions and operators drop, and without series that have no value.
    ///
    /// - Throws: when series become the same by it.
    func finished() throws(QueryError) -> Grid {
        let kept = (0..<seriesCount).filter(hasValues)
        var result = kept.count == seriesCount ? self : picking(kept)
        // Only names that go can make series the same: whatever else changes labels has joined them already.
        guard result.dropsName.contains(true) else { return result }
        for series in 0..<result.seriesCount where result.dropsName[series] {
            result.labels[series] = result.labels[series].withoutReserved
            result.dropsName[series] = false
        }
        return try result.merged()
    }
}

extension Labels {
    /// The labels that say what a metric is (Prometheus `schema.IsMetadataLabel`) and go where its name goes.
    static let reserved: Set<String> = [nameLabel, "__type__", "__unit__"]

    var withoutReserved: Labels {
        for entry in entries where Self.reserved.contains(entry.name) { return removing(Self.reserved) }
        return self
    }

    /// As Prometheus writes labels in messages: all in braces, the name among them.
    var messageText: String {
        let parts = entries.map { entry in
            let name = LabelName.isClassic(entry.name) ? entry.name : LabelName.quoted(entry.name)
            return "\(name)=\(LabelName.quoted(entry.value))"
        }
        return "{\(parts.joined(separator: ", "))}"
    }
}
