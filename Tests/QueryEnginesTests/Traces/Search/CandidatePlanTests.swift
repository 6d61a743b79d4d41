import ClickHouse
@testable import QueryEngines
import SQLSyntax
import TelemetryModel
import Testing
import TraceQL

/// Which spans and traces are candidates of each form of a query, as text.
@Suite struct CandidatePlanTests {
    private static let queries = [
        "{ }", "{ name = `a` }", "{ span.nowhere = 1 }", "{ rootName = `r` && span.x = 1 }", "{ rootName =~ \"a|b\" }",
        "{ rootServiceName = `s` || name = `a` }", "{ name = `a` } && { name = `b` }", "{ } && { name = `b` }",
        "{ name = `a` } && { span.nowhere = 1 }", "{ name = `a` } || { name = `b` }", "{ name = `a` } || { }",
        "{ span.nowhere = 1 } || { name = `b` }", "{ span.nowhere = 1 } || { span.nowhere = 2 }",
        "{ name = `a` } | { status = error }", "{ name = `a` } | count() > 2 | { status = error }",
        "{ name = `a` } | { status = error } >> { kind = server }", "{ name = `a` } | by(span.x) | count() > 2",
        "{ name = `a` } | coalesce()", "{ name = `a` } | select(span.x)",
        "({ name = `a` } | count() > 2) >> { name = `b` }",
        "{ name = `a` } >> { name = `b` } >> { name = `c` }", "{ name = `a` } && ({ name = `b` } || { name = `c` })",
        "{ rootName = `r` } && { name = `b` }", "{ rootName = `r` } || { name = `b` }", "{ span.x + 1 = 2 }",
    ]

    private static var relations: [String] {
        SpansetOperator.Relation.allCases.flatMap { relation in
            ["", "!", "&"].map { "{ name = `a` } \($0)\(relation.rawValue) { name = `b` }" }
        } + ["{ span.nowhere = 1 } > { name = `b` }", "{ span.nowhere = 1 } !> { name = `b` }"]
            + ["{ span.nowhere = 1 } &> { name = `b` }", "{ } > { name = `b` }", "{ name = `a` } > { }"]
    }

    private static func plan(_ query: String) async throws -> CandidatePlan? {
        guard case .search(let pipeline) = try TraceQLParser.parse(query).body else { return nil }
        let lowering = SpanLowering(keys: SpanLoweringTests.keys, references: GivenReferences(), purpose: .candidates)
        return try await CandidatePlan.make(pipeline, lowering)
    }

    @Test("each operator between spansets, and each stage")
    func plans() async throws {
        var golden = Golden("CandidatePlan")
        for query in Self.queries + Self.relations {
            guard let plan = try await Self.plan(query) else { continue }
            golden.add("\(query)\n  a span, \(plan.driver.isExact ? "exact" : "wider"):", plan.driver.sql)
            for requirement in plan.requirements { golden.add("  and in the trace a span:", requirement.sql) }
        }
        try golden.check()
    }

    @Test("pages newest first, and all candidates")
    func statements() async throws {
        var golden = Golden("Candidates")
        let ranges: [TraceTimeRange] = [
            .all, TraceTimeRange(start: 1, end: 2), TraceTimeRange(start: .min), TraceTimeRange(end: .max),
        ]
        let seen = [TraceID(high: 1, low: 2), TraceID(high: 3, low: 4)]
        for query in ["{ }", "{ name = `a` }", "{ rootName = `r` } >> { span.x = 1 }"] {
            guard let plan = try await Self.plan(query) else { continue }
            for range in ranges {
                let label = "\(query) from \(range.start.map { "\($0)" } ?? "-") to \(range.end.map { "\($0)" } ?? "-")"
                golden.add(
                    "\(label), first page", CandidateSearch.page(plan, range, before: nil, without: [], rows: 10))
                golden.add("\(label), all", CandidateSearch.all(plan, time: range.overlap))
            }
            golden.add("\(query), next page", CandidateSearch.page(plan, .all, before: 9, without: seen, rows: 10))
            golden.add(
                "\(query), next page, one seen",
                CandidateSearch.page(plan, .all, before: 9, without: [seen[0]], rows: 10))
        }
        let keys = SpanLoweringTests.keys
        let readings = [Attribute.Target.attribute(.span, "x"), .attribute(.event, "e"), .intrinsic(.eventName)]
            .compactMap { FieldReading($0, keys: keys) }
        golden.add(
            "one filter",
            FilterSearch.select(
                .exact(.equal(.column("name"), .parameter(.string("a")))), ranges[1], readings, rows: 10))
        try golden.check()
    }

    @Test("what can have no answer asks nothing of spans")
    func nothing() async throws {
        let (traces, recorder) = try await StatementRecorder.traces()
        for query in [
            "{ span.nowhere = 1 }", "{ span.nowhere = 1 } >> { }", "{ } && { resource.nowhere = `a` }",
            "{ span.nowhere = 1 } | count() > 1",
        ] {
            let result = try await traces.search(TraceSearchRequest(query: try TraceQLParser.parse(query))) { _ in }
            #expect(result.traces.isEmpty)
            let asked = recorder.takeStatements()
            #expect(!asked.contains { $0.text.contains("`spans`") }, "\(query): \(asked)")
        }
    }
}
