import PrometheusModel

/// The unary minus.
enum Negation {
    static func apply(_ value: Value) -> Value {
        switch value {
        case .string: return value
        case .scalar(let values): return .scalar(values.map { -$0 })
        case .vector(var grid):
            for slot in grid.values.indices where !isAbsent(grid.values[slot]) { grid.values[slot].negate() }
            for slot in grid.histograms.indices {
                guard var histogram = grid.histograms[slot]?.value else { continue }
                histogram.scale(by: -1)
                grid.histograms[slot] = HistogramBox(histogram)
            }
            grid.dropNames()
            return .vector(grid)
        }
    }
}
