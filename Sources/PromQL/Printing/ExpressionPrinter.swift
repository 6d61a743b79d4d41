import PrometheusModel

extension Expression: CustomStringConvertible {
    /// On one line, as `Expr.String()` of Prometheus: labels sorted, `by` and `without` in front, durations in the
    /// largest units. Parsing it gives the same text again.
    package var description: String {
        var printer = ExpressionPrinter()
        printer.print(self)
        return printer.text
    }
}

/// Writes expressions on one line.
struct ExpressionPrinter {
    /// Where a node stands in the text.
    struct Span {
        /// Bytes of the text.
        var bytes: Range<Int>
        /// The number of the node that is after this one and all within it.
        var next: Int
    }

    private(set) var text = ""
    /// Of all nodes, a node before those within it, those in the order of the text.
    private(set) var spans: [Span] = []

    mutating func print(_ expression: Expression) {
        let number = spans.count
        let start = text.utf8.count
        spans.append(Span(bytes: start..<start, next: number))
        printNode(expression)
        spans[number] = Span(bytes: start..<text.utf8.count, next: spans.count)
    }

    /// Leaves are printed by functions that are not inlined, so that the frames of what recurses stay small.
    private mutating func printNode(_ expression: Expression) {
        switch expression {
        case .number, .string, .vectorSelector, .matrixSelector: printLeaf(expression)
        case .subquery(let node):
            print(node.expression)
            printSuffix(of: node)
        case .call(let node): print(node)
        case .aggregation(let node): print(node)
        case .unary(let node):
            text += node.isNegation ? "-" : "+"
            print(node.expression)
        case .binary(let node):
            print(node.left)
            // The sign of `+Inf ^ 2` would be read as that of the power.
            if node.operation == .power, case .number(let number) = node.left, number.value == .infinity {
                removeSign()
            }
            text += " "
            printOperator(node)
            text += " "
            print(node.right)
        case .parenthesis(let node):
            text += "("
            print(node.expression)
            text += ")"
        }
    }

    /// Makes the `+Inf` that was printed last `Inf`.
    @inline(never)
    private mutating func removeSign() {
        text.removeLast(4)
        text += "Inf"
        if let last = spans.indices.last { spans[last].bytes = spans[last].bytes.lowerBound..<text.utf8.count }
    }

    @inline(never)
    private mutating func printLeaf(_ expression: Expression) {
        switch expression {
        case .number(let node): text += Self.text(of: node)
        case .string(let node): text += Self.quoted(node.value)
        case .vectorSelector(let node):
            printSeries(node)
            printModifiers(node.at, node.offset)
        case .matrixSelector(let node): print(node)
        case .subquery, .call, .aggregation, .unary, .binary, .parenthesis: break
        }
    }

    private static func text(of node: NumberLiteral) -> String {
        guard node.isDuration, let milliseconds = Int64(exactly: (node.value * 1000).rounded()) else {
            return NumberText.plain(node.value)
        }
        return DurationText.text(milliseconds)
    }

    // MARK: - Selectors

