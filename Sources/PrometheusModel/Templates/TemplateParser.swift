/// Parses the text of a template as Go's text/template does, with its error messages.
///
/// - Spec: Go, text/template; `break`, `continue`, `else if`, `else with`, named templates included, complex numbers not.
struct TemplateParser {
    private let name: String
    private let bytes: [UInt8]
    private let functions: Set<String>
    private var lexer: TemplateLexer
    /// Named templates that were defined so far.
    private(set) var templates: [String: [TemplateNode]] = [:]

    private var tokens: [TemplateToken] = []
    private var next = 0
    private var variables: [String] = ["$"]
    private var loopDepth = 0
    private var depth = 0
    /// Of the last token looked at, for the line in a message.
    private var place = 0
    /// Of the first token of the action.
    private var actionPlace = 0

    /// What ended a list of nodes.
    private enum Closing { case end, otherwise, endOfText }

    init(_ text: String, name: String, functions: Set<String>) {
        self.name = name
        bytes = Array(text.utf8)
        self.functions = functions
        lexer = TemplateLexer(bytes)
    }

    /// - Throws: without the name of the template and the line before it.
    mutating func parse() throws(TemplateError) -> [TemplateNode] {
        let (nodes, closing) = try list(isTop: true)
        switch closing {
        case .endOfText: return nodes
        case .end: throw TemplateError("unexpected {{end}}")
        case .otherwise: throw TemplateError("unexpected {{else}}")
        }
    }

    /// The line of the error that `parse` threw.
    var line: Int { isInAction ? TemplateLexer.line(of: place, in: bytes) : lexer.line }

    private var isInAction = false

    // MARK: Lists and control structures

