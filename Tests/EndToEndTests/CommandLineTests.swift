import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// Verbs that ask a running server.
    @Suite(.server())
    struct RunningCommandTests {
        @Test("status says that the server runs and which process it is")
        func status() async throws {
            let server = try ServerProcess.shared
            let text = try await server.martlet("status")
            #expect(text.exitCode == 0, "\(text.summary)")
            #expect(text.output.contains("\(server.processID)"))
            let json = try await server.martlet("status", "--json")
            #expect(json.exitCode == 0, "\(json.summary)")
            #expect(try json.decode(JSONValue.self)["server"]["pid"].integer == Int64(server.processID))
        }

        @Test("health is 0 and the endpoint answers as the collector's does")
        func health() async throws {
            let server = try ServerProcess.shared
            let result = try await server.martlet("health")
            #expect(result.exitCode == 0, "\(result.summary)")
            #expect(!result.output.isEmpty)
            let answer = try await server.get("health", "/")
            #expect(answer.status == 200)
            #expect(try answer.json()["status"] == "Server available")
        }

        @Test("endpoints lists every endpoint with its address")
        func endpoints() async throws {
            let server = try ServerProcess.shared
            let names = ["otlp_grpc", "otlp_http", "tempo", "clickhouse", "health", "self_metrics"]
            let text = try await server.martlet("endpoints")
            #expect(text.exitCode == 0, "\(text.summary)")
            let json = try await server.martlet("endpoints", "--json")
            #expect(json.exitCode == 0, "\(json.summary)")
            for name in names {
                let port = try #require(server.address(name).split(separator: ":").last)
                #expect(text.output.contains(port), "\(name) is missing")
                #expect(json.output.contains("\"\(name)\"") && json.output.contains(port), "\(name) is missing")
            }
            _ = try json.decode(JSONValue.self)
        }

        @Test("query prints rows as a JSON list with exact integers")
        func queryJSON() async throws {
            let server = try ServerProcess.shared
            let result = try await server.martlet(
                "query", "--json",
                "SELECT toInt64(9007199254740993) AS big, 'ünï\"' AS text, [1, 2] AS list, NULL AS nothing")
            #expect(result.exitCode == 0, "\(result.summary)")
            #expect(
                try result.decode(JSONValue.self) == [
                    ["big": 9_007_199_254_740_993, "text": "ünï\"", "list": [1, 2], "nothing": .null]
                ])
            let none = try await server.martlet("query", "--json", "SELECT 1 AS x WHERE 0")
            #expect(try none.decode(JSONValue.self) == [])
        }

        @Test("query prints a format of ClickHouse unchanged, and else a table")
        func queryFormats() async throws {
            let server = try ServerProcess.shared
            let tabs = try await server.martlet("query", "--format", "TabSeparated", "SELECT 1, 'a b'")
            #expect(tabs.exitCode == 0 && tabs.output == "1\ta b\n", "\(tabs.summary)")
            let table = try await server.martlet("query", "SELECT 'left' AS column_one, 42 AS column_two")
            #expect(table.exitCode == 0)
            for word in ["left", "column_one", "42", "column_two"] {
                #expect(table.output.contains(word), "\(table.summary)")
            }
        }

        @Test(
            "query cannot leave the telemetry, and a wrong statement is exit code 1 with the reason",
            arguments: [
                "SELECT nonsense FROM telemetry.spans", "SELEC 1", "SELECT * FROM telemetry.no_such_table",
                "SELECT * FROM file('/etc/passwd', 'LineAsString')", "DROP TABLE telemetry.spans",
                "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
            ])
        func queryRefused(_ statement: String) async throws {
            let server = try ServerProcess.shared
            let result = try await server.martlet("query", statement)
            #expect(result.exitCode == 1, "\(result.summary)")
            #expect(!result.errors.isEmpty)
            #expect(!result.output.contains("root:"))
            #expect(try await server.row("SELECT count() AS n FROM telemetry.spans")["n"].integer != nil)
        }

        @Test(
            "send reaches the store over each protocol with all three applications",
            arguments: ["grpc", "http-protobuf", "http-json"])
        func send(_ transport: String) async throws {
            let server = try ServerProcess.shared
            let count = "SELECT count() AS n FROM telemetry."
            var before: [String: Int64] = [:]
            let tables = ["spans", "logs", "metric_samples"]
            for table in tables { before[table] = try await server.row(count + table)["n"].integer ?? -1 }
            let result = try await server.martlet(
                "send", "--app", "all", "--count", "5", "--protocol", transport, "--json")
            #expect(result.exitCode == 0, "\(result.summary)")
            _ = try result.decode(JSONValue.self)
            for table in tables {
                let after = try await server.row(count + table)["n"].integer ?? -1
                #expect(after > before[table] ?? .max, "no new rows in \(table)\n\(result.summary)")
            }
            let services = try await server.row(
                "SELECT uniqExact(service) AS n FROM telemetry.spans WHERE received_time > now() - 60")
            #expect((services["n"].integer ?? 0) >= 3)
        }

        @Test("trace draws every span of a trace, and as JSON holds every id")
        func trace() async throws {
            let server = try ServerProcess.shared
            let sent = try await server.martlet("send", "--app", "all", "--count", "2")
            #expect(sent.exitCode == 0, "\(sent.summary)")
            let row = try await server.row(
                """
                SELECT lower(hex(trace_id)) AS id, groupUniqArray(name) AS names,
                    groupUniqArray(lower(hex(span_id))) AS spans
                FROM telemetry.spans GROUP BY trace_id HAVING count() BETWEEN 2 AND 40
                ORDER BY max(received_time) DESC, id LIMIT 1
                """)
            let id = try #require(row["id"].string)
            let text = try await server.martlet("trace", id)
            #expect(text.exitCode == 0, "\(text.summary)")
            for name in row["names"].array.compactMap(\.string) {
                // A terminal's width may cut a long name.
                #expect(text.output.contains(name.prefix(16)), "no \(name) in\n\(text.output)")
            }
            let json = try await server.martlet("trace", id, "--json")
            #expect(json.exitCode == 0, "\(json.summary)")
            _ = try json.decode(JSONValue.self)
            for span in row["spans"].array.compactMap(\.string) {
                let base64 = Data(hexBytes(span)).base64EncodedString()
                #expect(json.output.contains(span) || json.output.contains(base64), "no \(span) in\n\(json.output)")
            }
        }

        @Test("trace of an id that nobody sent is exit code 1, of what is no id 2")
        func traceUnknown() async throws {
            let server = try ServerProcess.shared
            let unknown = try await server.martlet("trace", "0123456789abcdef0123456789abcdef")
            #expect(unknown.exitCode == 1, "\(unknown.summary)")
            let wrong = try await server.martlet("trace", "not-an-id")
            #expect(wrong.exitCode == 2, "\(wrong.summary)")
        }

        private func hexBytes(_ text: String) -> [UInt8] {
            let digits = text.compactMap(\.hexDigitValue)
            return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
    }

    /// Verbs that start and stop servers.
    @Suite
    struct LifecycleCommandTests {
        /// Runs `body` with a data directory; whatever runs on it afterwards is ended.
        private func withData(_ body: (URL) async throws -> Void) async throws {
            let directory = try TemporaryDirectory()
            let data = directory.url.appending(path: "data")
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(data))
            } catch {
                outcome = .failure(error)
            }
            if let endpoints = try? ServerProcess.endpoints(in: data), isMartlet(endpoints.pid) {
                kill(endpoints.pid, SIGKILL)
                _ = try? await poll("the server to end", for: .seconds(20)) { isMartlet(endpoints.pid) ? nil : true }
            }
            try outcome.get()
        }

        /// Whether this process is a living Martlet: a number may have gone to another program, and a dead child that
        /// nobody has waited for still has its number.
        private func isMartlet(_ pid: Int32) -> Bool {
            guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else { return false }
            return status.hasPrefix("Name:\tmartlet") && !status.contains("State:\tZ")
        }

        private func martlet(_ verb: String, _ data: URL, _ arguments: String...) async throws -> CommandResult {
            try await runMartlet([verb, "--data", data.path] + arguments)
        }

        @Test("start returns when the server is ready and prints every endpoint; stop ends it")
        func startAndStop() async throws {
            try await withData { data in
                let start = try await martlet("start", data, "--free-ports")
                #expect(start.exitCode == 0, "\(start.summary)")
                // Read at once, not polled: ready is what start promises.
                let file = try ServerProcess.endpoints(in: data)
                #expect(file.ready)
                #expect(isMartlet(file.pid))
                #expect(file.endpoints.count == 18)
                for endpoint in file.endpoints {
                    let port = try #require(endpoint.address.split(separator: ":").last)
                    #expect(start.output.contains(port), "\(endpoint.name) is missing in\n\(start.output)")
                }
                let health = try await martlet("health", data)
                #expect(health.exitCode == 0, "\(health.summary)")

                let logs = try await martlet("logs", data)
                #expect(logs.exitCode == 0 && !logs.output.isEmpty, "\(logs.summary)")

                let stop = try await martlet("stop", data)
                #expect(stop.exitCode == 0, "\(stop.summary)")
                #expect(!isMartlet(file.pid))
                let after = try await martlet("status", data)
                #expect(after.exitCode == 3, "\(after.summary)")
            }
        }

        @Test("a second start on the same data says who runs and is exit code 1")
        func secondStart() async throws {
            try await withData { data in
                let first = try await martlet("start", data, "--free-ports")
                #expect(first.exitCode == 0, "\(first.summary)")
                let pid = try ServerProcess.endpoints(in: data).pid
                for verb in ["start", "serve"] {
                    let second = try await martlet(verb, data, "--free-ports")
                    #expect(second.exitCode == 1, "\(verb): \(second.summary)")
                    #expect((second.output + second.errors).contains("\(pid)"), "\(verb): \(second.summary)")
                }
                // The first is not disturbed.
                #expect(try ServerProcess.endpoints(in: data).pid == pid)
                #expect(try await martlet("health", data).exitCode == 0)
            }
        }

        @Test("a taken port moves on to the next free one and says so")
        func takenPort() async throws {
            let occupied = try OccupiedPort()
            try await withData { data in
                var settings = Dictionary(
                    uniqueKeysWithValues: ["otlp_grpc", "otlp_http", "tempo", "clickhouse", "self_metrics"].map {
                        ("ports.\($0)", "0")
                    })
                settings["ports.health"] = "\(occupied.number)"
                let start = try await runMartlet(["start", "--data", data.path] + ServerProcess.flags(settings))
                #expect(start.exitCode == 0, "\(start.summary)")
                let health = try #require(try ServerProcess.endpoints(in: data).endpoints.first { $0.name == "health" })
                let port = try #require(health.address.split(separator: ":").last.flatMap { Int($0) })
                #expect(port > occupied.number && port <= occupied.number + 100)
                let told = start.output + start.errors
                #expect(told.contains("\(occupied.number)") && told.contains("\(port)"), "\(start.summary)")
                let answer = try await HTTPExchange(method: "GET", url: health.url + "/").answer()
                #expect(answer.status == 200)
            }
            withExtendedLifetime(occupied) {}
        }

        @Test("restart is another process with the same data")
        func restart() async throws {
            try await withData { data in
                #expect(try await martlet("start", data, "--free-ports").exitCode == 0)
                let before = try ServerProcess.endpoints(in: data).pid
                let sent = try await martlet("send", data, "--app", "all", "--count", "2")
                #expect(sent.exitCode == 0, "\(sent.summary)")
                #expect(try await martlet("flush", data).exitCode == 0)
                let query = "SELECT count() FROM telemetry.spans"
                let stored = try await martlet("query", data, "--format", "TabSeparated", query)
                #expect(stored.exitCode == 0 && stored.output != "0\n", "\(stored.summary)")
                let restart = try await martlet("restart", data, "--free-ports")
                #expect(restart.exitCode == 0, "\(restart.summary)")
                let after = try ServerProcess.endpoints(in: data).pid
                #expect(after != before)
                #expect(isMartlet(after) && !isMartlet(before))
                #expect(try await martlet("query", data, "--format", "TabSeparated", query).output == stored.output)
                #expect(try await martlet("stop", data).exitCode == 0)
            }
        }

        @Test("start works after the server was killed")
        func startAfterKill() async throws {
            try await withData { data in
                #expect(try await martlet("start", data, "--free-ports").exitCode == 0)
                let pid = try ServerProcess.endpoints(in: data).pid
                kill(pid, SIGKILL)
                _ = try await poll("the killed server to be gone") { isMartlet(pid) ? nil : true }
                #expect(try await martlet("status", data).exitCode == 3)
                #expect(try await martlet("health", data).exitCode == 3)
                let again = try await martlet("start", data, "--free-ports")
                #expect(again.exitCode == 0, "\(again.summary)")
                #expect(try ServerProcess.endpoints(in: data).pid != pid)
                #expect(try await martlet("stop", data).exitCode == 0)
            }
        }

        @Test(
            "where nothing runs every verb that asks a server is exit code 3",
            arguments: [
                ["status"], ["health"], ["endpoints"], ["query", "SELECT 1"],
                ["trace", "0123456789abcdef0123456789abcdef"], ["send", "--app", "all", "--count", "1"], ["flush"],
                ["load", "--items", "1"], ["stop"],
            ])
        func nothingRuns(_ arguments: [String]) async throws {
            try await withData { data in
                let result = try await runMartlet([arguments[0], "--data", data.path] + arguments.dropFirst())
                #expect(result.exitCode == 3, "\(result.summary)")
                #expect(!result.errors.isEmpty || !result.output.isEmpty)
            }
        }
    }

    /// Verbs that need no server.
    @Suite
    struct OfflineCommandTests {
        static let verbs = [
            "serve", "start", "stop", "restart", "status", "health", "endpoints", "logs", "query", "trace", "flush",
            "send", "load", "config", "engine",
        ]

        @Test("every verb has a help")
        func help() async throws {
            let all = try await runMartlet(["--help"])
            #expect(all.exitCode == 0, "\(all.summary)")
            for verb in Self.verbs {
                #expect(all.output.contains(verb), "no \(verb) in\n\(all.output)")
                let one = try await runMartlet([verb, "--help"])
                #expect(one.exitCode == 0 && one.output.contains("USAGE"), "\(verb): \(one.summary)")
            }
            #expect(try await runMartlet(["engine", "--help"]).output.contains("install"))
        }

        @Test(
            "wrong usage is exit code 2 and says why",
            arguments: [
                ["no-such-verb"], ["query"], ["trace"], ["status", "--no-such-flag"], ["send", "--count", "many"],
                ["send", "--protocol", "carrier-pigeon"], ["load", "--items", "0"], ["flush", "--timeout", "5"],
                ["serve", "--set", "not-a-setting"],
                ["config", "no-such-verb"],
            ])
        func usage(_ arguments: [String]) async throws {
            let result = try await runMartlet(arguments)
            #expect(result.exitCode == 2, "\(result.summary)")
            #expect(!result.errors.isEmpty)
        }

        @Test("config check takes what is right and names what is wrong, with a suggestion")
        func configCheck() async throws {
            let right = try await runMartlet(["config", "check", "--set", "otlp.max_body_bytes=1MiB"])
            #expect(right.exitCode == 0, "\(right.summary)")
            let key = try await runMartlet(["config", "check", "--set", "otlp.max_body_byte=1MiB"])
            #expect([1, 2].contains(key.exitCode), "\(key.summary)")
            #expect((key.output + key.errors).contains("otlp.max_body_bytes"), "\(key.summary)")
            let value = try await runMartlet(["config", "check", "--set", "otlp.max_body_bytes=plenty"])
            #expect([1, 2].contains(value.exitCode), "\(value.summary)")
            #expect((value.output + value.errors).contains("otlp.max_body_bytes"), "\(value.summary)")
        }

        @Test("config check reads martlet.yaml of the directory it runs in")
        func configFile() async throws {
            let directory = try TemporaryDirectory()
            let file = directory.url.appending(path: "martlet.yaml")
            func check() async throws -> CommandResult {
                try await run(Location.binary, ["config", "check"], directory: directory.url)
            }
            try "otlp:\n  max_body_bytes: 2MiB\n".write(to: file, atomically: true, encoding: .utf8)
            let right = try await check()
            #expect(right.exitCode == 0, "\(right.summary)")
            try "otlp:\n  max_body_bites: 2MiB\n".write(to: file, atomically: true, encoding: .utf8)
            let wrong = try await check()
            #expect([1, 2].contains(wrong.exitCode), "\(wrong.summary)")
            let told = wrong.output + wrong.errors
            #expect(told.contains("max_body_bytes") && told.contains("martlet.yaml:2"), "\(wrong.summary)")
        }

        @Test("config show prints the effective settings; files, variables and flags count in this order")
        func configShow() async throws {
            let directory = try TemporaryDirectory()
            let file = directory.url.appending(path: "martlet.yaml")
            let content = "ingest:\n  block_rows: 111\n  flush_interval: 2s\nquery:\n  threads: 3\n"
            try content.write(to: file, atomically: true, encoding: .utf8)
            let shown = try await run(
                Location.binary, ["config", "show", "--set", "query.threads=5"],
                environment: ["MARTLET_INGEST_FLUSH_INTERVAL": "4s", "MARTLET_QUERY_THREADS": "4"],
                directory: directory.url)
            #expect(shown.exitCode == 0, "\(shown.summary)")
            let lines = shown.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(lines.contains("block_rows: 111"), "\(shown.output)")
            #expect(lines.contains("flush_interval: 4s"), "\(shown.output)")
            #expect(lines.contains("threads: 5"), "\(shown.output)")
        }
    }
}
