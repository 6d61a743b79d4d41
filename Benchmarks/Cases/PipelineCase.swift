import Ingest
import Logging
import OTLPMessages
import ServiceLifecycle
import SwiftProtobuf
import TelemetryModel
import WriteAheadLog

/// The whole pipeline without sockets: decode, log, acknowledge, store.
struct PipelineCase: BenchmarkCase {
    static let name = "pipeline"
    static let summary = "requests through the ingest pipeline: logged, acknowledged, stored; merges run"

    func run(_ bench: Bench) async throws {
        try await bench.sql("TRUNCATE TABLE telemetry.spans")
        var workload = Workload(seed: 3)
        let bodies = try (0..<100).map { _ in try workload.request(spans: 500).serializedBytes() as [UInt8] }
        for senders in [1, 32] {
            let pipeline = try IngestPipeline(
                store: bench.store, logDirectory: "\(bench.directory)/wal-\(senders)",
                limits: IngestLimits(
                    memoryBytes: 256 << 20, blockRows: 100_000, flushInterval: .seconds(1), logBytes: 1 << 30,
                    sync: .interval(.seconds(1))),
                logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
            let group = ServiceGroup(
                services: [pipeline], logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
            let requests = 2000
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let time = try await Bench.measure {
                    try await withThrowingTaskGroup(of: Void.self) { sending in
                        for sender in 0..<senders {
                            sending.addTask {
                                for index in stride(from: sender, to: requests, by: senders) {
                                    let result = await pipeline.admit(
                                        IngestRequest(
                                            signal: .traces, encoding: .protobuf, body: bodies[index % bodies.count],
                                            receivedTime: .now()))
                                    if case .refused(let error) = result { throw error }
                                }
                            }
                        }
                        try await sending.waitForAll()
                    }
                    try await pipeline.flush(within: .seconds(60))
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                let spans = Double(requests * 500)
                Bench.report(
                    "admit, \(senders) sender\(senders == 1 ? "" : "s")",
                    "\((time.cpu / spans * 1e6).text(2)) CPU s/M spans",
                    "\(requests) requests x 500 spans, until all are stored; \((spans / time.wall / 1000).text(0)) k spans/s"
                )
            }
        }
    }
}
