import ClickHouse
import Codecs
import Foundation
import OTLPMessages
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing

/// The views on spans, and the archive, against the real engine. Each test has services of its own.
@Suite(.serialized) struct TraceViewsTests {
    private static let milliseconds: UInt64 = 1_000_000
    private static let start: UInt64 = 1_790_000_000_000_000_000

    private func open() async throws -> TelemetryStore {
        try await TelemetryStore(
            try SharedEngine.open(),
            retention: Retention(traces: .seconds(3600), logs: .seconds(7200), metrics: .seconds(10800)),
            logger: silentLogger())
    }

    private func span(
        _ trace: UInt64, _ id: UInt64, parent: UInt64 = 0, from: UInt64, to: UInt64, statement: (String, String)? = nil
    ) -> OTLPSpan {
        var span = OTLPSpan()
        span.traceID = Data(TraceID(high: 0x7669_6577, low: trace).bytes)
        span.spanID = Data(SpanID(value: id).bytes)
        if parent != 0 { span.parentSpanID = Data(SpanID(value: parent).bytes) }
        span.name = "op\(id)"
        span.startTimeUnixNano = Self.start + from * Self.milliseconds
        span.endTimeUnixNano = Self.start + to * Self.milliseconds
        if let statement {
            var pair = OTLPKeyValue()
            pair.key = statement.0
            pair.value.stringValue = statement.1
            span.attributes = [pair]
        }
        return span
    }

    private func write(_ store: TelemetryStore, _ services: [(name: String, spans: [OTLPSpan])]) async throws {
        var request = OTLPTraceRequest()
        for service in services {
            var group = OTLPResourceSpans()
            var pair = OTLPKeyValue()
            pair.key = "service.name"
            pair.value.stringValue = service.name
            group.resource.attributes = [pair]
            var scope = OTLPScopeSpans()
            scope.spans = service.spans
            group.scopeSpans = [scope]
            request.resourceSpans.append(group)
        }
        let batch = TelemetryBatch()
        var appender = ColumnAppender(batch: batch)
        appender.begin(receivedTime: .now())
        appender.append(request)
        try await store.write(batch, token: nil)
    }

    private func rows(_ store: TelemetryStore, _ sql: String) async throws -> [[ResultValue]] {
        try await store.engine.rows(BoundStatement(sql))
    }

    /// Children from 10 to 30 and 20 to 50 cover 40 of 100 ms, one that outlives its parent covers what lies inside.
    @Test func selfTimeIsWhatNoChildCovers() async throws {
        let store = try await open()
        try await write(
            store,
            [
                (
                    "views-self",
                    [
                        span(1, 1, from: 0, to: 100), span(1, 2, parent: 1, from: 10, to: 30),
                        span(1, 3, parent: 1, from: 20, to: 50), span(1, 4, parent: 1, from: 90, to: 120),
                        span(1, 5, parent: 3, from: 20, to: 50),
                    ]
                )
            ])
        let found = try await rows(
            store,
            "SELECT name, self_time FROM telemetry.span_self_times WHERE service = 'views-self' ORDER BY name")
        #expect(found.map { $0[0].text } == ["op1", "op2", "op3", "op4", "op5"])
        #expect(found.map { $0[1].integer } == [50, 20, 0, 30, 30].map { $0 * 1_000_000 })
        let total = try await rows(
            store, "SELECT sum(self_total) FROM telemetry.operation_self_times WHERE service = 'views-self'")
        #expect(total.first?.first?.integer == 130_000_000)
    }

    @Test func statementsAreOneByTheirFingerprint() async throws {
        let store = try await open()
        let repeated = (0..<6).map { index in
            span(
                2, 10 + UInt64(index), parent: 9, from: UInt64(index), to: UInt64(index) + 1,
                statement: ("db.query.text", "SELECT * FROM users WHERE id = \(index)"))
        }
        try await write(
            store,
            [
                (
                    "views-statements",
                    repeated + [
                        span(2, 9, from: 0, to: 50),
                        span(2, 30, from: 0, to: 3, statement: ("db.statement", "SELECT * FROM users WHERE id = 'x'")),
                        span(2, 31, from: 0, to: 5, statement: ("rql", "from users filter age > 30")),
                    ]
                )
            ])
        let statements = try await rows(
            store,
            "SELECT statement, executions, max FROM telemetry.statements WHERE service = 'views-statements' "
                + "ORDER BY executions DESC")
        #expect(
            statements.map { $0[0].text } == ["SELECT * FROM users WHERE id = ?", "from users filter age > ?"])
        #expect(statements.map { $0[1].unsignedInteger } == [7, 1])
        #expect(statements.map { $0[2].integer } == [3_000_000, 5_000_000])
        let found = try await rows(
            store, "SELECT executions FROM telemetry.repeated_statements WHERE service = 'views-statements'")
        #expect(found.map { $0[0].unsignedInteger } == [6])
    }

    @Test func callsAreSpansWhoseParentIsOfAnotherService() async throws {
        let store = try await open()
        try await write(
            store,
            [
                ("views-a", [span(3, 1, from: 0, to: 9), span(3, 2, parent: 1, from: 1, to: 8)]),
                ("views-b", [span(3, 3, parent: 2, from: 2, to: 7), span(3, 4, parent: 77, from: 2, to: 7)]),
            ])
        let calls = try await rows(
            store, "SELECT client, server, duration FROM telemetry.service_calls WHERE server LIKE 'views-%'")
        #expect(calls.map { $0.map { $0.text ?? "\($0.integer ?? 0)" } } == [["views-a", "views-b", "5000000"]])
        let operations = try await rows(
            store, "SELECT name, spans FROM telemetry.operations WHERE service = 'views-b' ORDER BY name")
        #expect(operations.map { $0[0].text } == ["op3", "op4"])
    }

    /// What retention removes is found in the archive, with its resource.
    @Test func anArchivedTraceOutlivesItsSpans() async throws {
        let store = try await open()
        let id = TraceID(high: 0x7669_6577, low: 4)
        #expect(try await store.archive(id) == false)
        try await write(
            store, [("views-archive", [span(4, 1, from: 0, to: 9), span(4, 2, parent: 1, from: 1, to: 8)])])
        #expect(try await store.archive(id))
        // Again, and with a span that came later: each span is there once.
        try await write(store, [("views-archive", [span(4, 3, parent: 1, from: 2, to: 3)])])
        #expect(try await store.archive(id))
        try await store.engine.execute(
            BoundStatement(
                "ALTER TABLE telemetry.spans DELETE WHERE trace_id = unhex('\(id.hex)') SETTINGS mutations_sync = 2"))
        let trace = try #require(try await store.trace(id, spansMax: 100))
        #expect(trace.spans.map(\.name) == ["op1", "op2", "op3"])
        let resource = try #require(trace.resources[trace.spans[0].resourceID])
        #expect(resource.attributes.first?.text == "views-archive")
        var streamed = 0
        let isThere = try await store.streamTrace(id) { streamed += $0.spans.count }
        #expect(isThere)
        #expect(streamed == 3)
        #expect(try await store.archive(id))
    }
}
