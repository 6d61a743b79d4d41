import PrometheusModel

/// Numbers label sets by a choice of their labels: sets that agree in the chosen labels have the same number.
///
/// - Cost: hashing the chosen labels of each set; nothing is allocated for a set that is not the first of its number.
struct LabelIndex {
    enum Choice {
        case all
        /// These names (`by`, `on`).
        case only([String])
        /// All but these names.
        case except([String])
    }

    private let choice: Choice
    /// The latest ordinal of each hash, and for each ordinal the one before it with the same hash (-1: none).
    private var latest: [Int: Int] = [:]
    private var earlier: [Int] = []
    private(set) var representatives: [Labels] = []

    init(_ choice: Choice) { self.choice = choice }

    var count: Int { representatives.count }

    mutating func ordinal(of labels: Labels) -> Int {
        let hash = hash(labels)
        var candidate = latest[hash] ?? -1
        while candidate >= 0 {
            if agrees(representatives[candidate], labels) { return candidate }
            candidate = earlier[candidate]
        }
        earlier.append(latest[hash] ?? -1)
        latest[hash] = count
        representatives.append(labels)
        return count - 1
    }

    /// The number, when a set like it was numbered.
    func existing(_ labels: Labels) -> Int? {
        var candidate = latest[hash(labels)] ?? -1
        while candidate >= 0 {
            if agrees(representatives[candidate], labels) { return candidate }
            candidate = earlier[candidate]
        }
        return nil
    }

    private func hash(_ labels: Labels) -> Int {
        var hasher = Hasher()
        switch choice {
        case .all:
            for entry in labels.entries {
                hasher.combine(entry.name)
                hasher.combine(entry.value)
            }
        case .only(let names):
            for name in names { hasher.combine(labels[name]) }
        case .except(let names):
            for entry in labels.entries where !names.contains(entry.name) {
                hasher.combine(entry.name)
                hasher.combine(entry.value)
            }
        }
        return hasher.finalize()
    }

    private func agrees(_ left: Labels, _ right: Labels) -> Bool {
        switch choice {
        case .all:
            return left == right
        case .only(let names):
            for name in names where left[name] != right[name] { return false }
            return true
        case .except(let names):
            let (a, b) = (left.entries, right.entries)
            var (i, j) = (0, 0)
            while true {
                while i < a.count, names.contains(a[i].name) { i += 1 }
                while j < b.count, names.contains(b[j].name) { j += 1 }
                if i == a.count || j == b.count { return i == a.count && j == b.count }
                if a[i] != b[j] { return false }
                i += 1
                j += 1
            }
        }
    }
}
