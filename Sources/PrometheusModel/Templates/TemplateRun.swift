/// One execution of a template.
///
/// It never waits: at a function that has to, it fails and says so in `question`, and is started again when the answer
/// is there. What it does depends on nothing but its template, data and answers, so that it comes to the same place.
final class TemplateRun {
    /// A call that has to wait for its answer.
    struct Question {
        let call: TemplateFunction.Waiting
        let arguments: [TemplateValue]
    }

    private enum Flow { case on, leave, skip }

    private let template: Template
    private let functions: TemplateFunctions
    private let data: TemplateValue
    private let context: [TemplateValue]
    /// Of the calls that wait, in their order.
    private let answers: [Result<TemplateValue, TemplateError>]
    private var answersUsed = 0
    /// Why the run failed when it only lacks an answer.
    private(set) var question: Question?
    private let outputBytesMax: Int
    private var output = ""
    private var variables: [(name: String, value: TemplateValue)]
    private var steps = 0
    private var callDepth = 0
    /// What is evaluated: where an error is.
    private var current: TemplateOperand?

    init(
        _ template: Template, data: TemplateValue, functions: TemplateFunctions, context: [TemplateValue] = [],
        answers: [Result<TemplateValue, TemplateError>] = [], outputBytesMax: Int = TemplateLimits.outputBytesMax
    ) {
        self.outputBytesMax = outputBytesMax
        self.template = template
        self.context = context
        self.answers = answers
        self.functions = functions
        self.data = data
        variables = [("$", data)]
    }

    func run() throws(TemplateError) -> String {
        _ = try walk(template.nodes, dot: data)
        return output
    }

    // MARK: Nodes

    private func walk(_ nodes: [TemplateNode], dot: TemplateValue) throws(TemplateError) -> Flow {
        for node in nodes {
            try step()
            switch node {
            case .text(let text): try write(text)
            case .action(let pipeline):
                let value = try evaluate(pipeline, dot: dot)
                if pipeline.variables.isEmpty { try write(value.text) }
            case .condition(let branch):
                let flow = try condition(branch, dot: dot, isWith: false)
                if flow != .on { return flow }
            case .with(let branch):
                let flow = try condition(branch, dot: dot, isWith: true)
                if flow != .on { return flow }
            case .loop(let branch): try loop(branch, dot: dot)
            case .call(let name, let argument, let position):
                try call(name, argument, position: position, dot: dot)
            case .leave: return .leave
            case .skip: return .skip
            }
        }
        return .on
    }

    private func condition(
        _ branch: TemplateBranch, dot: TemplateValue, isWith: Bool
    ) throws(TemplateError) -> Flow {
        let mark = variables.count
        defer { variables.removeSubrange(min(mark, variables.count)...) }
        let value = try evaluate(branch.pipeline, dot: dot)
        if value.isTrue { return try walk(branch.body, dot: isWith ? value : dot) }
        return try walk(branch.alternative, dot: dot)
    }

    private func loop(_ branch: TemplateBranch, dot: TemplateValue) throws(TemplateError) {
        let outer = variables.count
        defer { variables.removeSubrange(min(outer, variables.count)...) }
        let value = try evaluate(branch.pipeline, dot: dot)
        let mark = variables.count
        var isEmpty = true
        var isLeft = false
        func turn(_ index: TemplateValue, _ element: TemplateValue) throws(TemplateError) {
            isEmpty = false
            try step()
            try bind(branch.pipeline, index: index, element: element)
            isLeft = try walk(branch.body, dot: element) == .leave
            variables.removeSubrange(min(mark, variables.count)...)
        }
        switch value {
        case .none: break
        case .samples(let samples):
            for (index, sample) in samples.enumerated() where !isLeft { try turn(.int(index), .sample(sample)) }
        case .list(let values):
            for (index, value) in values.enumerated() where !isLeft { try turn(.int(index), value) }
        case .texts(let texts):
            for (key, text) in texts.sorted(by: { $0.key < $1.key }) where !isLeft {
                try turn(.string(key), .string(text))
            }
        case .map(let values):
            for (key, value) in values.sorted(by: { $0.key < $1.key }) where !isLeft {
                try turn(.string(key), value)
            }
        case .int(let count):
            guard branch.pipeline.variables.count < 2 else {
                throw failure("can't use \(count) to iterate over more than one variable")
            }
            var index = 0
            while index < count, !isLeft {
                try turn(.int(index), .int(index))
                index += 1
            }
        case .bool, .float, .string, .sample, .record, .time, .opaque:
            throw failure("range can't iterate over \(value.text)")
        }
        if isEmpty { _ = try walk(branch.alternative, dot: dot) }
    }

