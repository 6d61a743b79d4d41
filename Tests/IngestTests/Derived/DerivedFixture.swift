import Codecs
import Foundation
import OTLPMessages
import PrometheusModel
import SwiftProtobuf
import Synchronization
import TelemetryModel

@testable import Ingest

/// A span as a test says it; times in milliseconds after `DerivedFixture.start`.
struct TestSpan {
    var service = "api"
    var name = "GET /"
    var kind = OTLPSpan.SpanKind.server
    var trace: UInt64 = 1
    var id: UInt64 = 1
    var parent: UInt64 = 0
    var at = 0.0
    var milliseconds = 1.0
    var status = OTLPStatus.StatusCode.unset
    var statusMessage = ""
    var attributes: [String: String] = [:]
    var resource: [String: String] = [:]
}

/// Derived metrics with a clock in the test's hands; what they emit is read back by the decoder that the pipeline uses.
final class DerivedFixture: Sendable {
    /// Milliseconds since the Unix epoch.
    static let start: Int64 = 1_790_000_000_000

    let metrics: DerivedMetrics
    let sink: RecordingSampleSink
    let clock: ManualTime
    private let appender: Mutex<Appender>

    /// One appender for all blocks, as a queue has: a resource is written with its first span only.
    // Sendable: used under the lock only.
    private struct Appender: @unchecked Sendable {
        var value = ColumnAppender(batch: TelemetryBatch())
    }

    init(_ change: (inout DerivedOptions) -> Void = { _ in }) {
        var options = DerivedOptions()
        change(&options)
        let clock = ManualTime(Self.start)
        appender = Mutex(Appender())
        let sink = RecordingSampleSink()
        self.sink = sink
        self.clock = clock
        metrics = DerivedMetrics(options, sink: sink, clock: { clock.now })
    }

    func advance(_ milliseconds: Int64) { clock.advance(milliseconds) }

    /// Emits when so many milliseconds more have passed.
    func emit(after milliseconds: Int64 = 15_000) async {
        advance(milliseconds)
        await metrics.emitNow()
    }

    func observe(_ spans: [TestSpan]) { metrics.observe(batch(spans)) }

    func observe(_ spans: TestSpan...) { metrics.observe(batch(spans)) }

    func batch(_ spans: [TestSpan]) -> TelemetryBatch { batch(Self.request(spans)) }

    func batch(_ request: OTLPTraceRequest) -> TelemetryBatch {
        appender.withLock { appender in
            let batch = TelemetryBatch()
            appender.value.batch = batch
            appender.value.begin(receivedTime: Timestamp(clampingMilliseconds: Self.start))
            appender.value.append(request)
            return batch
        }
    }

    static func request(_ spans: [TestSpan]) -> OTLPTraceRequest {
        OTLPTraceRequest.with { request in
            request.resourceSpans = spans.map { span in
                OTLPResourceSpans.with { group in
                    group.resource.attributes = pairs(
                        span.resource.merging(span.service.isEmpty ? [:] : ["service.name": span.service]) { a, _ in a }
                    )
                    group.scopeSpans = [
                        OTLPScopeSpans.with { $0.spans = [message(span)] }
                    ]
                }
            }
        }
    }

    private static func message(_ span: TestSpan) -> OTLPSpan {
        OTLPSpan.with { message in
            message.traceID = Data(TraceID(high: 0, low: span.trace).bytes)
            message.spanID = Data(SpanID(value: span.id).bytes)
            if span.parent != 0 { message.parentSpanID = Data(SpanID(value: span.parent).bytes) }
            message.name = span.name
            message.kind = span.kind
            let begin = UInt64(start) * 1_000_000 + UInt64(span.at * 1_000_000)
            message.startTimeUnixNano = begin
            message.endTimeUnixNano = begin &+ UInt64(bitPattern: Int64(span.milliseconds * 1_000_000))
            message.status.code = span.status
            message.status.message = span.statusMessage
            message.attributes = pairs(span.attributes)
        }
    }

    private static func pairs(_ values: [String: String]) -> [OTLPKeyValue] {
        values.sorted { $0.key < $1.key }.map { key, value in
            OTLPKeyValue.with {
                $0.key = key
                $0.value.stringValue = value
            }
        }
    }
}

final class ManualTime: Sendable {
    private let milliseconds: Mutex<Int64>

    init(_ start: Int64) { milliseconds = Mutex(start) }

