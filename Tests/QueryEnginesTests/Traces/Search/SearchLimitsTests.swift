import ClickHouse
@testable import QueryEngines
import Synchronization
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing
import TraceQL

/// Searches at the bounds: many traces, the order of answers, progress, cancellation.
@Suite struct SearchLimitsTests {
    private static func query(_ text: String) throws -> Query { try TraceQLParser.parse(text) }

    /// Traces of one span each, one a second.
    private static func given(_ count: Int) -> Given {
        var given = Given(resources: [[("service.name", .string("shop"))]])
        for number in 0..<count {
            given.spans.append(
                GivenSpan(
                    trace: TraceID(high: UInt64(number), low: 1), id: SpanID(value: 1),
                    start: RandomTraces.begin + Int64(number) * RandomTraces.second, name: number % 3 == 0 ? "a" : "b",
                    attributes: [("n", .int(Int64(number)))]))
        }
        return given
    }

    @Test("traces come newest first by their newest span that matches, whatever is done at a time")
    func newestFirst() async throws {
        var given = Self.given(50)
        // An old trace with a new span that matches, and one with a new span that does not.
        given.spans.append(
            GivenSpan(
                trace: TraceID(high: 0, low: 1), id: SpanID(value: 2),
                start: RandomTraces.begin + 1000 * RandomTraces.second,
                name: "a"))
        given.spans.append(
            GivenSpan(
                trace: TraceID(high: 3, low: 1), id: SpanID(value: 2),
                start: RandomTraces.begin + 2000 * RandomTraces.second,
                name: "b"))
        let fixture = try await TraceFixture("newest_first", given)
        let numbers: [UInt64] = [0] + stride(from: 48, through: 3, by: -3)
        let sizes: [(inout TraceEngineLimits) -> Void] = [
            { _ in }, { ($0.pageRowsMin, $0.rowsPerTrace, $0.tracesPerStep, $0.spansPerStep) = (2, 1, 2, 4) },
            { ($0.pagesMax, $0.spansPerStep) = (0, 5) }, { ($0.pageRowsMin, $0.rowsPerTrace, $0.pagesMax) = (1, 0, 1) },
        ]
        // The second is not one filter, and so is answered by pages of candidates.
        for text in ["{ name = `a` }", "{ name = `a` } | count() > 0", "{ name = `a` } || { span.nowhere = 1 }"] {
            for change in sizes {
                for limit in [1, 2, 5, 17, 100] {
                    let reported = Mutex<[TraceID]>([])
                    let result = try await fixture.traces(change).search(
                        TraceSearchRequest(query: try Self.query(text), limit: limit)
                    ) { progress in reported.withLock { $0 += progress.traces.map(\.id) } }
                    #expect(result.traces.map(\.id.high) == Array(numbers.prefix(limit)), "\(text) limit \(limit)")
                    #expect(reported.withLock { $0 } == result.traces.map(\.id), "each is reported once, in order")
                }
            }
        }
    }

    @Test("a trace is in the time when one of its matching spans is, on either side of && and of a union")
    func overlap() async throws {
        var given = Given()
        let id = TraceID(high: 5, low: 5)
        let begin = RandomTraces.begin
        given.spans = [
            GivenSpan(trace: id, id: SpanID(value: 1), start: begin, duration: 100, name: "root"),
            GivenSpan(
                trace: id, id: SpanID(value: 2), parent: SpanID(value: 1), start: begin + 1000, duration: 10,
                name: "child"),
        ]
        let fixture = try await TraceFixture("overlap", given)
        func found(_ text: String, _ start: Int64?, _ end: Int64?) async throws -> Bool {
            let range = TraceTimeRange(start: start.map { begin + $0 }, end: end.map { begin + $0 })
            let result = try await fixture.traces().search(
                TraceSearchRequest(query: try Self.query(text), range: range)
            ) { _ in }
            return !result.traces.isEmpty
        }
        // The end of the time is outside, the end of a span inside.
        #expect(try await found("{ name = `root` }", 0, 1))
        #expect(try await found("{ name = `root` }", 100, 101))
        #expect(try await !found("{ name = `root` }", 101, 102))
        #expect(try await !found("{ name = `root` }", -5, 0))
        for text in ["{ name = `root` } && { name = `child` }", "{ name = `root` } &> { name = `child` }"] {
            #expect(try await found(text, 50, 60), "\(text): only the left one is in the time")
            #expect(try await found(text, 1005, 1006), "\(text): only the right one is in the time")
            #expect(try await !found(text, 500, 600), "\(text): none is in the time")
        }
        #expect(try await !found("{ name = `root` } > { name = `child` }", 50, 60))
        #expect(try await found("{ name = `root` } > { name = `child` }", 1005, 1006))
    }

