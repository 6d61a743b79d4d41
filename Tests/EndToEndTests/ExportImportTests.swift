import Foundation
import Testing

extension EndToEnd {
    /// What is stored, written to files by `martlet export`, and sent again by `import` and `replay`.
    @Suite(.server())
    struct ExportImportTests {
        // MARK: Telemetry

        /// The samples of all applications, histograms of both kinds by the SDK, StatsD and a followed file; sent once.
        private actor Telemetry {
            static let shared = Telemetry()
            private var task: Task<JSONValue, any Error>?

            /// - Returns: what `sdk_export.py` says of its traces.
            func sent(to server: ServerProcess) async throws -> JSONValue {
                // Not structured: the result belongs to all tests, not to the first that asks.
                let task = task ?? Task { try await Self.send(to: server) }
                self.task = task
                return try await task.value
            }

            private static func send(to server: ServerProcess) async throws -> JSONValue {
                let samples = try await server.martlet("send", "--app", "all", "--count", "4")
                guard samples.exitCode == 0 else { throw TestFailure("send: \(samples.summary)") }
                let seeds = try await PythonEnvironment.runClient(
                    "mirror_seed.py", ["send", server.url("otlp_http"), server.address("statsd"), server.data.path])
                guard seeds.exitCode == 0 else { throw TestFailure("mirror_seed.py: \(seeds.summary)") }
                let (export, _) = try await PythonEnvironment.client(
                    "sdk_export.py", ["http", server.url("otlp_http"), uniqueRun()], as: JSONValue.self)
                _ = try await poll("StatsD and the followed file") {
                    try await server.flush()
                    let row = try await server.row(
                        """
                        SELECT
                            (SELECT count() FROM telemetry.metric_series WHERE name LIKE '%inserts_total') AS series,
                            (SELECT count() FROM telemetry.logs WHERE body = 'slow query') AS lines
                        """)
                    return (row["series"].integer ?? 0) > 0 && row["lines"] == 1 ? true : nil
                }
                return export
            }
        }

        /// Starts another server, which follows no files.
        private func fresh() async throws -> ServerProcess {
            try await ServerProcess.start(settings: ["logs.follow": "false"])
        }

        private func spanIDs(_ lines: String) throws -> [String] {
            try lines.split(separator: "\n").flatMap { line in
                TraceDocument.allSpans(in: try JSONValue.decode(Array(line.utf8))["resourceSpans"])
                    .compactMap { $0["spanId"].string }
            }
        }

        // MARK: All of it

        struct Way: Sendable, CustomTestStringConvertible {
            var form: String
            var compression: String?
            /// What each file begins with.
            var magic: [UInt8]?
            var testDescription: String { "\(form) \(compression ?? "as it is")" }
        }

        @Test(
            "what is exported, imported into an empty server and exported again is the same bytes",
            arguments: [
                Way(form: "otlp-jsonl"), Way(form: "otlp-proto"),
                Way(form: "otlp-jsonl", compression: "gzip", magic: [0x1F, 0x8B]),
                Way(form: "otlp-proto", compression: "zstd", magic: [0x28, 0xB5, 0x2F, 0xFD]),
            ])
        func roundTrip(_ way: Way) async throws {
            let server = try ServerProcess.shared
            _ = try await Telemetry.shared.sent(to: server)
            let directory = try TemporaryDirectory()
            let first = directory.url.appending(path: "first")
            let second = directory.url.appending(path: "second")
            let options = ["--form", way.form] + (way.compression.map { ["--compress", $0] } ?? [])
            func export(_ server: ServerProcess, _ directory: URL) async throws {
                let result = try await runMartlet(
                    ["export", "--data", server.data.path, "all", "--output", directory.path] + options)
                #expect(result.exitCode == 0, "\(result.summary)")
            }
            try await export(server, first)
            let written = try files(in: first)
            #expect(written.count == 3, "\(written.keys.sorted())")
            if let magic = way.magic {
                #expect(written.values.allSatisfy { Array($0.prefix(magic.count)) == magic })
            }

            let other = try await fresh()
            let report = try await other.martletJSON(0, "import", first.path, "--json")
            #expect(report["ok"] == true && report["problems"] == [] && report["repairs"] == [:], "\(report)")
            for (signal, table) in [("traces", "spans"), ("logs", "logs")] {
                let counts = report["signals"][signal]
                let stored = try await server.row("SELECT count() AS n FROM telemetry.\(table)")["n"]
                #expect(counts["read"] == stored && counts["accepted"] == stored, "\(signal): \(counts), \(stored)")
                #expect(try await other.row("SELECT count() AS n FROM telemetry.\(table)")["n"] == stored)
            }
            let points = report["signals"]["metrics"]
            #expect((points["read"].integer ?? 0) > 50 && points["read"] == points["accepted"], "\(points)")

            try await export(other, second)
            let again = try files(in: second)
            #expect(again.keys.sorted() == written.keys.sorted())
            for (path, bytes) in written {
                #expect(again[path] == bytes, "\(path): \(bytes.count) bytes, and \(again[path]?.count ?? 0)")
            }
            #expect(try await other.stop() == 0)
        }

