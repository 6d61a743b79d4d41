import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// Bytes of a request to columns, without a store.
struct DecodeCase: BenchmarkCase {
    static let name = "decode"
    static let summary = "OTLP requests decoded and appended to columns, each signal, protobuf and JSON"

    func run(_ bench: Bench) async throws {
        var workload = Workload(seed: 1)
        let requests = 200
        let traces = (0..<requests).map { _ in workload.request(spans: 500) }
        let logs = (0..<requests).map { _ in workload.logs(records: 500) }
        let metrics = (0..<requests).map { _ in workload.metrics(points: 500) }
        try await measure(.traces, "spans", try traces.map { try $0.serializedBytes() })
        try await measure(.logs, "records", try logs.map { try $0.serializedBytes() })
        try await measure(.metrics, "points", try metrics.map { try $0.serializedBytes() })
        let bodies = traces.prefix(40).map { OTLPJSONEncoder.encode($0) }
        var appender = ColumnAppender(batch: TelemetryBatch())
        let time = try await Bench.measure {
            for body in bodies {
                var repairs = RepairCounts()
                appender.begin(receivedTime: .now())
                appender.append(try OTLPJSONDecoder.decodeTraces(body, repairs: &repairs))
            }
        }
        report("JSON", "spans", time.cpu, bodies)
    }

    private func measure(_ signal: Signal, _ items: String, _ bodies: [[UInt8]]) async throws {
        var appender = ColumnAppender(batch: TelemetryBatch())
        // The second round finds the columns' memory there, as every block but the first does.
        for round in 0..<2 {
            appender.batch.reset()
            let time = try await Bench.measure {
                for body in bodies {
                    appender.begin(receivedTime: .now())
                    try body.withUnsafeBufferPointer { try appender.append(protobuf: $0, signal) }
                }
            }
            if round == 1 { report("protobuf", items, time.cpu, bodies) }
        }
    }

    private func report(_ encoding: String, _ items: String, _ cpu: Double, _ bodies: [[UInt8]]) {
        let count = bodies.count * 500
        let bytes = bodies.reduce(0) { $0 + $1.count }
        Bench.report(
            "\(items), \(encoding)", "\((cpu / Double(count) * 1e6).text(2)) CPU s/M \(items)",
            "\(bodies.count) requests x 500, \(bytes / count) B each")
    }
}