    @Test("many traces that are all refused, resources that are many, and lists of ids fit into statements")
    func manyTraces() async throws {
        var given = Self.given(9_000)
        given.resources = (0..<9_000).map { number in
            [
                ("service.name", .string("shop")),
                ("pod", .string("pod-\(number)-it's-" + String(repeating: "x", count: 40))),
            ]
        }
        for index in given.spans.indices { given.spans[index].resource = index }
        let fixture = try await TraceFixture("many_traces", given)
        let traces = fixture.traces()
        func count(_ text: String) async throws -> Int {
            try await traces.search(TraceSearchRequest(query: try Self.query(text), limit: 2_000)) { _ in }.traces.count
        }
        #expect(try await count("{ } | count() > 1") == 0)
        #expect(try await count("{ name = `a` } | count() > 0") == 2_000)
        #expect(
            try await count("{ resource.pod =~ \"pod-1.*\" && !(resource.pod = `x`) && resource.pod != `y` }") == 1_111)
        #expect(try await count("{ resource.pod !~ \"pod-1.*\" && span.n < 20 } | count() > 0") == 9)
        #expect(try await count("{ .pod =~ \".*-77-it's.*\" }") == 1)
        #expect(try await count("{ .pod != `a` && .service.name = `shop` && span.n >= 8990 }") == 10)
        let metrics = try await traces.metrics(
            TraceMetricsRequest(
                query: try Self.query("{ span.n < 12 } | rate() by (resource.pod)"), start: RandomTraces.begin,
                end: RandomTraces.begin + 100 * RandomTraces.second, step: nil))
        #expect(metrics.series.count == 12)
    }

    @Test("cancelling a search or metrics ends their statement in the engine")
    func cancellation() async throws {
        let fixture = try await TraceFixture("cancelled_search", Self.given(10))
        let engine = EndlessEngine(fixture.engine)
        let slow = TraceEngine(
            try await TelemetryStore(engine, retention: TraceFixture.retention, logger: silentLogger()))
        engine.begin()
        func running() async throws -> Int64 {
            let rows = try await fixture.engine.rows(
                BoundStatement(
                    "SELECT count() FROM system.processes WHERE position(query, {name:String}) > 0 "
                        + "AND position(query, 'system.processes') = 0",
                    parameters: ["name": "cancelled_search"]))
            return rows.first?.first?.integer ?? 0
        }
        let works: [@Sendable () async throws -> Void] = [
            { _ = try await slow.search(TraceSearchRequest(query: try Self.query("{ } | count() > 5"))) { _ in } },
            { _ = try await slow.search(TraceSearchRequest(query: try Self.query("{ name = `a` }"))) { _ in } },
            {
                _ = try await slow.metrics(
                    TraceMetricsRequest(
                        query: try Self.query("{ } | rate()"), start: RandomTraces.begin,
                        end: RandomTraces.begin + 1000 * RandomTraces.second, step: nil))
            },
            { _ = try await slow.tagValues(TagValuesRequest(target: .intrinsic(.name))) },
        ]
        for (number, work) in works.enumerated() {
            let task = Task { try await work() }
            while try await running() == 0 { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            let error = await #expect(throws: TraceQueryError.self, "\(number)") { try await task.value }
            #expect(error?.kind == .cancelled)
            while try await running() > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
    }
}
