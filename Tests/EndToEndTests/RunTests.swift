import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// `martlet run` with a program that has the real OpenTelemetry SDK, and with programs that misbehave.
    @Suite struct RunTests {
        // MARK: Running

        private static func run(
            _ options: [String] = [], _ command: [String], environment: [String: String] = [:]
        ) async throws -> CommandResult {
            try await EndToEndTests.run(
                try Location.binary, ["run"] + options + ["--"] + command, environment: environment)
        }

        /// The program with the SDK.
        private static func sample(_ mode: String) async throws -> [String] {
            [try await PythonEnvironment.python().path, Location.python.appending(path: "run_sample.py").path, mode]
        }

        private static let fulfilled = """
            version: 1
            name: shop
            service: shop
            expectations:
              - name: each order is a span
                spans: {name: POST /orders, kind: server}
                count: 5
              - name: each order inserts a row
                spans: {name: database.insert, parent: POST /orders, attributes: {db.operation.name: INSERT}}
                count: 5
              - name: logs belong to their spans
                logs: {body: {contains: order}, linked_to_trace: true}
                count: 5
              - name: orders are counted
                promql: shop_orders_total
                expect: 5
              - name: all spans are stored
                sql: SELECT count() FROM telemetry.spans WHERE service = 'shop'
                expect: 10

            """

        private static let unfulfilled = """
            version: 1
            name: shop
            expectations:
              - name: each order is a span
                spans: POST /orders
                count: 5
              - name: six orders
                spans: POST /orders
                count: 6

            """

        /// Looks whether anything of a run is left in the system.
        private static func leftovers(_ word: String) -> [String] {
            let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            return processes.filter { Int32($0) != nil }.map { text(URL(filePath: "/proc/\($0)/cmdline")) }
                .map { $0.replacing("\0", with: " ") }.filter { $0.contains(word) }
        }

        /// A run that goes on while the test looks at it. Its temporary directory is one of the test's own.
        private struct Background {
            let files: TemporaryDirectory
            let child: ChildProcess
            var output: URL { files.url.appending(path: "stdout") }
            var errors: URL { files.url.appending(path: "stderr") }
            var directories: [String] {
                ((try? FileManager.default.contentsOfDirectory(atPath: files.path)) ?? [])
                    .filter { $0.hasPrefix("martlet-run-") }
            }

            init(_ options: [String] = [], _ command: [String]) throws {
                files = try TemporaryDirectory()
                child = try ChildProcess.start(
                    try Location.binary, ["run"] + options + ["--"] + command,
                    environment: childEnvironment(adding: ["TMPDIR": files.path]), directory: files.url,
                    output: files.url.appending(path: "stdout"), errors: files.url.appending(path: "stderr"))
            }

            func waitForOutput(_ word: String) async throws {
                _ = try await poll("the command to write \(word)") { text(output).contains(word) ? true : nil }
            }

            func waitForExit() async throws -> Int32 {
                defer { child.reap() }
                return try await poll("the end of the run") { child.exitCode }
            }
        }

        // MARK: Telemetry

        @Test("a command with the SDK needs no configuration, and what it sends is looked at")
        func fulfilledExpectations() async throws {
            let files = try TemporaryDirectory()
            let expectations = files.url.appending(path: "shop.yaml")
            try Data(Self.fulfilled.utf8).write(to: expectations)
            let junit = files.url.appending(path: "results.xml").path
            let exported = files.url.appending(path: "exported")
            let html = files.url.appending(path: "report.html")
            let result = try await Self.run(
                [
                    "--service", "shop", "--expect", expectations.path, "--junit", junit, "--export", exported.path,
                    "--report", html.path, "--name", "first", "--data", files.path,
                ], try await Self.sample("ok"))
            #expect(result.exitCode == 0, "\(result.summary)")
            // Standard output is the command's alone.
            #expect(result.output.wholeMatch(of: /[0-9a-f]{32}\n/) != nil, "\(result.summary)")
            #expect(result.errors.contains("each order is a span"), "\(result.summary)")

            let trace = result.output.trimmingCharacters(in: .newlines)
            let lines = text(exported.appending(path: "traces/traces.jsonl"))
            #expect(lines.contains(trace) && lines.hasSuffix("\n"))
            #expect(text(exported.appending(path: "logs/logs.jsonl")).contains("order 0 taken"))
            #expect(text(exported.appending(path: "metrics/metrics.jsonl")).contains("shop.orders"))
            #expect(text(exported.appending(path: "metrics/metrics.prom")).contains("shop_orders_total"))
            #expect(text(html).contains("<html"))

            let document: JUnit = try await PythonEnvironment.client("junit_read.py", [junit]).result
            #expect(document.failures == 0)
            #expect(document.cases.filter(\.results.isEmpty).count >= 5)
            #expect(document.tests == document.cases.count)

            // The run is kept, and says what came.
            let kept = try JSONDecoder().decode(
                JSONValue.self, from: Data(contentsOf: files.url.appending(path: "runs/first/run.json")))
            #expect(kept["counts"]["spans"].integer == 10)
            #expect(kept["counts"]["points"].integer == 1)
            #expect(kept["counts"]["logs"].integer == 5)
            #expect(kept["exit"]["code"].integer == 0)
        }

        private struct JUnit: Decodable, Sendable {
            struct Case: Decodable, Sendable {
                let name: String
                /// `Failure` and the like; none of a case that passed.
                let results: [String]
            }

            let tests: Int
            let failures: Int
            let cases: [Case]
        }

        @Test("expectations that are not met fail the run, with evidence, also in JUnit's form")
        func unfulfilledExpectations() async throws {
            let files = try TemporaryDirectory()
            let expectations = files.url.appending(path: "shop.yaml")
            try Data(Self.unfulfilled.utf8).write(to: expectations)
            let junit = files.url.appending(path: "results.xml").path
            let command = try await Self.sample("ok")
            let result = try await Self.run(["--expect", expectations.path, "--junit", junit], command)
            #expect(result.exitCode == 1, "\(result.summary)")
            #expect(result.errors.contains("six orders") && result.errors.contains("POST /orders"))
            let document: JUnit = try await PythonEnvironment.client("junit_read.py", [junit]).result
            #expect(document.cases.filter { $0.results == ["Failure"] }.map(\.name) == ["six orders"])
            #expect(document.failures == 1)
        }

        @Test("a suite that looked at nothing fails")
        func emptySuite() async throws {
            let result = try await Self.run(["--suite", "service-identification"], ["true"])
            #expect(result.exitCode == 1, "\(result.summary)")
        }

        @Test("a command that fails gives the run its exit code, and its telemetry is there")
        func failingCommand() async throws {
            let result = try await Self.run(["--service", "shop"], try await Self.sample("fail"))
            #expect(result.exitCode == 3, "\(result.summary)")
            #expect(result.errors.contains(/shop +10 +1 +5/), "\(result.summary)")
        }

        @Test("of a command that ends without a flush nothing comes, and the report says so")
        func unflushed() async throws {
            let result = try await Self.run([], try await Self.sample("unflushed"))
            #expect(result.exitCode == 0, "\(result.summary)")
            #expect(result.errors.contains("no telemetry came"), "\(result.summary)")
        }

        @Test("StatsD that came just before the end is there")
        func statsd() async throws {
            let files = try TemporaryDirectory()
            let expectations = files.url.appending(path: "statsd.yaml")
            try Data(
                """
                version: 1
                expectations:
                  - promql: shop_orders_total
                    expect: 5

                """.utf8
            ).write(to: expectations)
            let result = try await Self.run(["--expect", expectations.path], try await Self.sample("statsd"))
            #expect(result.exitCode == 0, "\(result.summary)")
        }

        // MARK: The command

        @Test("input and outputs are passed through, and so are odd arguments and the exit code")
        func passedThrough() async throws {
            let binary = try Location.binary.path
            let result = try await EndToEndTests.run(
                URL(filePath: "/bin/sh"),
                [
                    "-c", #"printf 'a\nb' | "$0" run -q -- sh -c 'cat; echo "<$1>" >&2; exit 9' x ' --expect "y" '"#,
                    binary,
                ])
            #expect(result.exitCode == 9, "\(result.summary)")
            #expect(result.output == "a\nb")
            #expect(result.errors.hasPrefix("< --expect \"y\" >\n"), "\(result.summary)")
        }

        @Test("a command that is missing or is no program says so as a shell does")
        func notFound() async throws {
            let missing = try await Self.run([], ["/nowhere/program"])
            #expect(missing.exitCode == 127)
            #expect(missing.errors.contains("/nowhere/program"))
            let unfit = try await Self.run([], [Location.package.appending(path: "Package.swift").path])
            #expect(unfit.exitCode == 126)
        }

        @Test("wrong usage is found before the command is started")
        func wrongUsage() async throws {
            let files = try TemporaryDirectory()
            let bad = files.url.appending(path: "bad.yaml")
            try Data("version: 1\nexpectations:\n  - spanz: x\n".utf8).write(to: bad)
            for options in [
                ["--expect", bad.path], ["--expect", files.path + "/none.yaml"], ["--suite", "none"],
                ["--report", "x.doc"], ["--name", "a/b"], ["--timeout", "0s"], ["--bogus"],
            ] {
                let result = try await Self.run(options, ["echo", "started"])
                #expect(result.exitCode == 2, "\(options): \(result.summary)")
                #expect(result.output == "")
            }
            let empty = try await EndToEndTests.run(try Location.binary, ["run"])
            #expect(empty.exitCode == 2)
        }

        @Test("a command that is killed, or takes too long, is reported as such")
        func killed() async throws {
            let killed = try await Self.run([], ["sh", "-c", "kill -9 $$"])
            #expect(killed.exitCode == 137, "\(killed.summary)")
            #expect(killed.errors.contains("signal 9"))
            let command = try await Self.sample("hang")
            let late = try await Self.run(["--timeout", "3s", "--service", "shop"], command)
            #expect(late.exitCode == 124, "\(late.summary)")
            #expect(late.errors.contains("took too long"))
            #expect(late.errors.contains(/shop +10 +1 +5/), "\(late.summary)")
        }

        @Test("what the command leaves behind is ended")
        func grandchildren() async throws {
            let result = try await Self.run([], ["sh", "-c", "sleep 7654 & echo $!"])
            #expect(result.exitCode == 0, "\(result.summary)")
            #expect(result.errors.contains("left behind"))
            #expect(Self.leftovers("sleep 7654") == [])
        }

        @Test("signals are handed on, and the command decides how it ends")
        func signals() async throws {
            for (number, name) in [(SIGTERM, "TERM"), (SIGINT, "INT"), (SIGHUP, "HUP"), (SIGUSR1, "USR1")] {
                let run = try Background(
                    [],
                    ["sh", "-c", "trap 'echo got \(name); exit 5' \(name); echo ready; while :; do sleep 0.05; done"])
                try await run.waitForOutput("ready")
                kill(run.child.processID, number)
                #expect(try await run.waitForExit() == 5)
                #expect(text(run.output) == "ready\ngot \(name)\n")
                #expect(run.directories == [])
            }
        }

        @Test("a run that is killed leaves no server, no command and no directory", arguments: [false, true])
        func killedRun(_ isBeforeTheCommand: Bool) async throws {
            let run = try Background([], ["sh", "-c", "sleep 8765 & echo ready; sleep 8765"])
            if isBeforeTheCommand {
                // Of a run that is killed before it has a server an empty directory may stay; nobody is left to remove it.
                _ = try await poll("the server to start") { Self.leftovers(run.files.path).isEmpty ? nil : true }
            } else {
                try await run.waitForOutput("ready")
            }
            kill(run.child.processID, SIGKILL)
            #expect(try await run.waitForExit() == -SIGKILL)
            _ = try await poll("everything of the run to end") {
                Self.leftovers(run.files.path).isEmpty && Self.leftovers("sleep 8765").isEmpty ? true : nil
            }
            _ = try await poll("the directory to go") { run.directories.isEmpty ? true : nil }
        }

        @Test("two runs at once know nothing of each other")
        func parallel() async throws {
            let command = try await Self.sample("ok")
            async let first = Self.run(["--service", "one"], command)
            async let second = Self.run(["--service", "two"], command)
            let results = try await [first, second]
            for (result, names) in zip(results, [("one", "two"), ("two", "one")]) {
                #expect(result.exitCode == 0, "\(result.summary)")
                #expect(result.errors.contains("\(names.0) "))
                #expect(!result.errors.contains("\(names.1) "))
            }
        }

        @Test("a server that is kept can be opened again")
        func kept() async throws {
            let files = try TemporaryDirectory()
            let result = try await Self.run(
                ["--keep", "--service", "shop"], try await Self.sample("ok"), environment: ["TMPDIR": files.path])
            #expect(result.exitCode == 0, "\(result.summary)")
            let directories = try FileManager.default.contentsOfDirectory(atPath: files.path)
            let name = try #require(directories.first { $0.hasPrefix("martlet-run-") })
            let data = files.url.appending(path: name)
            #expect(result.errors.contains(data.path))
            let server = try await ServerProcess.start(data: data)
            let answer = try await server.martlet("query", "SELECT count() FROM telemetry.spans WHERE service = 'shop'")
            #expect(answer.output.contains("10"), "\(answer.summary)")
            try await server.stop()
        }

        @Test("the command finds the server by variables, and verbs of Martlet talk to it")
        func addresses() async throws {
            let binary = try Location.binary.path
            let result = try await Self.run(
                ["-q"],
                ["sh", "-c", "\"$0\" health && \"$0\" query 'SELECT 42' && echo \"$MARTLET_API_URL\"", binary])
            #expect(result.exitCode == 0, "\(result.summary)")
            #expect(result.output.contains("42") && result.output.contains("http://127.0.0.1:"), "\(result.summary)")
        }
    }
}
