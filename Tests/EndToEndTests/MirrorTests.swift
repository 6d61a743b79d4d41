import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The files beside the store: what was acknowledged is in them, in the layout of the seeds, once.
    @Suite
    struct MirrorTests {
        static let kills = ProcessInfo.processInfo.environment["MARTLET_TEST_MIRROR_KILLS"].flatMap { Int($0) } ?? 12
        static let services = "mirrored-"

        private static func file(_ server: ServerProcess, _ path: String) -> URL { server.data.appending(path: path) }

        /// Spans of a file by id.
        private static func spans(_ file: URL) throws -> [String: JSONValue] {
            var found: [String: JSONValue] = [:]
            for line in text(file).split(separator: "\n") {
                for span in TraceDocument.allSpans(in: try JSONValue.decode(Array(line.utf8))["resourceSpans"]) {
                    found[span["spanId"].string ?? ""] = span
                }
            }
            return found
        }

        // MARK: Layout

        @Test("after a flush the files pass the assertions that the seeds' authors make of theirs")
        func seeds() async throws {
            let server = try await ServerProcess.start()
            let sent = try await PythonEnvironment.runClient(
                "mirror_seed.py", ["send", server.url("otlp_http"), server.address("statsd"), server.data.path])
            #expect(sent.exitCode == 0, "\(sent.summary)")
            // Lines of a followed file and datagrams are on their way; all else is there with the flush.
            _ = try await poll("the lines of the followed file and the counters of StatsD") {
                let flushed = try await server.martlet("flush")
                #expect(flushed.exitCode == 0, "\(flushed.summary)")
                let processed = text(Self.file(server, "processed/filebeat-processed-logs.jsonl"))
                let page = text(Self.file(server, "metrics/metrics.prom"))
                return processed.split(separator: "\n").count >= 2 && page.contains("spacetimedb_database_inserts")
                    ? true : nil
            }
            let checked = try await PythonEnvironment.runClient("mirror_seed.py", ["check", server.data.path])
            #expect(checked.exitCode == 0, "\(checked.summary)")
            let counts = try checked.decode(JSONValue.self)
            #expect(counts["processed"] == 2 && counts["records"] == 3, "\(counts)")
            #expect(try await server.stop() == 0)
        }

        @Test("what the SDK exports over gRPC and HTTP is in the files after a flush", arguments: ["grpc", "http"])
        func sdk(_ transport: String) async throws {
            let server = try await ServerProcess.start()
            let endpoint = transport == "grpc" ? server.address("otlp_grpc") : server.url("otlp_http")
            let (export, _) = try await PythonEnvironment.client(
                "sdk_export.py", [transport, endpoint, uniqueRun()], as: JSONValue.self)
            #expect(export["flushed"] == true)
            try await server.flush()

            // Made of these spans: the page has them, and whoever reads the lines in makes them again.
            #expect(text(Self.file(server, "metrics/metrics.prom")).contains("traces_spanmetrics_calls_total"))
            #expect(!text(Self.file(server, "metrics/metrics.jsonl")).contains("traces_spanmetrics"))
            let found = try Self.spans(Self.file(server, "traces/traces.jsonl"))
            for span in export["spans"].array {
                let line = try #require(found[span["span_id"].string ?? ""], "no \(span)")
                #expect(line["traceId"] == export["trace_id"])
                #expect(line["name"] == span["name"])
                #expect(line["startTimeUnixNano"].integer == span["start"].integer)
                #expect(line["endTimeUnixNano"].integer == span["end"].integer)
            }
            #expect(found.count == 3)
            let metrics = text(Self.file(server, "metrics/metrics.jsonl"))
            for name in ["jobs.done", "jobs.active", "temperature", "latency", "sizes"] {
                #expect(metrics.contains(#""name":"\#(name)""#), "no \(name) in metrics.jsonl")
            }
            let logs = text(Self.file(server, "logs/logs.jsonl"))
            for body in ["payment of 7 failed", "order lost", "outside of any span"] {
                #expect(logs.contains(#""stringValue":"\#(body)""#), "no \(body) in logs.jsonl")
            }
            #expect(text(Self.file(server, "metrics/metrics.prom")).contains("jobs_done_total"))
            #expect(try await server.stop() == 0)
        }

        // MARK: Lives of a file

        @Test("a restart appends to the files, and a file that was deleted is made again")
        func restartAndDelete() async throws {
            let server = try await ServerProcess.start()
            let file = Self.file(server, "traces/traces.jsonl")
            func send() async throws -> String {
                let span = TestSpan()
                let answer = try await server.post("traces", TestSpan.request([("mirror-lives", [span])]))
                #expect(answer.status == 200)
                try await server.flush()
                return span.id
            }
            let first = try await send()
            let before = text(file)
            #expect(before.contains(first))
            #expect(try await server.stop() == 0)

            try await server.start()
            let second = try await send()
            let after = text(file)
            #expect(after.hasPrefix(before) && after.contains(second) && !before.contains(second))
            #expect(text(Self.file(server, "traces/traces_detailed.json")) == after)

            try FileManager.default.removeItem(at: file)
            let third = try await send()
            let anew = try Self.spans(file)
            #expect(Array(anew.keys) == [third])
            try FileManager.default.removeItem(at: file.deletingLastPathComponent())
            let fourth = try await send()
            #expect(try Array(Self.spans(file).keys) == [fourth])
            #expect(try await server.stop() == 0)
        }

        @Test("nothing is written when the mirror is switched off")
        func switchedOff() async throws {
            let server = try await ServerProcess.start(settings: ["mirror.enabled": "false"])
            let answer = try await server.post("traces", TestSpan.request([("mirror-off", [TestSpan()])]))
            #expect(answer.status == 200)
            try await server.flush()
            for path in ["traces/traces.jsonl", "metrics/metrics.jsonl", "metrics/metrics.prom", "logs/logs.jsonl"] {
                #expect(!FileManager.default.fileExists(atPath: Self.file(server, path).path), "\(path)")
            }
            #expect(try await server.row("SELECT count() AS n FROM telemetry.spans")["n"] == 1)
            #expect(try await server.stop() == 0)
        }

        @Test("past the bound of its disk the mirror counts what it leaves out, and everything is stored all the same")
        func diskBound() async throws {
            let bound = 256 << 10
            let server = try await ServerProcess.start(settings: ["mirror.disk_bytes": "\(bound)"])
            let filler = String(repeating: "x", count: 2000)
            var numbers: UInt64 = 0
            for _ in 0..<20 {
                let items = Array(numbers + 1...numbers + 20)
                numbers += 20
                let body = NumberedItems.body(.traces, .json, service: "mirror-bound", items, filler: filler)
                #expect(try await server.post("traces", body).status == 200)
                try await server.flush()
            }
            let stored = try await server.row(
                "SELECT count() AS n FROM telemetry.spans WHERE service = 'mirror-bound'")
            #expect(stored["n"] == .integer(Int64(numbers)))
            let dropped = try await server.counter("martlet_mirror_dropped", ["signal": "traces"])
            let written = try Self.spans(Self.file(server, "traces/traces.jsonl")).count
            #expect(dropped > 0 && written > 0)
            #expect(Double(written) + dropped == Double(numbers), "\(written) written, \(dropped) dropped")
            let files = try FileManager.default.subpathsOfDirectory(atPath: server.data.path)
                .filter { path in
                    ["traces/traces.", "metrics/metrics.j", "logs/", "processed/"].contains { path.hasPrefix($0) }
                }
            let bytes = try files.reduce(0) {
                $0
                    + ((try FileManager.default.attributesOfItem(atPath: Self.file(server, $1).path)[.size] as? Int)
                        ?? 0)
            }
            #expect(bytes <= bound, "\(bytes) bytes in \(files)")
            #expect(try await server.martlet("health").exitCode == 0)
            #expect(try await server.stop() == 0)
        }

        @Test("a mirror that cannot write hinders nothing, is counted, and goes on when it can")
        func troubled() async throws {
            let directory = try TemporaryDirectory()
            let data = directory.url.appending(path: "data")
            try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
            // A file where the folder should be.
            try Data("in the way".utf8).write(to: data.appending(path: "traces"))
            let server = try await ServerProcess.start(data: data)
            let answer = try await server.post("traces", TestSpan.request([("mirror-trouble", [TestSpan()])]))
            #expect(answer.status == 200)
            try await server.flush()
            #expect(try await server.row("SELECT count() AS n FROM telemetry.spans")["n"] == 1)
            #expect(try await server.counter("martlet_mirror_dropped", ["signal": "traces"]) == 1)
            #expect(try await server.counter("martlet_mirror_failures", ["signal": "traces"]) > 0)
            #expect(text(data.appending(path: "traces")) == "in the way")

            try FileManager.default.removeItem(at: data.appending(path: "traces"))
            let second = TestSpan()
            _ = try await poll("a span in the file") {
                _ = try await server.post("traces", TestSpan.request([("mirror-trouble", [second])]))
                try await server.flush()
                return try Self.spans(Self.file(server, "traces/traces.jsonl"))[second.id]
            }
            #expect(try await server.martlet("health").exitCode == 0)
            #expect(try await server.stop() == 0)
        }

        @Test("the files of logs that the server writes are not followed as logs of somebody else's")
        func ownLogs() async throws {
            let server = try await ServerProcess.start(settings: [
                "mirror.rotate_bytes": "4KiB", "mirror.compression": "none",
            ])
            let marker = uniqueRun()
            for number in 0..<8 {
                let body = OTLPJSON.logs(
                    service: "mirror-own", ["\(marker) \(number) " + String(repeating: "x", count: 1500)])
                #expect(try await server.post("logs", body).status == 200)
                try await server.flush()
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: Self.file(server, "logs").path)
            #expect(names.count > 1, "nothing was put aside: \(names)")
            // The stranger's file comes last: when its line is stored, the others were looked at.
            try Data("{\"message\":\"stranger \(marker)\",\"level\":\"info\"}\n".utf8)
                .write(to: Self.file(server, "logs/zz-stranger.jsonl"))
            func count(_ text: String) async throws -> Int64? {
                try await server.row("SELECT count() AS n FROM telemetry.logs WHERE position(body, '\(text)') > 0")["n"]
                    .integer
            }
            _ = try await poll("the stranger's line") {
                try await server.flush()
                return try await count("stranger \(marker)") == 1 ? true : nil
            }
            for number in 0..<8 { #expect(try await count("\(marker) \(number) ") == 1) }
            #expect(try await server.row("SELECT count() AS n FROM telemetry.logs")["n"] == 9)
            let statistics = try await server.get("log_shipper", "/stats").text
            #expect(statistics.contains("zz-stranger.jsonl") && !statistics.contains("logs/logs"), "\(statistics)")
            #expect(try await server.stop() == 0)
        }

        // MARK: Kills

        /// Small files, so that some are put aside and packed in each round.
        static func settings(_ round: Int) -> [String: String] {
            var settings = ["mirror.rotate_bytes": ["24KiB", "100KiB", "4KiB"][round % 3], "mirror.backups": "1000"]
            settings["mirror.compression"] = ["zstd", "gzip", "none"][round / 2 % 3]
            settings["ingest.flush_interval"] = ["100ms", "20ms", "1s"][round % 3]
            settings["ingest.log_sync"] = ["always", "interval", "never"][round % 3]
            if round % 4 == 1 { settings["ingest.block_rows"] = "20" }
            return settings
        }

        /// Sends until the server is gone.
        private func load(_ sender: NumberedSender, _ generator: inout SeededGenerator) async {
            let seeds = (0..<6).map { _ in generator.next() }
            await withTaskGroup(of: Void.self) { group in
                for (index, seed) in seeds.enumerated() {
                    group.addTask {
                        var generator = SeededGenerator(seed: seed)
                        let signal = NumberedItems.Signal.allCases[index % 3]
                        let encoding = NumberedItems.Encoding.allCases[index / 3]
                        while let answer = await sender.send(
                            signal, encoding, count: Int.random(in: 1...8, using: &generator),
                            filler: String(repeating: "x", count: Int.random(in: 0...1000, using: &generator)))
                        {
                            #expect(answer.status == 200 || answer.status == 503, "\(answer.text)")
                        }
                    }
                }
            }
        }

        /// How often each number stands in the files.
        private func counted(_ server: ServerProcess) async throws -> [NumberedItems.Signal: (
            files: [String], counts: [UInt64: Int]
        )] {
            struct Found: Decodable {
                let files: [String]
                let counts: String
            }
            let (found, _) = try await PythonEnvironment.client(
                "mirror_count.py", [server.data.path, Self.services], as: [String: Found].self)
            var result: [NumberedItems.Signal: (files: [String], counts: [UInt64: Int])] = [:]
            for (name, found) in found {
                var counts: [UInt64: Int] = [:]
                for line in found.counts.split(separator: "\n") {
                    let words = line.split(separator: " ")
                    counts[try #require(UInt64(words[0]))] = Int(words[1])
                }
                result[try #require(NumberedItems.Signal(rawValue: name))] = (found.files, counts)
            }
            return result
        }

        private func check(_ numbers: ItemNumbers, _ server: ServerProcess, _ place: String) async throws {
            // By the command, as a person does.
            let flushed = try await server.martlet("flush")
            #expect(flushed.exitCode == 0, "\(place): \(flushed.summary)")
            let files = try await counted(server)
            var report: [String] = []
            for signal in NumberedItems.Signal.allCases {
                let stored = try await NumberedItems.stored(signal, in: server, services: Self.services)
                let (names, found) = try #require(files[signal])
                let acknowledged = numbers.acknowledged(signal)
                let lost = acknowledged.filter { found[$0] == nil }.sorted()
                let doubled = found.filter { $0.value != 1 }.keys.sorted()
                let unlike = Set(stored.keys).symmetricDifference(found.keys).sorted()
                #expect(
                    lost.isEmpty, "\(place): \(lost.count) \(signal.rawValue) are not in the files: \(lost.prefix(10))")
                #expect(
                    doubled.isEmpty,
                    "\(place): \(doubled.count) \(signal.rawValue) are doubled in the files: \(doubled.prefix(10))"
                )
                #expect(
                    unlike.isEmpty,
                    "\(place): \(unlike.count) \(signal.rawValue) are in one of store and files: \(unlike.prefix(10))")
                #expect(
                    signal != .traces
                        || text(Self.file(server, "traces/traces.jsonl"))
                            == text(Self.file(server, "traces/traces_detailed.json")),
                    "\(place): the second file of traces differs")
                report.append("\(acknowledged.count) \(signal.rawValue) in \(names.count) files")
            }
            print("MirrorTests: \(place): \(report.joined(separator: ", "))")
        }

        @Test("kills at random times under load: everything acknowledged is in the files, and there once")
        func killed() async throws {
            let given = ProcessInfo.processInfo.environment["MARTLET_TEST_SEED"].flatMap { UInt64($0) }
            let seed = given ?? UInt64.random(in: 0...UInt64(UInt32.max))
            print("MirrorTests: MARTLET_TEST_SEED=\(seed)")
            var generator = SeededGenerator(seed: seed)
            let numbers = ItemNumbers()
            let server = try await ServerProcess.start(settings: Self.settings(0))
            for round in 1...Self.kills {
                let time = Duration.milliseconds(Int.random(in: 100...1200, using: &generator))
                let sender = NumberedSender(server: server, numbers: numbers, service: Self.services + "\(round)")
                async let killing: Void = {
                    try await Task.sleep(for: time)
                    server.kill(SIGKILL)
                }()
                await load(sender, &generator)
                try await killing
                #expect(try await server.waitForExit() == -SIGKILL, "\(server.log)")
                if round % 3 == 0 {
                    // While it recovers, which writes to the files too.
                    try await server.startAndKill(after: .milliseconds(Int.random(in: 0...2000, using: &generator)))
                }
                try await server.start(settings: Self.settings(round))
                if round % 4 == 0 || round == Self.kills {
                    try await check(numbers, server, "seed \(seed), \(round) kills")
                }
            }
            #expect(numbers.acknowledgedCount > Self.kills)
            #expect(try await server.stop() == 0)
            let files = try await counted(server)
            #expect(files.values.allSatisfy { $0.files.count > 1 }, "nothing was put aside")
        }
    }
}
