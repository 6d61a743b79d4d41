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

/// Against the real engine, in databases of their own.
@Suite struct RandomTraceTests {
    private static let retention = Retention(traces: .seconds(3600), logs: .seconds(7200), metrics: .seconds(10800))

    private func open(_ database: String) async throws -> (store: TelemetryStore, gate: GatedEngine) {
        let gate = GatedEngine(DatabaseEngine(try SharedEngine.open(), database: database))
        return (try await TelemetryStore(gate, retention: Self.retention, logger: silentLogger()), gate)
    }

    private func batch(_ request: OTLPTraceRequest) -> TelemetryBatch {
        var appender = ColumnAppender(batch: TelemetryBatch())
        appender.begin(receivedTime: .now())
        appender.append(request)
        return appender.batch
    }

    /// The first random request that has spans at all.
    private func rowsWithSpans(_ id: TraceID) throws -> TelemetryBatch {
        try #require(
            (UInt64(1)...100).lazy.map { seed in
                var random = RandomOTLP(seed: seed)
                return batch(random.traceRequest().storable(as: id))
            }.first { $0.spans.rows > 0 })
    }

    /// Property: what is read is what was written, span by span with its resource and scope.
    @Test func randomTracesComeBack() async throws {
        let (store, _) = try await open("store_random")
        for seed in UInt64(1)...40 {
            var random = RandomOTLP(seed: seed)
            let id = TraceID(high: seed, low: .max)
            let request = random.traceRequest().storable(as: id)
            let rows = batch(request)
            try await store.write(rows, token: nil)
            let sent = Located.spans(request.resourceSpans)
            #expect(rows.spans.rows == sent.count)
            let trace = try await store.trace(id, spansMax: 1000)
            let read = Located.spans(trace.map(StoredTraceMessages.resourceSpans) ?? [])
            #expect(read.count == sent.count, "seed \(seed)")
            for (read, sent) in zip(read, sent) {
                #expect(read.span == sent.span, "seed \(seed)")
                #expect(read.resource == sent.resource, "seed \(seed)")
                #expect(read.scope == sent.scope, "seed \(seed)")
                #expect(read.schemas == sent.schemas, "seed \(seed)")
            }
        }
    }

    /// The second half shows that the first can fail: without a token the rows are there twice.
    @Test func theTokenAndNothingElseMakesABatchTheSame() async throws {
        let (store, _) = try await open("store_tokens")
        let id = TraceID(high: 1, low: 2)
        let rows = try rowsWithSpans(id)
        try await store.write(rows, token: "a")
        try await store.write(rows, token: "a")
        #expect(try await store.trace(id, spansMax: 1000)?.spans.count == rows.spans.rows)
        try await store.write(rows, token: "b")
        #expect(try await store.trace(id, spansMax: 1000)?.spans.count == rows.spans.rows * 2)
        try await store.write(rows, token: nil)
        #expect(try await store.trace(id, spansMax: 1000)?.spans.count == rows.spans.rows * 3)
    }

    @Test func referencesAreWrittenBeforeTheRowsThatNeedThem() async throws {
        let (store, gate) = try await open("store_order")
        try await store.write(try rowsWithSpans(TraceID(high: 3, low: 4)), token: nil)
        #expect(gate.tables == ["attribute_keys", "resources", "scopes", "spans"])
        try await store.write(TelemetryBatch(), token: nil)
        #expect(gate.tables.count == 4)
    }

    @Test func openingAgainExecutesNeitherAStepNorAChangeOfRetention() async throws {
        let (_, first) = try await open("store_again")
        // A retention for each of 14 tables; what older stores lack a new one has.
        #expect(first.statements.filter { $0.hasPrefix("ALTER TABLE") }.count == 14)
        #expect(first.statements.contains { $0.contains("`spans`\n(") })
        let (_, second) = try await open("store_again")
        #expect(
            second.statements.allSatisfy {
                $0.hasPrefix("CREATE DATABASE IF NOT EXISTS") || $0.contains("schema_migrations")
            })
        #expect(!second.statements.contains { $0.hasPrefix("INSERT") })
    }

    /// The statement as it stands in the comment of `traceSelect`, whole.
    @Test func traceSelectIsThisStatement() {
        var printer = SQLPrinter()
        TelemetryStore.traceSelect(TraceID(high: 0x0102, low: 0x0304), spansMax: 10).print(into: &printer)
        #expect(
            printer.text
                == "SELECT `trace_id`, `span_id`, `parent_span_id`, `trace_state`, `flags`, `service`, `name`, "
                + "`kind`, `start_time`, `duration`, `status_code`, `status_message`, `resource_id`, `scope_id`, "
                + "`attributes`, "
                + "`attribute_types`, `dropped_attributes`, `event_times`, `event_names`, `event_attributes`, "
                + "`event_attribute_types`, `event_dropped_attributes`, `dropped_events`, "
                + "`link_trace_ids`, `link_span_ids`, "
                + "`link_trace_states`, `link_flags`, `link_attributes`, `link_attribute_types`, "
                + "`link_dropped_attributes`, "
                + "`dropped_links` FROM `telemetry`.`spans` WHERE `trace_id` = unhex({p0:String}) "
                + "LIMIT 11")
        #expect(printer.parameters == ["p0": "00000000000001020000000000000304"])
    }
}

