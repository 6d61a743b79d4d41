import PrometheusModel

/// How the labels that a page shows become those that are stored.
struct SampleLabels: Hashable, Sendable {
    let targetLabels: Labels
    let honorsLabels: Bool
    let rules: [RelabelRule]

    /// - Returns: nil when a rule drops the series.
    func stored(_ shown: Labels) -> Labels? {
        var labels = shown
        if honorsLabels {
            for label in targetLabels.entries where !shown.has(label.name) {
                labels = labels.setting(label.name, label.value)
            }
        } else {
            labels = replacing(shown)
        }
        guard let changed = rules.apply(to: labels), !changed.isEmpty else { return nil }
        return changed
    }

    /// The target's labels win; what they displace is kept as `exported_…`, with the prefix again while that is taken.
    private func replacing(_ shown: Labels) -> Labels {
        var labels = shown
        var displaced: [Label] = []
        for label in targetLabels.entries {
            let before = shown[label.name]
            if !before.isEmpty { displaced.append(Label(label.name, before)) }
            labels = labels.setting(label.name, label.value)
        }
        // Shorter names first, so that what a target calls `exported_job` itself is not taken by `job`.
        displaced.sort { ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name) }
        for label in displaced {
            var name = "exported_" + label.name
            while labels.has(name) { name = "exported_" + name }
            labels = labels.setting(name, label.value)
        }
        return labels
    }

    /// The labels of `up` and its like.
    func report(_ name: String) -> Labels { targetLabels.setting(Labels.nameLabel, name) }
}
