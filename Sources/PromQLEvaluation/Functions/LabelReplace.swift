import PromQL
import PrometheusModel

/// `label_replace(v, destination, replacement, source, expression)`
enum LabelReplaceFunction {
    static let bodies: [String: FunctionBody] = [
        "label_replace": { (evaluator, call, times) throws(QueryError) in
            let texts = try call.texts(from: 1)
            guard texts.count == 4 else { throw QueryError(.execution, "label_replace() takes four strings") }
            let (destination, replacement, source) = (texts[0], texts[1], texts[2])
            let pattern: Pattern
            do {
                pattern = try Pattern(texts[3])
            } catch {
                throw QueryError(.execution, "invalid regular expression in label_replace(): \(texts[3])")
            }
            guard !destination.isEmpty else {
                throw QueryError(.execution, "invalid destination label name in label_replace(): \(destination)")
            }
            var grid = try evaluator.vector(call.arguments[0], on: times)
            // Many series have the same source value.
            var known: [String: String?] = [:]
            for series in 0..<grid.seriesCount {
                let value = grid.labels[series][source]
                let result: String?
                if let found = known[value] {
                    result = found
                } else {
                    result = pattern.groups(in: value, anchored: true).map { pattern.expand(replacement, groups: $0) }
                    known[value] = .some(result)
                }
                guard let result else { continue }
                grid.labels[series] = grid.labels[series].setting(destination, result)
                if destination == Labels.nameLabel { grid.dropsName[series] = false }
            }
            return .vector(try grid.merged())
        }
    ]
}

extension CallPlan {
    /// The string arguments from one on.
    func texts(from first: Int) throws(QueryError) -> [String] {
        var texts: [String] = []
        for argument in arguments.dropFirst(first) {
            guard case .string(let literal) = argument.bare else {
                throw QueryError(.execution, "expected a string literal", range: argument.range)
            }
            texts.append(literal.value)
        }
        return texts
    }
}