    private mutating func list(isTop: Bool = false) throws(TemplateError) -> ([TemplateNode], Closing) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= TemplateLimits.nestingMax else {
            throw TemplateError("nested more than \(TemplateLimits.nestingMax) deep")
        }
        var nodes: [TemplateNode] = []
        while true {
            isInAction = false
            guard let piece = try lexer.next() else { return (nodes, .endOfText) }
            switch piece {
            case .text(let text): nodes.append(.text(text))
            case .action(let action):
                tokens = action
                next = 0
                isInAction = true
                place = action.first?.position ?? place
                actionPlace = place
                skipSpace()
                guard peek.kind == .keyword else {
                    nodes.append(.action(try pipeline("command", until: .end)))
                    continue
                }
                let keyword = take()
                switch keyword.text {
                case "end":
                    try expectEnd("end")
                    return (nodes, .end)
                case "else":
                    skipSpace()
                    // `else if …`: whoever asked for the list goes on with the same action.
                    if peek.kind == .keyword, peek.text == "if" || peek.text == "with" { return (nodes, .otherwise) }
                    try expectEnd("else")
                    return (nodes, .otherwise)
                case "define":
                    guard isTop else { throw TemplateError("unexpected <define> in command") }
                    try definition()
                default: nodes.append(try control(keyword))
                }
            }
        }
    }

    private mutating func control(_ keyword: TemplateToken) throws(TemplateError) -> TemplateNode {
        switch keyword.text {
        case "if": return .condition(try branch("if"))
        case "with": return .with(try branch("with"))
        case "range": return .loop(try branch("range"))
        case "block": return try block(keyword)
        case "template": return try call(keyword)
        default:
            // `break` and `continue`.
            skipSpace()
            guard peek.kind == .end else { throw unexpected("{{\(keyword.text)}}") }
            guard loopDepth > 0 else { throw TemplateError("{{\(keyword.text)}} outside {{range}}") }
            return keyword.text == "break" ? .leave : .skip
        }
    }

    private mutating func branch(_ context: String) throws(TemplateError) -> TemplateBranch {
        depth += 1
        defer { depth -= 1 }
        guard depth <= TemplateLimits.nestingMax else {
            throw TemplateError("nested more than \(TemplateLimits.nestingMax) deep")
        }
        let known = variables.count
        defer { variables.removeSubrange(min(known, variables.count)...) }
        let pipeline = try pipeline(context, until: .end)
        if context == "range" { loopDepth += 1 }
        let (body, closing) = try list()
        if context == "range" { loopDepth -= 1 }
        var alternative: [TemplateNode] = []
        switch closing {
        case .end: break
        case .endOfText: throw TemplateError("unexpected EOF")
        case .otherwise:
            if peek.kind == .keyword, peek.text == context, context != "range" {
                _ = take()
                let nested = try branch(context)
                alternative = [context == "if" ? .condition(nested) : .with(nested)]
                break
            }
            guard peek.kind != .keyword else { throw unexpected("else") }
            let (nodes, closing) = try list()
            switch closing {
            case .end: alternative = nodes
            case .endOfText: throw TemplateError("unexpected EOF")
            case .otherwise: throw TemplateError("expected end; found {{else}}")
            }
        }
        return TemplateBranch(pipeline: pipeline, body: body, alternative: alternative)
    }

    private mutating func definition() throws(TemplateError) {
        let name = try templateName("define clause")
        try expectEnd("define clause")
        templates[name] = try namedBody()
    }

    private mutating func block(_ keyword: TemplateToken) throws(TemplateError) -> TemplateNode {
        let name = try templateName("block clause")
        let argument = try pipeline("block clause", until: .end)
        templates[name] = try namedBody()
        return .call(name: name, argument: argument, position: keyword.position)
    }

    /// A named template sees no variables but its own.
    private mutating func namedBody() throws(TemplateError) -> [TemplateNode] {
        let outer = (variables, loopDepth)
        variables = ["$"]
        loopDepth = 0
        let (nodes, closing) = try list()
        (variables, loopDepth) = outer
        guard closing == .end else {
            throw TemplateError(closing == .endOfText ? "unexpected EOF" : "unexpected {{else}} in define clause")
        }
        return nodes
    }

    private mutating func call(_ keyword: TemplateToken) throws(TemplateError) -> TemplateNode {
        let name = try templateName("template clause")
        skipSpace()
        let argument = peek.kind == .end ? nil : try pipeline("template clause", until: .end)
        return .call(name: name, argument: argument, position: keyword.position)
    }

    private mutating func templateName(_ context: String) throws(TemplateError) -> String {
        skipSpace()
        let token = peek
        guard token.kind == .string || token.kind == .rawString else { throw unexpected(context) }
        _ = take()
        guard let name = GoLiteral.unquote(token.text) else { throw TemplateError("invalid syntax") }
        return name
    }

    private mutating func expectEnd(_ context: String) throws(TemplateError) {
        skipSpace()
        guard peek.kind == .end else { throw unexpected(context) }
    }

    // MARK: Pipelines

    private mutating func pipeline(
        _ context: String, until end: TemplateToken.Kind
    ) throws(TemplateError) -> TemplatePipeline {
        skipSpace()
        var pipeline = TemplatePipeline(position: peek.position)
        try declarations(context, &pipeline)
        while true {
            skipSpace()
            let token = peek
            if token.kind == end {
                // The end of an action stays, so that nothing is read past it.
                if end != .end { _ = take() }
                try check(pipeline, context)
                return pipeline
            }
            switch token.kind {
            case .bool, .character, .dot, .field, .identifier, .number, .null, .rawString, .string, .variable,
                .leftParenthesis:
                pipeline.commands.append(try command())
            default: throw unexpected(context)
            }
        }
    }

    /// `$x :=`, `$x =`, and in `range` `$i, $x :=`.
    private mutating func declarations(_ context: String, _ pipeline: inout TemplatePipeline) throws(TemplateError) {
        while peek.kind == .variable {
            let start = next
            let variable = take()
            skipSpace()
            switch peek.kind {
            case .assign, .declare:
                pipeline.isAssignment = take().kind == .assign
                pipeline.variables.append(variable.text)
                variables.append(variable.text)
                return
            case .comma:
                _ = take()
                pipeline.variables.append(variable.text)
                variables.append(variable.text)
                guard context == "range", pipeline.variables.count < 2 else {
                    throw TemplateError("too many declarations in \(context)")
                }
                skipSpace()
                guard [.variable, .end, .rightParenthesis].contains(peek.kind) else {
                    throw TemplateError("range can only initialize variables")
                }
            default:
                next = start
                return
            }
        }
    }

    private func check(_ pipeline: TemplatePipeline, _ context: String) throws(TemplateError) {
        guard !pipeline.commands.isEmpty else { throw TemplateError("missing value for \(context)") }
        for (index, command) in pipeline.commands.enumerated().dropFirst() {
            switch command.operands.first {
            case .bool, .dot, .null, .number, .string:
                throw TemplateError("non executable command in pipeline stage \(index + 1)")
            default: break
            }
        }
    }

    private mutating func command() throws(TemplateError) -> TemplateCommand {
        skipSpace()
        let position = peek.position
        var operands: [TemplateOperand] = []
        while true {
            skipSpace()
            if let operand = try operand() { operands.append(operand) }
            let token = peek
            switch token.kind {
            case .space:
                _ = take()
                continue
            case .end, .rightParenthesis: break
            case .pipe: _ = take()
            default: throw unexpected("operand")
            }
            break
        }
        guard !operands.isEmpty else { throw TemplateError("empty command") }
        return TemplateCommand(position: position, operands: operands)
    }

    private mutating func operand() throws(TemplateError) -> TemplateOperand? {
        guard let term = try term() else { return nil }
        guard peek.kind == .field else { return term }
        let position = peek.position
        var fields: [String] = []
        while peek.kind == .field { fields.append(String(take().text.dropFirst())) }
        switch term {
        case .field(let names, _): return .field(names + fields, position)
        case .variable(let name, let first, _): return .variable(name, fields: first + fields, position)
        case .bool, .string, .number, .null, .dot:
            throw TemplateError("unexpected . after term \(LabelName.quoted(term.description))")
        default: return .chain(term, fields: fields, position)
        }
    }

    private mutating func term() throws(TemplateError) -> TemplateOperand? {
        let token = peek
        let position = token.position
        switch token.kind {
        case .identifier:
            _ = take()
            guard functions.contains(token.text) else {
                throw TemplateError("function \(LabelName.quoted(token.text)) not defined")
            }
            return .function(token.text, position)
        case .dot:
            _ = take()
            return .dot(position)
        case .null:
            _ = take()
            return .null(position)
        case .variable:
            _ = take()
            guard variables.contains(token.text) else {
                throw TemplateError("undefined variable \(LabelName.quoted(token.text))")
            }
            return .variable(token.text, fields: [], position)
        case .field:
            _ = take()
            return .field([String(token.text.dropFirst())], position)
        case .bool:
            _ = take()
            return .bool(token.text == "true", position)
        case .number, .character:
            _ = take()
            let number = token.kind == .number ? GoLiteral.number(token.text) : GoLiteral.character(token.text)
            guard let number else {
                throw TemplateError(
                    token.kind == .character
                        ? "malformed character constant: \(token.text)"
                        : "illegal number syntax: \(LabelName.quoted(token.text))")
            }
            return .number(number, position)
        case .string, .rawString:
            _ = take()
            guard let text = GoLiteral.unquote(token.text) else { throw TemplateError("invalid syntax") }
            return .string(text, source: token.text, position)
        case .leftParenthesis:
            _ = take()
            return .pipeline(try pipeline("parenthesized pipeline", until: .rightParenthesis))
        default: return nil
        }
    }

    // MARK: Tokens

    /// An action's tokens end with `.end`, which is never taken.
    private var peek: TemplateToken {
        next < tokens.count ? tokens[next] : TemplateToken(kind: .end, text: "}}", position: place)
    }

    private mutating func take() -> TemplateToken {
        let token = peek
        place = token.position
        if token.kind != .end, token.kind != .failure { next += 1 }
        return token
    }

    private mutating func skipSpace() {
        while peek.kind == .space { next += 1 }
    }

    private mutating func unexpected(_ context: String) -> TemplateError {
        let token = peek
        place = token.position
        let text: String
        switch token.kind {
        case .keyword, .null, .dot: text = "<\(token.text)>"
        case .end: text = "\"}}\""
        case .failure:
            let line = TemplateLexer.line(of: actionPlace, in: bytes)
            guard line != TemplateLexer.line(of: place, in: bytes) else { return TemplateError(token.text) }
            let isAction = token.text.hasSuffix(" action")
            return TemplateError("\(token.text)\(isAction ? "" : " in action") started at \(name):\(line)")
        default:
            let isLong = token.text.unicodeScalars.count > 10
            let head = String(String.UnicodeScalarView(token.text.unicodeScalars.prefix(10)))
            text = LabelName.quoted(head) + (isLong ? "..." : "")
        }
        return TemplateError("unexpected \(text) in \(context)")
    }
}
