import ClickHouse
@testable import QueryEngines
import SQLSyntax
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing
import TraceQL
import TraceQLEvaluation

/// Conditions on rows against evaluation, over random spans in the real engine.
@Suite struct SpanLoweringAnswerTests {
    struct Row: Hashable, Comparable {
        var trace: String
        var span: String
        var start: Int64

        static func < (left: Row, right: Row) -> Bool {
            (left.trace, left.span, left.start) < (right.trace, right.span, right.start)
        }
    }

    static func found(_ condition: RowCondition, in fixture: TraceFixture) async throws -> [Row] {
        let select = Select(
            [.init(.column("trace_id")), .init(.column("span_id")), .init(.column("start_time"))],
            from: TelemetrySchema.spans.name, where: condition.sql)
        return try await fixture.engine.rows(select.statement).map { row in
            Row(
                trace: Hex.encode(row[0].rawBytes ?? []), span: Hex.encode(row[1].rawBytes ?? []),
                start: row[2].integer ?? 0)
        }.sorted()
    }

    static func expected(_ expression: FieldExpression, _ given: Given) throws -> [Row] {
        let attributes = Pipeline([.spansets(.filter(expression))]).attributes
        let fields = try FieldEvaluator(given.table(attributes))
        let flags = try fields.condition(expression)
        return zip(given.sorted, flags).filter(\.1).map { span, _ in
            Row(trace: span.trace.hex, span: span.id.hex, start: span.start)
        }.sorted()
    }

    @Test(
        "an exact condition finds the spans for which the expression is true, a wider one finds those and others",
        arguments: 1...4)
    func conditionsFindWhatTheyShould(seed: Int) async throws {
        var random = RandomTraces(seed: seed)
        let fixture = try await TraceFixture("lowering_\(seed)", random.given(), batches: 3)
        var queries = RandomTraceQL(seed: seed)
        let engine = fixture.traces()
        var exact = 0
        for _ in 0..<100 {
            let expression = queries.filter()
            let expected = try Self.expected(expression, fixture.given)
            for purpose in [SpanLowering.Purpose.candidates, .answer] {
                let condition = try await engine.lowering(for: purpose).lower(expression)
                let found = try await Self.found(condition, in: fixture)
                if condition.isExact {
                    exact += 1
                    if found != expected {
                        let missing = Set(expected).subtracting(found).count
                        Issue.record(
                            "{ \(expression) } exact for \(purpose): \(found.count) found, \(expected.count) expected, \(missing) missing; \(condition.sql)"
                        )
                    }
                } else {
                    let missing = Set(expected).subtracting(found)
                    if !missing.isEmpty {
                        Issue.record("{ \(expression) } for \(purpose): \(missing.count) of \(expected.count) missing")
                    }
                }
            }
        }
        #expect(exact > 20)
    }
}
