import PromQL
import Testing

@testable import PromQLEvaluation

@Suite struct DurationEvaluationTests {
    private let place = SourceRange(0, 1)
    private let evaluation = DurationEvaluation(step: 15_000)

    @Test func operatorsComputeSeconds() throws {
        let sum = DurationExpression.binary(.add, .milliseconds(90_000), .number(1.5), place)
        #expect(try evaluation.milliseconds(sum, mayBeNegative: false) == 91_500)
        let power = DurationExpression.binary(.power, .number(2), .number(3), place)
        #expect(try evaluation.milliseconds(power, mayBeNegative: false) == 8000)
        let step = DurationExpression.binary(.multiply, .step(place), .number(4), place)
        #expect(try evaluation.milliseconds(step, mayBeNegative: false) == 60_000)
        let least = DurationExpression.extreme(isMaximum: false, .step(place), .number(3), place)
        #expect(try evaluation.milliseconds(least, mayBeNegative: false) == 3000)
        let rest = DurationExpression.binary(.modulo, .number(31), .number(7), place)
        #expect(try evaluation.milliseconds(.negative(rest, place), mayBeNegative: true) == -3000)
    }

    @Test func aWindowIsLongerThanNothing() {
        for expression in [DurationExpression.number(0), .negative(.number(5), place)] {
            #expect {
                try evaluation.milliseconds(expression, mayBeNegative: false)
            } throws: { ($0 as? QueryError)?.message == "duration must be greater than 0" }
        }
    }

    @Test func divisionByZeroAndWhatNoIntegerHoldsAreErrors() {
        for (operation, text) in [(DurationOperator.divide, "division by zero"), (.modulo, "modulo by zero")] {
            #expect {
                try evaluation.milliseconds(.binary(operation, .number(1), .number(0), place), mayBeNegative: true)
            } throws: { ($0 as? QueryError)?.message == text }
        }
        for value in [1e300, .infinity, -.infinity, .nan] {
            #expect(throws: QueryError.self) { try evaluation.milliseconds(.number(value), mayBeNegative: true) }
        }
    }
}
