import Foundation
import Testing

extension EndToEnd {
    /// `martlet verify` against a running server and over the files of its mirror.
    @Suite(.server())
    struct VerifyTests {
        private static let service = "verified"

        /// Three orders, the last of which fails, with a log record and a point each.
        private actor Telemetry {
            static let shared = Telemetry()
            private var task: Task<Void, any Error>?

            func sent(to server: ServerProcess) async throws {
                let task = task ?? Task { try await Self.send(to: server) }
                self.task = task
                try await task.value
            }

            private static func send(to server: ServerProcess) async throws {
                let now = TestSpan.now()
                for number in 0..<3 {
                    var order = TestSpan(name: "POST /orders", kind: 2, start: now, duration: 20_000_000)
                    order.attributes = ["http.route": "/orders", "number": "\(number)"]
                    order.status = number == 2 ? 2 : 1
                    let insert = TestSpan(
                        trace: order.trace, parent: order.id, name: "INSERT orders", kind: 3, start: now + 1_000_000,
                        duration: 5_000_000)
                    let answer = try await server.post("traces", TestSpan.request([(service, [order, insert])]))
                    guard answer.status == 200 else { throw TestFailure("\(answer.text)") }
                }
                let points = (0..<3).map { now - UInt64(2 - $0) * 1_000_000_000 }
                _ = try await server.post("metrics", OTLPJSON.gauge(service: service, name: "queue.length", points))
                let log = #"{"timeUnixNano":"\#(now)","severityNumber":9,"body":{"stringValue":"order taken"}}"#
                let name = #"{"key":"service.name","value":{"stringValue":"\#(service)"}}"#
                let body =
                    #"{"resourceLogs":[{"resource":{"attributes":[\#(name)]},"#
                    + #""scopeLogs":[{"logRecords":[\#(log)]}]}]}"#
                _ = try await server.post("logs", Array(body.utf8))
                let samples = try await server.martlet("send", "--app", "all", "--count", "5")
                guard samples.exitCode == 0 else { throw TestFailure("send: \(samples.summary)") }
                try await server.flush()
            }
        }

        private func document(_ expectations: String, _ more: String = "") throws -> TemporaryDirectory {
            let directory = try TemporaryDirectory()
            let head = "version: 1\nname: orders\nservice: \(Self.service)\n\(more)\nexpectations:\n"
            let body = expectations.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)\n" }
                .joined()
            try Data((head + body).utf8).write(to: directory.url.appending(path: "e.yaml"))
            return directory
        }

        /// Runs expectations against the suite's server.
        ///
        /// - Returns: the result and, of its JSON, the checks.
        private func verify(
            _ expectations: String, _ more: String = "", options: [String] = []
        ) async throws -> (result: CommandResult, checks: [JSONValue]) {
            let server = try ServerProcess.shared
            try await Telemetry.shared.sent(to: server)
            let directory = try document(expectations, more)
            let result = try await runMartlet(
                ["verify", "--data", server.data.path, directory.url.appending(path: "e.yaml").path, "--json"] + options
            )
            let json = try JSONValue.decode(Array(result.output.utf8))
            return (result, json["suites"].array.flatMap { $0["checks"].array })
        }

        static let kept = """
            - {spans: POST /orders, count: 3}
            - {spans: {name: INSERT orders}, all: {kind: client, parent: POST /orders}}
            - {spans: POST /orders, duration: {p95: {at_most: 20ms}}, error_share: {less_than: 0.5}}
            - {trace: {root: POST /orders, span_count: 2, complete: true}, count: 3}
            - {metric: queue.length, value: 1}
            - {logs: {body: order taken, severity: info}}
            - {resource: {service: verified, signals: [traces, metrics, logs]}}
            - {spans: GET /orders, absent: true}
            """

        // MARK: Answers

        @Test("expectations that are fulfilled are exit code 0")
        func passing() async throws {
            let (result, checks) = try await verify(Self.kept)
            #expect(result.exitCode == 0, "\(result.summary)")
            #expect(checks.map { $0["outcome"] } == Array(repeating: "passed", count: 8), "\(checks)")
            #expect(checks.allSatisfy { ($0["examined"].integer ?? 0) > 0 })
        }

