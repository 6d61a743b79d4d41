import PrometheusModel

/// Lines over a time: what a range aggregation works on.
struct LogRange {
    var selection: LogSelection
    var unwrap: Unwrap?
    var window: Int64 = 0
    var offset: Int64 = 0
}

extension Parser {
    /// `{…} | stages | unwrap x [5m] offset 1h`, with the window there or right after the selector, and perhaps
    /// parentheses around all, or around all before the window.
    mutating func logRange() throws(LogQLError) -> LogRange {
        guard isAt(.leftParenthesis) else {
            var range = try rangeHead()
            try finish(&range, alternatives: ["RANGE", "|"])
            return range
        }
        return try nested { (parser) throws(LogQLError) in
            parser.advance()
            if parser.isAt(.leftParenthesis) {
                let inner = try parser.logRange()
                try parser.expect(.rightParenthesis)
                return inner
            }
            var range = try parser.rangeHead()
            guard parser.take(.rightParenthesis) else {
                try parser.finish(&range, alternatives: ["RANGE", ")", "|"])
                try parser.expect(.rightParenthesis)
                return range
            }
            range.window = try parser.window(["RANGE"])
            range.offset = try parser.offset()
            if range.selection.stages.isEmpty, range.unwrap == nil, parser.isAt(.pipe) {
                guard parser.following.kind == .symbol(.unwrap) else {
                    parser.advance()
                    throw parser.unexpected(["unwrap"])
                }
                range.unwrap = try parser.unwrap()
            }
            return range
        }
    }

    private mutating func rangeHead() throws(LogQLError) -> LogRange {
        guard isAt(.leftBrace) else { throw unexpected(["{", "("]) }
        let start = token.range.start
        let matchers = try selector()
        let stages = try stages()
        let selection = LogSelection(matchers: matchers, stages: stages, range: SourceRange(start, lastEnd))
        return LogRange(selection: selection, unwrap: isAt(.pipe) ? try unwrap() : nil)
    }

    /// The window, its offset, and the stages that may stand after it when none stand before.
    private mutating func finish(_ range: inout LogRange, alternatives: [String]) throws(LogQLError) {
        range.window = try window(range.unwrap == nil ? [] : alternatives)
        range.offset = try offset()
        guard range.selection.stages.isEmpty, range.unwrap == nil else { return }
        range.selection.stages = try stages()
        range.selection.range.end = lastEnd
        if isAt(.pipe) { range.unwrap = try unwrap() }
    }

    private mutating func window(_ alternatives: [String]) throws(LogQLError) -> Int64 {
        guard case .range(let window) = token.kind else { throw unexpected(alternatives) }
        guard window > 0 else { throw error(.invalid, "duration must be greater than 0", at: token.range) }
        advance()
        return window
    }

    private mutating func offset() throws(LogQLError) -> Int64 {
        guard take(.offset) else { return 0 }
        guard case .duration(let offset) = token.kind else { throw unexpected(["DURATION"]) }
        advance()
        return offset
    }

    /// `| unwrap bytes(x) | filter`.
    private mutating func unwrap() throws(LogQLError) -> Unwrap {
        advance()
        advance()
        var unwrap: Unwrap
        if case .conversion(let conversion) = token.kind {
            advance()
            try expect(.leftParenthesis)
            unwrap = Unwrap(label: try identifier(), conversion: conversion)
            try expect(.rightParenthesis)
        } else {
            unwrap = Unwrap(
                label: try identifier(["IDENTIFIER", "BYTES_CONV", "DURATION_CONV", "DURATION_SECONDS_CONV"]))
        }
        while take(.pipe) { unwrap.filters.append(try labelFilter()) }
        return unwrap
    }
}
