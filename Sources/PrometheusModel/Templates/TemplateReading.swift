/// What a template reads, found without running it.
package struct TemplateReading: Sendable, Equatable {
    /// Fields of the dot that the template was given: `.name`, `$.name`.
    package private(set) var fields: Set<String> = []
    /// Whether that dot is used otherwise (printed, looped over, indexed): any of its fields may be read then.
    package private(set) var readsAll = false
    package private(set) var functions: Set<String> = []

    init(_ template: Template) {
        read(template.nodes, isRoot: true, isRootNamed: true)
        // Within a named template the dot is what the call gave, which counts as used there.
        for nodes in template.templates.values { read(nodes, isRoot: false, isRootNamed: false) }
    }

    /// - Parameters:
    ///   - isRoot: whether the dot is that of the template.
    ///   - isRootNamed: whether `$` is.
    private mutating func read(_ nodes: [TemplateNode], isRoot: Bool, isRootNamed: Bool) {
        for node in nodes {
            switch node {
            case .text, .leave, .skip: break
            case .action(let pipeline): read(pipeline, isRoot, isRootNamed)
            case .condition(let branch):
                read(branch.pipeline, isRoot, isRootNamed)
                read(branch.body, isRoot: isRoot, isRootNamed: isRootNamed)
                read(branch.alternative, isRoot: isRoot, isRootNamed: isRootNamed)
            case .loop(let branch), .with(let branch):
                read(branch.pipeline, isRoot, isRootNamed)
                read(branch.body, isRoot: false, isRootNamed: isRootNamed)
                read(branch.alternative, isRoot: isRoot, isRootNamed: isRootNamed)
            case .call(_, let argument, _):
                if let argument { read(argument, isRoot, isRootNamed) }
            }
        }
    }

    private mutating func read(_ pipeline: TemplatePipeline, _ isRoot: Bool, _ isRootNamed: Bool) {
        for command in pipeline.commands {
            for operand in command.operands { read(operand, isRoot, isRootNamed) }
        }
    }

    private mutating func read(_ operand: TemplateOperand, _ isRoot: Bool, _ isRootNamed: Bool) {
        switch operand {
        case .null, .bool, .number, .string: break
        case .dot: readsAll = readsAll || isRoot
        case .field(let names, _):
            if isRoot, let name = names.first { fields.insert(name) }
        case .variable(let variable, let names, _):
            guard variable == "$", isRootNamed else { break }
            if let name = names.first { fields.insert(name) } else { readsAll = true }
        case .function(let name, _): functions.insert(name)
        case .chain(let inner, _, _): read(inner, isRoot, isRootNamed)
        case .pipeline(let pipeline): read(pipeline, isRoot, isRootNamed)
        }
    }
}

extension Template {
    package var reading: TemplateReading { TemplateReading(self) }
}
