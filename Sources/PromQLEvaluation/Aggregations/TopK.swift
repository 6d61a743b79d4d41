import PromQL
import PrometheusModel

/// `topk` and `bottomk`: keep series as they are. At an instant they come sorted.
struct TopK {
    private let isTop: Bool
    private let name: String
    private let place: SourceRange

    init(_ plan: AggregationPlan) {
        isTop = plan.operation == .topk
        name = plan.operation.rawValue
        place = plan.range
    }

    func result(
        _ grid: Grid, _ members: [[Int]], _ parameter: [Double], _ notes: inout Annotations,
        _ budget: inout SampleBudget
    ) throws(QueryError) -> Grid {
        guard let counts = try LimitK.counts(parameter, of: grid.seriesCount) else { return Grid(grid.times) }
        let steps = grid.steps
        if grid.histograms.contains(where: { $0 != nil }) {
            notes.histogramIgnored(aggregation: name, at: place)
        }
        var isKept = Array(repeating: false, count: grid.values.count)
        var order: [Int] = []
        var chosen: [(value: Double, series: Int)] = []
        for members in members {
            for step in 0..<steps where counts[step] > 0 {
                try budget.spend(4 * members.count)
                choose(&chosen, of: members, grid, step, count: counts[step])
                for entry in chosen { isKept[entry.series * steps + step] = true }
                if steps == 1 {
                    chosen.sort { left, right in
                        if left.value.isNaN || right.value.isNaN {
                            return left.value.isNaN && right.value.isNaN
                                ? left.series < right.series : right.value.isNaN
                        }
                        if left.value == right.value { return left.series < right.series }
                        return isTop ? left.value > right.value : left.value < right.value
                    }
                    order += chosen.map(\.series)
                }
            }
        }
        if steps == 1 {
            var result = grid
            result.removeHistograms()
            return result.picking(order)
        }
        var result = grid
        result.removeHistograms()
        for slot in isKept.indices where !isKept[slot] { result.values[slot] = absent }
        return result
    }

    /// A heap with the least wanted at its root. Of equal values the first ones stay.
    private func choose(
        _ heap: inout [(value: Double, series: Int)], of members: [Int], _ grid: Grid, _ step: Int, count: Int
    ) {
        heap.removeAll(keepingCapacity: true)
        for series in members {
            let value = grid.values[series * grid.steps + step]
            if isAbsent(value) { continue }
            if heap.count < count {
                heap.append((value, series))
                var child = heap.count - 1
                while child > 0, isLess(heap[child].value, heap[(child - 1) / 2].value) {
                    heap.swapAt(child, (child - 1) / 2)
                    child = (child - 1) / 2
                }
            } else if isTop ? heap[0].value < value : heap[0].value > value {
                replaceRoot(&heap, (value, series))
            } else if heap[0].value.isNaN && !value.isNaN {
                replaceRoot(&heap, (value, series))
            }
        }
    }

    private func replaceRoot(_ heap: inout [(value: Double, series: Int)], _ entry: (value: Double, series: Int)) {
        heap[0] = entry
        var parent = 0
        while 2 * parent + 1 < heap.count {
            var child = 2 * parent + 1
            if child + 1 < heap.count, isLess(heap[child + 1].value, heap[child].value) { child += 1 }
            guard isLess(heap[child].value, heap[parent].value) else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }

    /// Whether a value is less wanted; NaN is wanted least.
    private func isLess(_ left: Double, _ right: Double) -> Bool {
        if left.isNaN { return true }
        return isTop ? left < right : left > right
    }
}