/// A span with where it stood.
private struct Located {
    let span: OTLPSpan
    let resource: OTLPResource
    let scope: OTLPScope
    let schemas: [String]

    /// All spans, sorted by id.
    static func spans(_ groups: [OTLPResourceSpans]) -> [Located] {
        groups.flatMap { group in
            group.scopeSpans.flatMap { scope in
                scope.spans.map {
                    Located(
                        span: $0, resource: group.resource, scope: scope.scope,
                        schemas: [group.schemaURL, scope.schemaURL])
                }
            }
        }.sorted { $0.span.spanID.lexicographicallyPrecedes($1.span.spanID) }
    }
}

extension OTLPTraceRequest {
    /// The same spans as one trace with ids that can be stored, without what is documented to be mended or left out:
    /// times past the signed range, links without ids, members of OTLP profiles, empty values that are not there.
    fileprivate func storable(as id: TraceID) -> OTLPTraceRequest {
        var request = self
        var number: UInt64 = 0
        for group in request.resourceSpans.indices {
            request.resourceSpans[group].resource.attributes.makeStorable()
            for scope in request.resourceSpans[group].scopeSpans.indices {
                request.resourceSpans[group].scopeSpans[scope].scope.attributes.makeStorable()
                for index in request.resourceSpans[group].scopeSpans[scope].spans.indices {
                    number += 1
                    var span = request.resourceSpans[group].scopeSpans[scope].spans[index]
                    span.traceID = Data(id.bytes)
                    span.spanID = Data(SpanID(value: number).bytes)
                    span.startTimeUnixNano = min(span.startTimeUnixNano, UInt64(Int64.max))
                    span.endTimeUnixNano = min(span.endTimeUnixNano, UInt64(Int64.max))
                    span.attributes.makeStorable()
                    for event in span.events.indices {
                        span.events[event].timeUnixNano = min(span.events[event].timeUnixNano, UInt64(Int64.max))
                        span.events[event].attributes.makeStorable()
                    }
                    for link in span.links.indices {
                        if span.links[link].traceID.isEmpty { span.links[link].traceID = Data(1...16) }
                        if span.links[link].spanID.isEmpty { span.links[link].spanID = Data(1...8) }
                        span.links[link].attributes.makeStorable()
                    }
                    request.resourceSpans[group].scopeSpans[scope].spans[index] = span
                }
            }
        }
        return request
    }
}

extension [OTLPKeyValue] {
    fileprivate mutating func makeStorable() {
        for index in indices {
            self[index].keyStrindex = 0
            self[index].value = self[index].value.storable
        }
    }
}

extension OTLPAnyValue {
    fileprivate var storable: OTLPAnyValue {
        var copy = self
        switch value {
        case .stringValueStrindex: copy.value = nil
        case .arrayValue(let array): copy.arrayValue.values = array.values.map(\.storable)
        case .kvlistValue: copy.kvlistValue.values.makeStorable()
        default: break
        }
        return copy
    }
}
