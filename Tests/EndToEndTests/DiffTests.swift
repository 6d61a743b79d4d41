import Foundation
import Testing

extension EndToEnd {
    /// `martlet diff` over exports and over windows of a running server.
    @Suite(.server())
    struct DiffTests {
        private static let hour: UInt64 = 3_600_000_000_000

        /// Requests with a call below each, of about these milliseconds.
        private static func spans(_ start: UInt64, milliseconds: UInt64, errorsEvery: Int = 0, name: String = "GET /")
            -> [TestSpan]
        {
            (0..<80).flatMap { number -> [TestSpan] in
                // A spread of a tenth, the same in each run.
                let duration = milliseconds * 1_000_000 + UInt64(number * 7919 % 80) * milliseconds * 1_250
                var request = TestSpan(
                    name: name, kind: 2, start: start + UInt64(number) * 1_000_000_000, duration: duration)
                request.attributes = ["http.route": "/"]
                if errorsEvery > 0, number % errorsEvery == 0 { request.status = 2 }
                let call = TestSpan(
                    trace: request.trace, parent: request.id, name: "SELECT", kind: 3, start: request.start + 1000,
                    duration: duration / 2)
                return [request, call]
            }
        }

        /// Sends the spans of a run.
        ///
        /// - Returns: its window as `diff` takes one.
        private func send(_ spans: [TestSpan], _ service: String, _ start: UInt64) async throws -> String {
            let server = try ServerProcess.shared
            #expect(try await server.post("traces", TestSpan.request([(service, spans)])).status == 200)
            try await server.flush()
            return "\(start / 1_000_000_000)..\((start + Self.hour / 2) / 1_000_000_000)"
        }

        @Test("two exports of the same work have no difference, also when it was sent again with other ids and times")
        func same() async throws {
            let server = try ServerProcess.shared
            let sent = try await server.martlet("send", "--app", "all", "--count", "10")
            #expect(sent.exitCode == 0, "\(sent.summary)")
            let directory = try TemporaryDirectory()
            let a = directory.url.appending(path: "a").path
            let b = directory.url.appending(path: "b").path
            let services = ["spacetimedb", "automagik-omni", "automagik-hive", "reifydb"].flatMap { ["--service", $0] }
            let first = try await runMartlet(["export", "--data", server.data.path, "all", "--output", a] + services)
            #expect(first.exitCode == 0, "\(first.summary)")

            let other = try await ServerProcess.start()
            let imported = try await other.martlet("import", a, "--new-ids", "--shift-to-now")
            #expect(imported.exitCode == 0, "\(imported.summary)")
            let second = try await runMartlet(["export", "--data", other.data.path, "all", "--output", b] + services)
            #expect(second.exitCode == 0, "\(second.summary)")
            #expect(try await other.stop() == 0)

            let result = try await runMartlet(["diff", a, b, "--fail-on", "any"])
            #expect(result.exitCode == 0 && result.output.contains("no difference"), "\(result.summary)")
            let json = try await runMartlet(["diff", a, b, "--json"])
            let answer = try JSONValue.decode(Array(json.output.utf8))
            #expect(answer["result"] == "same" && answer["findings"] == [], "\(json.summary)")
            #expect((answer["counts"]["same"].integer ?? 0) > 10)
        }

        @Test("what became slower, fails, is new or is gone is found, and --fail-on makes it exit code 1")
        func different() async throws {
            let service = "diff-\(uniqueRun())"
            let begin = (TestSpan.now() - 8 * Self.hour) / 1_000_000_000 * 1_000_000_000
            let before = try await send(Self.spans(begin, milliseconds: 10), service, begin)
            let next = begin + Self.hour
            let after = try await send(Self.spans(next, milliseconds: 30, errorsEvery: 3), service, next)
            let last = next + Self.hour
            let renamed = try await send(Self.spans(last, milliseconds: 10, name: "GET /new"), service, last)

            let server = try ServerProcess.shared
            func diff(_ a: String, _ b: String, _ more: String...) async throws -> CommandResult {
                try await runMartlet(["diff", "--data", server.data.path, a, b, "--service", service] + more)
            }
            let report = try await diff(before, after)
            #expect(report.exitCode == 0 && report.output.contains("slower"), "\(report.summary)")
            let found = try await diff(before, after, "--json", "--fail-on", "slower:50%,errors")
            #expect(found.exitCode == 1, "\(found.summary)")
            let answer = try JSONValue.decode(Array(found.output.utf8))
            #expect(answer["result"] != "same" && answer["findings"] != [] && answer["failed"] != [], "\(answer)")
            #expect(found.output.contains("GET /") && found.output.contains(service))
            #expect(try await diff(before, after, "--fail-on", "slower:900%").exitCode == 0)
            #expect(try await diff(after, before, "--fail-on", "slower,new-operations").exitCode == 0)
            #expect(try await diff(after, before, "--fail-on", "faster").exitCode == 1)
            #expect(try await diff(before, renamed, "--fail-on", "new-operations").exitCode == 1)
            #expect(try await diff(before, renamed, "--fail-on", "missing-operations").exitCode == 1)
            #expect(try await diff(before, renamed, "--fail-on", "errors").exitCode == 0)
            let markdown = try await diff(before, after, "--markdown")
            #expect(markdown.exitCode == 0 && markdown.output.contains("|"), "\(markdown.summary)")

            // The same of exports.
            let directory = try TemporaryDirectory()
            var paths: [String] = []
            for window in [before, after] {
                let ends = window.split(separator: ".").map(String.init)
                let path = directory.url.appending(path: "run-\(paths.count)").path
                let result = try await server.martlet(
                    "export", "traces", "--service", service, "--start", ends[0], "--end", ends[1], "--output",
                    path + ".jsonl")
                #expect(result.exitCode == 0, "\(result.summary)")
                paths.append(path + ".jsonl")
            }
            let files = try await runMartlet(["diff", paths[0], paths[1], "--fail-on", "slower:50%"])
            #expect(files.exitCode == 1 && files.output.contains("slower"), "\(files.summary)")
            #expect(try await runMartlet(["diff", paths[0], paths[0], "--fail-on", "any"]).exitCode == 0)
        }

        @Test("a side without telemetry is no answer, wrong words are exit code 2, no server 3")
        func exitCodes() async throws {
            let directory = try TemporaryDirectory()
            let empty = directory.url.appending(path: "empty.jsonl").path
            try Data().write(to: URL(filePath: empty))
            let result = try await runMartlet(["diff", empty, empty])
            #expect(result.exitCode != 0 && !result.errors.isEmpty, "\(result.summary)")
            #expect(try await runMartlet(["diff", empty, empty, "--fail-on", "nonsense"]).exitCode == 2)
            let nowhere = directory.url.appending(path: "nowhere").path
            #expect(try await runMartlet(["diff", "--data", nowhere, "--", "-2m..-1m", "since=1m"]).exitCode == 3)
        }
    }
}
