import ClickHouse
@testable import QueryEngines
import TelemetryStore
import Testing
import TraceQL
import TraceQLEvaluation

/// The statement that counts, of each function and grouping, as text.
@Suite struct MetricsStatementTests {
    private static func statement(
        _ query: String, _ references: GivenReferences = GivenReferences(found: .ids([])), exemplars: Bool = false,
        step: Int64? = 60
    ) async throws -> MetricsStatement? {
        guard case .metrics(.pipeline(let pipeline, let function)) = try TraceQLParser.parse(query).body else {
            Issue.record("no function: \(query)")
            return nil
        }
        let lowering = SpanLowering(keys: SpanLoweringTests.keys, references: references, purpose: .answer)
        return try await MetricsStatement.make(
            pipeline, function, on: try IntervalGrid(start: 120, end: 600, step: step), lowering, exemplars: exemplars)
    }

    @Test("every function, of a duration, of numbers, and in groups")
    func functions() async throws {
        let operands = [
            "duration", "span.x", ".x", "span.arr", "event.e", "span.x + 1", "traceDuration", "parent.span.x",
        ]
        let functions = [
            "min_over_time", "max_over_time", "avg_over_time", "sum_over_time", "histogram_over_time",
        ]
        let groups = [
            "name", "status", "kind", "statusMessage", "resource.service.name", ".service.name", "resource.r", ".r",
            "span.x", ".x", ".shared", "span.arr", "event:name", "rootName", "parent.name", "instrumentation.i",
            "span.nowhere", "name, status, span.x",
        ]
        var queries = ["{ } | rate()", "{ } | count_over_time()", "{ name = `a` } | select(span.x) | rate()"]
        queries += ["{ name = `a` } | coalesce() | rate()", "{ name = `a` } | count() > 2 | rate()"]
        queries += ["{ name = `a` } | by(name) | rate()", "{ name = `a` } > { } | rate()", "{ event.e = 1 } | rate()"]
        queries += ["{ span.nowhere = 1 } | rate()", "{ } | compare({ status = error })"]
        queries += functions.flatMap { function in operands.map { "{ } | \(function)(\($0))" } }
        queries += ["{ } | quantile_over_time(duration, 0.5, 0.99)", "{ } | quantile_over_time(span.x, 0, 1)"]
        queries += groups.map { "{ } | rate() by (\($0))" }
        var golden = Golden("Metrics")
        for query in queries {
            guard let statement = try? await Self.statement(query) else {
                golden.add(line: "\n\(query)\n    is evaluated")
                continue
            }
            golden.add(query, statement.select)
        }
        if let statement = try await Self.statement("{ } | rate()", step: nil) {
            golden.add("{ } | rate() at once", statement.select)
        }
        for query in ["{ } | rate() by (name)", "{ } | max_over_time(duration)", "{ } | sum_over_time(span.x)"] {
            if let statement = try await Self.statement(query, exemplars: true) {
                golden.add("\(query) with exemplars", statement.select)
            }
        }
        try golden.check()
    }

    @Test("a group of resources names their values by number; of too many it is evaluated")
    func resources() async throws {
        let many = try await Self.statement("{ } | rate() by (resource.r)", GivenReferences(texts: nil))
        #expect(many == nil)
        var values: [UInt64: String] = [:]
        for id in 0..<4_000 { values[.max - UInt64(id)] = "s" + String(repeating: "x", count: 50) + "\(id)" }
        let statement = try await Self.statement("{ } | rate() by (resource.r)", GivenReferences(texts: values))
        let bytes = try #require(statement).select.statement.parameters.values.reduce(0) { $0 + $1.utf8.count }
        #expect(bytes < 200 << 10, "what is bound does not grow with the values")
    }
}
