/// `clamp`, `clamp_min` and `clamp_max`
enum ClampFunctions {
    static let bodies: [String: FunctionBody] = [
        "clamp": { (evaluator, call, times) throws(QueryError) in
            .vector(
                clamped(
                    try evaluator.vector(call.arguments[0], on: times),
                    least: try evaluator.scalar(call.arguments[1], on: times),
                    greatest: try evaluator.scalar(call.arguments[2], on: times)))
        },
        "clamp_min": { (evaluator, call, times) throws(QueryError) in
            .vector(
                clamped(
                    try evaluator.vector(call.arguments[0], on: times),
                    least: try evaluator.scalar(call.arguments[1], on: times),
                    greatest: Array(repeating: .infinity, count: times.count)))
        },
        "clamp_max": { (evaluator, call, times) throws(QueryError) in
            .vector(
                clamped(
                    try evaluator.vector(call.arguments[0], on: times),
                    least: Array(repeating: -.infinity, count: times.count),
                    greatest: try evaluator.scalar(call.arguments[1], on: times)))
        },
    ]

    /// Nothing at times when the least is above the greatest; NaN when one of the three is.
    private static func clamped(_ grid: Grid, least: [Double], greatest: [Double]) -> Grid {
        var result = grid
        result.removeHistograms()
        result.dropNames()
        let steps = result.steps
        result.values.withUnsafeMutableBufferPointer { values in
            for slot in values.indices where !isAbsent(values[slot]) {
                let low = least[slot % steps], high = greatest[slot % steps]
                values[slot] = high < low ? absent : maximum(low, minimum(high, values[slot]))
            }
        }
        return result
    }

    /// Go's `math.Max` and `math.Min`: NaN of NaN, but for an infinity that decides.
    private static func maximum(_ left: Double, _ right: Double) -> Double {
        if left == .infinity || right == .infinity { return .infinity }
        if left.isNaN || right.isNaN { return .nan }
        return left > right ? left : right
    }

    private static func minimum(_ left: Double, _ right: Double) -> Double {
        if left == -.infinity || right == -.infinity { return -.infinity }
        if left.isNaN || right.isNaN { return .nan }
        return left < right ? left : right
    }
}
