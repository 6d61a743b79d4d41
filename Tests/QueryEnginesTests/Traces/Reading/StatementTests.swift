@testable import QueryEngines
import TelemetryModel
@testable import TelemetryStore
import Testing
import TraceQL

/// The statements of everything else, as text.
@Suite struct StatementTests {
    private static let ranges: [TraceTimeRange] = [.all, TraceTimeRange(start: 1, end: 2)]

    @Test("tags and their values")
    func tags() async throws {
        let (traces, recorder) = try await StatementRecorder.traces()
        traces.store.attributeKeys.load(
            [
                (.span, "x", false), (.event, "e", false), (.link, "l", true), (.resource, "r", false),
                (.scope, "i", false),
            ])
        var golden = Golden("Tags")
        let filters = [nil, "{ name = `a` }", "{ span.nowhere = 1 }", "{ name = `a` } >> { status = error }"]
        for filter in filters {
            let query = try filter.map { try TraceQLParser.parse($0) }
            for range in Self.ranges {
                let place = "of \(filter ?? "all spans") \(range == .all ? "" : "in a time")"
                for scope in TagScope.allCases {
                    _ = try await traces.tagNames(TagNamesRequest(scope: scope, filter: query, range: range))
                    golden.add("names \(scope) \(place)", recorder.takeStatements())
                }
                guard filter == nil || filter == "{ name = `a` }" else { continue }
                let tags =
                    [
                        "span.x", "span.nowhere", "resource.r", "instrumentation.i", "event.e", "link.l", ".x",
                        ".nowhere",
                    ]
                    + ["resource.service.name"] + Intrinsic.listed.map(\.name)
                for tag in tags {
                    guard let attribute = Attribute(parsing: tag) else {
                        Issue.record("no attribute: \(tag)")
                        continue
                    }
                    _ = try await traces.tagValues(
                        TagValuesRequest(target: attribute.target, filter: query, range: range, limit: 7))
                    golden.add("values \(tag) \(place)", recorder.takeStatements())
                }
            }
        }
        try golden.check()
    }

    @Test("traces, services, operations, calls, and texts in a trace")
    func reading() async throws {
        let (traces, recorder) = try await StatementRecorder.traces()
        var golden = Golden("Reading")
        let id = TraceID(high: 1, low: 2)
        for range in Self.ranges {
            let place = range == .all ? "" : "in a time"
            _ = try await traces.services(range)
            golden.add("services \(place)", recorder.takeStatements())
            _ = try await traces.operations(service: nil, range)
            golden.add("operations \(place)", recorder.takeStatements())
            _ = try await traces.operations(service: "it's", range)
            golden.add("operations of a service \(place)", recorder.takeStatements())
            _ = try await traces.dependencies(range)
            golden.add("calls \(place)", recorder.takeStatements())
        }
        _ = try await traces.spans(containing: "it's 100%\\", in: id, limit: 9)
        golden.add("spans with a text", recorder.takeStatements())
        _ = try await traces.spans([SpanID(value: 1), SpanID(value: 256)], of: id)
        // What they refer to is read at the same time.
        golden.add("some spans", Array(recorder.takeStatements().prefix(1)))
        try golden.check()
    }

    @Test("tables of whole traces with every kind of field")
    func loading() throws {
        var golden = Golden("Loading")
        let keys = SpanLoweringTests.keys
        let targets: [Attribute.Target] =
            [
                .attribute(.span, "x"), .attribute(.resource, "r"), .attribute(.instrumentation, "i"),
                .attribute(.event, "e"),
            ]
            + [.attribute(.link, "l"), .attribute(.any, "shared"), .attribute(.any, "nowhere")]
            + Intrinsic.allCases.map { .intrinsic($0) }
        let one = [TraceID(high: 1, low: 2)]
        golden.add("one trace", SpanTableLoader.select(one, [], bounds: nil))
        golden.add("two traces in a time", SpanTableLoader.select(one + [TraceID(high: 3, low: 4)], [], bounds: 1...2))
        for target in targets {
            guard let reading = FieldReading(target, keys: keys) else {
                golden.add(line: "\n\(Attribute(target))\n    is not read")
                continue
            }
            golden.add("\(Attribute(target))", SpanTableLoader.select(one, [reading], bounds: nil))
        }
        try golden.check()
    }
}