    /// One variable holds the element; of two the first holds the index.
    private func bind(
        _ pipeline: TemplatePipeline, index: TemplateValue, element: TemplateValue
    ) throws(TemplateError) {
        guard let last = pipeline.variables.last else { return }
        if pipeline.isAssignment {
            if pipeline.variables.count > 1 { try assign(pipeline.variables[0], index) }
            try assign(last, element)
        } else {
            variables[variables.count - 1].value = element
            if pipeline.variables.count > 1 { variables[variables.count - 2].value = index }
        }
    }

    private func call(
        _ name: String, _ argument: TemplatePipeline?, position: Int, dot: TemplateValue
    ) throws(TemplateError) {
        guard let nodes = template.templates[name] else {
            throw TemplateError("template: \(template.name): template \(LabelName.quoted(name)) not defined")
        }
        guard callDepth < TemplateLimits.callDepthMax else {
            throw TemplateError(
                "template: \(template.name): exceeded maximum template depth (\(TemplateLimits.callDepthMax))")
        }
        var inner = TemplateValue.none
        if let argument { inner = try evaluate(argument, dot: dot) }
        let outer = variables
        variables = [("$", inner)]
        callDepth += 1
        _ = try walk(nodes, dot: inner)
        callDepth -= 1
        variables = outer
    }

    // MARK: Pipelines

    private func evaluate(_ pipeline: TemplatePipeline, dot: TemplateValue) throws(TemplateError) -> TemplateValue {
        current = .pipeline(pipeline)
        var value: TemplateValue?
        for command in pipeline.commands {
            try step()
            value = try evaluate(command, dot: dot, final: value)
        }
        let result = value ?? .none
        for variable in pipeline.variables {
            if pipeline.isAssignment {
                // A loop assigns its elements itself.
                try assign(variable, result)
            } else {
                variables.append((variable, result))
            }
        }
        return result
    }

    private func evaluate(
        _ command: TemplateCommand, dot: TemplateValue, final: TemplateValue?
    ) throws(TemplateError) -> TemplateValue {
        let first = command.operands[0]
        switch first {
        case .field(let names, _):
            current = first
            return try fields(names, of: dot, command.operands, final, dot: dot)
        case .chain(let operand, let names, _):
            current = first
            // As in Go an error of the field is shown at what was evaluated last.
            let value = try evaluate(operand, dot: dot)
            return try fields(names, of: value, command.operands, final, dot: dot)
        case .function(let name, _):
            current = first
            return try function(name, command.operands, final, dot: dot, in: command)
        case .variable(let name, let names, _):
            current = first
            let value = try variable(name)
            guard names.isEmpty else { return try fields(names, of: value, command.operands, final, dot: dot) }
            try checkNoArguments(command, final)
            return value
        case .pipeline(let pipeline):
            try checkNoArguments(command, final)
            return try evaluate(pipeline, dot: dot)
        case .null:
            current = first
            try checkNoArguments(command, final)
            throw failure("nil is not a command")
        case .dot, .bool, .number, .string:
            current = first
            try checkNoArguments(command, final)
            return try evaluate(first, dot: dot)
        }
    }

    private func checkNoArguments(_ command: TemplateCommand, _ final: TemplateValue?) throws(TemplateError) {
        guard command.operands.count > 1 || final != nil else { return }
        if case .pipeline = command.operands[0] {} else { current = command.operands[0] }
        throw failure("can't give argument to non-function \(command.operands[0])")
    }

