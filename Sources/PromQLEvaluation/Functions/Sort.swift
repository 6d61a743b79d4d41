import PrometheusModel

/// `sort` and `sort_desc`: of an instant query's series; a range query has an order of its own. NaN is last in both.
enum SortFunctions {
    static let bodies: [String: FunctionBody] = [
        "sort": body { $0 < $1 },
        "sort_desc": body { $0 > $1 },
    ]

    private static func body(_ precedes: @escaping @Sendable (Double, Double) -> Bool) -> FunctionBody {
        { (evaluator, call, times) throws(QueryError) in
            var grid = try evaluator.vector(call.arguments[0], on: times)
            grid.removeHistograms()
            guard times.count == 1 else { return .vector(grid) }
            let values = grid.values
            let order = values.indices.filter { !isAbsent(values[$0]) }.sorted { left, right in
                let (a, b) = (values[left], values[right])
                if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? left < right : b.isNaN }
                return a == b ? left < right : precedes(a, b)
            }
            return .vector(grid.picking(order))
        }
    }
}
