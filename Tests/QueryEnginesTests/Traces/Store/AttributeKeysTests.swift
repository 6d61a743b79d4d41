import ClickHouse
import Codecs
import OTLPMessages
import QueryEngines
import TelemetryModel
@testable import TelemetryStore
import TestSupport
import Testing
import TraceQL

/// The names of stored attributes.
@Suite struct AttributeKeysTests {
    private static let day: Int64 = 86_400_000_000_000

    private static func batch(_ spans: [GivenSpan], _ given: Given = Given(), day: Int64 = 0) -> TelemetryBatch {
        var appender = ColumnAppender(batch: TelemetryBatch())
        appender.begin(receivedTime: Timestamp(nanoseconds: day * Self.day + 5))
        appender.append(given.request(spans[...]))
        return appender.batch
    }

    private static func span(_ attributes: GivenAttributes) -> GivenSpan {
        GivenSpan(trace: TraceID(high: 1, low: 1), id: SpanID(value: 1), start: 1, attributes: attributes)
    }

    /// `place key`, with `[]` behind those of arrays.
    private static func texts(_ block: AttributeKeyBlock?) -> Set<String> {
        guard let block else { return [] }
        return Set(
            (0..<block.rows).map {
                "\(block.place.string(at: $0)) \(block.key.string(at: $0))\(block.isArray[$0] == 1 ? "[]" : "")"
            })
    }

    @Test("names are news once a day, arrays once more; names of a batch that failed are news again")
    func news() {
        let keys = AttributeKeys()
        let plain = Self.span([("a", .int(1)), ("b", .string("x"))])
        let array = Self.span([("a", .array([.int(1)])), ("c", .array([]))])
        #expect(Self.texts(keys.news(in: Self.batch([plain]))) == ["span a", "span b"])
        // Not noted: the insert failed.
        #expect(!keys.contains("a", in: .span))
        let first = keys.news(in: Self.batch([plain]))
        #expect(Self.texts(first) == ["span a", "span b"])
        if let first { keys.note(first) }
        #expect(keys.contains("a", in: .span))
        #expect(!keys.contains("a", in: .event))
        #expect(!keys.hasArrays("a", in: .span))
        #expect(keys.news(in: Self.batch([plain])) == nil)
        let second = keys.news(in: Self.batch([plain, array]))
        #expect(Self.texts(second) == ["span a[]", "span c", "span c[]"])
        if let second { keys.note(second) }
        #expect(keys.hasArrays("a", in: .span))
        #expect(!keys.hasArrays("b", in: .span))
        #expect(keys.news(in: Self.batch([plain, array])) == nil)
        // The next day all are news, and so they are kept as long as spans that have them; known they stay.
        let nextDay = keys.news(in: Self.batch([plain], day: 1))
        #expect(Self.texts(nextDay) == ["span a", "span b"])
        if let nextDay { keys.note(nextDay) }
        #expect(keys.hasArrays("a", in: .span))
        // A batch of the day before that comes late tells no name that is written.
        #expect(keys.news(in: Self.batch([plain], day: 0)) == nil)
        #expect(keys.news(in: TelemetryBatch()) == nil)
    }

