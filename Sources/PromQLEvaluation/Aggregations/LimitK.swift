import PromQL
import PrometheusModel

/// `limitk`: any k series of each group; here the first ones by labels, so that it is the same ones each time.
enum LimitK {
    static func result(
        _ grid: Grid, _ members: [[Int]], _ parameter: [Double], _ budget: inout SampleBudget
    ) throws(QueryError) -> Grid {
        guard let counts = try counts(parameter, of: grid.seriesCount) else { return Grid(grid.times) }
        var result = grid
        for members in members {
            let sorted = members.sorted { grid.labels[$0] < grid.labels[$1] }
            try budget.spend(16 * members.count)
            for step in 0..<grid.steps {
                try budget.spend(sorted.count)
                var left = counts[step]
                for series in sorted {
                    let slot = series * grid.steps + step
                    guard grid.isPresent(slot) else { continue }
                    if left > 0 {
                        left -= 1
                    } else {
                        result.values[slot] = absent
                        if result.hasHistograms { result.histograms[slot] = nil }
                    }
                }
            }
        }
        return result
    }

    /// How many of a group to keep at each time.
    ///
    /// - Returns: nil when it is none at any time.
    static func counts(_ parameter: [Double], of seriesCount: Int) throws(QueryError) -> [Int]? {
        guard parameter.contains(where: { $0 >= 1 || $0.isNaN }) else { return nil }
        if parameter.contains(where: \.isNaN) { throw QueryError(.execution, "Parameter value is NaN") }
        if let least = parameter.min(), least <= -0x1p63 {
            throw QueryError(.execution, "Scalar value \(NumberText.general(least)) underflows int64")
        }
        if let greatest = parameter.max(), greatest >= 0x1p63 {
            throw QueryError(.execution, "Scalar value \(NumberText.general(greatest)) overflows int64")
        }
        return parameter.map { max(0, Int(min($0, Double(seriesCount)))) }
    }
}
