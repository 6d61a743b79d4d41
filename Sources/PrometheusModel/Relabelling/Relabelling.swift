/// Labels while rules change them: in no order, an empty value is no label.
struct LabelDraft {
    private(set) var entries: [Label]

    init(_ labels: Labels) { entries = labels.entries }

    subscript(name: String) -> String {
        get { entries.first { $0.name == name }?.value ?? "" }
        set {
            let place = entries.firstIndex { $0.name == name }
            if let place {
                if newValue.isEmpty { entries.remove(at: place) } else { entries[place] = Label(name, newValue) }
            } else if !newValue.isEmpty {
                entries.append(Label(name, newValue))
            }
        }
    }

    mutating func removeAll(where isRemoved: (String) -> Bool) { entries.removeAll { isRemoved($0.name) } }
}

extension [RelabelRule] {
    /// Applies the rules one after the other.
    ///
    /// - Returns: nil when a rule drops the target or series; it is as good as dropped when no label is left.
    package func apply(to labels: Labels) -> Labels? {
        guard !isEmpty else { return labels }
        var draft = LabelDraft(labels)
        for rule in self {
            guard rule.apply(to: &draft) else { return nil }
        }
        return Labels(draft.entries)
    }
}

extension RelabelRule {
    /// - Returns: false when the target or series is dropped.
    func apply(to labels: inout LabelDraft) -> Bool {
        switch action {
        case .keep: return expression.matchesAll(joined(labels))
        case .drop: return !expression.matchesAll(joined(labels))
        case .keepequal: return labels[targetLabel] == joined(labels)
        case .dropequal: return labels[targetLabel] != joined(labels)
        case .replace: replace(in: &labels)
        case .lowercase: labels[targetLabel] = joined(labels).lowercased()
        case .uppercase: labels[targetLabel] = joined(labels).uppercased()
        case .hashmod:
            // The last 8 of the 16 bytes, so that targets stay with the shard that the first versions gave them.
            let hash = MD5.digest(joined(labels).utf8).suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            labels[targetLabel] = String(hash % Swift.max(modulus, 1))
        case .labelmap:
            for label in labels.entries {
                guard let groups = expression.groups(in: label.name, anchored: true) else { continue }
                let name = expression.expand(replacement, groups: groups)
                // Upstream's builder would keep a label without a name; no store takes one.
                if !name.isEmpty { labels[name] = label.value }
            }
        case .labeldrop: labels.removeAll { expression.matchesAll($0) }
        case .labelkeep: labels.removeAll { !expression.matchesAll($0) }
        }
        return true
    }

    private func joined(_ labels: LabelDraft) -> String {
        sourceLabels.count == 1
            ? labels[sourceLabels[0]] : sourceLabels.map { labels[$0] }.joined(separator: separator)
    }

    private func replace(in labels: inout LabelDraft) {
        let text = joined(labels)
        if isPlainReplacement {
            // Setting or removing a label, mostly without a source at all: no groups are needed.
            if expression.source == Self.defaultExpression || expression.matchesAll(text) {
                labels[targetLabel] = replacement
            }
            return
        }
        guard let groups = expression.groups(in: text, anchored: true) else { return }
        let name = expression.expand(targetLabel, groups: groups)
        guard !name.isEmpty else { return }
        labels[name] = expression.expand(replacement, groups: groups)
    }
}
