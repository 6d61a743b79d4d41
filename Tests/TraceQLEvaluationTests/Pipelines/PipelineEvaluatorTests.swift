import TelemetryModel
import Testing
import TraceQL
import TraceQLEvaluation

@Suite struct PipelineEvaluatorTests {
    /// Compares with a second implementation that shares nothing with the first, on random trees and random queries.
    @Test(arguments: 0..<60) func agreesWithASimpleImplementation(seed: Int) throws {
        var random = RandomQueries(seed: seed)
        for _ in 0..<6 {
            let spans = random.spans()
            let reference = ReferenceEvaluator(spans)
            let fields = try FieldEvaluator(SpanTable(spans, columns: RandomQueries.targets))
            for _ in 0..<8 {
                let pipeline = random.pipeline()
                var evaluator = PipelineEvaluator(pipeline, over: fields)
                let found = try evaluator.matches().map {
                    ReferenceEvaluator.Found(
                        trace: fields.table.traceIDs[$0.trace].low, rows: $0.rows.map(Int.init),
                        groups: $0.groups.map(\.value))
                }
                let expected = try reference.run(pipeline)
                #expect(found == expected, "seed \(seed): \(pipeline)")
            }
        }
    }

    private func run(_ stages: [Stage], _ spans: [TestSpan]) throws -> [SpansetMatch] {
        var evaluator = PipelineEvaluator(Pipeline(stages), over: try FieldEvaluator(SpanTable(spans)))
        return try evaluator.matches()
    }

    private let spans = [
        TestSpan(id: 1, duration: 1_000, service: "a", fields: [.attribute(.span, "n"): .int(3)]),
        TestSpan(id: 2, parent: 1, start: 1, duration: 3_000, service: "b", fields: [.attribute(.span, "n"): .int(4)]),
        TestSpan(id: 3, parent: 2, start: 2, duration: 5_000, service: "b"),
    ]
    private let all = Stage.spansets(.filter(.literal(.bool(true))))

    @Test func aggregatesIgnoreSpansWithoutTheValue() throws {
        let matches = try run(
            [all, .scalarFilter(.aggregate(.average, spanAttribute("n")), .equal, .literal(.double(3.5)))], spans)
        #expect(matches.count == 1)
        #expect(matches.first?.scalars.map(\.value) == [.double(3.5)])
    }

    @Test func anAggregateOfNoValuesDropsTheSpanset() throws {
        for comparison in [ComparisonOperator.equal, .notEqual, .less] {
            let filter = Stage.scalarFilter(.aggregate(.sum, spanAttribute("none")), comparison, .literal(.int(0)))
            #expect(try run([all, filter], spans).isEmpty)
        }
    }

    @Test func groupsComeInTheOrderOfTheirFirstSpansAndCoalesceUndoesThem() throws {
        let service = FieldExpression.attribute(Attribute(.attribute(.resource, "service.name")))
        let groups = try run([all, .group(service)], spans)
        #expect(groups.map(\.rows) == [[0], [1, 2]])
        #expect(groups.map { $0.groups.map(\.value) } == [[.string("a")], [.string("b")]])
        let one = try run([all, .group(service), .coalesce], spans)
        #expect(one == [SpansetMatch(trace: 0, rows: [0, 1, 2])])
    }

    @Test func sumsAndAveragesOfDurationsAreDurations() throws {
        let filter = Stage.scalarFilter(
            .aggregate(.sum, intrinsic(.duration)), .greater, .aggregate(.average, intrinsic(.duration)))
        let matches = try run([all, filter], spans)
        #expect(matches.first?.scalars.map(\.value) == [.duration(9_000), .duration(3_000)])
    }

    @Test func aStageThatFiltersSeesOnlyWhatCameIn() throws {
        let relation = SpansetExpression.combined(
            .filter(.literal(.bool(true))), .relation(.child, .plain), .filter(.literal(.bool(true))))
        let first = Stage.spansets(.filter(.comparison(intrinsic(.duration), .greater, .literal(.duration(1_000)))))
        #expect(try run([first, .spansets(relation)], spans).map(\.rows) == [[2]])
    }

    @Test func selectedAttributesAreListedOnce() {
        let (x, y) = (Attribute(.attribute(.span, "x")), Attribute(.attribute(.span, "y")))
        #expect(Pipeline([all, .select([x, y]), .select([y])]).selectedAttributes == [x, y])
    }

    @Test func deepNestingIsRefusedAndLongChainsAreNot() throws {
        var deep = FieldExpression.literal(.bool(true))
        for _ in 0..<600 { deep = .not(deep) }
        #expect(throws: TraceQLEvaluationError.self) { try run([.spansets(.filter(deep))], spans) }
        var long = FieldExpression.literal(.bool(false))
        for _ in 0..<2_000 { long = .or(long, .comparison(intrinsic(.duration), .equal, .literal(.duration(5_000)))) }
        #expect(try run([.spansets(.filter(long))], spans).map(\.rows) == [[2]])
    }
}
