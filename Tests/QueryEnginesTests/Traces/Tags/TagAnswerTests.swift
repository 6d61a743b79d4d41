@testable import QueryEngines
import TelemetryModel
import TestSupport
import Testing
import TraceQL
import TraceQLEvaluation

/// Names and values of tags in the real engine against a look at every span.
@Suite struct TagAnswerTests {
    /// Filters that rows tell exactly.
    private static let filters = [nil, "{ name = `GET /` }", "{ status = error && kind != server }", "{ span.y > 0 }"]

    private static func selected(_ filter: String?, _ range: TraceTimeRange, _ given: Given) throws -> [GivenSpan] {
        var spans = given.sorted
        if let filter, case .search(let pipeline) = try TraceQLParser.parse(filter).body {
            let fields = try FieldEvaluator(given.table(pipeline.attributes))
            var evaluator = PipelineEvaluator(pipeline, over: fields)
            let rows = Set(try evaluator.matches().flatMap(\.rows))
            spans = spans.indices.filter { rows.contains(Int32($0)) }.map { spans[$0] }
        }
        return spans.filter { range.overlaps(start: $0.start, duration: $0.duration) }
    }

    private static let ranges: [TraceTimeRange] = [
        .all,
        TraceTimeRange(
            start: RandomTraces.begin + 20 * RandomTraces.second, end: RandomTraces.begin + 25 * RandomTraces.second),
    ]

    static func names(_ scope: TagScope, _ spans: [GivenSpan], _ given: Given) -> Set<String> {
        Set(
            spans.flatMap { span -> [String] in
                switch scope {
                case .resource: given.resources[span.resource].map(\.key)
                case .span: span.attributes.map(\.key)
                case .event: span.events.flatMap { $0.attributes.map(\.key) }
                case .link: span.links.flatMap { $0.attributes.map(\.key) }
                case .instrumentation: given.scopes[span.scope].attributes.map(\.key)
                case .intrinsic: []
                }
            })
    }

    @Test("names of attributes are those of the spans that a filter and a time leave", arguments: 1...3)
    func names(seed: Int) async throws {
        var random = RandomTraces(seed: 300 + seed)
        let fixture = try await TraceFixture("tag_names_\(seed)", random.given(), batches: 2)
        let traces = fixture.traces()
        for filter in Self.filters {
            for range in Self.ranges {
                let spans = try Self.selected(filter, range, fixture.given)
                let query = try filter.map { try TraceQLParser.parse($0) }
                let found = try await traces.tagNames(TagNamesRequest(filter: query, range: range))
                for scope in TagScope.allCases where scope != .intrinsic {
                    let names = found[scope] ?? []
                    #expect(names == names.sorted())
                    #expect(Set(names) == Self.names(scope, spans, fixture.given), "\(scope) \(filter ?? "")")
                    #expect(Set(names).count == names.count)
                }
                #expect(found[.intrinsic]?.contains("duration") == true)
            }
        }
        let few = try await traces.tagNames(TagNamesRequest(scope: .span, limit: 2))
        #expect(few.keys.map { $0 } == [.span])
        #expect(few[.span]?.count == 2)
    }

    static func values(_ target: Attribute.Target, _ spans: [GivenSpan], _ given: Given) -> Set<TagValue> {
        var values: Set<TagValue> = []
        func add(_ attributes: GivenAttributes, _ key: String) { values.formUnion(TagValue.all(attributes.value(key))) }
        func add(_ text: String) { if !text.isEmpty { values.insert(TagValue(type: "string", text: text)) } }
        for span in spans {
            switch target {
            case .attribute(let scope, let key):
                if scope == .span || scope == .any { add(span.attributes, key) }
                if scope == .resource || scope == .any { add(given.resources[span.resource], key) }
                if scope == .instrumentation || scope == .any { add(given.scopes[span.scope].attributes, key) }
                if scope == .event || scope == .any { for event in span.events { add(event.attributes, key) } }
                if scope == .link || scope == .any { for link in span.links { add(link.attributes, key) } }
            case .intrinsic(.name): add(span.name)
            case .intrinsic(.statusMessage): add(span.message)
            case .intrinsic(.rootName): if span.parent.isZero { add(span.name) }
            case .intrinsic(.rootService): if span.parent.isZero { add(given.service(span)) }
            case .intrinsic(.eventName): for event in span.events { add(event.name) }
            case .intrinsic(.instrumentationName): add(given.scopes[span.scope].name)
            case .intrinsic(.instrumentationVersion): add(given.scopes[span.scope].version)
            case .intrinsic(.spanID): add(span.id.hex)
            case .intrinsic(.traceID): add(span.trace.hex)
            case .intrinsic(.status):
                let known = Value.Status(code: Int64(span.status))
                if let known { values.insert(TagValue(type: "keyword", text: known.rawValue)) }
            case .intrinsic(.kind):
                let known = Value.Kind(code: Int64(span.kind))
                if let known { values.insert(TagValue(type: "keyword", text: known.rawValue)) }
            case .intrinsic: break
            }
        }
        return values
    }

    @Test("values of tags keep their types, elements of arrays are values", arguments: 1...2)
    func values(seed: Int) async throws {
        var random = RandomTraces(seed: 400 + seed)
        let fixture = try await TraceFixture("tag_values_\(seed)", random.given(), batches: 2)
        let traces = fixture.traces()
        for filter in Self.filters {
            for range in Self.ranges {
                let spans = try Self.selected(filter, range, fixture.given)
                let query = try filter.map { try TraceQLParser.parse($0) }
                for target in Set(RandomTraceQL.targets) {
                    let found = try await traces.tagValues(
                        TagValuesRequest(target: target, filter: query, range: range))
                    let expected = Self.values(target, spans, fixture.given)
                    #expect(
                        Set(found) == expected,
                        "\(Attribute(target)) of \(filter ?? ""): \(Set(found).symmetricDifference(expected))")
                    #expect(Set(found).count == found.count)
                }
            }
        }
        let few = try await traces.tagValues(TagValuesRequest(target: .intrinsic(.spanID), limit: 3))
        #expect(few.count == 3)
        #expect(few == few.sorted { $0.text < $1.text })
    }
}
