import Foundation
import Testing

extension EndToEnd {
    /// More than the server can take: it says so with an answer that senders repeat, and to those who cause it.
    @Suite
    struct OverloadTests {
        private static let small = ["ingest.memory_bytes": "8MiB", "otlp.max_body_bytes": "2MiB"]
        private static let heavyConnections = 12
        private static let lightRequests = 60

        /// Statuses of the heavy sender, while a light one sends.
        private func sendHeavily(
            _ server: ServerProcess, _ body: [UInt8], until isOver: @escaping @Sendable () async -> Bool
        ) async throws -> [HTTPAnswer] {
            try await withThrowingTaskGroup(of: [HTTPAnswer].self) { group in
                for _ in 0..<Self.heavyConnections {
                    group.addTask {
                        var answers: [HTTPAnswer] = []
                        repeat {
                            answers.append(
                                try await server.post("logs", body, type: NumberedItems.Encoding.protobuf.rawValue))
                        } while await !isOver()
                        return answers
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }

        private actor Flag {
            private(set) var isSet = false
            func set() { isSet = true }
        }

        @Test("a heavy sender is refused with 503 at times and does not starve a light one")
        func heavyAndLight() async throws {
            let server = try await ServerProcess.start(settings: Self.small)
            let numbers = ItemNumbers()
            let light = NumberedSender(server: server, numbers: numbers, service: "light")
            let filler = String(repeating: "heavy", count: 300_000)
            let body = Protobuf.logs(service: "heavy", [(time: 1_700_000_000_000_000_000, body: filler, n: 0)])
            let isOver = Flag()
            async let heavy = sendHeavily(server, body) { await isOver.isSet }
            var statuses: [Int: Int] = [:]
            for index in 0..<Self.lightRequests {
                // Of the signal that the heavy one sends, and of another.
                let signal: NumberedItems.Signal = index % 2 == 0 ? .logs : .traces
                let answer = await light.send(signal, NumberedItems.Encoding.allCases[index / 2 % 2], count: 2)
                statuses[answer?.status ?? 0, default: 0] += 1
            }
            await isOver.set()
            let answers = try await heavy
            #expect(statuses == [200: Self.lightRequests], "of the light sender")
            let refused = answers.filter { $0.status != 200 }
            print("OverloadTests: heavy requests: \(answers.count), refused: \(refused.count)")
            #expect(!refused.isEmpty && refused.count < answers.count)
            #expect(refused.allSatisfy { $0.status == 503 && $0.headers["retry-after"] != nil })
            #expect(refused.allSatisfy { Protobuf.statusMessage($0.body)?.contains("ingest.memory_bytes") == true })
            let comparison = try await numbers.compare(with: server, services: "light")
            #expect(comparison.isRight, "\(comparison)")
            let row = try await server.row("SELECT count() AS n FROM telemetry.logs WHERE service = 'heavy'")
            #expect(row["n"].integer == Int64(answers.count - refused.count))
            #expect(try await server.stop() == 0)
        }

        @Test("a heavy sender over gRPC gets UNAVAILABLE with RetryInfo, and a light one its success")
        func heavyGRPC() async throws {
            struct Outcome: Decodable {
                let heavy: [String: Int]
                let retrySeconds: [Int]
                let messages: [String]
                let light: [String: Int]
            }
            let server = try await ServerProcess.start(settings: Self.small)
            let (outcome, _) = try await PythonEnvironment.client(
                "overload_grpc.py",
                [
                    server.address("otlp_grpc"), "\(Self.heavyConnections)", "1500000", "\(Self.lightRequests)",
                ], as: Outcome.self)
            print("OverloadTests: heavy gRPC calls: \(outcome.heavy)")
            #expect(outcome.light == ["OK": Self.lightRequests])
            #expect(Set(outcome.heavy.keys) == ["OK", "UNAVAILABLE"])
            #expect(!outcome.retrySeconds.isEmpty && outcome.retrySeconds.allSatisfy { $0 > 0 })
            #expect(outcome.retrySeconds.count == outcome.heavy["UNAVAILABLE"])
            #expect(outcome.messages.allSatisfy { $0.contains("ingest.memory_bytes") }, "\(outcome.messages)")
            try await server.flush()
            let row = try await server.row(
                "SELECT countIf(service = 'heavy') AS heavy, countIf(service = 'light') AS light FROM telemetry.logs")
            #expect(row["heavy"].integer == outcome.heavy["OK"].map { Int64($0) })
            #expect(row["light"].integer == Int64(Self.lightRequests))
            #expect(try await server.stop() == 0)
        }

        @Test("a full log is 503 that names it, and a flush makes room")
        func logIsFull() async throws {
            let server = try await ServerProcess.start(settings: [
                "otlp.max_body_bytes": "1MiB", "ingest.log_bytes": "4MiB", "ingest.flush_interval": "1h",
                "ingest.block_rows": "100000000",
            ])
            let numbers = ItemNumbers()
            let sender = NumberedSender(server: server, numbers: numbers, service: "full")
            let filler = String(repeating: "x", count: 100_000)
            for _ in 0..<2 {
                var refused: HTTPAnswer?
                for _ in 0..<100 where refused == nil {
                    let answer = try #require(await sender.send(.logs, .json, count: 2, filler: filler))
                    if answer.status != 200 { refused = answer }
                }
                let answer = try #require(refused)
                #expect(answer.status == 503 && answer.headers["retry-after"] != nil, "\(answer.text)")
                let message = try #require(try answer.json()["message"].string)
                #expect(message.contains("\(server.data.path)/wal/logs"), "\(message)")
                #expect(message.contains("ingest.log_bytes"), "\(message)")
                // The other signals have logs of their own.
                #expect(await sender.send(.traces, .json, count: 1)?.status == 200)
                try await server.flush("otlp_http")
                #expect(await sender.send(.logs, .json, count: 2, filler: filler)?.status == 200)
            }
            let comparison = try await numbers.compare(with: server, services: "full")
            #expect(comparison.isRight, "\(comparison)")
            #expect(try await server.stop() == 0)
        }

        @Test("a hundred small requests at once, each on a connection of its own, are all taken")
        func hundredConnections() async throws {
            let server = try await ServerProcess.start()
            let numbers = ItemNumbers()
            let sender = NumberedSender(server: server, numbers: numbers, service: "hundred")
            let statuses = await withTaskGroup(of: Int.self) { group in
                for index in 0..<100 {
                    group.addTask {
                        await sender.send(
                            NumberedItems.Signal.allCases[index % 3], NumberedItems.Encoding.allCases[index / 3 % 2],
                            count: 1)?.status ?? 0
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 100])
            let comparison = try await numbers.compare(with: server, services: "hundred")
            #expect(comparison.isRight, "\(comparison)")
            #expect(try await server.stop() == 0)
        }

        @Test("a trace of very many spans in bodies near the limit is stored completely, in bounded memory")
        func largeTrace() async throws {
            let server = try await ServerProcess.start()
            // 10 KB each, so that it is the bytes that are many, also for a debug build.
            let filler = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000)
            let more = Protobuf.field(9, Protobuf.attribute("filler", Protobuf.field(1, filler)))
            let trace = randomBytes(16)
            let spansPerBody = 6_000
            #expect(try await server.post("traces", OTLPJSON.traces(service: "warm", [OTLPJSON.Span()])).status == 200)
            try await server.flush()
            try server.resetPeakMemory()
            let before = try server.memory().now
            for body in 0..<3 {
                let spans = (0..<spansPerBody).map {
                    (trace: trace, span: Protobuf.bigEndian(UInt64(body * spansPerBody + $0 + 1)), name: "part")
                }
                let bytes = Protobuf.traces(service: "large", spans, more: more)
                #expect(bytes.count > 56 << 20 && bytes.count < 64 << 20)
                let answer = try await server.post("traces", bytes, type: NumberedItems.Encoding.protobuf.rawValue)
                #expect(answer.status == 200, "\(answer.text)")
            }
            try await server.flush()
            let peak = try server.memory().peak
            print("OverloadTests: the large trace took \((peak - before) / 1_000_000) MB")
            // Bodies and rows are held to 256 MiB; the engine copies a block and packs it.
            #expect(peak - before < 1 << 30, "memory grew by \((peak - before) / 1_000_000) MB")
            let row = try await server.row(
                """
                SELECT count() AS n, uniqExact(span_id) AS ids, sum(length(attributes['filler'])) AS bytes
                FROM telemetry.spans WHERE lower(hex(trace_id)) = '\(hexDigits(trace))'
                """)
            #expect(row["n"].integer == Int64(3 * spansPerBody))
            #expect(row["ids"] == row["n"])
            #expect(row["bytes"].integer == Int64(3 * spansPerBody * filler.count))
            #expect(try await server.stop() == 0)
        }
    }
}
