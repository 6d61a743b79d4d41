import PromQL
import PrometheusModel

/// `and`, `or` and `unless`: which series are matched is the same at all times, which are there is not.
struct SetOperation {
    private let choice: LabelIndex.Choice

    init(_ matching: VectorMatching) { choice = matching.choice }

    func apply(
        _ operation: BinaryOperator, _ left: Grid, _ right: Grid, on times: TimeGrid
    ) throws(QueryError) -> Grid {
        var index = LabelIndex(choice)
        let leftGroups = left.labels.map { index.ordinal(of: $0) }
        let rightGroups = right.labels.map { index.ordinal(of: $0) }
        switch operation {
        case .or:
            let isTaken = presence(of: left, groups: leftGroups, count: index.count)
            return try union(left, masked(right, rightGroups) { !isTaken[$0] })
        case .and:
            let isThere = presence(of: right, groups: rightGroups, count: index.count)
            return masked(left, leftGroups) { isThere[$0] }
        default:
            let isThere = presence(of: right, groups: rightGroups, count: index.count)
            return masked(left, leftGroups) { !isThere[$0] }
        }
    }

    /// For each group and time whether any of its series has a value.
    private func presence(of grid: Grid, groups: [Int], count: Int) -> [Bool] {
        var result = Array(repeating: false, count: count * grid.steps)
        for series in 0..<grid.seriesCount {
            let base = groups[series] * grid.steps
            for (step, slot) in grid.slots(of: series).enumerated() where grid.isPresent(slot) {
                result[base + step] = true
            }
        }
        return result
    }

    private func masked(_ grid: Grid, _ groups: [Int], keep: (Int) -> Bool) -> Grid {
        var result = grid
        for series in 0..<grid.seriesCount {
            let base = groups[series] * grid.steps
            for (step, slot) in grid.slots(of: series).enumerated() where !keep(base + step) {
                result.values[slot] = absent
                if result.hasHistograms { result.histograms[slot] = nil }
            }
        }
        return result
    }

    /// - Returns: series with the same labels on both sides as one.
    private func union(_ left: Grid, _ right: Grid) throws(QueryError) -> Grid {
        var result = left
        if right.hasHistograms && !result.hasHistograms {
            result.histograms = Array(repeating: nil, count: result.values.count)
        }
        result.labels += right.labels
        result.dropsName += right.dropsName
        result.values += right.values
        if result.hasHistograms {
            result.histograms +=
                right.hasHistograms ? right.histograms : Array(repeating: nil, count: right.values.count)
        }
        return try result.merged()
    }
}

extension VectorMatching {
    /// The labels that matched series agree in.
    var choice: LabelIndex.Choice {
        isOn ? .only(labels.sorted()) : .except(labels + [Labels.nameLabel])
    }
}
