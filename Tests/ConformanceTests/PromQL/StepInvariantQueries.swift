import PromQL

/// The reference's runner evaluates each instant query again with `@` at every selector: pinned to its time, the query must
/// give the same whenever it is evaluated.
enum StepInvariantQueries {
    /// Functions whose result depends on the time of evaluation itself, or on that of the sample.
    private static let unsafe: Set<String> = [
        "days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year",
        "predict_linear", "time", "timestamp",
    ]

    /// The query pinned to a time, and other times to evaluate it at; nil where pinning does not hold.
    static func pinned(_ query: String, to time: Int64) -> (query: String, times: [Int64])? {
        guard let expression = try? PromQLParser.parse(query) else { return nil }
        var places: Set<Int> = []
        guard collect(expression, &places) else { return nil }
        var bytes = Array(query.utf8)
        let milliseconds = String(abs(time) % 1000)
        let seconds =
            "\(time < 0 ? "-" : "")\(abs(time) / 1000).\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds)"
        for place in places.sorted(by: >) where place <= bytes.count {
            bytes.insert(contentsOf: Array(" @ \(seconds)".utf8), at: place)
        }
        let times = time == 0 ? [-1000, 0, 1000] : [-10 * time, 0, time / 5, time, 10 * time]
        return (String(decoding: bytes, as: UTF8.self), times)
    }

    /// Ends of selectors without an `@`; false when the query is not to be pinned.
    private static func collect(_ expression: Expression, _ places: inout Set<Int>) -> Bool {
        switch expression {
        case .number, .string: return true
        case .vectorSelector(let node):
            if node.at == nil { places.insert(node.range.end) }
            return true
        case .matrixSelector(let node):
            if node.selector.at == nil { places.insert(node.range.end) }
            return true
        case .subquery(let node):
            // What is inside a subquery with `@` is evaluated at times that do not change any more.
            if node.at == nil { places.insert(node.range.end) }
            var inside: Set<Int> = []
            return collect(node.expression, &inside)
        case .call(let node):
            if unsafe.contains(node.function.name) { return false }
            return node.arguments.allSatisfy { collect($0, &places) }
        case .aggregation(let node):
            return collect(node.expression, &places) && node.parameter.map { collect($0, &places) } ?? true
        case .unary(let node): return collect(node.expression, &places)
        case .binary(let node): return collect(node.left, &places) && collect(node.right, &places)
        case .parenthesis(let node): return collect(node.expression, &places)
        }
    }
}
