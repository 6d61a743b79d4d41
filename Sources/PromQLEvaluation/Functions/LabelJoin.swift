import PrometheusModel

/// `label_join(v, destination, separator, source, …)`
enum LabelJoinFunction {
    static let bodies: [String: FunctionBody] = [
        "label_join": { (evaluator, call, times) throws(QueryError) in
            let texts = try call.texts(from: 1)
            guard texts.count >= 2 else { throw QueryError(.execution, "label_join() takes at least two strings") }
            let (destination, separator, sources) = (texts[0], texts[1], texts.dropFirst(2))
            if let source = sources.first(where: \.isEmpty) {
                throw QueryError(.execution, "invalid source label name in label_join(): \(source)")
            }
            guard !destination.isEmpty else {
                throw QueryError(.execution, "invalid destination label name in label_join(): \(destination)")
            }
            var grid = try evaluator.vector(call.arguments[0], on: times)
            for series in 0..<grid.seriesCount {
                let labels = grid.labels[series]
                let value = sources.map { labels[$0] }.joined(separator: separator)
                grid.labels[series] = labels.setting(destination, value)
                if destination == Labels.nameLabel { grid.dropsName[series] = false }
            }
            return .vector(try grid.merged())
        }
    ]
}
