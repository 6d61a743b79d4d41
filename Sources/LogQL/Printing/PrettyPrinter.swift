import PrometheusModel

extension LogQLQuery {
    /// On several lines where one is too long, as `/loki/api/v1/format_query` answers. It parses to the same tree.
    package var prettyPrinted: String { prettyPrinted(columns: PrettyPrinter.columnsMax) }

    /// - Parameter columns: bytes that an expression may take to stay on one line; its indentation does not count.
    package func prettyPrinted(columns: Int) -> String {
        var printer = PrettyPrinter(columns: columns)
        switch self {
        case .log(let selection): printer.print(selection, level: 0)
        case .metric(let expression): printer.print(expression, level: 0)
        }
        return printer.text
    }
}

/// Breaks a query into lines, each level of the tree two columns further in (Loki: `syntax.Prettify`).
///
/// Where Loki's text would mean another query (operands that need parentheses, `or` of line filters, empty groupings),
/// ours keeps the meaning.
struct PrettyPrinter {
    static let columnsMax = 100

    let columns: Int
    private(set) var text = ""

    init(columns: Int) {
        self.columns = columns
    }

    mutating func print(_ expression: MetricExpression, level: Int) {
        let line = expression.description
        guard line.utf8.count > columns else { return indent(level, line) }
        switch expression {
        case .range(let node): print(node, level: level)
        case .vector(let node): print(node, level: level)
        case .binary(let node): print(node, level: level)
        case .labelReplace(let node):
            indent(level, "label_replace(\n")
            print(node.expression, level: level + 1)
            for argument in node.texts {
                text += ",\n"
                indent(level + 1, argument)
            }
            text += "\n"
            indent(level, ")")
        case .parenthesis(let inner): print(inner, level: level)
        case .literal, .constantVector: indent(level, line)
        }
    }

    mutating func print(_ selection: LogSelection, level: Int) {
        let line = selection.description
        guard line.utf8.count > columns, !selection.stages.isEmpty else { return indent(level, line) }
        indent(level, LogSelection(matchers: selection.matchers, stages: []).description)
        var rest = selection.stages[...]
        while let stage = rest.first {
            text += "\n"
            if case .lineFilter = stage {
                printLineFilters(&rest, level: level + 1)
            } else {
                indent(level + 1, stage.description)
                rest = rest.dropFirst()
            }
        }
    }

    /// Filters in a row share a line as long as they fit; from there on each has its own.
    private mutating func printLineFilters(_ stages: inout ArraySlice<Stage>, level: Int) {
        var line = ""
        while case .lineFilter(let filter) = stages.first {
            let next = line.isEmpty ? filter.description : "\(line) \(filter)"
            guard line.isEmpty || next.utf8.count <= columns else { break }
            line = next
            stages = stages.dropFirst()
        }
        indent(level, line)
        while case .lineFilter(let filter) = stages.first {
            text += "\n"
            indent(level, filter.description)
            stages = stages.dropFirst()
        }
    }

    private mutating func print(_ node: RangeAggregation, level: Int) {
        indent(level, node.operation.rawValue + "(\n")
        if let parameter = node.parameter { indent(level + 1, NumberText.plain(parameter) + ",\n") }
        print(node.selection, level: level + 1)
        if let unwrap = node.unwrap {
            text += "\n"
            indent(level + 2, unwrap.head)
            for filter in unwrap.filters {
                text += "\n"
                indent(level + 2, "| \(filter)")
            }
        }
        text += " [\(DurationText.prometheusText(node.window))]"
        if node.offset != 0 { text += " offset \(DurationText.prometheusText(node.offset))" }
        text += "\n"
        indent(level, ")")
        if let grouping = node.grouping { text += " " + grouping.text(separator: ", ") }
    }

    private mutating func print(_ node: VectorAggregation, level: Int) {
        indent(level, node.operation.rawValue)
        if let grouping = node.grouping { text += " " + grouping.text(separator: ", ") }
        text += "(\n"
        if let parameter = node.parameter { indent(level + 1, "\(parameter),\n") }
        print(node.expression, level: level + 1)
        text += "\n"
        indent(level, ")")
    }

    private mutating func print(_ node: BinaryOperation, level: Int) {
        printLeg(node.left, of: node, isRight: false, level: level + 1)
        text += "\n"
        indent(level, node.operatorText(separator: ", ") + "\n")
        printLeg(node.right, of: node, isRight: true, level: level + 1)
    }

    /// An operand; in parentheses where the operator around it would tear it apart. On one line it has them anyway.
    private mutating func printLeg(
        _ expression: MetricExpression, of node: BinaryOperation, isRight: Bool, level: Int
    ) {
        guard case .binary(let inner) = expression, expression.description.utf8.count > columns,
            inner.operation.precedence < node.operation.precedence
                || (inner.operation.precedence == node.operation.precedence
                    && isRight != (node.operation == .power))
        else { return print(expression, level: level) }
        indent(level, "(\n")
        print(expression, level: level + 1)
        text += "\n"
        indent(level, ")")
    }

    private mutating func indent(_ level: Int, _ line: String) {
        for _ in 0..<level { text += "  " }
        text += line
    }
}
