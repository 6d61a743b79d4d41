import ClickHouse
@testable import QueryEngines
import Synchronization
import TelemetryModel
import TestSupport
import Testing
import TraceQL

/// Traces, services, calls and texts in the real engine against a look at every span.
@Suite struct ReadingAnswerTests {
    /// A trace whose spans often start together.
    private static func given() -> Given {
        var given = Given(
            resources: [[("service.name", .string("a"))], [("service.name", .string("b"))], []],
            scopes: [Given.Scope(), Given.Scope(name: "lib")])
        for index in 0..<40 {
            given.spans.append(
                GivenSpan(
                    trace: TraceID(high: 7, low: 7 << 8), id: SpanID(value: UInt64(index + 1) << 8),
                    parent: SpanID(value: UInt64(index / 3) << 8), start: RandomTraces.begin + Int64(index / 7),
                    status: index % 5 == 0 ? 2 : 0, name: "operation \(index % 4)",
                    attributes: [("key-\(index % 6)", .string("Größe 100% \(index)"))], resource: index % 3,
                    scope: index % 2))
        }
        given.spans.append(GivenSpan(trace: TraceID(high: 8, low: 8), id: SpanID(value: 1), start: 5))
        return given
    }

    @Test("pages of any size, joined, are the trace, sorted by start, each with what it refers to")
    func pages() async throws {
        let given = Self.given()
        let fixture = try await TraceFixture("streamed", given, batches: 3)
        let id = TraceID(high: 7, low: 7 << 8)
        let expected = given.sorted.filter { $0.trace == id }
        for size in [1, 2, 3, 6, 7, 8, 14, 39, 40, 41] {
            let traces = fixture.traces { $0.spansPerPage = size }
            let pages = Mutex<[StoredTrace]>([])
            let isFound = try await traces.streamTrace(id) { page in pages.withLock { $0.append(page) } }
            #expect(isFound)
            let all = pages.withLock { $0 }
            let spans = all.flatMap(\.spans)
            #expect(spans.map(\.startTime.nanoseconds) == expected.map(\.start), "pages of \(size)")
            #expect(Set(spans.map(\.spanID)) == Set(expected.map(\.id)), "pages of \(size)")
            #expect(spans.count == expected.count)
            for page in all {
                // Spans that start together are on one page, however many.
                #expect(page.spans.count <= max(size, 7))
                #expect(Set(page.spans.map(\.resourceID)) == Set(page.resources.keys))
                #expect(Set(page.spans.map(\.scopeID)) == Set(page.scopes.keys))
            }
        }
        let isFound = try await fixture.traces().streamTrace(TraceID(high: 1, low: 1)) { _ in }
        #expect(!isFound)
    }

    @Test("some spans of a trace, ids that end in zeros among them, and none that are not there")
    func someSpans() async throws {
        let fixture = try await TraceFixture("some_spans", Self.given())
        let ids = [SpanID(value: 1 << 8), SpanID(value: 40 << 8), SpanID(value: 77)]
        let found = try await fixture.traces().spans(ids, of: TraceID(high: 7, low: 7 << 8))
        #expect(found.spans.map(\.spanID) == [ids[0], ids[1]])
        #expect(found.resources.count == 1)
    }

    @Test("a text is found in names, services, keys and values, in either case, and is no pattern")
    func texts() async throws {
        let given = Self.given()
        let fixture = try await TraceFixture("texts", given)
        let id = TraceID(high: 7, low: 7 << 8)
        for text in ["OPERATION 2", "größe 100% 3", "key-5", "%", "_", "KEY-", "nowhere", "'", "\\"] {
            let found = try await fixture.traces().spans(containing: text, in: id, limit: 1000)
            let expected = given.sorted.filter { span in
                let texts =
                    [span.name, span.message, given.service(span)] + span.attributes.map(\.key)
                    + span.attributes.map { if case .string(let text) = $0.value { text } else { "" } }
                return span.trace == id && texts.contains { $0.lowercased().contains(text.lowercased()) }
            }
            #expect(found == expected.map(\.id), "\(text)")
        }
        let few = try await fixture.traces().spans(containing: "operation", in: id, limit: 3)
        #expect(few == given.sorted.filter { $0.trace == id }.prefix(3).map(\.id))
    }

    @Test("services, operations and calls are those of the spans in a time")
    func services() async throws {
        var given = Self.given()
        // Two spans with one id, of one service.
        given.spans.append(given.spans[1])
        let fixture = try await TraceFixture("services", given)
        let traces = fixture.traces()
        for range in [
            TraceTimeRange.all, TraceTimeRange(start: RandomTraces.begin, end: RandomTraces.begin + 2),
            TraceTimeRange(end: 6),
        ] {
            let spans = given.spans.filter { range.overlaps(start: $0.start, duration: $0.duration) }
            #expect(try await traces.services(range) == Set(spans.map { given.service($0) }).sorted())
            for service in [nil, "a", ""] {
                let found = try await traces.operations(service: service, range)
                let expected = Set(
                    spans.filter { service == nil || given.service($0) == service }
                        .map { TraceOperation(name: $0.name, kind: $0.kind) })
                #expect(Set(found) == expected)
                #expect(found.map(\.name) == found.map(\.name).sorted())
            }
            var calls: [[String]: (calls: Int, errors: Int)] = [:]
            for span in spans {
                // Of several spans with the id of the parent one counts; one without a service is none.
                let parent = given.spans.first { $0.trace == span.trace && $0.id == span.parent }
                let pair = [parent.map { given.service($0) } ?? "", given.service(span)]
                guard pair[0] != pair[1], pair[0] != "" else { continue }
                calls[pair, default: (0, 0)].calls += 1
                if span.status == 2 { calls[pair, default: (0, 0)].errors += 1 }
            }
            let expected = calls.sorted { ($0.key[0], $0.key[1]) < ($1.key[0], $1.key[1]) }.map {
                ServiceDependency(
                    parent: $0.key[0], child: $0.key[1], calls: $0.value.calls, errors: $0.value.errors)
            }
            #expect(try await traces.dependencies(range) == expected)
        }
    }
}