    var now: Timestamp { Timestamp(clampingMilliseconds: milliseconds.withLock { $0 }) }

    func advance(_ by: Int64) { milliseconds.withLock { $0 += by } }
}

/// Keeps what it is given, and refuses when told to.
final class RecordingSampleSink: DerivedSink {
    struct Refusal: Error {}

    // Sendable: used under the lock only.
    private struct State: @unchecked Sendable {
        var requests: [[UInt8]] = []
        var refusals = 0
        var appender = ColumnAppender(batch: TelemetryBatch())
        /// Series are written with their first sample only.
        var names: [UInt64: Labels] = [:]
    }

    private let state = Mutex(State())

    func refuse(_ times: Int) { state.withLock { $0.refusals = times } }

    func admit(_ request: [UInt8], sampleCount: Int, source: String) async throws {
        try state.withLock { state in
            guard state.refusals == 0 else {
                state.refusals -= 1
                throw Refusal()
            }
            state.requests.append(request)
        }
    }

    var requestCount: Int { state.withLock { $0.requests.count } }

    /// Requests so far, which are forgotten.
    func take() throws -> Emission {
        try state.withLock { state in
            let batch = TelemetryBatch()
            state.appender.batch = batch
            for request in state.requests {
                state.appender.begin(receivedTime: Timestamp(clampingMilliseconds: DerivedFixture.start))
                try request.withUnsafeBufferPointer {
                    try state.appender.append(remoteWrite: $0, .two, seesConflicts: true)
                }
            }
            state.requests = []
            for row in 0..<batch.series.rows {
                state.names[batch.series.id[row]] = Self.labels(row, batch.series)
            }
            return Emission(batch, state.names)
        }
    }

    private static func labels(_ row: Int, _ block: SeriesBlock) -> Labels {
        var labels = [Label(Labels.nameLabel, block.name.string(at: row))]
        let text = block.attributes.text
        for entry in Int(text.offsets[row])..<Int(text.offsets[row + 1]) {
            labels.append(Label(text.keys.string(at: entry), text.values.string(at: entry)))
        }
        return Labels(labels)
    }
}

/// What was emitted, by series.
struct Emission {
    struct Sample: Equatable {
        /// Milliseconds after `DerivedFixture.start`.
        var time: Int64
        var value: Double
    }

    private(set) var samples: [Labels: [Sample]] = [:]
    private(set) var exemplars: [Labels: [(trace: String, value: Double, time: Int64)]] = [:]

    init(_ batch: TelemetryBatch, _ names: [UInt64: Labels]) {
        for row in 0..<batch.samples.rows {
            guard let labels = names[batch.samples.seriesID[row]] else { continue }
            samples[labels, default: []].append(
                Sample(
                    time: batch.samples.time[row].milliseconds - DerivedFixture.start, value: batch.samples.value[row]))
        }
        for row in 0..<batch.exemplars.rows {
            guard let labels = names[batch.exemplars.seriesID[row]] else { continue }
            let id = batch.exemplars.traceID
            let bytes = withUnsafeBytes(of: id[row]) { Array($0) }
            exemplars[labels, default: []].append(
                (
                    Hex.encode(bytes), batch.exemplars.value[row],
                    batch.exemplars.time[row].milliseconds - DerivedFixture.start
                ))
        }
    }

    var isEmpty: Bool { samples.isEmpty }

    /// Series of a metric that have these labels, others or none.
    func series(_ name: String, _ labels: [String: String] = [:]) -> [Labels] {
        samples.keys.filter { series in
            series.metricName == name && labels.allSatisfy { series[$0.key] == $0.value }
        }
    }

    /// The last value of the only series; nil when there is none or several.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = series(name, labels)
        guard found.count == 1 else { return nil }
        return samples[found[0]]?.last?.value
    }

    func samples(_ name: String, _ labels: [String: String] = [:]) -> [Sample] {
        let found = series(name, labels)
        return found.count == 1 ? samples[found[0]] ?? [] : []
    }

    /// `client>server:type` of the edges of a metric, with the last value.
    func edges(_ name: String = "traces_service_graph_request_total") -> [String: Double] {
        var edges: [String: Double] = [:]
        for series in series(name) {
            edges["\(series["client"])>\(series["server"]):\(series["connection_type"])"] = samples[series]?.last?.value
        }
        return edges
    }
}