        @Test("all kinds of points are in an export")
        func kinds() async throws {
            let server = try ServerProcess.shared
            _ = try await Telemetry.shared.sent(to: server)
            let result = try await server.martlet("export", "metrics")
            #expect(result.exitCode == 0)
            for kind in ["gauge", "sum", "histogram", "exponentialHistogram"] {
                #expect(result.output.contains(#""\#(kind)":{"#), "no \(kind)")
            }
            for name in ["latency", "sizes", "spacetimedb_request_duration_seconds"] {
                #expect(result.output.contains(#""name":"\#(name)""#), "no \(name)")
            }
            #expect(result.output.contains("database_inserts"))
        }

        // MARK: A part of it

        @Test("a trace by id, and traces that a TraceQL query finds, are exported whole and alone")
        func traces() async throws {
            let server = try ServerProcess.shared
            let sdk = try await Telemetry.shared.sent(to: server)
            let id = try #require(sdk["trace_id"].string)
            let wanted = sdk["spans"].array.compactMap { $0["span_id"].string }.sorted()
            let one = try await server.martlet("export", "traces", "--trace", id)
            #expect(one.exitCode == 0, "\(one.summary)")
            #expect(try spanIDs(one.output).sorted() == wanted)
            // One span has the name, the others come with it.
            let service = try #require(sdk["service"].string)
            let query = #"{ name = "serialize" && resource.service.name = "\#(service)" }"#
            let found = try await server.martlet("export", "traces", "--traceql", query)
            #expect(found.exitCode == 0, "\(found.summary)")
            #expect(try spanIDs(found.output).sorted() == wanted)
            let services = try await server.martlet("export", "traces", "--service", service)
            #expect(try spanIDs(services.output).sorted() == wanted)
        }

