import Testing
import TraceQL
import TraceQLEvaluation

@Suite struct ArithmeticTests {
    @Test(arguments: [
        (ArithmeticOperator.divide, Int64(7), Int64(2), Value.int(3)), (.divide, -7, 2, .int(-3)),
        (.modulo, -7, 2, .int(-1)), (.power, 2, 10, .int(1024)), (.power, 2, -1, .double(0.5)),
        (.power, 0, 0, .int(1)), (.power, -1, .max, .int(-1)), (.divide, .min, -1, .double(9_223_372_036_854_775_808)),
        (.modulo, .min, -1, .double(0)), (.divide, 1, 0, .none), (.modulo, 1, 0, .none),
        (.add, .max, 1, .double(9_223_372_036_854_775_808)),
    ])
    func ofIntegers(operation: ArithmeticOperator, left: Int64, right: Int64, result: Value) {
        #expect(Arithmetic.result(.int(left), operation, .int(right)) == result)
    }

    @Test func durationsStayDurationsWhereTheUnitDoes() {
        #expect(Arithmetic.result(.duration(5), .add, .duration(6)) == .duration(11))
        #expect(Arithmetic.result(.duration(5), .multiply, .int(3)) == .duration(15))
        #expect(Arithmetic.result(.duration(5), .divide, .int(2)) == .double(2.5))
        #expect(Arithmetic.result(.duration(6), .divide, .duration(2)) == .double(3))
    }

    @Test func otherValuesHaveNoResult() {
        #expect(Arithmetic.result(.string("1"), .add, .int(1)) == .none)
        #expect(Arithmetic.result(.none, .add, .int(1)) == .none)
        #expect(Arithmetic.negated(.bool(true)) == .none)
        #expect(Arithmetic.negated(.int(.min)) == .double(9_223_372_036_854_775_808))
    }
}
