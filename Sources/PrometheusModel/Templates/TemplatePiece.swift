/// A piece of a template that is nothing but text, fields and calls of functions, one after the other: what needs no walk
/// through a tree.
package enum TemplatePiece: Sendable {
    case text(String)
    /// `{{ .a | f 1 | g }}`: each call gets the value before it as its last argument; the first gets none when `first` is
    /// nil.
    case pipeline(first: Argument?, calls: [Call])

    package enum Argument: Sendable {
        case constant(TemplateValue)
        case field(String)
        case context(Int)
    }

    package struct Call: Sendable {
        package let name: String
        package let arguments: [Argument]
        let function: TemplateFunction

        /// Calls the function.
        ///
        /// - Parameter values: all arguments, the value from the call before last.
        /// - Returns: nil when it fails in any way; the template's run tells why.
        package func callAsFunction(_ values: [TemplateValue], context: [TemplateValue]) -> TemplateValue? {
            for (index, value) in values.enumerated() {
                let type = index < function.parameters.count ? function.parameters[index] : function.rest ?? .any
                guard type.accepts(value) else { return nil }
            }
            do throws(TemplateError) {
                let result = try function(values, context: context)
                if case .string(let text) = result, text.utf8.count > TemplateLimits.outputBytesMax { return nil }
                return result
            } catch {
                return nil
            }
        }
    }
}

extension Template {
    /// The template as pieces; nil when it is not so simple.
    package func pieces(_ functions: TemplateFunctions) -> [TemplatePiece]? {
        var pieces: [TemplatePiece] = []
        for node in nodes {
            switch node {
            case .text(let text): pieces.append(.text(text))
            case .action(let pipeline):
                guard pipeline.variables.isEmpty, let piece = Self.piece(pipeline, functions) else { return nil }
                pieces.append(piece)
            case .condition, .loop, .with, .call, .leave, .skip: return nil
            }
        }
        return pieces
    }

    private static func piece(_ pipeline: TemplatePipeline, _ functions: TemplateFunctions) -> TemplatePiece? {
        var first: TemplatePiece.Argument?
        var calls: [TemplatePiece.Call] = []
        for (index, command) in pipeline.commands.enumerated() {
            guard let head = command.operands.first else { return nil }
            if index == 0, command.operands.count == 1, let argument = argument(head, of: .any, functions) {
                first = argument
                continue
            }
            guard case .function(let name, _) = head, let function = functions[name], case .plain = function.body
            else { return nil }
            var arguments: [TemplatePiece.Argument] = []
            for operand in command.operands.dropFirst() {
                let place = arguments.count
                let type =
                    place < function.parameters.count ? function.parameters[place] : function.rest ?? .any
                guard let argument = argument(operand, of: type, functions) else { return nil }
                arguments.append(argument)
            }
            let count = arguments.count + (index > 0 ? 1 : 0)
            guard count >= function.parameters.count, count == function.parameters.count || function.rest != nil
            else { return nil }
            calls.append(TemplatePiece.Call(name: name, arguments: arguments, function: function))
        }
        return .pipeline(first: first, calls: calls)
    }

    private static func argument(
        _ operand: TemplateOperand, of type: TemplateFunction.Parameter, _ functions: TemplateFunctions
    ) -> TemplatePiece.Argument? {
        switch operand {
        case .field(let names, _): return names.count == 1 ? .field(names[0]) : nil
        case .function(let name, _):
            guard case .context(let place) = functions[name]?.body else { return nil }
            return .context(place)
        default: return operand.constant(as: type).map { .constant($0) }
        }
    }
}
