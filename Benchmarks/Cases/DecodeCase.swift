import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// Bodies to column blocks, one thread.
struct DecodeCase: BenchmarkCase {
    static let name = "decode"
    static let summary = "OTLP bodies to column blocks, one thread"

    func run(_ bench: Bench) async throws {
        var workload = Workload(seed: 1)
        let messages = (0..<40).map { _ in workload.request(spans: 500) }
        let protobuf = try messages.map { try $0.serializedBytes() as [UInt8] }
        let json = messages.map { OTLPJSONEncoder.encode($0) }
        let spans = Double(messages.count * 500)
        for (label, bodies, isJSON) in [("protobuf", protobuf, false), ("JSON", json, true)] {
            let bytes = bodies.reduce(0) { $0 + $1.count }
            var best = Double.infinity
            for _ in 0..<5 {
                let time = try await Bench.measure {
                    var references = StoredReferences()
                    let batch = TelemetryBatch()
                    for body in bodies {
                        var repairs = RepairCounts()
                        let message =
                            isJSON
                            ? try OTLPJSONDecoder.decodeTraces(body, repairs: &repairs)
                            : try OTLPProtobufDecoder.decodeTraces(body)
                        var appender = ColumnAppender(
                            batch: batch, receivedTime: .now(), pending: [], references: references)
                        appender.append(message)
                        references = appender.references
                    }
                }
                best = min(best, time.cpu)
            }
            Bench.report(
                "decode + append, \(label)", "\((best / spans * 1e6).text(2)) CPU s/M spans",
                "40 requests x 500 spans x 10 attributes, \((Double(bytes) / 40 / 1024).text(0)) KiB each, best of 5; "
                    + "\((Double(bytes) / best / 1e6).text(0)) MB/s")
        }
    }
}
