/// A piece of a template, as Go's text/template has it. Positions are offsets in bytes of UTF-8 in the template's text.
indirect enum TemplateNode: Sendable {
    case text(String)
    case action(TemplatePipeline)
    case condition(TemplateBranch)
    case loop(TemplateBranch)
    case with(TemplateBranch)
    /// A call of a template that `define` or `block` made.
    case call(name: String, argument: TemplatePipeline?, position: Int)
    case leave
    case skip
}

/// `if`, `range` and `with`.
struct TemplateBranch: Sendable {
    var pipeline: TemplatePipeline
    var body: [TemplateNode]
    var alternative: [TemplateNode]
}

/// Commands joined by `|`, their result in variables or not.
struct TemplatePipeline: Sendable {
    var position: Int
    /// `=` instead of `:=`.
    var isAssignment = false
    /// With their `$`.
    var variables: [String] = []
    var commands: [TemplateCommand] = []
}

struct TemplateCommand: Sendable {
    var position: Int
    /// Never empty.
    var operands: [TemplateOperand]
}

indirect enum TemplateOperand: Sendable {
    case dot(Int)
    case null(Int)
    case bool(Bool, Int)
    case number(TemplateNumber, Int)
    case string(String, source: String, Int)
    /// `.a.b`
    case field([String], Int)
    /// `$a.b`; the name with its `$`.
    case variable(String, fields: [String], Int)
    case function(String, Int)
    /// `(…).a.b`
    case chain(TemplateOperand, fields: [String], Int)
    case pipeline(TemplatePipeline)

    var position: Int {
        switch self {
        case .dot(let position), .null(let position), .bool(_, let position), .number(_, let position),
            .string(_, _, let position), .field(_, let position), .variable(_, _, let position),
            .function(_, let position), .chain(_, _, let position):
            position
        case .pipeline(let pipeline): pipeline.position
        }
    }
}

/// A number as written, and what it can be.
struct TemplateNumber: Sendable {
    var source: String
    var integer: Int?
    var float: Double?
    /// Written with a point or an exponent: a float where any type would do.
    var isWrittenAsFloat: Bool
}

extension TemplateOperand {
    /// The value of a literal where a parameter of that type stands; nil when it is no literal, or none of that type.
    func constant(as type: TemplateFunction.Parameter) -> TemplateValue? {
        switch (self, type) {
        case (.string(let text, _, _), .string), (.string(let text, _, _), .any): return .string(text)
        case (.bool(let value, _), .any): return .bool(value)
        case (.number(let number, _), .int): return number.integer.map { .int($0) }
        case (.number(let number, _), .float): return number.float.map { .float($0) }
        case (.number(let number, _), .any):
            if number.isWrittenAsFloat, let value = number.float { return .float(value) }
            return number.integer.map { .int($0) }
        default: return nil
        }
    }
}

extension TemplateOperand: CustomStringConvertible {
    /// As error messages show it.
    var description: String {
        switch self {
        case .dot: "."
        case .null: "nil"
        case .bool(let value, _): value ? "true" : "false"
        case .number(let number, _): number.source
        case .string(_, let source, _): source
        case .field(let names, _): names.map { ".\($0)" }.joined()
        case .variable(let name, let fields, _): name + fields.map { ".\($0)" }.joined()
        case .function(let name, _): name
        case .chain(let operand, let fields, _):
            if case .pipeline = operand {
                "(\(operand))" + fields.map { ".\($0)" }.joined()
            } else {
                "\(operand)" + fields.map { ".\($0)" }.joined()
            }
        case .pipeline(let pipeline): pipeline.description
        }
    }
}

extension TemplateCommand: CustomStringConvertible {
    var description: String {
        operands.map { operand in
            if case .pipeline(let pipeline) = operand { "(\(pipeline))" } else { operand.description }
        }.joined(separator: " ")
    }
}

extension TemplatePipeline: CustomStringConvertible {
    var description: String {
        let head =
            variables.isEmpty ? "" : variables.joined(separator: ", ") + (isAssignment ? " = " : " := ")
        return head + commands.map(\.description).joined(separator: " | ")
    }
}
