@testable import QueryEngines
import TelemetryModel
import TestSupport
import Testing
import TraceQL
import TraceQLEvaluation

/// What an engine of traces remembers of earlier answers.
@Suite struct FreshnessTests {
    @Test("what is stored between two equal questions is in the second answer", arguments: 1...2)
    func secondAnswers(seed: Int) async throws {
        var random = RandomTraces(seed: 700 + seed)
        var given = random.given()
        // What comes later has traces and resources, keys and types of its own, and lies before and behind the rest.
        given.resources.append([("service.name", .string("late")), ("host", .array([.string("a")])), ("late", .int(1))])
        given.resources.append([("service.name", .int(5)), ("tags", .string("a"))])
        given.scopes.append(Given.Scope(name: "late", attributes: [("x", .string("a")), ("late", .string("b"))]))
        let late = Array(given.spans.suffix(given.spans.count / 2)).enumerated().map { index, span in
            var span = span
            if index % 3 == 0 { span.resource = given.resources.count - 1 - index % 2 }
            if index % 5 == 0 { span.scope = given.scopes.count - 1 }
            if index % 4 == 0 { span.attributes.append(("late", .array([.int(Int64(index))]))) }
            if index % 7 == 0 { span.attributes = [("y", .array([.int(1), .int(2)])), ("s", .int(7))] }
            span.start += index % 6 == 0 ? -500 * RandomTraces.second : index % 6 == 1 ? 500 * RandomTraces.second : 0
            return span
        }
        let early = Given(resources: given.resources, scopes: given.scopes, spans: given.spans.dropLast(late.count))
        let all = Given(resources: given.resources, scopes: given.scopes, spans: early.spans + late)
        let fixture = try await TraceFixture("fresh_\(seed)", early, batches: 2)
        let traces = fixture.traces()
        var queries = RandomTraceQL(seed: 700 + seed)
        var searches = (0..<30).map { _ in queries.search() }
        for text in ["{ .late != nil }", "{ resource.late = 1 }", "{ .x = `a` }", "{ resource.service.name = `late` }"]
        {
            searches.append(try TraceQLParser.parse(text))
        }
        let metrics = (0..<20).map { _ in queries.metrics(plain: true) }
        let range = TraceTimeRange(
            start: RandomTraces.begin - 600 * RandomTraces.second, end: RandomTraces.begin + 600 * RandomTraces.second)
        for given in [early, all] {
            if given.spans.count > early.spans.count { try await fixture.write(late[...]) }
            for query in searches {
                for range in [.all, range] {
                    let expected = try SearchAnswerTests.expected(query, range, given)
                    let found = try await traces.search(
                        TraceSearchRequest(query: query, range: range, limit: 1000)
                    ) { _ in }
                    #expect(Set(found.traces.map(\.id)) == Set(expected.keys), "\(query)")
                    let matched = Dictionary(found.traces.map { ($0.id, $0.spansets.map(\.matched)) }) { $1 }
                    for (trace, spansets) in expected {
                        #expect(matched[trace] == spansets.map(\.spans.count), "\(query)")
                    }
                }
            }
            for query in metrics {
                guard case .metrics(.pipeline(let pipeline, let function)) = query.body else { continue }
                let grid = try IntervalGrid(start: range.start ?? 0, end: range.end ?? 0, step: nil)
                let expected = try MetricsAnswerTests.expected(pipeline, function, grid, given)
                let found = try await traces.metrics(
                    TraceMetricsRequest(query: query, start: grid.spansStart, end: grid.spansEnd, step: nil))
                let series = found.series.map { series in
                    MetricSeries(
                        labels: series.labels.map { MetricLabel($0.key, $0.value) }, values: series.samples.map(\.value)
                    )
                }
                if let difference = MetricsAnswerTests.difference(series, expected) {
                    Issue.record("\(query): \(difference)")
                }
            }
            for target in Set(RandomTraceQL.targets + [.attribute(.any, "late"), .attribute(.span, "late")]) {
                let found = try await traces.tagValues(TagValuesRequest(target: target))
                #expect(Set(found) == TagAnswerTests.values(target, given.spans, given), "\(Attribute(target))")
            }
            let names = try await traces.tagNames(TagNamesRequest())
            for scope in TagScope.allCases where scope != .intrinsic {
                #expect(Set(names[scope] ?? []) == TagAnswerTests.names(scope, given.spans, given), "\(scope)")
            }
            #expect(try await traces.services(.all) == Set(given.spans.map { given.service($0) }).sorted())
        }
    }
}
