import PromQL
import PrometheusModel

/// `limit_ratio`: a share of all series, the same ones each time; a negative ratio gives the other ones.
///
/// A series is chosen by the hash of its labels, which is the one Prometheus takes, so that both choose the same.
enum LimitRatio {
    static func result(
        _ grid: Grid, _ parameter: [Double], _ notes: inout Annotations, at place: SourceRange,
        _ budget: inout SampleBudget
    ) throws(QueryError) -> Grid {
        guard parameter.contains(where: { $0 != 0 }) else { return Grid(grid.times) }
        if parameter.contains(where: \.isNaN) { throw QueryError(.execution, "Ratio value is NaN") }
        if let greatest = parameter.max(), greatest > 1 { notes.invalidRatio(greatest, cappedTo: 1, at: place) }
        if let least = parameter.min(), least < -1 { notes.invalidRatio(least, cappedTo: -1, at: place) }
        let ratios = parameter.map { min(max($0, -1), 1) }
        var result = grid
        for series in 0..<grid.seriesCount {
            try budget.spend(16 + grid.steps)
            let offset = Double(LabelsHash.value(grid.labels[series])) / Double(UInt64.max)
            for (step, slot) in grid.slots(of: series).enumerated() where !isChosen(offset, ratios[step]) {
                result.values[slot] = absent
                if result.hasHistograms { result.histograms[slot] = nil }
            }
        }
        return result
    }

    private static func isChosen(_ offset: Double, _ ratio: Double) -> Bool {
        ratio == 0 ? false : ratio > 0 ? offset < ratio : offset >= 1 + ratio
    }
}
