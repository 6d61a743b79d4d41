import PromQL
import PrometheusModel

/// `time` and `timestamp`
enum TimeFunctions {
    static let bodies: [String: FunctionBody] = [
        "time": { (_, _, times) throws(QueryError) in
            .scalar((0..<times.count).map { Double(times.time($0)) / 1000 })
        },
        "timestamp": { (evaluator, call, times) throws(QueryError) in
            // Of a selector the time of the sample; of anything else there is only the time of evaluation.
            if case .selector(let plan) = call.arguments[0].bare {
                var grid = try evaluator.select(plan, on: times, reading: .timestamp)
                grid.dropNames()
                return .vector(grid)
            }
            var grid = try evaluator.vector(call.arguments[0], on: times)
            for slot in grid.values.indices where grid.isPresent(slot) {
                grid.values[slot] = Double(times.time(slot % times.count)) / 1000
            }
            grid.removeHistograms()
            grid.dropNames()
            return .vector(grid)
        },
    ]
}
