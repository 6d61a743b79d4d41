/// An expression of ClickHouse SQL. Values come in as bound parameters or as integers.
package indirect enum Expression: Sendable, Hashable {
    case column(Identifier)
    /// A bound value: `{name:type}`; the statement carries the value.
    case parameter(Parameter)
    /// A text of the source code's own, never a value: for expressions that must read as those of an index do.
    case literal(String)
    case integer(Int64)
    /// A finite number, written so that it is read back as the same.
    case number(Double)
    case call(Identifier, [Expression])
    /// An aggregate function with parameters: `quantile(0.9)(x)`.
    case parametric(Identifier, [Expression], [Expression])
    /// `x -> body`, the argument of a higher-order function.
    case lambda(Identifier, Expression)
    case comparison(Expression, Comparison, Expression)
    /// All of them; none is true.
    case and([Expression])
    /// Any of them; none is false.
    case or([Expression])
    case not(Expression)
    case inSubquery(Expression, Select)
    /// `value IN {array}`: the parameter is an array.
    case inArray(Expression, Parameter)

    package enum Comparison: String, Sendable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    package static func call(_ function: Identifier, _ arguments: Expression...) -> Expression {
        .call(function, arguments)
    }

    package static func equal(_ left: Expression, _ right: Expression) -> Expression {
        .comparison(left, .equal, right)
    }

    func print(into printer: inout SQLPrinter) {
        switch self {
        case .column(let name):
            printer.text += name.sql
        case .parameter(let parameter):
            printer.bind(parameter)
        case .literal(let text):
            printer.text +=
                "'" + text.unicodeScalars.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
        case .integer(let value):
            printer.text += "\(value)"
        case .number(let value):
            // A text without a point would be an integer, whose division and comparison differ.
            printer.text += value.isFinite ? "\(value)" : value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
        case .call(let function, let arguments):
            printer.text += function.name + "("
            printer.list(arguments) { $1.print(into: &$0) }
            printer.text += ")"
        case .parametric(let function, let parameters, let arguments):
            printer.text += function.name + "("
            printer.list(parameters) { $1.print(into: &$0) }
            printer.text += ")("
            printer.list(arguments) { $1.print(into: &$0) }
            printer.text += ")"
        case .lambda(let name, let body):
            printer.text += "\(name.sql) -> "
            body.print(into: &printer)
        case .comparison(let left, let comparison, let right):
            left.print(into: &printer)
            printer.text += " \(comparison.rawValue) "
            right.print(into: &printer)
        case .and(let conditions):
            printer.connect(conditions, "AND", none: "1")
        case .or(let conditions):
            printer.connect(conditions, "OR", none: "0")
        case .not(let condition):
            printer.text += "NOT ("
            condition.print(into: &printer)
            printer.text += ")"
        case .inArray(let value, let array):
            value.print(into: &printer)
            printer.text += " IN "
            printer.bind(array)
        case .inSubquery(let value, let select):
            value.print(into: &printer)
            printer.text += " IN ("
            select.print(into: &printer)
            printer.text += ")"
        }
    }
}

/// A value bound to a statement, in ClickHouse's text form, with the type that the engine reads it as.
package struct Parameter: Sendable, Hashable {
    package let type: String
    package let value: String

    package init(type: String, value: String) {
        self.type = type
        self.value = value
    }

    package static func string(_ value: String) -> Parameter { Parameter(type: "String", value: value) }
    package static func unsigned(_ value: UInt64) -> Parameter { Parameter(type: "UInt64", value: "\(value)") }

    package static func strings(_ values: [String]) -> Parameter {
        // Inside an array a text stands in quotes, with the escapes of a literal.
        let quoted = values.map { value in
            "'"
                + value.unicodeScalars.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
                + "'"
        }
        return Parameter(type: "Array(String)", value: "[" + quoted.joined(separator: ",") + "]")
    }

    package static func unsigned(_ values: [UInt64]) -> Parameter {
        Parameter(type: "Array(UInt64)", value: "[" + values.map { "\($0)" }.joined(separator: ",") + "]")
    }
}

/// Collects the text of a statement and the values bound in it.
package struct SQLPrinter: Sendable {
    package internal(set) var text = ""
    package internal(set) var parameters: [String: String] = [:]

    package init() {}

    /// Adds text of the source code's own, between trees.
    package mutating func text(_ words: StaticString) { text += "\(words)" }

    mutating func bind(_ parameter: Parameter) {
        let name = "p\(parameters.count)"
        parameters[name] = parameter.value
        text += "{\(name):\(parameter.type)}"
    }

    mutating func connect(_ conditions: [Expression], _ connective: String, none: String) {
        guard !conditions.isEmpty else { return text += none }
        text += "("
        list(conditions, separator: " \(connective) ") { $1.print(into: &$0) }
        text += ")"
    }

    mutating func list<Item>(
        _ items: [Item], separator: String = ", ", _ print: (inout SQLPrinter, Item) -> Void
    ) {
        for (index, item) in items.enumerated() {
            if index > 0 { text += separator }
            print(&self, item)
        }
    }
}
