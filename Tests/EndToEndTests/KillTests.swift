import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The promise of the write-ahead log: what was answered with 200 is stored once, whenever the process is killed.
    @Suite
    struct KillTests {
        static let kills = ProcessInfo.processInfo.environment["MARTLET_TEST_KILLS"].flatMap { Int($0) } ?? 50
        /// After each of these many kills, one more start is killed at a random time before or after it is ready.
        static let startsKilledEvery = 5
        static let checkedEvery = 10
        static let services = "kills-"

        /// What differs from start to start: how the log is synced, and how large blocks and segments become.
        static func settings(_ round: Int) -> [String: String] {
            var settings = ["ingest.log_sync": ["always", "interval", "never"][round % 3]]
            settings["ingest.log_sync_interval"] = "50ms"
            settings["ingest.flush_interval"] = ["1s", "100ms", "20ms", "1h"][round % 4]
            if round % 5 == 1 { settings["ingest.block_rows"] = "20" }
            if round % 5 == 3 {
                // Segments of 256 KiB, so that some are begun and removed in each round.
                settings["otlp.max_body_bytes"] = "256KiB"
                settings["ingest.log_bytes"] = "1MiB"
            }
            return settings
        }

        /// Sends until the server is gone.
        private func load(_ sender: NumberedSender, _ generator: inout SeededGenerator) async -> Int {
            let seeds = (0..<6).map { _ in generator.next() }
            return await withTaskGroup(of: Int.self) { group in
                for (index, seed) in seeds.enumerated() {
                    group.addTask {
                        var generator = SeededGenerator(seed: seed)
                        let signal = NumberedItems.Signal.allCases[index % 3]
                        let encoding = NumberedItems.Encoding.allCases[index / 3]
                        var requests = 0
                        while let answer = await sender.send(
                            signal, encoding, count: Int.random(in: 1...5, using: &generator),
                            filler: String(repeating: "x", count: Int.random(in: 0...2000, using: &generator)))
                        {
                            requests += 1
                            // 503 is right while the small log of some rounds is full.
                            #expect(answer.status == 200 || answer.status == 503, "\(answer.text)")
                        }
                        return requests
                    }
                }
                return await group.reduce(0, +)
            }
        }

        @Test("fifty kills at random times under load: everything acknowledged is there, and there once")
        func killed() async throws {
            let given = ProcessInfo.processInfo.environment["MARTLET_TEST_SEED"].flatMap { UInt64($0) }
            let seed = given ?? UInt64.random(in: 0...UInt64(UInt32.max))
            print("KillTests: MARTLET_TEST_SEED=\(seed)")
            var generator = SeededGenerator(seed: seed)
            let numbers = ItemNumbers()
            var answers = 0
            var killedStarts = 0
            let server = try await ServerProcess.start(settings: Self.settings(0))
            for round in 1...Self.kills {
                let time = Duration.milliseconds(Int.random(in: 0...600, using: &generator))
                let sender = NumberedSender(server: server, numbers: numbers, service: Self.services + "\(round)")
                async let killing: Void = {
                    try await Task.sleep(for: time)
                    server.kill(SIGKILL)
                }()
                answers += await load(sender, &generator)
                try await killing
                #expect(try await server.waitForExit() == -SIGKILL, "\(server.log)")
                if round % Self.startsKilledEvery == 0 {
                    killedStarts += 1
                    try await server.startAndKill(after: .milliseconds(Int.random(in: 0...400, using: &generator)))
                }
                try await server.start(settings: Self.settings(round))
                #expect(!server.replay.contains("LOST"), "\(server.replay)")
                if round % Self.checkedEvery == 0 {
                    let comparison = try await numbers.compare(with: server, services: Self.services)
                    print(
                        "KillTests: \(round) kills under load and \(killedStarts) of starts, \(answers) answers,",
                        "acknowledged items: \(numbers.acknowledgedCount), lost: \(comparison.lost),",
                        "doubled: \(comparison.doubled), stored without an answer: \(comparison.unanswered)")
                    #expect(comparison.isRight, "seed \(seed): \(comparison)\n\(server.replay)")
                }
            }
            #expect(numbers.acknowledgedCount > Self.kills)
            #expect(try await server.stop() == 0)
        }
    }
}
