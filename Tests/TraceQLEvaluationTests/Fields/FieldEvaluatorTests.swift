import Testing
import TraceQL
import TraceQLEvaluation

@Suite struct FieldEvaluatorTests {
    private let x = spanAttribute("x")

    /// Rows of spans whose `x` is each of the values (none: without it) for which the expression holds.
    private func rows(_ expression: FieldExpression, x values: [Value]) throws -> [Int] {
        let spans = values.enumerated().map { place, value in
            TestSpan(
                id: UInt64(place + 1), start: Int64(place),
                fields: value == .none ? [:] : [.attribute(.span, "x"): value])
        }
        let flags = try FieldEvaluator(SpanTable(spans)).condition(expression)
        return flags.indices.filter { flags[$0] }
    }

    @Test(arguments: [ComparisonOperator.equal, .notEqual, .less, .greaterOrEqual, .matches, .notMatches])
    func aMissingAttributeNeverMatches(comparison: ComparisonOperator) throws {
        #expect(try rows(.comparison(x, comparison, .literal(.string("a"))), x: [.none]) == [])
    }

    @Test func nilAsksForExistence() throws {
        let values: [Value] = [.none, .int(0), .string(""), .list([])]
        #expect(try rows(.comparison(x, .equal, .literal(.none)), x: values) == [0])
        #expect(try rows(.comparison(x, .notEqual, .literal(.none)), x: values) == [1, 2, 3])
        #expect(try rows(.comparison(.literal(.none), .equal, x), x: values) == [0])
    }

    @Test func numbersOfAllKindsCompareAndTextsDoNotCompareWithThem() throws {
        let values: [Value] = [.int(2), .double(2), .duration(2), .string("2"), .bool(true), .double(2.5)]
        #expect(try rows(.comparison(x, .equal, .literal(.int(2))), x: values) == [0, 1, 2])
        #expect(try rows(.comparison(x, .notEqual, .literal(.int(2))), x: values) == [5])
        #expect(try rows(.comparison(x, .notEqual, .literal(.string("3"))), x: values) == [3])
        #expect(try rows(.comparison(.literal(.double(2.2)), .less, x), x: values) == [5])
    }

    @Test func integersCompareExactly() throws {
        let large: Int64 = 9_007_199_254_740_993
        #expect(try rows(.comparison(x, .equal, .literal(.int(large))), x: [.int(large - 1), .int(large)]) == [1])
    }

    @Test func textsCompareByBytesAndPatternsTakeAllOfThem() throws {
        let values: [Value] = [.string("a"), .string("ab"), .string("B"), .string("e\u{301}"), .string("é")]
        #expect(try rows(.comparison(x, .less, .literal(.string("ab"))), x: values) == [0, 2])
        #expect(try rows(.comparison(x, .matches, .literal(.string("a"))), x: values) == [0])
        #expect(try rows(.comparison(x, .notMatches, .literal(.string("a.*"))), x: values) == [2, 3, 4])
    }

    @Test func oneElementOfAnArrayIsEnoughButNotForUnequal() throws {
        let values: [Value] = [.list([.int(1), .int(2)]), .list([.int(3)]), .list([.string("1"), .int(3)])]
        #expect(try rows(.comparison(x, .equal, .literal(.int(1))), x: values) == [0])
        #expect(try rows(.comparison(x, .notEqual, .literal(.int(1))), x: values) == [1])
        #expect(try rows(.comparison(.literal(.int(2)), .less, x), x: values) == [1, 2])
    }

    @Test func aTruthValueIsACondition() throws {
        let values: [Value] = [.bool(true), .bool(false), .int(1), .none]
        #expect(try rows(x, x: values) == [0])
        #expect(try rows(.not(x), x: values) == [1])
        #expect(try rows(.or(x, .literal(.bool(true))), x: values) == [0, 1, 2, 3])
        #expect(try rows(.and(x, .literal(.bool(true))), x: values) == [0])
    }

    @Test func divisionByZeroMatchesNothing() throws {
        for operation in [ArithmeticOperator.divide, .modulo] {
            for comparison in [ComparisonOperator.equal, .notEqual, .greater] {
                let quotient = FieldExpression.arithmetic(x, operation, .literal(.int(0)))
                let condition = FieldExpression.comparison(quotient, comparison, .literal(.int(0)))
                #expect(try rows(condition, x: [.int(1), .double(1), .int(.min)]) == [])
            }
        }
    }

    @Test func idsCompareInEitherCaseAndWithoutLeadingZeros() throws {
        let table = SpanTable([TestSpan(id: 0xAB), TestSpan(id: 2, parent: 0xAB, start: 1)])
        let fields = try FieldEvaluator(table)
        func rows(_ field: Intrinsic, _ comparison: ComparisonOperator, _ text: String) throws -> [Int] {
            let flags = try fields.condition(.comparison(intrinsic(field), comparison, .literal(.string(text))))
            return flags.indices.filter { flags[$0] }
        }
        #expect(try rows(.spanID, .equal, "00AB") == [0])
        #expect(try rows(.spanID, .equal, "zz") == [])
        #expect(try rows(.spanID, .notEqual, "zz") == [0, 1])
        #expect(try rows(.parentID, .equal, "ab") == [1])
        #expect(try rows(.parentID, .notEqual, "ff") == [1])
        #expect(try rows(.parent, .equal, "00000000000000ab") == [1])
        #expect(try rows(.traceID, .equal, "A00000000000000001") == [0, 1])
        #expect(try rows(.spanID, .matches, "0+ab") == [0])
    }

    @Test func aParentsFieldIsMissingWhenTheParentIs() throws {
        let spans = [
            TestSpan(id: 1, name: "top"), TestSpan(id: 2, parent: 1, start: 1), TestSpan(id: 3, parent: 9, start: 2),
        ]
        let fields = try FieldEvaluator(SpanTable(spans))
        let name = FieldExpression.attribute(Attribute(.intrinsic(.name), ofParent: true))
        let column = try fields.column(name)
        #expect((0..<3).map { column.value(at: $0) } == [.none, .string("top"), .none])
    }

    @Test func anInvalidPatternIsAnError() {
        #expect(throws: TraceQLEvaluationError.self) {
            try rows(.comparison(x, .matches, .literal(.string("("))), x: [.string("a")])
        }
    }
}
