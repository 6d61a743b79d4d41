import Codecs
import FileMirror
import Logging
import SwiftProtobuf
import TelemetryModel

/// What the file mirror adds to the flush of a block.
struct MirrorCase: BenchmarkCase {
    static let name = "mirror"
    static let summary =
        "stored blocks of spans, records and points as lines of OTLP JSON into files, without and with compression"

    private static let rounds = 10

    func run(_ bench: Bench) async throws {
        for signal in Signal.allCases {
            try await measure(signal, bench, "plain") { $0.enriches = false }
            if signal == .traces { try await measure(signal, bench, "enriched") { _ in } }
        }
        try await measure(.traces, bench, "enriched, put aside as zstd") { $0.compression = .zstd }
        try await measure(.traces, bench, "enriched, put aside as gzip") { $0.compression = .gzip }
    }

    private func measure(
        _ signal: Signal, _ bench: Bench, _ what: String, _ change: (inout MirrorOptions) -> Void
    ) async throws {
        var options = MirrorOptions(data: bench.directory + "/mirror", run: bench.directory + "/mirror/run")
        options.compression = .none
        change(&options)
        let mirror = FileMirror(
            options, references: StoreReferences(bench.store),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        await mirror.start()
        var blocks: UInt64 = 0
        func token() -> String {
            blocks += 1
            return "wal-0-0-\(blocks)-\(blocks)"
        }
        let batches = try Self.batches(signal)
        let rows = batches.reduce(0) { $0 + $1.rows } * Self.rounds
        // The first round brings resources and series, which is rare later.
        for batch in batches { await mirror.write(batch, of: signal, token: token()) }
        let before = mirror.snapshot.files[signal]?.bytes ?? 0
        let time = await Bench.measure {
            for _ in 0..<Self.rounds {
                for batch in batches { await mirror.write(batch, of: signal, token: token()) }
            }
            if options.compression != .none { await mirror.tidy() }
        }
        let bytes = (mirror.snapshot.files[signal]?.bytes ?? 0) - before
        Bench.report(
            "mirror of \(signal.rawValue), \(what)",
            "\((time.cpu / Double(rows) * 1e6).text(2)) CPU s/M \(signal.itemNoun)",
            "\(rows) in blocks of \(rows / Self.rounds / batches.count), "
                + "\((Double(bytes) / Double(rows)).text(0)) B each, files of 100 MiB")
        removeTree(options.data)
    }

    private static func batches(_ signal: Signal) throws -> [TelemetryBatch] {
        var workload = Workload(seed: 7)
        var appender = ColumnAppender(batch: TelemetryBatch())
        return try (0..<5).map { _ in
            let batch = TelemetryBatch()
            appender.batch = batch
            for _ in 0..<(signal == .metrics ? 20 : 40) {
                let body: [UInt8] =
                    switch signal {
                    case .traces: try workload.request(spans: 500).serializedBytes()
                    case .metrics: try workload.metrics(points: 1000).serializedBytes()
                    case .logs: try workload.logs(records: 500).serializedBytes()
                    }
                appender.begin(receivedTime: .now())
                try body.withUnsafeBufferPointer { try appender.append(protobuf: $0, signal) }
            }
            return batch
        }
    }
}