    /// An operand where any type will do.
    private func evaluate(_ operand: TemplateOperand, dot: TemplateValue) throws(TemplateError) -> TemplateValue {
        if case .pipeline(let pipeline) = operand { return try evaluate(pipeline, dot: dot) }
        current = operand
        switch operand {
        case .dot: return dot
        case .null: return .none
        case .bool(let value, _): return .bool(value)
        case .string(let text, _, _): return .string(text)
        case .number(let number, _):
            if number.isWrittenAsFloat, let value = number.float { return .float(value) }
            guard let value = number.integer else { throw failure("\(number.source) overflows int") }
            return .int(value)
        case .field(let names, _): return try fields(names, of: dot, [operand], nil, dot: dot)
        case .variable(let name, let names, _):
            let value = try variable(name)
            return names.isEmpty ? value : try fields(names, of: value, [operand], nil, dot: dot)
        case .function(let name, _): return try function(name, [operand], nil, dot: dot, in: nil)
        case .chain(let inner, let names, _):
            let value = try evaluate(inner, dot: dot)
            return try fields(names, of: value, [operand], nil, dot: dot)
        case .pipeline(let pipeline): return try evaluate(pipeline, dot: dot)
        }
    }

    // MARK: Variables and fields

    private func variable(_ name: String) throws(TemplateError) -> TemplateValue {
        guard let found = variables.last(where: { $0.name == name }) else {
            throw failure("undefined variable: \(name)")
        }
        return found.value
    }

    private func assign(_ name: String, _ value: TemplateValue) throws(TemplateError) {
        guard let index = variables.lastIndex(where: { $0.name == name }) else {
            throw failure("undefined variable: \(name)")
        }
        variables[index].value = value
    }

    /// `.a.b` of a value; arguments go to the last, which must be a method then.
    private func fields(
        _ names: [String], of value: TemplateValue, _ operands: [TemplateOperand], _ final: TemplateValue?,
        dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        var value = value
        for (index, name) in names.enumerated() {
            let isLast = index == names.count - 1
            let hasArguments = isLast && (operands.count > 1 || final != nil)
            value = try field(name, of: value, isLast ? operands : [], isLast ? final : nil, hasArguments, dot)
        }
        return value
    }

    private func field(
        _ name: String, of value: TemplateValue, _ operands: [TemplateOperand], _ final: TemplateValue?,
        _ hasArguments: Bool, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        let place = current
        var found: TemplateValue?
        switch value {
        case .none: return .none
        case .texts(let texts):
            if hasArguments { throw failure("\(name) is not a method but has arguments") }
            return .string(texts[name] ?? "")
        case .map(let values):
            if hasArguments { throw failure("\(name) is not a method but has arguments") }
            return values[name] ?? .none
        case .record(let record): found = record[name]
        case .sample(let sample):
            found = name == "Labels" ? .texts(sample.labels) : name == "Value" ? .float(sample.value) : nil
        case .time(let time):
            var arguments: [TemplateValue] = []
            for operand in operands.dropFirst() { arguments.append(try evaluate(operand, dot: dot)) }
            if let final { arguments.append(final) }
            current = place
            do throws(TemplateError) {
                if let result = try time.call(name, arguments) { return result }
            } catch {
                throw failure(error.message)
            }
        case .bool, .int, .float, .string, .samples, .list, .opaque: break
        }
        guard let found else { throw failure("can't evaluate field \(name) in type \(value.typeName)") }
        if hasArguments { throw failure("\(name) has arguments but cannot be invoked as function") }
        return found
    }

    // MARK: Functions

