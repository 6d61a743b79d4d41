import Codecs
import Ingest
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// What deriving metrics from spans adds to the flush of a block, and what an emission costs.
struct SpanMetricsCase: BenchmarkCase {
    static let name = "spanmetrics"
    static let summary = "span metrics and service graph of blocks of spans, and the emission of their samples"

    private static let blocks = 5
    private static let rounds = 4

    private struct Sink: DerivedSink {
        func admit(_ request: [UInt8], sampleCount: Int, source: String) async throws {}
    }

    func run(_ bench: Bench) async throws {
        try await measure("server spans") { _ in .server }
        // Each span is the child of the one before it, so every client has its server.
        try await measure("pairs") { [.server, .client, .server, .client, .server][$0 % 5] }
    }

    private func measure(_ spans: String, _ kind: (Int) -> OTLPSpan.SpanKind) async throws {
        var workload = Workload(seed: 5)
        let batches = try (0..<Self.blocks).map { _ in try Self.batch(&workload, kind) }
        let rows = batches.reduce(0) { $0 + $1.spans.rows } * Self.rounds
        for (what, hasMetrics, hasGraph) in [("span metrics", true, false), ("with service graph", true, true)] {
            var options = DerivedOptions()
            options.spanMetrics.isEnabled = hasMetrics
            options.serviceGraph.isEnabled = hasGraph
            let metrics = DerivedMetrics(options, sink: Sink())
            for batch in batches { metrics.observe(batch) }
            await metrics.emitNow()
            let before = metrics.statistics
            let observing = await Bench.measure {
                for _ in 0..<Self.rounds {
                    for batch in batches { metrics.observe(batch) }
                }
            }
            let emission = await Bench.measure { await metrics.emitNow() }
            let after = metrics.statistics
            let samples = after.samplesEmitted - before.samplesEmitted
            Bench.report(
                "\(what), \(spans)", "\((observing.cpu / Double(rows) * 1e6).text(2)) CPU s/M spans",
                "\(after.spanLabelSets) label sets, \(after.edgesCompleted - before.edgesCompleted) edges; "
                    + "emission \((emission.cpu * 1e3).text(0)) ms, \(samples) samples")
        }
    }

    /// A block of 50,000 spans.
    private static func batch(
        _ workload: inout Workload, _ kind: (Int) -> OTLPSpan.SpanKind
    ) throws -> TelemetryBatch {
        let batch = TelemetryBatch()
        var appender = ColumnAppender(batch: batch)
        for _ in 0..<100 {
            var request = workload.request(spans: 500)
            for index in request.resourceSpans[0].scopeSpans[0].spans.indices {
                var span = request.resourceSpans[0].scopeSpans[0].spans[index]
                span.kind = kind(index)
                // Otherwise each client would call a database.
                span.attributes.removeAll { $0.key == "db.system" }
                request.resourceSpans[0].scopeSpans[0].spans[index] = span
            }
            let body: [UInt8] = try request.serializedBytes()
            appender.begin(receivedTime: .now())
            try body.withUnsafeBufferPointer { try appender.append(protobuf: $0, .traces) }
        }
        return batch
    }
}
