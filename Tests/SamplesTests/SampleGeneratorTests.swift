import OTLPMessages
import Samples
import SwiftProtobuf
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

private let now: UInt64 = 1_790_000_000_000_000_000
private let minute: UInt64 = 60_000_000_000

private func batch(_ application: SampleApplication, seed: UInt64 = 7, traces: Int = 60) -> SampleTelemetry {
    var generator = SampleGenerator(application: application, seed: seed, now: now)
    return generator.next(traces: traces)
}

extension SampleTelemetry {
    fileprivate var spans: [OTLPSpan] {
        traces.resourceSpans.flatMap(\.scopeSpans).flatMap(\.spans)
    }
    fileprivate var metricList: [OTLPMetric] {
        metrics.resourceMetrics.flatMap(\.scopeMetrics).flatMap(\.metrics)
    }
    fileprivate var records: [OTLPLogRecord] {
        logs.resourceLogs.flatMap(\.scopeLogs).flatMap(\.logRecords)
    }
}

extension [OTLPKeyValue] {
    fileprivate subscript(_ key: String) -> OTLPAnyValue.OneOf_Value? {
        first { $0.key == key }?.value.value
    }
}

private func hex(_ data: Data) -> String {
    data.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }.joined()
}

@Suite struct SampleGeneratorTests {
    // MARK: What holds for all applications

    @Test(arguments: SampleApplication.allCases)
    func `the same seed gives the same bytes`(application: SampleApplication) throws {
        var first = SampleGenerator(application: application, seed: 42, now: now)
        var second = SampleGenerator(application: application, seed: 42, now: now)
        // Two batches: what is kept from batch to batch must be the same as well.
        for step in 0..<2 {
            first.now = now + UInt64(step) * 5_000_000_000
            second.now = first.now
            let (one, two) = (first.next(traces: 25), second.next(traces: 25))
            #expect(try one.traces.serializedBytes() as [UInt8] == two.traces.serializedBytes() as [UInt8])
            #expect(try one.metrics.serializedBytes() as [UInt8] == two.metrics.serializedBytes() as [UInt8])
            #expect(try one.logs.serializedBytes() as [UInt8] == two.logs.serializedBytes() as [UInt8])
            #expect(one.traceIDs == two.traceIDs)
        }
    }

    @Test(arguments: SampleApplication.allCases)
    func `another seed gives other trace ids`(application: SampleApplication) {
        let one = Set(batch(application, seed: 1).traceIDs)
        #expect(one.isDisjoint(with: batch(application, seed: 2).traceIDs))
    }

    @Test(arguments: SampleApplication.allCases)
    func `ids have their length, are not zero and are unique`(application: SampleApplication) {
        let sample = batch(application)
        #expect(sample.traceIDs.count == 60)
        #expect(Set(sample.traceIDs).count == 60)
        #expect(sample.traceIDs.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy { "0123456789abcdef".contains($0) } })
        let spans = sample.spans
        #expect(spans.allSatisfy { $0.traceID.count == 16 && $0.traceID.contains { $0 != 0 } })
        #expect(spans.allSatisfy { $0.spanID.count == 8 && $0.spanID.contains { $0 != 0 } })
        #expect(Set(spans.map(\.spanID)).count == spans.count)
        #expect(Set(spans.map { hex($0.traceID) }) == Set(sample.traceIDs))
    }

    @Test(arguments: SampleApplication.allCases)
    func `each trace has one root, and a parent precedes and contains its children`(application: SampleApplication) {
        var seen: [Data: OTLPSpan] = [:]
        var roots: [Data: Int] = [:]
        for span in batch(application).spans {
            #expect(span.startTimeUnixNano <= span.endTimeUnixNano)
            if span.parentSpanID.isEmpty {
                roots[span.traceID, default: 0] += 1
            } else if let parent = seen[span.parentSpanID] {
                #expect(parent.traceID == span.traceID)
                #expect(parent.startTimeUnixNano <= span.startTimeUnixNano)
                #expect(span.endTimeUnixNano <= parent.endTimeUnixNano)
            } else {
                Issue.record("span \(span.name) stands before its parent or has none")
            }
            #expect(span.events.allSatisfy { span.startTimeUnixNano...span.endTimeUnixNano ~= $0.timeUnixNano })
            seen[span.spanID] = span
        }
        #expect(roots.count == 60)
        #expect(roots.values.allSatisfy { $0 == 1 })
    }

