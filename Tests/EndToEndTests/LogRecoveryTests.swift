import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// What a start makes of a log that is not as it was written.
    @Suite
    struct LogRecoveryTests {
        static let requests = 20
        static let itemsPerRequest = 3
        /// Nothing but the first rows is stored by itself.
        static let patient = ["ingest.flush_interval": "1h"]

        /// A server that was killed with `requests` acknowledged requests in its log that it had not stored.
        private struct Killed {
            let server: ServerProcess
            let service: String
            /// The items of each of the requests.
            let unstored: [[UInt64]]
            /// All items, those of the first request included, which is stored.
            var all: Set<UInt64>
            var segment: LogSegment
        }

        private func killed(_ signal: NumberedItems.Signal) async throws -> Killed {
            let server = try await ServerProcess.start(settings: Self.patient)
            let service = "recovery-\(uniqueRun())"
            let numbers = ItemNumbers()
            let sender = NumberedSender(server: server, numbers: numbers, service: service)
            #expect(await sender.send(signal, .protobuf, count: 1)?.status == 200)
            _ = try await poll("the first rows to be stored") { try await server.waiting() == 0 ? true : nil }
            var unstored: [[UInt64]] = []
            for index in 0..<Self.requests {
                let before = numbers.acknowledged(signal)
                let encoding = NumberedItems.Encoding.allCases[index % 2]
                let answer = await sender.send(signal, encoding, count: Self.itemsPerRequest, filler: "some filler")
                #expect(answer?.status == 200)
                unstored.append(numbers.acknowledged(signal).subtracting(before).sorted())
            }
            #expect(try await server.waiting() == Self.requests * Self.itemsPerRequest)
            server.kill(SIGKILL)
            try await server.waitForExit()
            let segment = try LogSegment(newestOf: signal.rawValue, in: server.data)
            guard segment.records.count == Self.requests + 1 else {
                throw TestFailure("\(segment.records.count) records in \(segment.name)")
            }
            return Killed(
                server: server, service: service, unstored: unstored, all: numbers.acknowledged(signal),
                segment: segment)
        }

        /// Exactly these items are stored, each once; and a further start finds nothing to do.
        private func expect(
            _ items: Set<UInt64>, _ signal: NumberedItems.Signal, _ killed: Killed
        ) async throws {
            let stored = try await NumberedItems.stored(signal, in: killed.server, services: killed.service)
            #expect(Set(stored.keys) == items)
            #expect(stored.values.allSatisfy { $0 == 1 })
            #expect(try await NumberedItems.dangling(in: killed.server).isEmpty)
            #expect(try await killed.server.stop() == 0)
            try await killed.server.start()
            #expect(killed.server.replay.contains("\(signal.rawValue): everything was stored"))
            #expect(try await NumberedItems.stored(signal, in: killed.server, services: killed.service) == stored)
            #expect(try await killed.server.stop() == 0)
        }

        @Test("a log that is whole is stored as a whole", arguments: NumberedItems.Signal.allCases)
        func whole(_ signal: NumberedItems.Signal) async throws {
            let killed = try await killed(signal)
            try await killed.server.start()
            let items = Self.requests * Self.itemsPerRequest
            #expect(killed.server.replay.contains("\(signal.rawValue): \(Self.requests) requests of"))
            #expect(killed.server.replay.contains("\(items) items in 1 blocks"))
            let entry = try await killed.server.ledger().first { $0.signal == signal.rawValue && $0.sender == "log" }
            #expect(entry?.count("received") == items && entry?.count("stored") == items)
            try await expect(killed.all, signal, killed)
        }

        @Test(
            "a last record that is cut short is left out, and those before it are stored",
            arguments: zip([1, 60, -20], NumberedItems.Signal.allCases))
        func tornTail(_ missing: Int, _ signal: NumberedItems.Signal) async throws {
            var killed = try await killed(signal)
            let last = try #require(killed.segment.records.last)
            // Some bytes of the body, or all of it and a part of the header.
            try killed.segment.cut(to: missing > 0 ? last.end - missing : last.bodyOffset + missing)
            try await killed.server.start()
            #expect(killed.server.replay.contains("\(signal.rawValue): cut off while it was written"))
            #expect(killed.server.replay.contains("\(killed.segment.name): ") && !killed.server.replay.contains("LOST"))
            try await expect(killed.all.subtracting(killed.unstored[Self.requests - 1]), signal, killed)
        }

        enum Place: String, CaseIterable, Sendable, CustomTestStringConvertible {
            case header, body
            var testDescription: String { rawValue }
        }

        @Test(
            "a record with a changed byte is reported as lost with its place, and all others are stored",
            arguments: [(.body, .traces), (.body, .metrics), (.body, .logs), (.header, .traces)]
                as [(Place, NumberedItems.Signal)])
        func flipped(_ place: Place, _ signal: NumberedItems.Signal) async throws {
            var killed = try await killed(signal)
            let index = Self.requests / 2
            // The first record is that of the request that was stored.
            let record = killed.segment.records[index + 1]
            try killed.segment.flip(place == .body ? record.bodyOffset + record.bodyBytes / 2 : record.offset + 33)
            try await killed.server.start()
            let report = killed.server.replay.split(separator: "\n").filter { $0.contains("LOST") }
            let line = String(try #require(report.first))
            #expect(report.count == 1, "\(report)")
            #expect(line.hasPrefix("\(signal.rawValue): LOST \(killed.segment.name): "), "\(line)")
            #expect(line.contains(" at \(record.offset), \(record.end - record.offset) bytes"), "\(line)")
            if place == .body { #expect(line.hasSuffix(", record \(record.sequence)"), "\(line)") }
            let logged = killed.server.log.split(separator: "\n").filter { $0.contains("records are lost") }
            #expect(logged.count == 1)
            #expect(
                logged.allSatisfy {
                    $0.contains(" error ") && $0.contains("signal=\(signal.rawValue)")
                        && $0.contains(killed.segment.name) && $0.contains("at \(record.offset)")
                }, "\(logged)")
            let damages = try await killed.server.counter("martlet_log_damages_total", ["signal": signal.rawValue])
            #expect(damages == 1)
            try await expect(killed.all.subtracting(killed.unstored[index]), signal, killed)
        }
    }
}
