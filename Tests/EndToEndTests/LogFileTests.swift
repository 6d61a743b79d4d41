import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// Followed files of a real writer: each line is stored once, through rotations and kills of the server.
    @Suite
    struct LogFileTests {
        // MARK: A writer that never stops

        /// `log_writer.py` at work, with what steers it.
        private final class Writer: Sendable {
            let file: URL
            private let control: TemporaryDirectory
            private let child: ChildProcess
            private let output: URL
            private let errors: URL

            init(_ file: URL) async throws {
                self.file = file
                control = try TemporaryDirectory()
                output = control.url.appending(path: "output")
                errors = control.url.appending(path: "errors")
                let script = Location.python.appending(path: "log_writer.py").path
                child = try ChildProcess.start(
                    try await PythonEnvironment.python(), [script, file.path, control.path],
                    environment: childEnvironment(), directory: control.url, output: output, errors: errors)
            }

            deinit { child.reap() }

            private func path(_ name: String) -> String { control.url.appending(path: name).path }

            /// Lines that are in a file by now.
            var written: Int { Int(text(control.url.appending(path: "written"))) ?? 0 }

            func wait(forMore count: Int) async throws {
                let goal = written + count
                _ = try await poll("\(count) more lines") {
                    guard child.isRunning else { throw TestFailure("the writer ended: \(text(errors))") }
                    return written >= goal ? true : nil
                }
            }

            func paused(_ body: () async throws -> Void) async throws {
                FileManager.default.createFile(atPath: path("pause"), contents: nil)
                _ = try await poll("the writer's pause") {
                    FileManager.default.fileExists(atPath: path("paused")) ? true : nil
                }
                try await body()
                try FileManager.default.removeItem(atPath: path("pause"))
                _ = try await poll("the end of the writer's pause") {
                    FileManager.default.fileExists(atPath: path("paused")) ? nil : true
                }
            }

            /// Ends it.
            ///
            /// - Returns: how many lines it wrote.
            func stop() async throws -> Int {
                struct Result: Decodable { let written: Int }
                FileManager.default.createFile(atPath: path("stop"), contents: nil)
                let exitCode = try await poll("the writer's end") { child.exitCode }
                guard exitCode == 0 else { throw TestFailure("the writer failed: \(text(errors))") }
                return try JSONDecoder().decode(Result.self, from: Data(text(output).utf8)).written
            }

            /// As logrotate does by default: `app.log.2` → `app.log.3`, …, `app.log` → `app.log.1`.
            func rotateByRename() throws {
                for number in (0..<20).reversed() {
                    let from = number == 0 ? file.path : "\(file.path).\(number)"
                    if FileManager.default.fileExists(atPath: from) { rename(from, "\(file.path).\(number + 1)") }
                }
            }

            /// As logrotate does with `copytruncate`. The writer has to be paused, and everything read: what is cut away
            /// unread is lost by nature.
            func rotateByCopy() throws {
                for number in (1..<20).reversed() where FileManager.default.fileExists(atPath: "\(file.path).\(number)")
                {
                    rename("\(file.path).\(number)", "\(file.path).\(number + 1)")
                }
                try FileManager.default.copyItem(atPath: file.path, toPath: "\(file.path).1")
                guard truncate(file.path, 0) == 0 else { throw TestFailure("cannot truncate: errno \(errno)") }
            }
        }

        /// How the numbers of the writer's lines are stored.
        private struct Stored: Equatable, CustomStringConvertible {
            let count, unique, least, most: Int64
            var description: String { "\(count) records, \(unique) numbers from \(least) to \(most)" }

            init(count: Int64, unique: Int64, least: Int64, most: Int64) {
                (self.count, self.unique, self.least, self.most) = (count, unique, least, most)
            }

            init(_ server: ServerProcess) async throws {
                try await server.flush()
                let row = try await server.row(
                    """
                    SELECT count() AS count, uniqExact(number) AS unique, min(number) AS least, max(number) AS most
                    FROM (SELECT toInt64OrZero(extract(body, 'number=(\\\\d+) filler=x* end')) AS number
                        FROM telemetry.logs WHERE position(body, 'line number=') > 0)
                    """)
                count = row["count"].integer ?? -1
                unique = row["unique"].integer ?? -1
                least = row["least"].integer ?? -1
                most = row["most"].integer ?? -1
            }

            /// Every number from 1 on, once.
            static func all(_ written: Int) -> Stored {
                let number = Int64(written)
                return Stored(count: number, unique: number, least: 1, most: number)
            }
        }

        /// Waits until everything is stored.
        private func settle(_ server: ServerProcess, _ written: Int) async throws -> Stored {
            var last: Stored?
            do {
                _ = try await poll("\(written) lines in the store", for: .seconds(60), every: .milliseconds(200)) {
                    let stored = try await Stored(server)
                    last = stored
                    return stored.unique >= written ? true : nil
                }
            } catch {
                Issue.record("\(error): \(last?.description ?? "nothing")")
            }
            return try await Stored(server)
        }

        /// The lines of the processed file and of those that it became.
        private func processed(_ server: ServerProcess) throws -> [Substring] {
            let directory = server.data.appending(path: "processed")
            return try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
                .flatMap { text(directory.appending(path: $0)).split(separator: "\n") }
        }

        @Test("a writer that never stops, rotations of both kinds and kills of the server: every line once")
        func neverStops() async throws {
            let server = try await ServerProcess.start(settings: ["ingest.flush_interval": "100ms"])
            let writer = try await Writer(server.data.appending(path: "logs/app.log"))
            // A file that is renamed before anybody has looked even once is one of another program.
            _ = try await poll("the first line") { try await Stored(server).count > 0 ? true : nil }
            for round in 1...12 {
                try await writer.wait(forMore: 300)
                switch round % 4 {
                case 1: try writer.rotateByRename()
                case 2:
                    // Killed while lines come, renamed while nobody looks, started anew.
                    server.kill(SIGKILL)
                    #expect(try await server.waitForExit() == -SIGKILL, "\(server.log)")
                    try await writer.wait(forMore: 300)
                    try writer.rotateByRename()
                    try await writer.wait(forMore: 300)
                    try await server.start()
                case 3:
                    try await writer.paused {
                        let stored = try await settle(server, writer.written)
                        // What is lost now would be missed in all later rounds, too.
                        try #require(stored == .all(writer.written), "round \(round)")
                        try writer.rotateByCopy()
                    }
                default:
                    server.kill(SIGKILL)
                    #expect(try await server.waitForExit() == -SIGKILL, "\(server.log)")
                    if round % 8 == 0 { try await server.startAndKill(after: .milliseconds(400)) }
                    try await server.start()
                }
            }
            // Nothing but the file between a stop in order and the next start.
            #expect(try await server.stop() == 0, "\(server.log)")
            try await writer.wait(forMore: 100)
            try await server.start()
            let written = try await writer.stop()
            let stored = try await settle(server, written)
            print("LogFileTests: \(written) lines written, \(stored)")
            #expect(stored == .all(written))
            #expect(written > 3600)
            let resources = try await server.rows(
                """
                SELECT DISTINCT r.attributes['log.file.path'] AS path, r.service AS service
                FROM telemetry.logs AS l ANY LEFT JOIN telemetry.resources AS r ON l.resource_id = r.id
                """)
            #expect(resources == [["path": .string(writer.file.path), "service": "app"]])
            for line in try processed(server) { #expect(throws: Never.self) { try JSONValue.decode(Array(line.utf8)) } }
            #expect(try await server.stop() == 0, "\(server.log)")
        }

        @Test("kills at random moments of reading and storing: every line once")
        func killedWhileReading() async throws {
            let given = ProcessInfo.processInfo.environment["MARTLET_TEST_SEED"].flatMap { UInt64($0) }
            let seed = given ?? UInt64.random(in: 0...UInt64(UInt32.max))
            print("LogFileTests: MARTLET_TEST_SEED=\(seed)")
            var generator = SeededGenerator(seed: seed)
            let server = try await ServerProcess.start(settings: ["ingest.flush_interval": "20ms"])
            let file = server.data.appending(path: "logs/app.log")
            FileManager.default.createFile(atPath: file.path, contents: nil)
            let handle = try FileHandle(forWritingTo: file)
            var written = 0
            for _ in 1...15 {
                // Much at once, so that a kill falls between its batches.
                var lines = ""
                for _ in 0..<Int.random(in: 1...6000, using: &generator) {
                    written += 1
                    lines += "line number=\(written) filler=xxx end\n"
                }
                try handle.write(contentsOf: Data(lines.utf8))
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...700, using: &generator)))
                server.kill(SIGKILL)
                try await server.waitForExit()
                try await server.start()
            }
            let stored = try await settle(server, written)
            #expect(stored == .all(written), "seed \(seed)")
            #expect(try await server.stop() == 0, "\(server.log)")
        }

        // MARK: Files that come and go

        private func append(_ lines: String, to file: URL) throws {
            if !FileManager.default.fileExists(atPath: file.path) {
                FileManager.default.createFile(atPath: file.path, contents: nil)
            }
            let handle = try FileHandle(forWritingTo: file)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(lines.utf8))
            try handle.close()
        }

        /// The bodies of the records of a file in the order of their places in it.
        private func bodies(_ server: ServerProcess, _ file: URL) async throws -> [String] {
            try await records(server, file).compactMap { $0["body"].string }
        }

        private func records(_ server: ServerProcess, _ file: URL) async throws -> [JSONValue] {
            try await server.flush()
            return try await server.rows(
                """
                SELECT l.body AS body, l.severity_text AS severity, l.attributes AS attributes, l.service AS service,
                    r.attributes AS resource, lower(hex(l.trace_id)) AS trace, lower(hex(l.span_id)) AS span
                FROM telemetry.logs AS l ANY LEFT JOIN telemetry.resources AS r ON l.resource_id = r.id
                WHERE r.attributes['log.file.path'] = '\(file.path)'
                ORDER BY toUInt64OrZero(l.attributes['log.offset']), l.observed_time
                """)
        }

        private func wait(_ server: ServerProcess, _ file: URL, for count: Int) async throws -> [JSONValue] {
            try await poll("\(count) records of \(file.lastPathComponent)", every: .milliseconds(100)) {
                let found = try await records(server, file)
                return found.count >= count ? found : nil
            }
        }

        @Test("a file that is deleted and made again is read from its beginning, also when it is shorter or longer")
        func recreated() async throws {
            let server = try await ServerProcess.start()
            let file = server.data.appending(path: "logs/gone.log")
            var expected: [String] = []
            for (generation, count) in [3, 1, 9].enumerated() {
                let lines = (0..<count).map { "generation \(generation) number \($0)" }
                try append(lines.map { $0 + "\n" }.joined(), to: file)
                expected += lines
                let found = try await wait(server, file, for: expected.count)
                #expect(found.compactMap { $0["body"].string }.sorted() == expected.sorted())
                try FileManager.default.removeItem(at: file)
            }
            // Deleted and made again while the server is not there.
            try append("before the stop\n", to: file)
            _ = try await wait(server, file, for: expected.count + 1)
            #expect(try await server.stop() == 0, "\(server.log)")
            try FileManager.default.removeItem(at: file)
            try append("after the stop\nand more\n", to: file)
            try await server.start()
            let found = try await wait(server, file, for: expected.count + 3).compactMap { $0["body"].string }
            #expect(found.sorted() == (expected + ["before the stop", "after the stop", "and more"]).sorted())
            #expect(try await server.stop() == 0, "\(server.log)")
        }

        @Test("half a line waits for its other half, also over a kill; other names and folders are not read")
        func halves() async throws {
            let server = try await ServerProcess.start()
            let file = server.data.appending(path: "logs/half.log")
            try append("whole\nhal", to: file)
            #expect(try await wait(server, file, for: 1).compactMap { $0["body"].string } == ["whole"])
            server.kill(SIGKILL)
            try await server.waitForExit()
            try await server.start()
            try append("f\nlast\n", to: file)
            #expect(try await wait(server, file, for: 3).compactMap { $0["body"].string } == ["whole", "half", "last"])
            try append("never\n", to: server.data.appending(path: "logs/other.txt"))
            try append("never\n", to: server.data.appending(path: "other.log"))
            try append("x\n", to: server.data.appending(path: "logs/late.jsonl"))
            _ = try await wait(server, server.data.appending(path: "logs/late.jsonl"), for: 1)
            #expect(try await server.row("SELECT countIf(body = 'never') AS n FROM telemetry.logs")["n"] == 0)
            #expect(try await server.stop() == 0, "\(server.log)")
        }

        // MARK: Lines and records

        @Test("stack traces of Java, Python and Rust are one record each, between lines that are their own")
        func stackTraces() async throws {
            let server = try await ServerProcess.start()
            let java = """
                2026-01-02 03:04:05.678 ERROR [main] com.shop.Cart - cannot add
                java.lang.IllegalStateException: cart is closed
                \tat com.shop.Cart.add(Cart.java:42)
                \tat com.shop.Main.main(Main.java:7)
                \tSuppressed: java.io.IOException: while closing
                \t\tat com.shop.Cart.close(Cart.java:60)
                Caused by: java.net.SocketException: reset
                \tat com.shop.Net.read(Net.java:13)
                \t... 2 more
                """
            let python = """
                2026-01-02 03:04:06,123 ERROR shop.cart cannot add
                Traceback (most recent call last):
                  File "/srv/cart.py", line 42, in add
                    self.check()
                    ~~~~~~~~~~^^
                KeyError: 'cart'

                During handling of the above exception, another exception occurred:

                Traceback (most recent call last):
                  File "/srv/main.py", line 7, in <module>
                    add()
                ValueError: cart is closed
                """
            let rust = """
                thread 'tokio-runtime-worker' panicked at crates/core/src/cart.rs:42:13:
                called `Result::unwrap()` on an `Err` value: Closed
                stack backtrace:
                   0: rust_begin_unwind
                             at /rustc/9fc6b431/library/std/src/panicking.rs:662:5
                   1: core::panicking::panic_fmt
                             at /rustc/9fc6b431/library/core/src/panicking.rs:74:14
                   2: shop::cart::add
                             at ./crates/core/src/cart.rs:42:13
                note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
                """
            for (name, trace) in [("java", java), ("python", python), ("rust", rust)] {
                let file = server.data.appending(path: "logs/\(name).log")
                try append(
                    "2026-01-02 03:04:05 INFO before\n\(trace)\n2026-01-02 03:04:07 INFO after\n"
                        + "2026-01-02 03:04:08 INFO end\n", to: file)
                let found = try await wait(server, file, for: 4)
                #expect(found.count == 4, "\(name): \(found.map { $0["body"] })")
                let body = found.count > 1 ? found[1]["body"].string ?? "" : ""
                let lines = trace.split(separator: "\n", omittingEmptySubsequences: false)
                // The first line's time and level are fields, the others are as they were.
                #expect(
                    body.split(separator: "\n", omittingEmptySubsequences: false).dropFirst() == lines.dropFirst(),
                    "\(name): \(body)")
                #expect(body.contains("cart is closed") || body.contains("Closed"))
                if name != "rust" { #expect(found.count > 1 && found[1]["severity"] == "ERROR") }
            }
            #expect(try await server.stop() == 0, "\(server.log)")
        }

        @Test(
            "the seeds' lines: ids from JSON and from text, module, database and operation, found by LogQL and martlet")
        func seedLines() async throws {
            let server = try await ServerProcess.start()
            let file = server.data.appending(path: "logs/spacetimedb-test-logs.jsonl")
            let text = server.data.appending(path: "logs/application.log")
            let (trace, other, span) = (
                hexDigits(randomBytes(16)), hexDigits(randomBytes(16)), hexDigits(randomBytes(8))
            )
            let now = Date().formatted(.iso8601)
            try append(
                """
                {"timestamp": "\(now)", "level": "INFO", "service": "spacetimedb", "module": "core", "message": "Query executed", "trace_id": "\(trace)", "module_id": "quickstart", "table": "users", "query_type": "select", "query_duration_ms": 45, "database": "shop", "operation": "insert"}
                {"timestamp": "\(now)", "level": "ERROR", "service": "spacetimedb", "module": "wasm", "message": "Module crashed", "nested": {"a": {"b": [1, 2]}}, "none": null, "flag": true}
                {"broken": "json

                """, to: file)
            try append("\(now) WARN retry trace_id=\(other) span_id=\(span) left=3\n", to: text)
            let found = try await wait(server, file, for: 3)
            #expect(found.count == 3)
            #expect(found[0]["body"] == "Query executed" && found[0]["trace"] == .string(trace))
            #expect(found[0]["service"] == "spacetimedb" && found[0]["severity"] == "INFO")
            let attributes = found[0]["attributes"]
            #expect(attributes["query_duration_ms"] == "45" && attributes["table"] == "users")
            #expect(attributes["spacetimedb.module_id"] == "quickstart")
            #expect(attributes["spacetimedb.database_name"] == "shop")
            #expect(attributes["spacetimedb.operation"] == "insert")
            #expect(found[1]["severity"] == "ERROR")
            // What is no JSON stays as it is.
            #expect(found[2]["body"] == #"{"broken": "json"#)
            let line = try #require(try await wait(server, text, for: 1).first)
            #expect(line["trace"] == .string(other) && line["span"] == .string(span) && line["severity"] == "WARN")

            for (id, body) in [(trace, "Query executed"), (other, "retry")] {
                let terminal = try await server.martlet("logs", "--trace", id)
                #expect(terminal.exitCode == 0 && terminal.output.contains(body), "\(terminal.summary)")
                #expect(terminal.output.split(separator: "\n").count == 1, "\(terminal.summary)")
                let answer = try await server.json(
                    "loki", "/loki/api/v1/query_range", [("query", #"{service_name=~".+"} | trace_id="\#(id)""#)])
                let values = answer["data"]["result"].array.flatMap { $0["values"].array }
                #expect(values.count == 1 && values[0][1].string?.contains(body) == true, "\(values)")
            }
            #expect(try await server.stop() == 0, "\(server.log)")
        }

        @Test(
            "hostile files: 1 MB lines whole, longer ones cut and counted, NUL, escapes, UTF-16, bytes that are no UTF-8"
        )
        func hostile() async throws {
            let server = try await ServerProcess.start()
            let logs = server.data.appending(path: "logs")
            let large = String(repeating: "0123456789abcdef", count: 65_000)
            let huge = String(repeating: "y", count: 3 << 20)
            let file = logs.appending(path: "hostile.log")
            var bytes = Array("\(large)\n\(huge)\nafter\n".utf8)
            bytes += Array("nul a\u{0}b\n".utf8) + Array("gr".utf8) + [0xFC, 0xDF, 0x0A] + Array("emoji 👩‍👩‍👧‍👦\r\n".utf8)
            bytes += Array("\u{1B}[31mred\u{1B}[0m text\n\n\n".utf8) + Array("end\n".utf8)
            try Data(bytes).write(to: file)
            let found = try await wait(server, file, for: 8)
            let bodies = found.compactMap { $0["body"].string }
            try #require(bodies.count == 8, "\(bodies.map { $0.prefix(40) })")
            #expect(bodies[0] == large)
            #expect(bodies[1].utf8.count <= 1 << 20 && huge.hasPrefix(bodies[1]) && bodies[1].utf8.count > 1 << 19)
            #expect(found[1]["attributes"]["log.flags"].string?.contains("truncated") == true)
            #expect(bodies[2] == "after" && bodies[7] == "end")
            #expect(Array(bodies[3].utf8) == Array("nul a\u{0}b".utf8))
            #expect(bodies[4] == "gr\u{FFFD}\u{FFFD}")
            #expect(bodies[5] == "emoji 👩‍👩‍👧‍👦")
            #expect(bodies[6].contains("red") && bodies[6].contains("text"))

            let wide = logs.appending(path: "wide.log")
            var utf16: [UInt8] = [0xFF, 0xFE]
            for unit in "Grüße ☃ 😀\nzwei\n".utf16 { utf16 += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
            try Data(utf16).write(to: wide)
            #expect(try await wait(server, wide, for: 2).compactMap { $0["body"].string } == ["Grüße ☃ 😀", "zwei"])

            let statistics = try await server.json("log_shipper", "/stats")["martlet"]
            #expect(statistics["truncated"].integer == 1, "\(statistics)")
            #expect(try await server.stop() == 0, "\(server.log)")
        }

        // MARK: Configuration

        private func settings(_ configuration: String, _ directory: TemporaryDirectory) throws -> [String: String] {
            let file = directory.url.appending(path: "inputs.yaml")
            try Data(configuration.utf8).write(to: file)
            return ["logs.config_file": file.path]
        }

        @Test("a configured input: dissect, mask, drop_event and a multiline pattern do what the file says")
        func configured() async throws {
            let directory = try TemporaryDirectory()
            let logs = directory.url.appending(path: "shop logs")
            try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)
            let configuration = """
                inputs:
                  - paths: ["\(logs.path)/*.txt"]
                    exclude: ["skip*"]
                    service: shop
                    fields: {environment: staging}
                    multiline: {pattern: '^\\d{4}-\\d{2}-\\d{2} ', negate: true, match: after}
                    format: plain
                    processors:
                      - dissect: {tokenizer: '%{day} %{clock} %{level} %{client.address} %{rest}', target_prefix: ""}
                      - mask: {}
                      - drop_event: {when: {equals: {level: DEBUG}}}
                """
            let server = try await ServerProcess.start(settings: settings(configuration, directory))
            let file = logs.appending(path: "shop.txt")
            try append("never\n", to: logs.appending(path: "skipped.txt"))
            try append(
                """
                2026-01-02 03:04:05 INFO 10.0.0.1 login password=hunter2 user=zoe
                2026-01-02 03:04:06 DEBUG 10.0.0.2 noise
                2026-01-02 03:04:07 WARN 10.0.0.3 first
                  second

                third api_key: abcdef0123456789
                2026-01-02 03:04:08 INFO 10.0.0.4 last

                """, to: file)
            let found = try await wait(server, file, for: 3)
            let bodies = found.compactMap { $0["body"].string }
            try #require(bodies.count == 3, "\(bodies)")
            #expect(
                !bodies[0].contains("hunter2") && bodies[0].contains("[REDACTED]") && bodies[0].contains("user=zoe"))
            #expect(found[0]["attributes"]["client.address"] == "10.0.0.1" && found[0]["severity"] == "INFO")
            #expect(!"\(found)".contains("hunter2"))
            #expect(bodies[1].contains("first\n  second\n\nthird") && !bodies[1].contains("abcdef0123456789"))
            #expect(bodies[2].hasSuffix("last"))
            #expect(found.allSatisfy { $0["service"] == "shop" && $0["resource"]["environment"] == "staging" })
            let answer = try await server.json(
                "loki", "/loki/api/v1/query_range",
                [
                    ("query", #"{service_name="shop", environment="staging"} | client_address="10.0.0.3""#)
                ])
            #expect(answer["data"]["result"].array.count == 1, "\(answer["data"]["result"])")
            #expect(try !processed(server).joined().contains("hunter2"))

            let statistics = try await server.json("log_shipper", "/stats")
            #expect(statistics["libbeat"]["pipeline"]["events"]["filtered"] == 1)
            #expect(statistics["martlet"]["records"] == 3 && statistics["martlet"]["events"] == 4)
            #expect(try await server.row("SELECT countIf(body = 'never') AS n FROM telemetry.logs")["n"] == 0)
            #expect(try await server.stop() == 0, "\(server.log)")
        }

        @Test(
            "what the file of inputs says wrong ends the start with file, place and the nearest right word",
            arguments: [
                ("inputs:\n  - paths: [a.log]\n    multilin: none\n", "line 3, column 5", "multiline"),
                (
                    "inputs:\n  - paths: [a.log]\n    processors:\n      - disect: {tokenizer: '%{a}'}\n", "line 4",
                    "dissect"
                ),
                ("inputs:\n  - paths: [a.log]\n    format: jsn\n", "line 3", "json"),
                (
                    "inputs:\n  - paths: [a.log]\n    processors:\n      - drop_event: {when: {equal: {a: b}}}\n",
                    "line 4", "equals"
                ),
                ("inputs:\n  - path: [a.log]\n", "line 2", "paths"),
                ("inputs: [\n", "2:1", "parsing"),
                ("inputs: []\n", "no inputs", "inputs"),
            ])
        func wrongConfiguration(_ text: String, _ place: String, _ suggestion: String) async throws {
            let directory = try TemporaryDirectory()
            let settings = try settings(text, directory)
            let result = try await runMartlet(
                ["serve", "--data", directory.url.appending(path: "data").path, "--free-ports"]
                    + ServerProcess.flags(settings))
            #expect(result.exitCode != 0, "\(result.summary)")
            #expect(result.errors.contains("inputs.yaml"), "\(result.summary)")
            #expect(result.errors.contains(place) && result.errors.contains(suggestion), "\(result.summary)")
        }

        // MARK: Statistics and output

        @Test("5066 says what was read and stored, and the processed file has a whole line of JSON for each record")
        func statistics() async throws {
            let server = try await ServerProcess.start()
            let information = try await server.json("log_shipper", "/")
            #expect(information["beat"] == "filebeat" && information["version"] == "8.11.0")
            for name in ["hostname", "name", "uuid"] { #expect(information[name].string?.isEmpty == false) }
            var bytes: Int64 = 0
            let files = ["one", "two", "three"].map { server.data.appending(path: "logs/\($0).log") }
            for file in files {
                let lines = (1...500).map { "2026-01-02 03:04:05 INFO line \($0) of \(file.lastPathComponent) ✓\n" }
                    .joined()
                bytes += Int64(lines.utf8.count)
                try append(lines, to: file)
            }
            let statistics = try await poll("the counters") {
                let statistics = try await server.json("log_shipper", "/stats")
                return statistics["martlet"]["processed_lines"] == 1500 ? statistics : nil
            }
            let own = statistics["martlet"]
            for name in ["lines", "events", "records", "acknowledged"] { #expect(own[name] == 1500, "\(name)") }
            #expect(own["bytes"].integer == bytes && own["lag_bytes"] == 0)
            #expect(own["dropped"] == 0 && own["rejected"] == 0)
            #expect(statistics["libbeat"]["output"]["events"]["acked"] == 1500)
            #expect(statistics["filebeat"]["events"]["done"] == 1500 && statistics["filebeat"]["events"]["active"] == 0)
            #expect(statistics["filebeat"]["harvester"]["open_files"] == 3)
            #expect(Set(own["files"].array.compactMap { $0["path"].string }) == Set(files.map(\.path)))
            #expect(own["files"].array.allSatisfy { $0["lines"] == 500 && $0["offset"] == $0["size"] })

            let lines = try processed(server)
            #expect(lines.count == 1500)
            for line in lines {
                let event = try JSONValue.decode(Array(line.utf8))
                #expect(event["agent.type"] == "filebeat" && event["log.level"] == "INFO")
                #expect(event["message"].string?.hasSuffix("✓") == true)
            }
            try await server.flush()
            #expect(try await server.row("SELECT count() AS n FROM telemetry.logs")["n"] == 1500)
            // The same shipper after a start; what was read is not read again.
            #expect(try await server.stop() == 0, "\(server.log)")
            try await server.start()
            #expect(try await server.json("log_shipper", "/")["uuid"] == information["uuid"])
            try append("one more\n", to: files[0])
            _ = try await poll("one more line") {
                try await server.json("log_shipper", "/stats")["martlet"]["acknowledged"] == 1 ? true : nil
            }
            try await server.flush()
            #expect(try await server.row("SELECT count() AS n FROM telemetry.logs")["n"] == 1501)
            #expect(try await server.stop() == 0, "\(server.log)")
        }
    }
}