    @Test("names of events, links, resources and scopes are their own")
    func places() {
        let keys = AttributeKeys()
        var given = Given(
            resources: [[("r", .array([.bool(true)]))]],
            scopes: [Given.Scope(name: "lib", attributes: [("i", .int(1))])])
        given.spans = [
            GivenSpan(
                trace: TraceID(high: 1, low: 1), id: SpanID(value: 1), start: 1,
                events: [
                    .init(time: 1, name: "first"),
                    .init(time: 2, name: "second", attributes: [("e", .array([.int(1)]))]),
                    .init(time: 3, name: "third", attributes: [("x", .empty), ("e2", .double(1))]),
                ],
                links: [
                    .init(trace: TraceID(high: 1, low: 2), span: SpanID(value: 3), attributes: [("l", .bytes([0]))])
                ])
        ]
        let news = keys.news(in: Self.batch(given.spans, given))
        #expect(
            Self.texts(news) == [
                "event e", "event e[]", "event x", "event e2", "link l", "resource r", "resource r[]", "scope i",
            ])
        if let news { keys.note(news) }
        #expect(keys.hasArrays("e", in: .event))
        #expect(!keys.hasArrays("e2", in: .event))
        #expect(keys.hasArrays("r", in: .resource))
    }

    @Test("past the bound no name is remembered, and every name may be stored")
    func bound() {
        let keys = AttributeKeys()
        keys.load((1..<AttributeKeys.namesMax).map { (.span, "key \($0)", false) })
        #expect(keys.isComplete)
        #expect(!keys.contains("a", in: .span))
        if let news = keys.news(in: Self.batch([Self.span([("a", .int(1))])])) { keys.note(news) }
        #expect(keys.isComplete)
        #expect(keys.contains("a", in: .span))
        #expect(keys.news(in: Self.batch([Self.span([("b", .int(1))])])) == nil)
        #expect(!keys.isComplete)
        #expect(keys.contains("nowhere", in: .link))
        #expect(keys.hasArrays("nowhere", in: .link))
        // Known ones are still written each day.
        #expect(Self.texts(keys.news(in: Self.batch([Self.span([("a", .int(1))])], day: 1))) == ["span a"])
        // A table with as many names may lack some.
        let full = AttributeKeys()
        full.load((0..<AttributeKeys.namesMax).map { (.span, "key \($0)", false) })
        #expect(!full.isComplete)
    }

    @Test("a store that is opened again knows the names of its spans")
    func reopened() async throws {
        var random = RandomTraces(seed: 500)
        let fixture = try await TraceFixture("keys_again", random.given(), batches: 3)
        let again = try await TelemetryStore(fixture.engine, retention: TraceFixture.retention, logger: silentLogger())
        for place in AttributePlace.allCases {
            for key in RandomTraces.spanKeys + ["e", "l", "host", "tags", "nowhere", "only.scope"] {
                #expect(
                    again.attributeKeys.contains(key, in: place) == fixture.store.attributeKeys.contains(key, in: place)
                )
                #expect(
                    again.attributeKeys.hasArrays(key, in: place)
                        == fixture.store.attributeKeys.hasArrays(key, in: place))
            }
        }
        #expect(again.attributeKeys.contains("x", in: .span))
        #expect(!again.attributeKeys.contains("nowhere", in: .span))
    }

    @Test("a store of schema version 2 gets the names and indexes of the spans that it has, also in a second run")
    func migration() async throws {
        var random = RandomTraces(seed: 600)
        let fixture = try await TraceFixture("keys_migrated", random.given(), batches: 3)
        let engine = fixture.engine
        func rows(_ sql: String) async throws -> Set<String> {
            Set(
                try await engine.rows(BoundStatement(sql, parameters: ["database": "telemetry"])).map { row in
                    row.map { $0.text ?? "\($0.integer ?? -1)" }.joined(separator: " ")
                })
        }
        let names = "SELECT place, key, max(is_array) FROM `telemetry`.attribute_keys GROUP BY place, key"
        let indexes =
            "SELECT name, expr, type_full FROM system.data_skipping_indices "
            + "WHERE database = {database:String} AND table = 'spans'"
        let expectedNames = try await rows(names)
        let expectedIndexes = try await rows(indexes)
        #expect(expectedNames.contains { $0.hasPrefix("span x ") })
        #expect(expectedIndexes.count == 3)
        for statement in [
            "DROP TABLE `telemetry`.attribute_keys SYNC",
            "ALTER TABLE `telemetry`.spans DROP INDEX trace_ids", "ALTER TABLE `telemetry`.spans DROP INDEX span_end",
            "ALTER TABLE `telemetry`.spans DROP INDEX attribute_values",
            "ALTER TABLE `telemetry`.spans ADD INDEX trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1",
        ] { try await engine.execute(BoundStatement(statement)) }
        for _ in 1...2 {
            try await engine.execute(
                BoundStatement(
                    "ALTER TABLE `telemetry`.schema_migrations DELETE WHERE version > 2 SETTINGS mutations_sync = 2"))
            let store = try await TelemetryStore(engine, retention: TraceFixture.retention, logger: silentLogger())
            #expect(try await rows(names) == expectedNames)
            #expect(try await rows(indexes) == expectedIndexes)
            let query = try TraceQLParser.parse("{ span.x != nil || event.e != nil || link.l != nil }")
            let result = try await TraceEngine(store).search(TraceSearchRequest(query: query, limit: 100)) { _ in }
            let expected = try SearchAnswerTests.expected(query, .all, fixture.given)
            #expect(Set(result.traces.map(\.id)) == Set(expected.keys))
        }
    }
}
