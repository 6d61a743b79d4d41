import TelemetryModel
import Testing
import TraceQL
import TraceQLEvaluation

@Suite struct SpanForestTests {
    private func table(parents: (Int) -> UInt64, count: Int) -> SpanTable {
        SpanTable(
            traceIDs: [TraceID(high: 0, low: 1)], traceOffsets: [0, count],
            spanIDs: (1...count).map { SpanID(value: UInt64($0)) },
            parentIDs: (1...count).map { SpanID(value: parents($0)) },
            starts: (1...count).map(Int64.init), durations: [Int64](repeating: 1, count: count),
            kinds: [Int32](repeating: 1, count: count), statuses: [Int32](repeating: 0, count: count),
            services: TextColumn(values: ["s"], codes: [UInt32](repeating: 0, count: count)),
            names: TextColumn(values: ["n"], codes: [UInt32](repeating: 0, count: count)))
    }

    private func matched(
        _ table: SpanTable, _ relation: SpansetOperator.Relation, _ form: SpansetOperator.Form = .plain,
        left: FieldExpression = .literal(.bool(true)), right: FieldExpression = .literal(.bool(true))
    ) throws -> Int {
        let pipeline = Pipeline([.spansets(.combined(.filter(left), .relation(relation, form), .filter(right)))])
        var evaluator = PipelineEvaluator(pipeline, over: try FieldEvaluator(table))
        return try evaluator.matches().first?.rows.count ?? 0
    }

    @Test func aMillionSpansEachTheChildOfTheLast() throws {
        let count = 1_000_000
        let table = table(parents: { UInt64($0 - 1) }, count: count)
        #expect(try matched(table, .descendant) == count - 1)
        #expect(try matched(table, .ancestor, .union) == count)
        #expect(try matched(table, .sibling) == 0)
        let last = FieldExpression.comparison(intrinsic(.nestedSetLeft), .equal, .literal(.int(Int64(count))))
        #expect(try matched(table, .child, right: last) == 1)
    }

    @Test func aMillionSpansOfOneParent() throws {
        let count = 1_000_000
        let table = table(parents: { $0 == 1 ? 0 : 1 }, count: count)
        #expect(try matched(table, .child) == count - 1)
        #expect(try matched(table, .sibling) == count - 1)
        #expect(try matched(table, .descendant, .negated) == 1)
        let root = FieldExpression.comparison(intrinsic(.childCount), .greater, .literal(.int(Int64(count - 2))))
        #expect(try matched(table, .parent, right: root) == 1)
    }

    @Test func aRingOfAMillionSpansIsCutAtItsFirst() throws {
        let count = 1_000_000
        let table = table(parents: { UInt64($0 == 1 ? count : $0 - 1) }, count: count)
        #expect(try matched(table, .descendant) == count - 1)
        let unconnected = FieldExpression.comparison(intrinsic(.nestedSetLeft), .equal, .literal(.int(0)))
        #expect(try matched(table, .ancestor, left: unconnected, right: unconnected) == count - 1)
    }

    @Test func orphansAreRelatedToTheirOwnSpansButHaveNoNumbers() throws {
        let fields = try FieldEvaluator(
            SpanTable([
                TestSpan(id: 1), TestSpan(id: 2, parent: 1, start: 1), TestSpan(id: 3, parent: 99, start: 2),
                TestSpan(id: 4, parent: 3, start: 3),
            ]))
        let left = try fields.column(intrinsic(.nestedSetLeft))
        let right = try fields.column(intrinsic(.nestedSetRight))
        let parent = try fields.column(intrinsic(.nestedSetParent))
        #expect((0..<4).map { left.value(at: $0) } == [.int(1), .int(2), .int(0), .int(0)])
        #expect((0..<4).map { right.value(at: $0) } == [.int(4), .int(3), .int(0), .int(0)])
        #expect((0..<4).map { parent.value(at: $0) } == [.int(-1), .int(1), .int(0), .int(0)])
        #expect(try matched(fields.table, .descendant) == 2)
    }
}