        @Test("an expectation that is not fulfilled is exit code 1, with evidence and the place in the file")
        func failing() async throws {
            let (result, checks) = try await verify(
                """
                - {spans: POST /orders, count: 3}
                - {spans: POST /order}
                - {spans: POST /orders, all: {status: ok}}
                """)
            #expect(result.exitCode == 1)
            #expect(checks.map { $0["outcome"] } == ["passed", "failed", "failed"], "\(result.summary)")
            #expect(checks[1]["location"]["line"] == 7)
            // The nearest name is said.
            #expect("\(checks[1])".contains("POST /orders"), "\(checks[1])")
            #expect("\(checks[2])".contains("error"), "\(checks[2])")
            let server = try ServerProcess.shared
            let directory = try document("- {spans: POST /order}")
            let text = try await server.martlet("verify", directory.url.appending(path: "e.yaml").path)
            #expect(text.exitCode == 1 && text.output.contains("e.yaml:6:") && text.output.contains("POST /orders"))
        }

        @Test("an expectation that had nothing to look at is vacuous and exit code 1, unless that is allowed")
        func vacuous() async throws {
            let nobody = "spans: {service: nobody}, absent: true"
            let (result, checks) = try await verify("- {\(nobody)}\n- {spans: gone, all: {kind: server}}")
            #expect(result.exitCode == 1)
            #expect(checks.map { $0["outcome"] } == ["vacuous", "vacuous"], "\(result.summary)")
            let (allowed, _) = try await verify("- {\(nobody), allow_empty: true}")
            #expect(allowed.exitCode == 0, "\(allowed.summary)")
        }

        @Test("queries in each language are asked, and compared with what is expected")
        func queries() async throws {
            let (result, checks) = try await verify(
                """
                - {promql: 'count(queue_length{job="${service}"})', expect: 1}
                - {traceql: '{ name = "POST /orders" && status = error }', expect: {count: 1}}
                - {logql: '{service_name="${service}"} |= "order"', expect: {contains: {line: order taken}}}
                - sql: SELECT name, count() AS spans FROM telemetry.spans WHERE service = '${service}' GROUP BY name
                  expect: {columns: [name, spans], rows: [[POST /orders, 3], [INSERT orders, 3]]}
                - {sql: SELECT nonsense FROM telemetry.spans, expect: {error: true}}
                """)
            #expect(result.exitCode == 0, "\(result.summary)")
            #expect(checks.count == 5 && checks.allSatisfy { $0["outcome"] == "passed" }, "\(checks)")
            let (wrong, answers) = try await verify(
                """
                - {promql: 'count(queue_length{job="${service}"})', expect: 2}
                - {traceql: '{ name = "GET /orders" }', expect: {count: 1}}
                - {logql: '{service_name="${service}"} |= "order"', expect: {empty: true}}
                - {sql: SELECT count() AS n FROM telemetry.spans, expect: {value: {less_than: 1}}}
                - {sql: SELECT nonsense FROM telemetry.spans}
                """)
            #expect(wrong.exitCode == 1)
            #expect(answers.allSatisfy { ["failed", "broken"].contains($0["outcome"].string ?? "") }, "\(answers)")
        }

        // MARK: Time

