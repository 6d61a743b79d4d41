import PromQL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Values of duration expressions, once the step of the query is known.
struct DurationEvaluation {
    /// Milliseconds.
    let step: Int64

    /// Longest span, milliseconds: what Go's `time.Duration` holds, about 292 years.
    private static let millisecondsMax = 9_223_372_036_854.0

    func milliseconds(_ expression: DurationExpression, mayBeNegative: Bool) throws(QueryError) -> Int64 {
        if case .milliseconds(let value) = expression { return value }
        let seconds = try seconds(expression)
        guard mayBeNegative || seconds > 0 else {
            throw QueryError(.invalid, "duration must be greater than 0", range: expression.place)
        }
        let milliseconds = seconds * 1000
        guard milliseconds.magnitude <= Self.millisecondsMax else {
            throw QueryError(.invalid, "duration is out of range", range: expression.place)
        }
        return Int64(milliseconds)
    }

    private func seconds(_ expression: DurationExpression) throws(QueryError) -> Double {
        switch expression {
        case .milliseconds(let value): return Double(value) / 1000
        case .number(let value): return value
        case .step: return Double(step) / 1000
        case .negative(let inner, _): return -(try seconds(inner))
        case .parenthesis(let inner, _): return try seconds(inner)
        case .extreme(let isMaximum, let left, let right, _):
            let (a, b) = (try seconds(left), try seconds(right))
            return isMaximum ? max(a, b) : min(a, b)
        case .binary(let operation, let left, let right, let place):
            let (a, b) = (try seconds(left), try seconds(right))
            switch operation {
            case .add: return a + b
            case .subtract: return a - b
            case .multiply: return a * b
            case .divide:
                guard b != 0 else { throw QueryError(.invalid, "division by zero", range: place) }
                return a / b
            case .modulo:
                guard b != 0 else { throw QueryError(.invalid, "modulo by zero", range: place) }
                return fmod(a, b)
            case .power: return pow(a, b)
            }
        }
    }
}

extension DurationExpression {
    /// Where it stands, when the tree knows.
    fileprivate var place: SourceRange? {
        switch self {
        case .milliseconds, .number: nil
        case .step(let place), .negative(_, let place), .binary(_, _, _, let place), .extreme(_, _, _, let place),
            .parenthesis(_, let place):
            place
        }
    }
}