    @Test(arguments: SampleApplication.allCases)
    func `traces end within the last minute and nothing lies after now`(application: SampleApplication) {
        let sample = batch(application)
        for span in sample.spans {
            #expect(span.endTimeUnixNano <= now)
            if span.parentSpanID.isEmpty { #expect(span.endTimeUnixNano > now - minute) }
        }
        #expect(sample.records.allSatisfy { $0.timeUnixNano <= now && $0.timeUnixNano > now - minute })
        // Spread, not all at one moment.
        let ends = sample.spans.filter(\.parentSpanID.isEmpty).map(\.endTimeUnixNano)
        #expect((ends.max() ?? 0) - (ends.min() ?? 0) > minute / 2)
    }

    @Test(arguments: SampleApplication.allCases)
    func `the counts are those of the messages`(application: SampleApplication) {
        let sample = batch(application)
        #expect(sample.counts.spans == sample.spans.count)
        #expect(sample.counts.logRecords == sample.records.count)
        let points = sample.metricList.reduce(0) {
            $0 + $1.gauge.dataPoints.count + $1.sum.dataPoints.count + $1.histogram.dataPoints.count
        }
        #expect(sample.counts.dataPoints == points)
    }

    @Test(arguments: SampleApplication.allCases, [0, -3])
    func `no traces asked for gives no traces`(application: SampleApplication, traces: Int) {
        let sample = batch(application, traces: traces)
        #expect(sample.traceIDs.isEmpty)
        #expect(sample.counts.spans == 0)
        #expect(sample.traces.resourceSpans.isEmpty)
        #expect(sample.counts.logRecords == 0)
    }

    @Test(arguments: SampleApplication.allCases, [0, 1, UInt64.max])
    func `a senseless clock does not trap`(application: SampleApplication, now: UInt64) {
        var generator = SampleGenerator(application: application, seed: 3, now: now)
        #expect(generator.next(traces: 5).traceIDs.count == 5)
        generator.now = 0
        #expect(generator.next(traces: 5).traceIDs.count == 5)
    }

    @Test func `a later batch begins where the one before ended`() {
        var generator = SampleGenerator(application: .spacetimedb, seed: 5, now: now)
        _ = generator.next(traces: 10)
        generator.now = now + 2_000_000_000
        let ends = generator.next(traces: 50).spans.filter(\.parentSpanID.isEmpty).map(\.endTimeUnixNano)
        #expect(ends.allSatisfy { $0 > now && $0 <= now + 2_000_000_000 })
    }

    // MARK: SpacetimeDB

    @Test func `spacetimedb: request, database operation and wasm call are nested with their attributes`() throws {
        let sample = batch(.spacetimedb)
        let resource = try #require(sample.traces.resourceSpans.first).resource
        #expect(resource.attributes.first?.key == "service.name")
        #expect(resource.attributes["service.name"] == .stringValue("spacetimedb"))
        let byID = Dictionary(uniqueKeysWithValues: sample.spans.map { ($0.spanID, $0) })
        for span in sample.spans {
            switch span.name {
            case "api.request":
                #expect(span.kind == .server && span.parentSpanID.isEmpty)
                for key in ["http.method", "http.url", "http.status_code", "user.agent"] {
                    #expect(span.attributes[key] != nil)
                }
            case "wasm.function_call":
                #expect(byID[span.parentSpanID]?.name.hasPrefix("database.") == true)
                #expect(span.attributes["wasm.module_id"] != nil && span.attributes["wasm.function"] != nil)
                #expect(span.attributes["wasm.memory_usage_bytes"] != nil)
                let milliseconds = Double(span.endTimeUnixNano - span.startTimeUnixNano) / 1e6
                #expect(span.attributes["wasm.execution_time_ms"] == .doubleValue(milliseconds))
            default:
                #expect(span.name.hasPrefix("database.") && span.kind == .client)
                #expect(byID[span.parentSpanID]?.name == "api.request")
                #expect(span.attributes["db.system"] == .stringValue("spacetimedb"))
                #expect(span.attributes["db.operation"] == .stringValue(String(span.name.dropFirst(9))))
                #expect(span.attributes["db.table"] != nil && span.attributes["db.rows_affected"] != nil)
            }
        }
    }

    @Test func `spacetimedb: a failed request has an error status, an exception event and an ERROR log`() throws {
        let sample = batch(.spacetimedb, traces: 300)
        let failed = sample.spans.filter { $0.status.code == .error && $0.name == "api.request" }
        #expect((5...60).contains(failed.count))
        for request in failed {
            let inside = sample.spans.filter { $0.traceID == request.traceID && !$0.parentSpanID.isEmpty }
            #expect(inside.contains { $0.status.code == .error && $0.events.contains { $0.name == "exception" } })
            let log = try #require(sample.records.first { $0.traceID == request.traceID })
            #expect(log.severityNumber == .error)
        }
        let severities = Set(sample.records.map(\.severityText))
        #expect(severities == ["INFO", "WARN", "ERROR"])
    }

    @Test func `spacetimedb: every log points at a span of the batch and names its code`() {
        let sample = batch(.spacetimedb)
        let spans = Set(sample.spans.map { $0.traceID + $0.spanID })
        #expect(sample.records.count == 60)
        #expect(sample.records.allSatisfy { spans.contains($0.traceID + $0.spanID) })
        #expect(sample.records.allSatisfy { $0.attributes["code.file.path"] != nil })
    }

    @Test func `spacetimedb: exemplars point at spans of the batch and lie in a bucket of their own`() throws {
        let sample = batch(.spacetimedb)
        let spans = Dictionary(uniqueKeysWithValues: sample.spans.map { ($0.spanID, $0) })
        let histograms = sample.metricList.filter { $0.name.hasSuffix("_duration_seconds") }
        #expect(histograms.count == 2)
        var exemplarCount = 0
        for point in histograms.flatMap(\.histogram.dataPoints) {
            #expect(point.bucketCounts.count == point.explicitBounds.count + 1)
            #expect(point.bucketCounts.reduce(0, +) == point.count)
            #expect(point.min <= point.max && point.sum >= point.max)
            for exemplar in point.exemplars {
                exemplarCount += 1
                let span = try #require(spans[exemplar.spanID])
                #expect(span.traceID == exemplar.traceID)
                #expect(exemplar.timeUnixNano <= point.timeUnixNano)
                #expect(exemplar.asDouble == Double(span.endTimeUnixNano - span.startTimeUnixNano) / 1e9)
            }
        }
        #expect(exemplarCount > 20)
    }

    @Test func `spacetimedb: the counter's last points count the database spans, over batches too`() throws {
        var generator = SampleGenerator(application: .spacetimedb, seed: 11, now: now)
        var databaseSpans = 0
        var start: UInt64?
        for step in 0..<3 {
            generator.now = now + UInt64(step) * 30_000_000_000
            let sample = generator.next(traces: 40)
            databaseSpans += sample.spans.count { $0.name.hasPrefix("database.") }
            let metric = try #require(sample.metricList.first { $0.name == "spacetimedb_database_operations_total" })
            #expect(metric.sum.isMonotonic && metric.sum.aggregationTemporality == .cumulative)
            let last = metric.sum.dataPoints.filter { $0.timeUnixNano == generator.now }
            #expect(last.reduce(0) { $0 + $1.asInt } == Int64(databaseSpans))
            for point in metric.sum.dataPoints {
                #expect(point.startTimeUnixNano == start ?? point.startTimeUnixNano)
                #expect(point.startTimeUnixNano < point.timeUnixNano)
                start = point.startTimeUnixNano
                #expect(point.attributes["operation"] != nil && point.attributes["table"] != nil)
            }
            // The same series never goes down.
            var values: [String: Int64] = [:]
            for point in metric.sum.dataPoints {
                let series = "\(point.attributes.map(\.value.stringValue))"
                #expect(point.asInt >= values[series] ?? 0)
                values[series] = point.asInt
            }
        }
    }

    @Test func `spacetimedb: gauges for memory and connections`() {
        let names = Set(batch(.spacetimedb).metricList.filter { !$0.gauge.dataPoints.isEmpty }.map(\.name))
        #expect(names.isSuperset(of: ["spacetimedb_memory_usage_bytes", "spacetimedb_active_connections"]))
    }

    // MARK: Automagik

    @Test func `automagik: all six standard events of several projects, a span each`() {
        let sample = batch(.automagik, traces: 200)
        #expect(sample.counts.spans == 200)
        #expect(
            Set(sample.spans.map(\.name)) == [
                "automagik.feature.used", "automagik.api.request", "automagik.cli.command",
                "automagik.performance.latency", "automagik.error", "automagik.health",
            ])
        #expect(sample.spans.allSatisfy { $0.kind == .internal && $0.status.code == .ok })
        #expect(sample.traces.resourceSpans.count == 4)
        for group in sample.traces.resourceSpans {
            let attributes = group.resource.attributes
            #expect(attributes["telemetry.sdk.name"] == .stringValue("automagik-telemetry"))
            #expect(attributes["user.id"] != nil && attributes["session.id"] != nil)
            #expect(attributes["service.name"] == attributes["project.name"])
            let project = attributes.first { $0.key == "project.name" }?.value.stringValue ?? ""
            #expect(group.scopeSpans.map(\.scope.name) == ["\(project).telemetry"])
        }
    }

