/// `abs`, `ceil`, `floor`, `round` and `sgn`
enum RoundingFunctions {
    static let bodies: [String: FunctionBody] = [
        "abs": FunctionTable.floats { $0.magnitude },
        "ceil": FunctionTable.floats { $0.rounded(.up) },
        "floor": FunctionTable.floats { $0.rounded(.down) },
        "sgn": FunctionTable.floats { $0 < 0 ? -1 : $0 > 0 ? 1 : $0 },
        "round": { (evaluator, call, times) throws(QueryError) in
            var grid = try evaluator.vector(call.arguments[0], on: times)
            guard call.arguments.count > 1 else { return .vector(grid.mappingFloats { round($0, inverse: 1) }) }
            let nearest = try evaluator.scalar(call.arguments[1], on: times)
            grid = grid.mappingFloats { $0 }
            for slot in grid.values.indices where !isAbsent(grid.values[slot]) {
                grid.values[slot] = round(grid.values[slot], inverse: 1 / nearest[slot % times.count])
            }
            return .vector(grid)
        },
    ]

    /// To the nearest multiple, ties up. The inverse because dividing by 0.1 loses more than multiplying by 10.
    private static func round(_ value: Double, inverse: Double) -> Double {
        (value * inverse + 0.5).rounded(.down) / inverse
    }
}
