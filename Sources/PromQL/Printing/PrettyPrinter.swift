extension Expression {
    /// On several lines where one is too long, as `/api/v1/format_query` answers.
    package var prettyPrinted: String { prettyPrinted(columns: PrettyPrinter.columnsMax) }

    /// - Parameter columns: bytes that an expression may take to stay on one line; its indentation does not count.
    package func prettyPrinted(columns: Int) -> String {
        var printer = PrettyPrinter(self, columns: columns)
        printer.print(self, number: 0, level: 0)
        return printer.text
    }
}

/// Breaks expressions into lines, each level of the tree two columns further in (Prometheus: `parser.Prettify`).
///
/// - Cost: linear in the tree but for the indentation. All is printed on one line first; whether a node fits, and its
///   text if so, are read off there.
struct PrettyPrinter {
    static let columnsMax = 100

    private let columns: Int
    /// All on one line.
    private let line: [UInt8]
    private let spans: [ExpressionPrinter.Span]
    private(set) var text = ""
    /// After a sign, which takes the place of the indentation.
    private var skipsIndentation = false

    init(_ expression: Expression, columns: Int) {
        self.columns = columns
        var printer = ExpressionPrinter()
        printer.print(expression)
        line = Array(printer.text.utf8)
        spans = printer.spans
    }

    /// - Parameters:
    ///   - number: of the node among the spans.
    ///   - level: of the tree; 0 where the line is begun already.
    mutating func print(_ expression: Expression, number: Int, level: Int) {
        let fits = spans[number].bytes.count <= columns
        switch expression {
        case .number, .string, .vectorSelector, .matrixSelector:
            indent(level)
            writeLine(number)
        case .unary(let node):
            indent(level)
            write(node.isNegation ? "-" : "+")
            skipsIndentation = true
            print(node.expression, number: number + 1, level: level)
        case .subquery where fits:
            // Upstream forgets the indentation here.
            writeLine(number)
        case .subquery(let node):
            print(node.expression, number: number + 1, level: level)
            var suffix = ExpressionPrinter()
            suffix.printSuffix(of: node)
            write(suffix.text)
        case .call, .aggregation, .binary, .parenthesis:
            if fits {
                indent(level)
                writeLine(number)
            } else {
                printLines(expression, number: number, level: level)
            }
        }
    }

    /// A node that does not fit on one line.
    private mutating func printLines(_ expression: Expression, number: Int, level: Int) {
        switch expression {
        case .call(let node):
            indent(level)
            write(node.function.name)
            printArguments(node.arguments, number: number + 1, level: level)
        case .aggregation(let node):
            var head = ExpressionPrinter()
            head.printHead(of: node)
            indent(level)
            write(head.text)
            printArguments((node.parameter.map { [$0] } ?? []) + [node.expression], number: number + 1, level: level)
        case .parenthesis(let node):
            indent(level)
            printArguments([node.expression], number: number + 1, level: level)
        case .binary(let node):
            var middle = ExpressionPrinter()
            middle.printOperator(node)
            print(node.left, number: number + 1, level: level + 1)
            write("\n")
            indent(level)
            write(middle.text + "\n")
            print(node.right, number: spans[number + 1].next, level: level + 1)
        case .number, .string, .vectorSelector, .matrixSelector, .unary, .subquery: break
        }
    }

    /// In parentheses, each on a line.
    private mutating func printArguments(_ arguments: [Expression], number: Int, level: Int) {
        write("(\n")
        var number = number
        for (index, argument) in arguments.enumerated() {
            if index > 0 { write(",\n") }
            print(argument, number: number, level: level + 1)
            number = spans[number].next
        }
        write("\n")
        indent(level)
        write(")")
    }

    private mutating func writeLine(_ number: Int) {
        write(String(decoding: line[spans[number].bytes], as: UTF8.self))
    }

    private mutating func write(_ piece: String) {
        text += piece
        skipsIndentation = false
    }

    private mutating func indent(_ level: Int) {
        if skipsIndentation {
            skipsIndentation = false
            return
        }
        for _ in 0..<level { text += "  " }
    }
}