    /// - Parameter command: that the call is all of; an error of the function is shown there.
    private func function(
        _ name: String, _ operands: [TemplateOperand], _ final: TemplateValue?, dot: TemplateValue,
        in command: TemplateCommand?
    ) throws(TemplateError) -> TemplateValue {
        guard let function = functions[name] else {
            throw failure("\(LabelName.quoted(name)) is not a defined function")
        }
        let given = operands.dropFirst()
        let count = given.count + (final == nil ? 0 : 1)
        let wanted = function.parameters.count
        if function.rest != nil {
            guard count >= wanted else {
                throw failure("wrong number of args for \(name): want at least \(wanted) got \(count)")
            }
        } else {
            guard count == wanted else {
                throw failure("wrong number of args for \(name): want \(wanted) got \(count)")
            }
        }
        var arguments: [TemplateValue] = []
        arguments.reserveCapacity(count)
        for operand in given {
            let type = arguments.count < wanted ? function.parameters[arguments.count] : function.rest ?? .any
            let value = try argument(operand, of: type, dot: dot)
            switch function.body {
            case .and where !value.isTrue, .or where value.isTrue: return value
            default: arguments.append(value)
            }
        }
        if let final {
            let type = arguments.count < wanted ? function.parameters[arguments.count] : function.rest ?? .any
            arguments.append(try checked(final, type))
        }
        do throws(TemplateError) {
            let value = try call(function, arguments)
            if case .string(let text) = value, text.utf8.count > outputBytesMax {
                throw TemplateError("text is longer than \(outputBytesMax) bytes")
            }
            return value
        } catch {
            current =
                command.map { .pipeline(TemplatePipeline(position: $0.position, commands: [$0])) } ?? operands[0]
            throw failure("error calling \(name): \(error.message)")
        }
    }

    private func call(
        _ function: TemplateFunction, _ arguments: [TemplateValue]
    ) throws(TemplateError) -> TemplateValue {
        guard case .waiting(let call) = function.body else { return try function(arguments, context: context) }
        if answersUsed < answers.count {
            answersUsed += 1
            return try answers[answersUsed - 1].get()
        }
        question = Question(call: call, arguments: arguments)
        throw TemplateError("the answer is not there yet")
    }

    private func argument(
        _ operand: TemplateOperand, of type: TemplateFunction.Parameter, dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        try step()
        switch (operand, type) {
        case (_, .any): return try evaluate(operand, dot: dot)
        case (.null, .sample), (.null, .samples): return .none
        case (.null, .string), (.null, .int), (.null, .float), (.null, .time):
            current = operand
            throw failure("cannot assign nil to \(type.typeName)")
        case (.bool, _), (.number, _), (.string, _):
            current = operand
            if let value = operand.constant(as: type) { return value }
            switch type {
            case .string: throw failure("expected string; found \(operand)")
            case .int: throw failure("expected integer; found \(operand)")
            case .float: throw failure("expected float; found \(operand)")
            case .any, .sample, .samples, .time:
                throw failure("can't handle \(operand) for arg of type \(type.typeName)")
            }
        default:
            let value = try evaluate(operand, dot: dot)
            switch operand {
            case .pipeline, .chain: break
            default: current = operand
            }
            return try checked(value, type)
        }
    }

    private func checked(
        _ value: TemplateValue, _ type: TemplateFunction.Parameter
    ) throws(TemplateError) -> TemplateValue {
        if type.accepts(value) { return value }
        if case .none = value { throw failure("invalid value; expected \(type.typeName)") }
        throw failure("wrong type for value; expected \(type.typeName); got \(value.typeName)")
    }

    // MARK: Bounds and failures

    private func step() throws(TemplateError) {
        steps += 1
        // Asking for a cancellation costs more than most steps.
        guard steps <= TemplateLimits.stepsMax, steps & 0xFF != 0 || !Task.isCancelled else {
            throw failure("execution takes more than \(TemplateLimits.stepsMax) steps")
        }
    }

    private func write(_ text: String) throws(TemplateError) {
        output += text
        guard output.utf8.count <= outputBytesMax else {
            throw failure("output is longer than \(outputBytesMax) bytes")
        }
    }

    private func failure(_ message: String) -> TemplateError {
        guard let current else { return TemplateError("template: \(template.name): \(message)") }
        let before = template.text.utf8.prefix(current.position)
        let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count
        return TemplateError(
            "template: \(template.name):\(line):\(column): executing \(LabelName.quoted(template.name)) "
                + "at <\(current)>: \(message)")
    }
}