        /// Sends a span until the body has ended.
        private func sending(_ name: String, _ body: () async throws -> Void) async throws {
            let server = try ServerProcess.shared
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        try await Task.sleep(for: .milliseconds(500))
                        _ = try await server.post(
                            "traces", TestSpan.request([(Self.service, [TestSpan(name: name)])]))
                    }
                }
                try await body()
                group.cancelAll()
                while let result = await group.nextResult() {
                    if case .failure(let error) = result, !(error is CancellationError) { throw error }
                }
            }
        }

        @Test("eventually waits for what is sent later, and gives up at its deadline")
        func eventually() async throws {
            let name = "late-\(uniqueRun())"
            let (result, _) = try await verify("- {spans: \(name), eventually: 500ms}")
            #expect(result.exitCode == 1, "\(result.summary)")
            try await sending(name) {
                let (result, checks) = try await verify("- {spans: \(name), count: {at_least: 2}, eventually: 60s}")
                #expect(result.exitCode == 0, "\(result.summary)")
                #expect(checks.first?["outcome"] == "passed")
            }
            // The command's own bound is the tighter one.
            let (bounded, _) = try await verify(
                "- {spans: never-\(name), eventually: 9m}", options: ["--timeout", "500ms"])
            #expect(bounded.exitCode == 1)
        }

        @Test("never holds when nothing comes in its time, and is broken by what comes meanwhile")
        func never() async throws {
            let name = "forbidden-\(uniqueRun())"
            let (quiet, checks) = try await verify("- {spans: \(name), never: 1s}")
            #expect(quiet.exitCode == 0, "\(quiet.summary)")
            #expect(checks.first?["outcome"] == "passed")
            try await sending(name) {
                let (result, checks) = try await verify("- {spans: \(name), never: 60s}")
                #expect(result.exitCode == 1, "\(result.summary)")
                #expect(checks.first?["outcome"] == "failed")
            }
        }

        // MARK: Sources

        @Test("the files of the mirror answer as the server does, without it, however old they are")
        func files() async throws {
            let server = try await ServerProcess.start()
            // Past what an instant query looks back.
            let time = TestSpan.now() - 3_600_000_000_000
            for _ in 0..<2 {
                let span = TestSpan(name: "POST /orders", kind: 2, start: time)
                #expect(try await server.post("traces", TestSpan.request([(Self.service, [span])])).status == 200)
            }
            let gauge = OTLPJSON.gauge(service: Self.service, name: "queue.length", [time])
            #expect(try await server.post("metrics", gauge).status == 200)
            try await server.flush()
            // An export has no metrics that the server derived of the spans just now.
            let copy = try TemporaryDirectory()
            let export = copy.url.appending(path: "export").path
            let exported = try await server.martlet("export", "all", "--output", export)
            #expect(exported.exitCode == 0, "\(exported.summary)")
            #expect(try await server.stop() == 0)
            let directory = try document(
                """
                - {spans: POST /orders, count: 2}
                - {metric: queue.length, value: 1}
                - {traceql: '{ name = "POST /orders" }', expect: {count: 2}}
                - {sql: SELECT count() AS n FROM telemetry.spans, expect: 2}
                """)
            let file = directory.url.appending(path: "e.yaml").path
            let result = try await runMartlet(["verify", "--files", server.data.path, file])
            #expect(result.exitCode == 0, "\(result.summary)")
            let instant = try document("- {promql: 'count(queue_length{job=\"${service}\"})', expect: 1}")
            let old = try await runMartlet(
                ["verify", "--files", export, instant.url.appending(path: "e.yaml").path])
            #expect(old.exitCode == 0, "\(old.summary)")
            let other = try document("- {spans: GET /orders}")
            let failed = try await runMartlet(
                ["verify", "--files", server.data.path, other.url.appending(path: "e.yaml").path])
            #expect(failed.exitCode == 1, "\(failed.summary)")
        }

        @Test(
            "each built-in suite says something of the samples of all applications",
            arguments: [
                "service-identification", "correlation", "metric-aggregation", "completeness", "semantic-conventions",
                "seeds",
            ])
        func suites(_ suite: String) async throws {
            let server = try ServerProcess.shared
            try await Telemetry.shared.sent(to: server)
            let result = try await server.martlet("verify", "--suite", suite, "--json")
            let report = try JSONValue.decode(Array(result.output.utf8))
            #expect(result.exitCode == (report["passed"] == true ? 0 : 1), "\(result.summary)")
            #expect(report["suites"].array.map { $0["name"] } == [.string(suite)])
            let checks = report["suites"][0]["checks"].array
            #expect(checks.count > 3)
            #expect(checks.contains { $0["outcome"] == "passed" && ($0["examined"].integer ?? 0) > 0 }, "\(checks)")
            let broken = checks.filter { $0["outcome"] == "broken" }
            #expect(broken.isEmpty, "\(broken)")
            // What failed says why.
            for check in checks where check["outcome"] == "failed" {
                #expect(!(check["message"].string ?? "").isEmpty && check["expected"] != .null, "\(check)")
            }
        }

        // MARK: Outputs

        @Test("JUnit is read by another's parser with the same counts, the other forms are written too")
        func reports() async throws {
            let server = try ServerProcess.shared
            try await Telemetry.shared.sent(to: server)
            let directory = try document(
                """
                - {spans: POST /orders}
                - {spans: 'GET <&>'}
                - {spans: {service: nobody}, absent: true}
                - {spans: later, skip: not built yet}
                """)
            func path(_ name: String) -> String { directory.url.appending(path: name).path }
            let result = try await server.martlet(
                "verify", path("e.yaml"), "--junit", path("r.xml"), "--report", path("r.md"), "--report",
                path("r.html"),
                "--tap")
            #expect(result.exitCode == 1, "\(result.summary)")
            let (read, _) = try await PythonEnvironment.client("junit_read.py", [path("r.xml")], as: JSONValue.self)
            #expect(read["tests"] == 4 && read["skipped"] == 1, "\(read)")
            #expect((read["failures"].integer ?? 0) + (read["errors"].integer ?? 0) == 2, "\(read)")
            #expect(read["cases"].array.map { $0["results"].array.count } == [0, 1, 1, 1], "\(read)")
            #expect(read["cases"][1]["name"].string?.contains("GET <&>") == true, "\(read)")
            #expect(result.output.contains("1..4"), "\(result.output)")
            #expect(text(directory.url.appending(path: "r.md")).contains("POST /orders"))
            let page = text(directory.url.appending(path: "r.html"))
            #expect(page.contains("</html>") && !page.contains("GET <&"), "a name is not escaped")
        }

        @Test("the schema is a JSON Schema that names every kind of expectation")
        func schema() async throws {
            let result = try await runMartlet(["verify", "--schema"])
            #expect(result.exitCode == 0)
            let schema = try JSONValue.decode(Array(result.output.utf8))
            #expect(schema["$schema"].string?.contains("json-schema.org") == true)
            #expect(schema["properties"]["expectations"] != .null)
            for word in ["spans", "trace", "metric", "logs", "resource", "promql", "traceql", "logql", "sql"] {
                #expect(result.output.contains("\"\(word)\""), "no \(word)")
            }
        }

        @Test("exit codes: 2 for what is wrong with the document or the command, 3 without a server")
        func exitCodes() async throws {
            let server = try ServerProcess.shared
            let good = try document("- {spans: POST /orders}")
            let file = good.url.appending(path: "e.yaml").path
            let nowhere = good.url.appending(path: "nowhere").path
            #expect(try await runMartlet(["verify", "--data", nowhere, file]).exitCode == 3)
            #expect(try await server.martlet("verify").exitCode == 2)
            #expect(try await server.martlet("verify", "--suite", "no-such-suite").exitCode == 2)
            #expect(try await server.martlet("verify", nowhere).exitCode == 2)
            #expect(try await runMartlet(["verify", "--files", nowhere, file]).exitCode != 0)
        }

        @Test(
            "a hostile document is refused with its place, and in bounded time",
            arguments: [
                "", "null", "version: 2\nexpectations: []", "version: 1\nexpectations: {", "{{{{", "\u{0}\u{1}",
                "version: 1\nexpectations: " + String(repeating: "[", count: 100_000),
                "version: 1\nexpectations: [{span: typo}]", "version: 1\nexpectations: [{spans: a, count: -1}]",
                "version: 1\nexpectations: [{spans: {name: {matches: '('}}}]",
                "version: 1\nexpectations: [{spans: a, eventually: 99999999999999999999h}]",
                "version: 1\nexpectations: [{spans: a, eventually: 1s, never: 1s}]",
                "version: 1\nversion: 1\nexpectations: [{spans: a}]", "a: &a [*a]\nversion: 1",
                "version: 1\nname: &a [x,x,x,x,x,x,x,x]\ndescription: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n"
                    + (0..<30).map { "k\($0): &k\($0) [*b,*b,*b,*b,*b,*b,*b,*b]\n" }.joined()
                    + "expectations: [*k29,*k28]",
            ])
        func hostile(_ text: String) async throws {
            let directory = try TemporaryDirectory()
            let file = directory.url.appending(path: "h.yaml")
            try Data(text.utf8).write(to: file)
            let result = try await ServerProcess.shared.martlet("verify", file.path)
            #expect(result.exitCode == 2, "\(result.summary.prefix(2000))")
            #expect(result.errors.contains("h.yaml") && result.errors.utf8.count < 100_000)
        }
    }
}
