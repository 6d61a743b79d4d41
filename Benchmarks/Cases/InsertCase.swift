import Codecs
import TelemetryModel
import TelemetryStore

/// Blocks of spans into the store.
struct InsertCase: BenchmarkCase {
    static let name = "insert"
    static let summary = "blocks of spans into telemetry.spans, merges stopped, then all merged"

    func run(_ bench: Bench) async throws {
        for blockRows in [10_000, 100_000] {
            try await bench.sql("TRUNCATE TABLE telemetry.spans")
            try await bench.sql("SYSTEM STOP MERGES telemetry.spans")
            var workload = Workload(seed: 2)
            var cpu = 0.0
            var wall = 0.0
            let blocks = 1_000_000 / blockRows
            for _ in 0..<blocks {
                let batch = Self.batch(rows: blockRows, &workload)
                let time = try await Bench.measure { try await bench.store.write(batch, token: nil) }
                cpu += time.cpu
                wall += time.wall
            }
            Bench.report(
                "insert, blocks of \(blockRows)", "\(cpu.text(2)) CPU s/M spans",
                "1 M spans, \((wall * 1000 / Double(blocks)).text(1)) ms wall a block, fsync on")
        }
        try await bench.sql("SYSTEM START MERGES telemetry.spans")
        let merge = try await Bench.measure { try await bench.sql("OPTIMIZE TABLE telemetry.spans FINAL") }
        Bench.report("merge of 10 parts to one", "\(merge.cpu.text(2)) CPU s/M spans", "1 M spans")
        let bytes = try await bench.number(
            "SELECT toFloat64(sum(bytes_on_disk)) / sum(rows) FROM system.parts WHERE active AND database = 'telemetry' AND "
                + "table = 'spans'")
        Bench.report("stored size", "\(bytes.text(1)) B/span", "all columns and indexes, merged")
    }

    static func batch(rows: Int, _ workload: inout Workload) -> TelemetryBatch {
        let batch = TelemetryBatch()
        var appender = ColumnAppender(batch: batch)
        appender.begin(receivedTime: .now())
        for _ in 0..<(rows / 500) { appender.append(workload.request(spans: 500)) }
        return batch
    }
}
