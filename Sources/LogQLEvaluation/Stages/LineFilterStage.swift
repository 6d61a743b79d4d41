import LogQL
import TelemetryModel

/// `|= "a" or "b"`, `!~ "x"`, `|> "<_> x"`, `|= ip("10.0.0.0/8")`.
final class LineFilterStage: LineStage {
    private enum Test {
        case search(TextSearch)
        case pattern(PatternFilter)
        case address(AddressFilter)
    }

    private let tests: [Test]
    private let isNegated: Bool
    /// The one text to look for, which is the usual case.
    private let needle: [UInt8]?

    init(_ filter: LineFilter) throws(LogQLEvaluationError) {
        var tests: [Test] = []
        for operand in filter.operands { tests.append(try Self.test(filter.operation, operand)) }
        self.tests = tests
        isNegated = filter.operation.isNegated
        if tests.count == 1, case .search(.words(let words)) = tests[0], words.count == 1, !words[0].ignoresCase {
            needle = words[0].bytes
        } else {
            needle = nil
        }
    }

    private static func test(
        _ operation: LineFilter.Operation, _ operand: LineFilter.Operand
    ) throws(LogQLEvaluationError) -> Test {
        switch (operand, operation) {
        case (.text(let text), .contains), (.text(let text), .notContains): return .search(TextSearch(text: text))
        case (.text(let text), .matches), (.text(let text), .notMatches):
            return .search(try TextSearch(expression: text))
        case (.text(let text), .pattern), (.text(let text), .notPattern):
            return .pattern(PatternFilter(text))
        case (.address(let pattern), .contains), (.address(let pattern), .notContains):
            return .address(try AddressFilter.checked(pattern))
        case (.address, _): throw LogQLEvaluationError(.invalid, "ip: invalid operation")
        }
    }

    override var readsLine: Bool { true }

    override func process(_ state: inout LineState) -> Bool {
        let line = state.line
        if let needle {
            return needle.withUnsafeBufferPointer { line.first($0, from: 0) != nil } != isNegated
        }
        for test in tests {
            let isFound =
                switch test {
                case .search(let search): search.isFound(in: line)
                case .pattern(let pattern): pattern.matches(line)
                case .address(let filter): filter.containsMatch(in: line)
                }
            if isFound { return !isNegated }
        }
        return isNegated
    }
}

extension AddressFilter {
    static func checked(_ pattern: String) throws(LogQLEvaluationError) -> AddressFilter {
        do {
            return try AddressFilter(pattern)
        } catch {
            throw LogQLEvaluationError(.invalid, error.message)
        }
    }
}