    /// Name and conditions.
    private mutating func printSeries(_ node: VectorSelector) {
        text += node.name
        // The condition that the name before the braces stands for is not said again.
        let conditions = node.matchers.filter {
            !($0.name == Labels.nameLabel && $0.kind == .equal && $0.value == node.name && !$0.value.isEmpty)
        }
        guard !conditions.isEmpty else {
            if node.name.isEmpty { text += "{}" }
            return
        }
        // By bytes: Swift's order of strings is that of characters.
        let parts = conditions.map(Self.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        text += "{\(parts.joined(separator: ","))}"
    }

    private static func text(of matcher: LabelMatcher) -> String {
        "\(label(matcher.name))\(matcher.kind.rawValue)\(quoted(matcher.value))"
    }

    private static func label(_ name: String) -> String { LabelName.isClassic(name) ? name : quoted(name) }

    /// U+FFFD is written as an escape, since as itself it is taken for broken UTF-8.
    private static func quoted(_ text: String) -> String {
        let quoted = LabelName.quoted(text)
        return quoted.unicodeScalars.contains("\u{FFFD}") ? quoted.replacing("\u{FFFD}", with: "\\ufffd") : quoted
    }

    private mutating func print(_ node: MatrixSelector) {
        printSeries(node.selector)
        text += "["
        DurationText.print(node.window, into: &text)
        text += "]"
        printModifiers(node.selector.at, node.selector.offset)
    }

    /// What follows the expression of a subquery.
    @inline(never)
    mutating func printSuffix(of node: Subquery) {
        text += "["
        DurationText.print(node.window, into: &text)
        text += ":"
        if let step = node.step { DurationText.print(step, into: &text) }
        text += "]"
        printModifiers(node.at, node.offset)
    }

    private mutating func printModifiers(_ at: AtModifier?, _ offset: DurationExpression?) {
        switch at {
        case .time(let milliseconds): text += " @ " + Self.seconds(milliseconds)
        case .start: text += " @ start()"
        case .end: text += " @ end()"
        case nil: break
        }
        if let offset {
            text += " offset "
            DurationText.print(offset, into: &text)
        }
    }

    /// `%.3f` of a time in seconds, which upstream is floating point.
    private static func seconds(_ milliseconds: Int64) -> String {
        let seconds = Double(milliseconds) / 1000
        let magnitude = seconds.magnitude
        // Below 2^53 / 1000 the nearest thousandth is the number of milliseconds itself.
        var whole = milliseconds.magnitude / 1000
        var thousandths = milliseconds.magnitude % 1000
        if magnitude >= 0x1p53 / 1000, let cut = UInt64(exactly: magnitude.rounded(.down)) {
            whole = cut
            thousandths = UInt64(((magnitude - magnitude.rounded(.down)) * 1000).rounded(.toNearestOrEven))
        }
        let fraction = String(thousandths)
        let zeros = String(repeating: "0", count: max(0, 3 - fraction.utf8.count))
        return "\(milliseconds < 0 ? "-" : "")\(whole).\(zeros)\(fraction)"
    }

    // MARK: - Calls and operations

    @inline(never)
    private mutating func print(_ node: Call) {
        text += node.function.name
        text += "("
        for (index, argument) in node.arguments.enumerated() {
            if index > 0 { text += ", " }
            print(argument)
        }
        text += ")"
    }

    @inline(never)
    private mutating func print(_ node: Aggregation) {
        printHead(of: node)
        text += "("
        if let parameter = node.parameter {
            print(parameter)
            text += ", "
        }
        print(node.expression)
        text += ")"
    }

    /// `sum by (a) `
    @inline(never)
    mutating func printHead(of node: Aggregation) {
        text += node.operation.rawValue
        guard node.isWithout || !node.grouping.isEmpty else { return }
        text += node.isWithout ? " without " : " by "
        printLabels(node.grouping)
        text += " "
    }

    /// `== bool on (a) group_left (b)`
    @inline(never)
    mutating func printOperator(_ node: Binary) {
        text += node.operation.rawValue
        if node.returnsBool { text += " bool" }
        guard let matching = node.matching else { return }
        let isGrouped = matching.cardinality == .manyToOne || matching.cardinality == .oneToMany
        // Without its empty `ignoring` a `group_left` would be no syntax.
        if matching.isOn || isGrouped || !matching.labels.isEmpty {
            text += matching.isOn ? " on " : " ignoring "
            printLabels(matching.labels)
        }
        if isGrouped {
            text += matching.cardinality == .manyToOne ? " group_left " : " group_right "
            printLabels(matching.include)
        }
    }

    private mutating func printLabels(_ labels: [String]) {
        // In these lists `without`, `inf` and `nan` are no names unless they are quoted.
        let parts = labels.map { label in
            TokenKind(word: label.lowercased())?.isLabelName == false ? Self.quoted(label) : Self.label(label)
        }
        text += "(\(parts.joined(separator: ", ")))"
    }
}
