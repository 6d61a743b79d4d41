import PromQL
import PrometheusModel

/// Which group each series of a vector belongs to, found once.
struct Grouping {
    /// Number of each series' group.
    let groups: [Int]
    /// Labels of each group.
    let labels: [Labels]

    init(_ grid: Grid, _ plan: AggregationPlan) {
        self.init(grid.labels, names: plan.grouping, isWithout: plan.isWithout)
    }

    init(_ all: [Labels], names: [String], isWithout: Bool) {
        if names.isEmpty && !isWithout {
            groups = Array(repeating: 0, count: all.count)
            labels = all.isEmpty ? [] : [.empty]
            return
        }
        var index = LabelIndex(isWithout ? .except(names + [Labels.nameLabel]) : .only(names))
        groups = all.map { index.ordinal(of: $0) }
        let set = Set(isWithout ? names + [Labels.nameLabel] : names)
        labels = index.representatives.map { isWithout ? $0.removing(set) : $0.keeping(set) }
    }

    /// The series of each group, in order.
    var members: [[Int]] {
        var result: [[Int]] = Array(repeating: [], count: labels.count)
        for (series, group) in groups.enumerated() { result[group].append(series) }
        return result
    }

    /// A result grid with a row for each group; a name is to be dropped where any series with a value has it so.
    func emptyResult(for grid: Grid) -> Grid {
        var result = Grid(grid.times)
        result.labels = labels
        result.dropsName = Array(repeating: false, count: labels.count)
        for (series, group) in groups.enumerated()
        where grid.dropsName[series] && !result.dropsName[group] && grid.hasValues(series) {
            result.dropsName[group] = true
        }
        result.values = Array(repeating: absent, count: labels.count * grid.steps)
        return result
    }
}
