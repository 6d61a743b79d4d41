import Codecs
import FileMirror
import Foundation
import OTLPMessages
import SwiftProtobuf
import Synchronization
import TelemetryModel
import TestSupport
import Testing

/// What is in the files is what was sent: a block is written, its lines are decoded and become a block again, and both
/// blocks have the same rows.
@Suite struct MirroredLinesTests {
    private func decoded(_ lines: [String], _ signal: Signal) throws -> TelemetryBatch {
        let requests: [any SwiftProtobuf.Message] = try lines.map { line in
            var repairs = RepairCounts()
            let bytes = Array(line.utf8)
            switch signal {
            case .traces: return try OTLPJSONDecoder.decodeTraces(bytes, repairs: &repairs)
            case .metrics: return try OTLPJSONDecoder.decodeMetrics(bytes, repairs: &repairs)
            case .logs: return try OTLPJSONDecoder.decodeLogs(bytes, repairs: &repairs)
            }
        }
        return try Blocks.of(requests, signal)
    }

    /// Rows in an order that grouping does not change, without what Martlet makes of them.
    private func rows(_ batch: TelemetryBatch) -> [String: [String]] {
        var texts = ColumnText.of(batch)
        for derived in ["TargetBlock", "NativeHistogramBlock"] { texts[derived] = nil }
        return texts.mapValues { $0.map { $0.joined(separator: "|") }.sorted() }
    }

    private func check(_ batch: TelemetryBatch, _ signal: Signal, _ name: String, _ comment: Comment) async throws {
        let rig = MirrorRig { $0.enriches = false }
        let mirror = await rig.start()
        await mirror.write(batch, of: signal, token: rig.nextToken())
        let lines = rig.lines(name)
        let (left, right) = (rows(try decoded(lines, signal)), rows(batch))
        for (table, expected) in right {
            // What was referred to by nothing is not in the lines, and neither are those that nothing refers to.
            if ["ResourceBlock", "ScopeBlock", "SeriesBlock"].contains(table) {
                let missing = Set(left[table] ?? []).subtracting(expected)
                #expect(missing.isEmpty, "\(comment): \(table)")
            } else {
                #expect(left[table] ?? [] == expected, "\(comment): \(table)")
            }
        }
        #expect(mirror.snapshot.files[signal]?.dropped ?? [:] == [:])
    }

    @Test func spansComeBackAsTheyWere() async throws {
        for seed in UInt64(1)...60 {
            var random = RandomOTLP(seed: seed)
            let batch = try Blocks.of([random.traceRequest(), random.traceRequest()], .traces)
            try await check(batch, .traces, "traces/traces.jsonl", "seed \(seed)")
        }
    }

    @Test func recordsComeBackAsTheyWere() async throws {
        for seed in UInt64(1)...60 {
            var random = RandomOTLP(seed: seed)
            let batch = try Blocks.of([random.logsRequest(), random.logsRequest()], .logs)
            try await check(batch, .logs, "logs/logs.jsonl", "seed \(seed)")
        }
    }

    @Test func pointsComeBackAsTheyWere() async throws {
        for seed in UInt64(1)...60 {
            var random = RandomOTLP(seed: seed)
            let batch = try Blocks.of([random.metricsRequest(), random.metricsRequest()], .metrics)
            // Totals are summed up in the order of arrival, which grouping changes.
            try await check(batch, .metrics, "metrics/metrics.jsonl", "seed \(seed)")
        }
    }

    @Test func aBlockBecomesLinesOfAThousandItems() async throws {
        let rig = MirrorRig()
        let mirror = await rig.start()
        let names = (0..<2500).map { "span \($0)" }
        await mirror.write(try Blocks.spans(names), of: .traces, token: rig.nextToken())
        #expect(rig.lines("traces/traces.jsonl").count == 3)
        #expect(try rig.spanNames(["traces.jsonl"]) == names)
        #expect(mirror.snapshot.files[.traces]?.items == 2500)
        #expect(mirror.snapshot.files[.traces]?.lines == 3)
    }

