import PrometheusModel

extension Parser {
    /// The stages from here on, up to an `unwrap` or whatever else is no stage.
    mutating func stages() throws(LogQLError) -> [Stage] {
        var stages: [Stage] = []
        while true {
            if let operation = lineFilterOperation {
                stages.append(.lineFilter(try lineFilter(operation)))
            } else if isAt(.pipe), following.kind != .symbol(.unwrap) {
                advance()
                stages.append(try stage())
            } else {
                return stages
            }
        }
    }

    private var lineFilterOperation: LineFilter.Operation? {
        guard case .symbol(let symbol) = token.kind else { return nil }
        return LineFilter.Operation(rawValue: symbol.rawValue)
    }

    /// `|= "a" or ip("…")`.
    private mutating func lineFilter(_ operation: LineFilter.Operation) throws(LogQLError) -> LineFilter {
        advance()
        var operands: [LineFilter.Operand] = []
        repeat {
            switch token.kind {
            case .string(let text):
                operands.append(.text(text))
                advance()
            case .symbol(.ip): operands.append(.address(try address()))
            default: throw unexpected(["STRING", "ip"])
            }
        } while take(.or)
        return LineFilter(operation, operands)
    }

    /// `ip("…")`.
    mutating func address() throws(LogQLError) -> String {
        advance()
        try expect(.leftParenthesis)
        let address = try string()
        try expect(.rightParenthesis)
        return address
    }

    /// What follows a `|`.
    private mutating func stage() throws(LogQLError) -> Stage {
        let start = token.range.start
        switch token.kind {
        case .symbol(.leftParenthesis): return .labelFilter(try labelFilter())
        case .identifier(let name):
            try refuseUnsupported(name)
            return .labelFilter(try labelFilter())
        case .symbol(.json):
            advance()
            return .parser(.json(try extractions()))
        case .symbol(.logfmt):
            advance()
            var flags: [Token.Flag] = []
            while case .flag(let flag) = token.kind {
                flags.append(flag)
                advance()
            }
            return .parser(
                .logfmt(
                    try extractions(), isStrict: flags.contains(.strict), keepsEmpty: flags.contains(.keepEmpty)))
        case .symbol(.unpack):
            advance()
            return .parser(.unpack)
        case .symbol(.decolorize):
            advance()
            return .decolorize
        case .symbol(.regexp):
            advance()
            let expression = try string()
            try countPattern()
            if let complaint = RegexpStage.complaint(about: expression) {
                throw invalid("invalid regexp parser: \(complaint)", from: start)
            }
            return .parser(.regexp(expression))
        case .symbol(.pattern):
            advance()
            let expression = try string()
            if let complaint = LinePattern(expression).parserComplaint {
                throw invalid("invalid pattern parser: \(complaint)", from: start)
            }
            return .parser(.pattern(expression))
        case .symbol(.lineFormat):
            advance()
            return .lineFormat(try string())
        case .symbol(.labelFormat):
            advance()
            return .labelFormat(try labelFormats())
        case .symbol(.drop):
            advance()
            return .drop(try labelSelections())
        case .symbol(.keep):
            advance()
            return .keep(try labelSelections())
        default: throw unexpected()
        }
    }

    /// Stages that some version of Loki has had, or has for trial.
    private func refuseUnsupported(_ name: String) throws(LogQLError) {
        let isFollowedByName =
            switch following.kind {
            case .identifier: true
            default: false
            }
        let isFollowedByOperator =
            switch following.kind {
            case .symbol(let symbol):
                symbol.precedence == 3 || symbol == .equal || symbol == .matches
                    || symbol == .notMatches
            default: false
            }
        switch name.lowercased() {
        case "distinct" where isFollowedByName, "xml" where !isFollowedByOperator:
            throw error(.unsupported, "`| \(name.lowercased())` is not supported", at: token.range)
        default: break
        }
    }

    /// `a="b.c[0]", d`; none when no name stands here.
    private mutating func extractions() throws(LogQLError) -> [LabelExtraction] {
        var extractions: [LabelExtraction] = []
        guard case .identifier = token.kind else { return [] }
        repeat {
            let label = try identifier()
            extractions.append(LabelExtraction(label: label, expression: take(.equal) ? try string() : label))
        } while take(.comma)
        return extractions
    }

    /// `new=old, label="template"`.
    private mutating func labelFormats() throws(LogQLError) -> [LabelFormat] {
        var formats: [LabelFormat] = []
        repeat {
            let label = try identifier()
            try expect(.equal)
            switch token.kind {
            case .identifier(let old): formats.append(.rename(label: label, from: old))
            case .string(let template): formats.append(.template(label: label, template))
            default: throw unexpected(["IDENTIFIER", "STRING"])
            }
            advance()
        } while take(.comma)
        return formats
    }

    /// `a, b="c"`.
    private mutating func labelSelections() throws(LogQLError) -> [LabelSelection] {
        var selections: [LabelSelection] = []
        repeat {
            let name = try identifier()
            selections.append(matcherKind == nil ? .name(name) : .matcher(try matcher(named: name)))
        } while take(.comma)
        return selections
    }
}
