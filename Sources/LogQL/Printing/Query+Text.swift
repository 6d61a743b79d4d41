import PrometheusModel

extension LogQLQuery: CustomStringConvertible {
    /// The query on one line, in the form of Loki's `String()`; it parses to the same tree.
    package var description: String {
        switch self {
        case .log(let selection): selection.description
        case .metric(let expression): expression.description
        }
    }
}

extension MetricExpression: CustomStringConvertible {
    package var description: String {
        switch self {
        case .range(let node): node.description
        case .vector(let node): node.description
        case .binary(let node): node.description
        case .literal(let value): NumberText.general(value)
        case .constantVector(let value): "vector(\(Self.vectorText(value)))"
        case .labelReplace(let node): node.description
        case .parenthesis(let inner): inner.description
        }
    }

    /// Six digits after the point as in Loki, where they say all.
    private static func vectorText(_ value: Double) -> String {
        let text = GoFloat.text(value, verb: "f", precision: 6)
        return Double(text) == value ? text : NumberText.plain(value)
    }
}

extension RangeAggregation: CustomStringConvertible {
    package var description: String {
        "\(operation.rawValue)(\(parameter.map { NumberText.plain($0) + "," } ?? "")\(rangeText))"
            + (grouping.map { " \($0)" } ?? "")
    }

    /// The lines and the time.
    private var rangeText: String {
        selection.description + (unwrap.map { " \($0)" } ?? "") + "[\(DurationText.prometheusText(window))]"
            + (offset == 0 ? "" : " offset \(DurationText.goText(offset))")
    }
}

extension Unwrap: CustomStringConvertible {
    package var description: String {
        ([head] + filters.map { "| \($0)" }).joined(separator: " ")
    }

    /// Without the filters.
    var head: String {
        conversion == .none ? "| unwrap \(label)" : "| unwrap \(conversion.rawValue)(\(label))"
    }
}

extension Grouping: CustomStringConvertible {
    package var description: String { text(separator: ",") }

    func text(separator: String) -> String {
        "\(isWithout ? "without" : "by") (\(labels.joined(separator: separator)))"
    }
}

extension VectorAggregation: CustomStringConvertible {
    package var description: String {
        "\(operation.rawValue)\(grouping.map { " \($0)" } ?? "")(\(parameter.map { "\($0)," } ?? "")\(expression))"
    }
}

extension BinaryOperation: CustomStringConvertible {
    package var description: String { "(\(left) \(operatorText(separator: ",")) \(right))" }

    /// The operator and what modifies it. After the labels of a match without a group comes a second space, as in Loki.
    func operatorText(separator: String) -> String {
        var text = operation.rawValue + (returnsBool ? " bool" : "")
        guard let matching else { return text }
        text += " \(matching.isOn ? "on" : "ignoring") (\(matching.labels.joined(separator: separator))) "
        switch matching.cardinality {
        case .oneToOne: break
        case .manyToOne(let labels): text += "group_left" + included(labels, separator)
        case .oneToMany(let labels): text += "group_right" + included(labels, separator)
        }
        return text
    }

    /// Labels that are taken over. Where there are none a parenthesis that follows would be read as theirs.
    private func included(_ labels: [String], _ separator: String) -> String {
        if labels.isEmpty, case .binary = right { return " ()" }
        return labels.isEmpty ? "" : " (\(labels.joined(separator: separator)))"
    }
}

extension LabelReplacement: CustomStringConvertible {
    package var description: String {
        "label_replace(" + ([expression.description] + texts).joined(separator: ",") + ")"
    }

    /// The arguments after the expression.
    var texts: [String] { [target, replacement, source, pattern].map(LabelName.quoted) }
}
