import PromQL
import PrometheusModel

/// `count_values`: how many series have each value, the value as a label.
enum CountValues {
    static func result(
        _ plan: AggregationPlan, _ evaluator: Evaluator, on times: TimeGrid
    ) throws(QueryError) -> Grid {
        guard case .string(let literal)? = plan.parameter?.bare else {
            throw QueryError(.execution, "expected a string literal", range: plan.range)
        }
        let name = literal.value
        let source = evaluator.text(at: literal.range)
        // Escapes that are no UTF-8 have become replacement characters, which the query itself does not have.
        let replacement: Unicode.Scalar = "\u{FFFD}"
        let isBroken = name.unicodeScalars.contains(replacement) && !source.unicodeScalars.contains(replacement)
        guard !name.isEmpty, !isBroken else {
            throw QueryError(
                .execution, "invalid label name \(isBroken ? source : LabelName.quoted(name))", range: literal.range)
        }
        let grid = try evaluator.vector(plan.node, on: times)
        let names = plan.isWithout ? plan.grouping : Array(Set(plan.grouping + [name])).sorted()
        let dropped = Set(names + [Labels.nameLabel]), kept = Set(names)
        var rows = LabelIndex(.all)
        var result = Grid(times)
        for series in 0..<grid.seriesCount {
            let labels = grid.labels[series]
            try evaluator.budget.spend(64 * times.count)
            for (step, slot) in grid.slots(of: series).enumerated() where grid.isPresent(slot) {
                let text = grid.histogram(slot)?.value.description ?? NumberText.plain(grid.values[slot])
                let valued = labels.setting(name, text)
                let group = plan.isWithout ? valued.removing(dropped) : valued.keeping(kept)
                let row = rows.ordinal(of: group)
                if row == result.seriesCount {
                    try evaluator.budget.hold(times.count)
                    result.appendRow(group, dropsName: false)
                }
                let target = row * times.count + step
                result.values[target] = isAbsent(result.values[target]) ? 1 : result.values[target] + 1
            }
        }
        return result
    }
}
