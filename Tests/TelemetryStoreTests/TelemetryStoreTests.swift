import ClickHouse
import Codecs
import Foundation
import OTLPMessages
import SQLSyntax
import SwiftProtobuf
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing

/// Against the real engine.
@Suite(.serialized) struct TelemetryStoreTests {
    private static let retention = Retention(traces: .seconds(3600), logs: .seconds(7200), metrics: .seconds(10800))

    private func open(_ retention: Retention = Self.retention) async throws -> TelemetryStore {
        try await TelemetryStore(try SharedEngine.open(), retention: retention, logger: silentLogger())
    }

    private func batch(_ request: OTLPTraceRequest) -> TelemetryBatch {
        let batch = TelemetryBatch()
        var appender = ColumnAppender(batch: batch)
        appender.begin(receivedTime: .now())
        appender.append(request)
        return batch
    }

    /// The schema as SQL stands in the documentation; MARTLET_TEST_RECORD=1 writes it anew.
    @Test func schemaEqualsTheDocument() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Documentation/Schema.sql")
        let text = TelemetrySchema.createStatements.joined(separator: ";\n\n") + ";\n"
        if ProcessInfo.processInfo.environment["MARTLET_TEST_RECORD"] == "1" {
            try text.write(to: path, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: path, encoding: .utf8) == text)
    }

    @Test func migratingTwiceChangesNothing() async throws {
        let store = try await open()
        _ = try await open()
        let rows = try await store.engine.rows(
            BoundStatement("SELECT version, count() FROM telemetry.schema_migrations GROUP BY version"))
        #expect(rows.count == TelemetrySchema.migrations.count)
        #expect(rows.allSatisfy { $0[1].integer == 1 })
    }

    @Test func refusesAStoreOfALaterVersion() async throws {
        let store = try await open()
        try await store.engine.execute(
            BoundStatement("INSERT INTO telemetry.schema_migrations (version, name) SELECT 999, 'from the future'"))
        let error = await #expect(throws: StoreError.self) { _ = try await open() }
        #expect(error?.code == .schemaTooNew)
        #expect(error?.message.contains("999") == true)
        try await store.engine.execute(
            BoundStatement(
                "ALTER TABLE telemetry.schema_migrations DELETE WHERE version = 999 SETTINGS mutations_sync = 2"))
    }

    @Test func retentionIsSetAndFollowsTheConfiguration() async throws {
        let store = try await open()
        func rule(_ table: String) async throws -> String {
            try await store.engine.rows(
                BoundStatement(
                    "SELECT engine_full FROM system.tables WHERE database = 'telemetry' AND name = {name:String}",
                    parameters: ["name": table])
            ).first?.first?.text ?? ""
        }
        #expect(try await rule("spans").contains("TTL toDateTime(received_time) + toIntervalSecond(3600)"))
        #expect(try await rule("logs").contains("toIntervalSecond(7200)"))
        var changed = Self.retention
        changed.traces = .seconds(60)
        _ = try await open(changed)
        #expect(try await rule("spans").contains("toIntervalSecond(60)"))
        _ = try await open()
        #expect(try await rule("spans").contains("toIntervalSecond(3600)"))
    }

    /// The engine turns a system log on when its configuration names one; none may be there.
    @Test func engineKeepsNoLogsOfItsOwn() async throws {
        let store = try await open()
        let rows = try await store.engine.rows(
            BoundStatement("SELECT name FROM system.tables WHERE database = 'system' AND endsWith(engine, 'MergeTree')")
        )
        #expect(rows.isEmpty)
    }

    @Test(arguments: 1...20) func aTraceComesBackAsItWasSent(seed: UInt64) async throws {
        let store = try await open()
        let id = TraceID(high: 0xABCD, low: seed)
        let request = Self.request(id, seed: seed)
        try await store.write(batch(request), token: nil)
        let stored = try #require(try await store.trace(id, spansMax: 1000))
        let messages = StoredTraceMessages.resourceSpans(stored)
        #expect(Self.spans(messages) == Self.spans(request.resourceSpans))
        #expect(Set(messages.map(\.resource)) == Set(request.resourceSpans.map(\.resource)))
        #expect(
            Set(messages.flatMap { $0.scopeSpans.map(\.scope) })
                == Set(request.resourceSpans.flatMap { $0.scopeSpans.map(\.scope) }))
    }

    @Test func theSameTokenStoresOnce() async throws {
        let store = try await open()
        let id = TraceID(high: 0xBEEF, low: 1)
        let rows = batch(Self.request(id, seed: 99))
        try await store.write(rows, token: "once")
        try await store.write(rows, token: "once")
        #expect(try await store.trace(id, spansMax: 1000)?.spans.count == rows.spans.rows)
    }

    @Test func anUnknownTraceIsNilAndALargeOneAnError() async throws {
        let store = try await open()
        #expect(try await store.trace(TraceID(high: 1, low: 2), spansMax: 10) == nil)
        let id = TraceID(high: 0xFEED, low: 1)
        let rows = batch(Self.request(id, seed: 7))
        try await store.write(rows, token: nil)
        let error = await #expect(throws: StoreError.self) {
            _ = try await store.trace(id, spansMax: rows.spans.rows - 1)
        }
        #expect(error?.code == .traceTooLarge)
        #expect(try await store.trace(id, spansMax: rows.spans.rows)?.spans.count == rows.spans.rows)
    }

    @Test func traceSelectBindsItsValues() {
        var printer = SQLPrinter()
        TelemetryStore.traceSelect(TraceID(high: 0x0102, low: 0x0304), spansMax: 10).print(into: &printer)
        #expect(printer.text.hasPrefix("SELECT `trace_id`, `span_id`, `parent_span_id`, "))
        #expect(
            printer.text.hasSuffix(
                " FROM `telemetry`.`spans` WHERE unhex({p0:String}) = `trace_id` LIMIT 11"
            )
                || printer.text.hasSuffix(
                    " FROM `telemetry`.`spans` WHERE `trace_id` = unhex({p0:String}) LIMIT 11"
                ))
        #expect(printer.parameters == ["p0": "00000000000001020000000000000304"])
    }

    // MARK: Messages

    /// Spans of one trace in two resources, with every kind of attribute value, events and links.
    private static func request(_ id: TraceID, seed: UInt64) -> OTLPTraceRequest {
        var state = seed
        func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            return value ^ value >> 31
        }
        func attributes() -> [OTLPKeyValue] {
            (0..<Int(next() % 9)).map { index in
                var pair = OTLPKeyValue()
                pair.key = "key-\(index)"
                switch next() % 8 {
                case 0: pair.value.stringValue = "text \(next() % 100)\u{0}ü'\"\\"
                case 1: pair.value.intValue = Int64(bitPattern: next())
                case 2: pair.value.doubleValue = Double(next() % 1000) / 8
                case 3: pair.value.boolValue = next() % 2 == 0
                case 4: pair.value.bytesValue = Data([0, 255, UInt8(next() % 256)])
                case 5:
                    var item = OTLPAnyValue()
                    item.doubleValue = Double(next() % 4)
                    pair.value.arrayValue.values = [item, OTLPAnyValue()]
                case 6:
                    var inner = OTLPKeyValue()
                    inner.key = "inner"
                    inner.value.intValue = Int64(next() % 10)
                    pair.value.kvlistValue.values = [inner]
                default: pair.value = OTLPAnyValue()
                }
                return pair
            }
        }
        var request = OTLPTraceRequest()
        for resource in 0..<2 {
            var group = OTLPResourceSpans()
            group.resource.attributes = attributes()
            group.resource.droppedAttributesCount = UInt32(resource)
            group.schemaURL = "schema-\(resource)"
            var scope = OTLPScopeSpans()
            scope.scope.name = "scope-\(resource)"
            scope.scope.version = "\(seed)"
            scope.scope.attributes = attributes()
            for index in 0..<Int(1 + next() % 5) {
                var span = OTLPSpan()
                span.traceID = Data(id.bytes)
                span.spanID = Data(SpanID(value: UInt64(resource * 100 + index + 1)).bytes)
                if index > 0 { span.parentSpanID = Data(SpanID(value: UInt64(resource * 100 + index)).bytes) }
                span.name = "operation-\(next() % 4)"
                span.kind = .init(rawValue: Int(next() % 7)) ?? .unspecified
                span.traceState = next() % 2 == 0 ? "a=b" : ""
                span.flags = UInt32(next() % 1024)
                span.startTimeUnixNano = 1_700_000_000_000_000_000 + next() % 1_000_000_000
                // Sometimes before the start.
                span.endTimeUnixNano = span.startTimeUnixNano &+ next() % 1_000_000 &- 500_000
                span.attributes = attributes()
                span.droppedAttributesCount = UInt32(next() % 3)
                for _ in 0..<Int(next() % 3) {
                    var event = OTLPSpan.Event()
                    event.name = "event"
                    event.timeUnixNano = span.startTimeUnixNano + 1
                    event.attributes = attributes()
                    event.droppedAttributesCount = 2
                    span.events.append(event)
                }
                for _ in 0..<Int(next() % 3) {
                    var link = OTLPSpan.Link()
                    link.traceID = Data(TraceID(high: next() | 1, low: 1).bytes)
                    link.spanID = Data(SpanID(value: next() | 1).bytes)
                    link.traceState = "c=d"
                    link.flags = 1
                    link.attributes = attributes()
                    span.links.append(link)
                }
                span.droppedEventsCount = 1
                span.droppedLinksCount = 3
                span.status = OTLPStatus()
                span.status.code = .init(rawValue: Int(next() % 3)) ?? .unset
                span.status.message = "message"
                scope.spans.append(span)
            }
            group.scopeSpans = [scope]
            request.resourceSpans.append(group)
        }
        return request
    }

    private static func spans(_ groups: [OTLPResourceSpans]) -> Set<OTLPSpan> {
        Set(groups.flatMap { $0.scopeSpans.flatMap(\.spans) })
    }
}