        @Test("records that a LogQL query finds and points that a PromQL selector finds are exported alone")
        func queries() async throws {
            let server = try ServerProcess.shared
            let service = try #require(try await Telemetry.shared.sent(to: server)["service"].string)
            let logs = try await server.martlet(
                "export", "logs", "--logql", #"{service_name="\#(service)"} |= "payment""#)
            #expect(logs.exitCode == 0, "\(logs.summary)")
            #expect(logs.output.contains("payment of 7 failed") && !logs.output.contains("order lost"))
            let points = try await server.martlet("export", "metrics", "--promql", #"jobs_done_total{queue="a"}"#)
            #expect(points.exitCode == 0, "\(points.summary)")
            #expect(points.output.contains("jobs.done") && !points.output.contains("jobs.active"), "\(points.output)")
        }

        @Test("tables are written as CSV and Parquet")
        func tables() async throws {
            let server = try ServerProcess.shared
            let service = try #require(try await Telemetry.shared.sent(to: server)["service"].string)
            let csv = try await server.martlet("export", "traces", "--service", service, "--form", "csv")
            #expect(csv.exitCode == 0, "\(csv.summary)")
            let lines = csv.output.split(separator: "\n")
            #expect(lines.count == 4 && lines.first?.contains("\"name\"") == true, "\(csv.output)")
            #expect(csv.output.contains("\"checkout\"") && csv.output.contains("\"serialize\""))
            let directory = try TemporaryDirectory()
            for kind in ["traces", "metrics", "logs"] {
                let file = directory.url.appending(path: "\(kind).parquet")
                let result = try await server.martlet("export", kind, "--form", "parquet", "--output", file.path)
                #expect(result.exitCode == 0, "\(result.summary)")
                let bytes = try Data(contentsOf: file)
                // Parquet begins and ends so ("File Format", Apache Parquet).
                #expect(bytes.prefix(4) == Data("PAR1".utf8) && bytes.suffix(4) == Data("PAR1".utf8), "\(kind)")
            }
            let sql = try await server.martlet(
                "export", "--sql", "SELECT 7 AS seven, 'a,b' AS text", "--form", "csv", "--output", "-")
            #expect(sql.exitCode == 0 && sql.output.contains("7,\"a,b\""), "\(sql.summary)")
        }

        @Test("traces leave as Jaeger's page downloads them, and come back")
        func jaeger() async throws {
            let server = try ServerProcess.shared
            let sdk = try await Telemetry.shared.sent(to: server)
            let directory = try TemporaryDirectory()
            let file = directory.url.appending(path: "trace.json")
            let id = try #require(sdk["trace_id"].string)
            let result = try await server.martlet(
                "export", "traces", "--trace", id, "--form", "jaeger-json", "--output", file.path)
            #expect(result.exitCode == 0, "\(result.summary)")
            let trace = try JSONValue.decode(Array(text(file).utf8))["data"][0]
            #expect(trace["traceID"] == .string(id) && trace["spans"].array.count == 3)
            #expect(trace["processes"].object.values.contains { $0["serviceName"] == sdk["service"] })

            let other = try await fresh()
            let report = try await other.martletJSON(0, "import", file.path, "--json")
            #expect(report["signals"]["traces"]["accepted"] == 3, "\(report)")
            let columns =
                "name, lower(hex(span_id)) AS span, lower(hex(parent_span_id)) AS parent, kind, service, status_code"
            let query = "SELECT \(columns) FROM telemetry.spans WHERE lower(hex(trace_id)) = '\(id)' ORDER BY name"
            #expect(try await other.rows(query) == server.rows(query))
            #expect(try await other.stop() == 0)
        }

        @Test("an export without anything is exit code 1 unless that is allowed, a wrong query 2, no server 3")
        func exitCodes() async throws {
            let server = try ServerProcess.shared
            let none = ["export", "--data", server.data.path, "traces", "--service", "nobody-\(uniqueRun())"]
            let directory = try TemporaryDirectory()
            let file = directory.url.appending(path: "none.jsonl")
            let empty = try await runMartlet(none + ["--output", file.path])
            #expect(empty.exitCode == 1 && !empty.errors.isEmpty, "\(empty.summary)")
            #expect(!FileManager.default.fileExists(atPath: file.path))
            #expect(try await runMartlet(none + ["--allow-empty"]).exitCode == 0)
            for wrong in [["--traceql", "{ status = "], ["--trace", "no id"], ["--logql", "{"], ["--form", "xml"]] {
                let kind = wrong[0] == "--logql" ? "logs" : "traces"
                let result = try await runMartlet(["export", "--data", server.data.path, kind] + wrong)
                #expect(result.exitCode == 2 && !result.errors.isEmpty, "\(wrong): \(result.summary)")
            }
            #expect(try await runMartlet(["export", "--data", directory.path, "traces"]).exitCode == 3)
        }

        // MARK: Files of all sorts

        @Test("a line that is broken is told with its place, what is whole is stored, and the exit code is 1")
        func broken() async throws {
            let directory = try TemporaryDirectory()
            let file = directory.url.appending(path: "broken.jsonl")
            let service = "broken-\(uniqueRun())"
            let good = { String(decoding: TestSpan.request([(service, [TestSpan()])]), as: UTF8.self) }
            try Data("\(good())\n{\"resourceSpans\":[{]}\n\(good())\nno json\n".utf8).write(to: file)
            let server = try ServerProcess.shared
            let result = try await server.martlet("import", file.path)
            #expect(result.exitCode == 1, "\(result.summary)")
            let said = result.output + result.errors
            #expect(said.contains("broken.jsonl:2") && said.contains("broken.jsonl:4"), "\(result.summary)")
            let count = "SELECT count() AS n FROM telemetry.spans WHERE service = '\(service)'"
            #expect(try await server.row(count)["n"] == 2)

            let report = try await server.martletJSON(1, "import", file.path, "--json", "--new-ids")
            #expect(report["ok"] == false)
            #expect(report["problems"].array.map { $0["line"] } == [2, 4], "\(report)")
            #expect(report["signals"]["traces"]["accepted"] == 2)
            let strict = try await server.martletJSON(1, "import", file.path, "--json", "--strict", "--new-ids")
            #expect(strict["problems"].array.map { $0["line"] } == [2], "\(strict)")
            #expect(strict["signals"]["traces"]["accepted"].integer ?? 9 <= 1)

            // A message that is cut off, as a crash leaves it.
            let whole = try await server.martlet(
                "export", "traces", "--service", service, "--form", "otlp-proto", "--output",
                directory.url.appending(path: "whole.binpb").path)
            #expect(whole.exitCode == 0, "\(whole.summary)")
            let bytes = try Data(contentsOf: directory.url.appending(path: "whole.binpb"))
            try bytes.dropLast(3).write(to: directory.url.appending(path: "cut.binpb"))
            let cut = try await server.martlet("import", directory.url.appending(path: "cut.binpb").path)
            #expect(cut.exitCode == 1 && (cut.output + cut.errors).contains("cut.binpb"), "\(cut.summary)")
            let missing = try await server.martlet("import", directory.url.appending(path: "missing.jsonl").path)
            #expect(missing.exitCode != 0 && missing.errors.contains("missing.jsonl"), "\(missing.summary)")
            let nobody = try await runMartlet(["import", "--data", directory.url.appending(path: "d").path, file.path])
            #expect(nobody.exitCode == 3, "\(nobody.summary)")
        }

        @Test("a replay without waiting sends all, with times of now and, if wanted, new ids")
        func replay() async throws {
            let server = try ServerProcess.shared
            let service = try #require(try await Telemetry.shared.sent(to: server)["service"].string)
            let directory = try TemporaryDirectory()
            let files = directory.url.appending(path: "export")
            let exported = try await server.martlet(
                "export", "all", "--service", service, "--output", files.path)
            #expect(exported.exitCode == 0, "\(exported.summary)")

            let other = try await fresh()
            let before = TestSpan.now()
            for round in 1...2 {
                let report = try await other.martletJSON(
                    0, "replay", files.path, "--speed", "max", "--json", "--new-ids")
                #expect(report["ok"] == true && report["signals"]["traces"]["accepted"] == 3, "\(report)")
                #expect(report["signals"]["logs"]["accepted"] == 3, "\(report)")
                #expect((report["signals"]["metrics"]["accepted"].integer ?? 0) > 4)
                let row = try await other.row(
                    """
                    SELECT count() AS spans, uniqExact(span_id) AS ids, uniqExact(trace_id) AS traces,
                        max(toUnixTimestamp64Nano(start_time) + duration) AS last,
                        countIf(parent_span_id IN (SELECT span_id FROM telemetry.spans)) AS children
                    FROM telemetry.spans WHERE service = '\(service)'
                    """)
                #expect(row["spans"].integer == Int64(3 * round) && row["ids"] == row["spans"], "\(row)")
                #expect(row["traces"].integer == Int64(round) && row["children"].integer == Int64(2 * round), "\(row)")
                // The program ended well before the replay began, so this is no time that was kept.
                #expect((row["last"].integer ?? 0) > Int64(before) - 60_000_000_000)
            }
            let sdkLast = try await server.row(
                """
                SELECT max(toUnixTimestamp64Nano(start_time)) AS last FROM telemetry.spans WHERE service = '\(service)'
                """
            )
            let kept = try await other.martletJSON(
                0, "replay", files.appending(path: "traces").path, "--speed", "max", "--json", "--new-ids",
                "--keep-times")
            #expect(kept["shiftNanoseconds"].integer == 0 || kept["shiftNanoseconds"] == .null, "\(kept)")
            let least = try await other.row(
                "SELECT min(toUnixTimestamp64Nano(start_time)) AS least FROM telemetry.spans")
            #expect((least["least"].integer ?? .max) <= sdkLast["last"].integer ?? 0)
            #expect(try await other.stop() == 0)
        }
    }
}