    @Test func `automagik: metrics of three kinds, counters as the SDK sends them`() {
        let metrics = batch(.automagik, traces: 200).metricList
        #expect(metrics.contains { !$0.gauge.dataPoints.isEmpty })
        let counters = metrics.flatMap(\.sum.dataPoints)
        #expect(!counters.isEmpty)
        #expect(counters.allSatisfy { $0.startTimeUnixNano == $0.timeUnixNano && $0.asDouble == 1 })
        let histograms = metrics.flatMap(\.histogram.dataPoints)
        #expect(!histograms.isEmpty)
        #expect(histograms.allSatisfy { $0.count == 1 && $0.explicitBounds.isEmpty && $0.sum > 0 })
    }

    @Test func `automagik: logs carry the ids of their trace as attributes only`() {
        let sample = batch(.automagik, traces: 300)
        #expect(sample.records.allSatisfy { $0.traceID.isEmpty && $0.spanID.isEmpty })
        for record in sample.records {
            let id = record.attributes.first { $0.key == "trace_id" }?.value.stringValue ?? ""
            #expect(sample.traceIDs.contains(id))
        }
        let severities = Dictionary(
            sample.records.map { ($0.severityText, $0.severityNumber.rawValue) }, uniquingKeysWith: { one, _ in one })
        #expect(severities == ["DEBUG": 5, "INFO": 9, "WARN": 13, "ERROR": 17, "FATAL": 21])
    }

