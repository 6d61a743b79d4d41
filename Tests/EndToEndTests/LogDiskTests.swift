import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// What becomes of requests while the disk does not take the log.
    @Suite
    struct LogDiskTests {
        /// Sends until a request is refused.
        private func sendUntilRefused(_ sender: NumberedSender, filler: String = "") async throws -> HTTPAnswer {
            for index in 0..<200 {
                let signal = NumberedItems.Signal.allCases[index % 3]
                let answer = try #require(await sender.send(signal, .json, count: 2, filler: filler), "no answer")
                if answer.status != 200 { return answer }
            }
            throw TestFailure("200 requests and none was refused")
        }

        private func expectRefusal(_ answer: HTTPAnswer, _ server: ServerProcess, _ reason: String) throws {
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"].flatMap { Int($0) }.map { $0 > 0 } == true)
            let message = try #require(try answer.json()["message"].string)
            #expect(message.contains(server.data.path + "/wal/"), "\(message)")
            #expect(message.contains(reason), "\(message)")
        }

        /// Every signal is taken, under services that only refused requests have named so far.
        private func expectService(_ sender: NumberedSender) async throws {
            for signal in NumberedItems.Signal.allCases {
                for encoding in NumberedItems.Encoding.allCases {
                    let answer = try #require(await sender.send(signal, encoding, count: 2))
                    #expect(answer.status == 200, "\(answer.text)")
                }
            }
        }

        private func expectStored(_ server: ServerProcess) async throws {
            var last = ""
            do {
                _ = try await poll("the store to take data again", for: .seconds(30)) {
                    let answer = try await server.flushAnswer()
                    last = answer.text
                    return answer.status == 200 ? true : nil
                }
            } catch {
                throw TestFailure("\(error): \(last)")
            }
        }

        @Test("a full disk: 503 that names the log, and when there is room exactly the acknowledged items are there")
        func fullDisk() async throws {
            guard let disk = try await SmallDisk.mount(.tmpfs(mebibytes: 16)) else { return }
            // So short that a block of nothing but refused requests is closed before the next request.
            let server = try await ServerProcess.start(
                settings: ["ingest.flush_interval": "20ms"], data: disk.url.appending(path: "data"))
            let services = "full-\(uniqueRun())"
            let numbers = ItemNumbers()
            try await expectService(NumberedSender(server: server, numbers: numbers, service: services + "-a"))
            // A merge that the filling catches may leave a part that cannot be read (chdb-core 26.9, empty marks).
            _ = try await poll("the merges to end") {
                try await server.row("SELECT count() AS n FROM system.merges")["n"].integer == 0 ? true : nil
            }
            try await disk.fill()
            // Of a resource that the store does not have yet.
            let late = NumberedSender(server: server, numbers: numbers, service: services + "-b")
            for signal in NumberedItems.Signal.allCases {
                var answer: HTTPAnswer?
                // What fits into the last page of the segment is still taken.
                for _ in 0..<100 where answer?.status != 503 {
                    answer = await late.send(signal, .json, count: 2, filler: String(repeating: "x", count: 3000))
                }
                try expectRefusal(try #require(answer), server, "No space left on device; free space on its disk")
            }
            #expect(server.isRunning)
            try disk.makeRoom()
            _ = try await poll("requests to be taken again") {
                await late.send(.traces, .json, count: 1)?.status == 200 ? true : nil
            }
            try await expectService(late)
            // A block that the full disk refused is tried again after a pause.
            try await expectStored(server)
            let comparison = try await numbers.compare(with: server, services: services)
            #expect(comparison.isRight, "\(comparison)")
            // And after a kill, because the log has seen failed writes.
            try await expectService(late)
            server.kill(SIGKILL)
            try await server.waitForExit()
            try await server.start()
            #expect(!server.replay.contains("LOST"), "\(server.replay)")
            let again = try await numbers.compare(with: server, services: services)
            #expect(again.isRight, "\(again)")
            #expect(try await server.stop() == 0)
        }

        @Test("no new file can be made: 503, the process lives, and when it can everything is stored")
        func covered() async throws {
            guard let disk = try await SmallDisk.mount(.tmpfs(mebibytes: 64)) else { return }
            // Segments of 256 KiB: soon a new file is needed.
            let settings = ["otlp.max_body_bytes": "256KiB", "ingest.log_bytes": "1MiB"]
            let server = try await ServerProcess.start(settings: settings, data: disk.url.appending(path: "data"))
            let services = "covered-\(uniqueRun())"
            let numbers = ItemNumbers()
            let sender = NumberedSender(server: server, numbers: numbers, service: services)
            try await expectService(sender)
            try await server.flush()
            try await disk.cover()
            let refused = try await sendUntilRefused(sender, filler: String(repeating: "x", count: 20_000))
            try expectRefusal(refused, server, "Read-only file system; mount its file system for writing")
            let flush = try await server.flushAnswer()
            #expect(flush.status == 503)
            #expect(try flush.json()["message"].string?.contains("the store does not take data") == true)
            #expect(server.isRunning)
            try await disk.uncover()
            _ = try await poll("requests to be taken again") {
                await sender.send(.traces, .json, count: 1)?.status == 200 ? true : nil
            }
            try await expectService(sender)
            try await expectStored(server)
            let comparison = try await numbers.compare(with: server, services: services)
            #expect(comparison.isRight, "\(comparison)")
            #expect(try await server.stop() == 0)
        }

        @Test("a disk that turns read-only: 503, the process lives, and after its repair everything synced is stored")
        func readOnlyWhileRunning() async throws {
            guard let disk = try await SmallDisk.mount(.ext4(mebibytes: 128)) else { return }
            let server = try await ServerProcess.start(
                settings: ["ingest.log_sync": "always"], data: disk.url.appending(path: "data"))
            let services = "broken-\(uniqueRun())"
            let numbers = ItemNumbers()
            let sender = NumberedSender(server: server, numbers: numbers, service: services)
            try await expectService(sender)
            try await disk.remount("abort")
            let answer = try await sendUntilRefused(sender)
            try expectRefusal(answer, server, "Read-only file system")
            #expect(server.isRunning)
            #expect(try await server.get("health", "/").status != 0)
            server.kill(SIGKILL)
            try await server.waitForExit()
            try await disk.repair()
            try await server.start()
            #expect(!server.replay.contains("LOST"), "\(server.replay)")
            try await expectService(sender)
            let comparison = try await numbers.compare(with: server, services: services)
            #expect(comparison.lost == 0 && comparison.doubled == 0 && comparison.dangling.isEmpty, "\(comparison)")
            #expect(try await server.stop() == 0)
        }

        @Test(
            "a start on a read-only disk fails with one clear sentence", arguments: ["serve", "start"], [true, false])
        func readOnlyStart(_ verb: String, _ isUsed: Bool) async throws {
            guard let disk = try await SmallDisk.mount(.tmpfs(mebibytes: 16)) else { return }
            let data = disk.url.appending(path: "data")
            if isUsed {
                let server = try await ServerProcess.start(data: data)
                #expect(try await server.stop() == 0)
            }
            try await disk.remount("ro")
            let result = try await runMartlet([verb, "--data", data.path, "--free-ports"])
            #expect(result.exitCode == 1, "\(result.summary)")
            #expect(result.errors.contains("Read-only file system"), "\(result.summary)")
            #expect(result.errors.contains(data.path), "\(result.summary)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.summary)")
        }
    }
}
