import Codecs
import PromQL
import PrometheusModel

/// The tree of a query as `/api/v1/parse_query` shows it. Members stand in the order of the alphabet, durations are
/// milliseconds.
///
/// - Bounds: the parser bounds the depth of a tree, and with it this recursion.
struct ParsedQueryAnswer {
    var writer: JSONWriter

    static func write(_ expression: Expression, into writer: inout JSONWriter) {
        var answer = ParsedQueryAnswer(writer: writer)
        answer.write(expression)
        writer = answer.writer
    }

    private mutating func write(_ expression: Expression) {
        writer.open("{")
        switch expression {
        case .number(let node):
            member("type", "numberLiteral")
            member("val", NumberText.plain(node.value))
        case .string(let node):
            member("type", "stringLiteral")
            member("val", node.value)
        case .vectorSelector(let node):
            matchers(node.matchers)
            member("name", node.name)
            offset(node.offset)
            place(node.at)
            time(node.at)
            member("type", "vectorSelector")
        case .matrixSelector(let node):
            matchers(node.selector.matchers)
            member("name", node.selector.name)
            offset(node.selector.offset)
            duration("range", node.window)
            place(node.selector.at)
            time(node.selector.at)
            member("type", "matrixSelector")
        case .subquery(let node):
            child("expr", node.expression)
            offset(node.offset)
            duration("range", node.window)
            place(node.at)
            duration("step", node.step ?? .milliseconds(0))
            time(node.at)
            member("type", "subquery")
        case .call(let node): call(node)
        case .aggregation(let node):
            child("expr", node.expression)
            list("grouping", node.grouping)
            member("op", node.operation.rawValue)
            child("param", node.parameter)
            member("type", "aggregation")
            flag("without", node.isWithout)
        case .unary(let node):
            child("expr", node.expression)
            member("op", node.isNegation ? "-" : "+")
            member("type", "unaryExpr")
        case .binary(let node): binary(node)
        case .parenthesis(let node):
            child("expr", node.expression)
            member("type", "parenExpr")
        }
        writer.close("}")
    }

    private mutating func call(_ node: Call) {
        writer.key("args")
        writer.open("[")
        for argument in node.arguments {
            writer.separate()
            write(argument)
        }
        writer.close("]")
        writer.key("func")
        writer.open("{")
        list("argTypes", node.function.arguments.map(Self.name(of:)))
        member("name", node.function.name)
        member("returnType", Self.name(of: node.function.result))
        writer.key("variadic")
        writer.integer(node.function.variadic)
        writer.close("}")
        member("type", "call")
    }

    private mutating func binary(_ node: Binary) {
        flag("bool", node.returnsBool)
        child("lhs", node.left)
        writer.key("matching")
        if let matching = node.matching {
            writer.open("{")
            member("card", matching.cardinality.rawValue)
            list("include", matching.include)
            list("labels", matching.labels)
            flag("on", matching.isOn)
            writer.close("}")
        } else {
            writer.raw("null")
        }
        member("op", node.operation.rawValue)
        child("rhs", node.right)
        member("type", "binaryExpr")
    }

    private mutating func child(_ key: StaticString, _ expression: Expression?) {
        writer.key(key)
        if let expression { write(expression) } else { writer.raw("null") }
    }

    private mutating func member(_ key: StaticString, _ value: String) {
        writer.key(key)
        writer.string(value)
    }

    private mutating func flag(_ key: StaticString, _ value: Bool) {
        writer.key(key)
        writer.bool(value)
    }

    private mutating func list(_ key: StaticString, _ values: [String]) {
        writer.key(key)
        writer.list(values)
    }

    private mutating func matchers(_ matchers: [LabelMatcher]) {
        writer.key("matchers")
        writer.open("[")
        for matcher in matchers {
            writer.separate()
            writer.open("{")
            member("name", matcher.name)
            member("type", matcher.kind.rawValue)
            member("value", matcher.value)
            writer.close("}")
        }
        writer.close("]")
    }

    private mutating func offset(_ offset: DurationExpression?) {
        duration("offset", offset ?? .milliseconds(0))
    }

    /// An expression that only the query's step decides has no number yet: 0, as in the reference implementation.
    private mutating func duration(_ key: StaticString, _ duration: DurationExpression) {
        writer.key(key)
        switch duration {
        case .milliseconds(let value): writer.integer(value)
        case .number(let seconds):
            let milliseconds = seconds * 1000
            writer.integer(abs(milliseconds) < 9e18 ? Int64(milliseconds) : 0)
        default: writer.integer(0)
        }
    }

    /// The `@` modifier's word, if it has one.
    private mutating func place(_ at: AtModifier?) {
        writer.key("startOrEnd")
        switch at {
        case .start: writer.string("start")
        case .end: writer.string("end")
        default: writer.raw("null")
        }
    }

    private mutating func time(_ at: AtModifier?) {
        writer.key("timestamp")
        if case .time(let time) = at { writer.integer(time) } else { writer.raw("null") }
    }

    private static func name(of type: ValueType) -> String {
        switch type {
        case .none: "none"
        case .scalar: "scalar"
        case .vector: "vector"
        case .matrix: "matrix"
        case .string: "string"
        }
    }
}