    @Test func spansOfManySendersAreGroupedInALine() async throws {
        let rig = MirrorRig()
        let mirror = await rig.start()
        let requests = (0..<30).map { Blocks.request(["span \($0)"], service: "service \($0 % 3)") }
        await mirror.write(try Blocks.of(requests, .traces), of: .traces, token: rig.nextToken())
        let lines = rig.lines("traces/traces.jsonl")
        #expect(lines.count == 1)
        var repairs = RepairCounts()
        let line = try OTLPJSONDecoder.decodeTraces(Array((lines.first ?? "").utf8), repairs: &repairs)
        #expect(line.resourceSpans.map { $0.scopeSpans.map(\.spans.count) } == [[10], [10], [10]])
        #expect(
            line.resourceSpans[1].scopeSpans[0].spans.map(\.name) == stride(from: 1, to: 30, by: 3).map { "span \($0)" }
        )
    }

    /// The first line as the tests of the integration guide read it.
    @Test func theFirstLineIsWhatReadersOfTheFilesExpect() async throws {
        let rig = MirrorRig()
        let mirror = await rig.start()
        let json = """
            {"resourceSpans":[{"resource":{"attributes":[
            {"key":"service.version","value":{"stringValue":"dev"}},
            {"key":"service.name","value":{"stringValue":"spacetimedb"}},
            {"key":"deployment.environment","value":{"stringValue":"local-development"}}]},
            "scopeSpans":[{"scope":{"name":"spacetimedb-tracer","version":"1.0.0"},"spans":[
            {"traceId":"12345678901234567890123456789012","spanId":"1234567890123456","name":"database.insert","kind":3,
            "startTimeUnixNano":1790000000000000000,"endTimeUnixNano":1790000000025000000,"attributes":[
            {"key":"db.table","value":{"stringValue":"users"}},{"key":"db.operation","value":{"stringValue":"insert"}},
            {"key":"db.rows_affected","value":{"intValue":"1"}}],"status":{"code":1}}]}]}]}
            """
        var repairs = RepairCounts()
        let request = try OTLPJSONDecoder.decodeTraces(Array(json.utf8), repairs: &repairs)
        await mirror.write(try Blocks.of([request], .traces), of: .traces, token: rig.nextToken())
        let expected = """
            {"resourceSpans":[{"resource":{"attributes":[\
            {"key":"service.name","value":{"stringValue":"spacetimedb"}},\
            {"key":"service.version","value":{"stringValue":"dev"}},\
            {"key":"deployment.environment","value":{"stringValue":"local-development"}}]},\
            "scopeSpans":[{"scope":{"name":"spacetimedb-tracer","version":"1.0.0"},"spans":[\
            {"traceId":"12345678901234567890123456789012","spanId":"1234567890123456","parentSpanId":"",\
            "name":"database.insert","kind":3,\
            "startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000025000000","attributes":[\
            {"key":"db.table","value":{"stringValue":"users"}},{"key":"db.operation","value":{"stringValue":"insert"}},\
            {"key":"db.rows_affected","value":{"intValue":"1"}},\
            {"key":"service.name","value":{"stringValue":"spacetimedb"}},\
            {"key":"deployment.environment","value":{"stringValue":"local-development"}}],"status":{"code":1}}]}]}]}
            """
        #expect(rig.lines("traces/traces.jsonl") == [expected])
        #expect(rig.bytes("traces/traces_detailed.json") == rig.bytes("traces/traces.jsonl"))
    }

    @Test func aSpanKeepsWhatItSaysOfItsService() async throws {
        let rig = MirrorRig()
        let mirror = await rig.start()
        var request = Blocks.request(["a", "b"])
        request.resourceSpans[0].scopeSpans[0].spans[0].attributes = [Blocks.attribute("service.name", "mine")]
        await mirror.write(try Blocks.of([request], .traces), of: .traces, token: rig.nextToken())
        let line = rig.lines("traces/traces.jsonl").first ?? ""
        var repairs = RepairCounts()
        let written = try OTLPJSONDecoder.decodeTraces(Array(line.utf8), repairs: &repairs)
        let spans = written.resourceSpans[0].scopeSpans[0].spans
        #expect(spans.map { $0.attributes.map(\.value.stringValue) } == [["mine"], ["spacetimedb"]])
    }

    @Test func whatRowsReferToComesFromTheStoreWhenItIsForgotten() async throws {
        let rig = MirrorRig()
        let request = Blocks.request(["first"])
        let batch = TelemetryBatch()
        var appender = ColumnAppender(batch: batch)
        appender.begin(receivedTime: Blocks.arrival)
        appender.append(request)
        let next = TelemetryBatch()
        // The second block of a process that ends: it brings no resource.
        appender.batch = next
        appender.append(Blocks.request(["second"]))
        #expect(next.resources.rows == 0)
        rig.references.state.withLock {
            $0.resources[batch.resources.id[0]] = StoredResource(
                attributes: [StoredAttribute(key: "service.name", text: "spacetimedb", type: .string)],
                droppedAttributes: 0, schemaURL: "", entityRefs: "")
            $0.scopes[batch.scopes.id[0]] = StoredScope(
                name: "test", version: "", attributes: [], droppedAttributes: 0, schemaURL: "")
        }
        let mirror = await rig.start()
        await mirror.write(next, of: .traces, token: rig.nextToken())
        await mirror.write(next, of: .traces, token: rig.nextToken())
        let lines = rig.lines("traces/traces.jsonl")
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("\"name\":\"test\"") })
        #expect(
            lines.first?.hasPrefix("{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\"")
                == true)
        // Once for each kind.
        #expect(rig.references.state.withLock { $0.asked } == 2)
    }

    @Test func aSpanWhoseResourceCannotBeReadStillNamesItsService() async throws {
        let rig = MirrorRig()
        rig.references.state.withLock { $0.fails = true }
        var appender = ColumnAppender(batch: TelemetryBatch())
        appender.begin(receivedTime: Blocks.arrival)
        appender.append(Blocks.request(["first"]))
        let next = TelemetryBatch()
        appender.batch = next
        appender.append(Blocks.request(["second"]))
        let mirror = await rig.start()
        await mirror.write(next, of: .traces, token: rig.nextToken())
        let line = rig.lines("traces/traces.jsonl").first ?? ""
        #expect(line.contains("{\"key\":\"service.name\",\"value\":{\"stringValue\":\"spacetimedb\"}}"))
        #expect(line.contains("\"name\":\"second\""))
    }
}