    // MARK: ReifyDB

    @Test func `reifydb: traces only, dozens to hundreds of internal spans, deep`() throws {
        let sample = batch(.reifydb, traces: 100)
        #expect(sample.metrics.resourceMetrics.isEmpty && sample.logs.resourceLogs.isEmpty)
        let group = try #require(sample.traces.resourceSpans.first)
        #expect(group.resource.attributes["service.name"] == .stringValue("reifydb"))
        #expect(group.scopeSpans.map(\.scope.name) == ["reifydb"])
        let sizes = Dictionary(grouping: sample.spans, by: \.traceID).mapValues(\.count)
        #expect((sizes.values.max() ?? 0) > 150)
        #expect((sizes.values.max() ?? 0) < 400)
        #expect(sizes.values.count { $0 >= 24 } > 80)
        var depth: [Data: Int] = [:]
        for span in sample.spans {
            depth[span.spanID] = (depth[span.parentSpanID] ?? 0) + 1
        }
        #expect((depth.values.max() ?? 0) >= 12)
    }

    @Test func `reifydb: names have the form area::object::op, and spans the exporter's attributes`() {
        let sample = batch(.reifydb)
        let names = Set(sample.spans.map(\.name))
        #expect(
            names.isSuperset(of: [
                "http::query", "http::extract_identity", "http::execute_and_respond", "dispatch::request",
                "session::query", "engine::query_as", "executor::query", "rql::parse", "rql::compile::physical",
                "vm::run", "volcano::scan::table::next", "volcano::filter::initialize", "wire::encode_frames",
                "transaction::command::commit", "transaction::oracle::new_commit", "store::multi::commit",
                "flow::engine::apply",
            ]))
        for span in sample.spans {
            #expect(span.kind == .internal)
            for key in ["code.file.path", "code.module.name", "target", "thread.name"] {
                guard case .stringValue? = span.attributes[key] else {
                    Issue.record("\(span.name) has no text \(key)")
                    continue
                }
            }
            var total: Int64 = 0
            for key in ["code.line.number", "thread.id", "busy_ns", "idle_ns"] {
                guard case .intValue(let value)? = span.attributes[key] else {
                    Issue.record("\(span.name) has no integer \(key)")
                    continue
                }
                if key.hasSuffix("_ns") { total += value }
            }
            #expect(total == Int64(span.endTimeUnixNano - span.startTimeUnixNano))
            if span.name.hasPrefix("session::") { #expect(span.attributes["rql"] != nil) }
        }
    }

    @Test func `reifydb: an error is an event of level ERROR, an exception and a status`() {
        let failed = batch(.reifydb, traces: 200).spans.filter { $0.status.code == .error }
        #expect(!failed.isEmpty)
        for span in failed {
            #expect(span.events.contains { $0.name == "exception" })
            #expect(span.events.contains { $0.attributes["level"] == .stringValue("ERROR") })
        }
    }
}
