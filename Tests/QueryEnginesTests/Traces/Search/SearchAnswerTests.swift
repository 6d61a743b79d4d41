@testable import QueryEngines
import TelemetryModel
import TestSupport
import Testing
import TraceQL
import TraceQLEvaluation

/// Searches in the real engine against evaluation of all that was stored.
@Suite struct SearchAnswerTests {
    /// What a search finds when there is no limit.
    static func expected(_ query: Query, _ range: TraceTimeRange, _ given: Given) throws -> [TraceID: [ExpectedSpanset]]
    {
        guard case .search(let pipeline) = query.body else { return [:] }
        let fields = try FieldEvaluator(given.table(pipeline.attributes))
        var evaluator = PipelineEvaluator(pipeline, over: fields)
        let table = fields.table
        var found: [TraceID: [ExpectedSpanset]] = [:]
        for match in try evaluator.matches() {
            let spans = match.rows.map { table.spanIDs[Int($0)] }
            let isInRange = match.rows.contains { row in
                let start = table.starts[Int(row)]
                // A clock that went back makes no span end before it starts.
                let end = start + max(0, table.durations[Int(row)])
                return (range.end.map { start < $0 } ?? true) && (range.start.map { end >= $0 } ?? true)
            }
            found[table.traceIDs[match.trace], default: []].append(
                ExpectedSpanset(spans: spans, groups: match.groups.map { "\($0.value)" }, isInRange: isInRange))
        }
        return found.filter { $0.value.contains(where: \.isInRange) }
    }

    struct ExpectedSpanset: Equatable {
        var spans: [SpanID]
        var groups: [String]
        var isInRange: Bool
    }

    private static let ranges: [TraceTimeRange] = [
        .all,
        TraceTimeRange(
            start: RandomTraces.begin + 20 * RandomTraces.second, end: RandomTraces.begin + 30 * RandomTraces.second),
        TraceTimeRange(start: RandomTraces.begin + 62 * RandomTraces.second),
        TraceTimeRange(end: RandomTraces.begin + 3 * RandomTraces.second + 4),
        TraceTimeRange(start: .min, end: .max),
    ]

    /// Small sizes, so that some traces already are more than what is done at a time.
    private static func sizes(_ which: Int, _ limits: inout TraceEngineLimits) {
        switch which {
        case 0: break
        case 1:
            // Pages of a few rows, then all.
            (limits.rowsPerTrace, limits.pageRowsMin, limits.pageRowsMax) = (1, 3, 20)
            (limits.tracesPerStep, limits.spansPerStep) = (2, 20)
        case 2:
            // All at once, in small steps, evaluated on threads.
            (limits.pagesMax, limits.spansPerStep, limits.spansInPlace) = (0, 15, 0)
        default:
            // Tables that are too large until their steps are divided, and lists of seen traces that are too long.
            (limits.spansPerTableMax, limits.tracesPerStepMax, limits.pageRowsMin, limits.rowsPerTrace) = (25, 5, 10, 1)
        }
    }

    @Test("a search finds the traces, spansets and spans that evaluation of everything finds", arguments: 1...4)
    func searchesFindWhatTheyShould(seed: Int) async throws {
        var random = RandomTraces(seed: 100 + seed)
        let fixture = try await TraceFixture("search_\(seed)", random.given(), batches: 3)
        var queries = RandomTraceQL(seed: 100 + seed)
        for number in 0..<50 {
            let query = queries.search()
            let range = Self.ranges[number % Self.ranges.count]
            let sizes = number / 5 % 4
            let engine = fixture.traces { Self.sizes(sizes, &$0) }
            let expected = try Self.expected(query, range, fixture.given)
            let result = try await engine.search(
                TraceSearchRequest(query: query, range: range, limit: 1000, spansPerSpanset: 0)
            ) { _ in }
            #expect(Set(result.traces.map(\.id)).count == result.traces.count, "each trace once: \(query)")
            let found = Dictionary(result.traces.map { ($0.id, $0.spansets) }) { $1 }
            if Set(found.keys) != Set(expected.keys) {
                Issue.record(
                    "\(query) \(range) sizes \(sizes): \(found.count) found, \(expected.count) expected, \(Set(expected.keys).subtracting(found.keys).count) missing"
                )
                continue
            }
            for (trace, spansets) in expected {
                let given = (found[trace] ?? []).map { $0.spans.map(\.id) }
                #expect(given == spansets.map(\.spans), "\(query) in \(trace.hex)")
                #expect((found[trace] ?? []).map(\.matched) == spansets.map(\.spans.count))
            }
            // A limit takes some of them.
            let few = try await engine.search(
                TraceSearchRequest(query: query, range: range, limit: 4, spansPerSpanset: 1)
            ) { _ in }
            #expect(few.traces.count == min(4, expected.count), "\(query)")
            #expect(few.traces.allSatisfy { expected[$0.id] != nil })
            #expect(few.traces.allSatisfy { $0.spansets.allSatisfy { $0.spans.count == 1 && $0.matched >= 1 } })
        }
    }
}
