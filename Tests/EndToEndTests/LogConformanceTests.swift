import Foundation
import Testing

extension EndToEnd {
    /// The shared runner and cases of logs against a server; each says when it is not there.
    @Suite
    struct LogConformanceTests {
        /// The times of its scripts are those of an otherwise empty store.
        @Test("Loki's own scripts of LogQL: every evaluation has the series that the script says")
        func scripts() async throws {
            let tools = Location.shared.appending(path: "tools")
            let suite = Location.shared.appending(path: "conformance/logql")
            guard FileManager.default.fileExists(atPath: tools.appending(path: "logqltest.py").path) else {
                print("SKIPPED: ../shared/tools/logqltest.py is not present")
                return
            }
            let scripts = try FileManager.default.contentsOfDirectory(atPath: suite.path)
                .filter { $0.hasSuffix(".logqltest") }.sorted().map { suite.appending(path: $0).path }
            // The runner reads `[repeat every 5s for 36]` with one space before `for` only. Some scripts have two, and
            // without the repetition their sums are those of one line. So a copy runs in which that is `\s+`.
            let copy = try TemporaryDirectory()
            for name in ["common.py", "promqltest.py", "logqltest.py"] {
                var source = text(tools.appending(path: name))
                source = source.replacingOccurrences(of: #"every (\S+) for"#, with: #"every (\S+)\s+for"#)
                try Data(source.utf8).write(to: copy.url.appending(path: name))
            }
            let server = try await ServerProcess.start()
            let result = try await run(
                try await PythonEnvironment.python(),
                [copy.url.appending(path: "logqltest.py").path, "--base-url", server.url("loki")] + scripts,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"], deadline: .seconds(500))
            let last = result.output.split(separator: "\n").last ?? ""
            print("logqltest.py: \(last)")
            #expect(result.exitCode == 0, "\(result.summary)")
            // A runner that ran nothing must not pass for one that found nothing.
            #expect(last.contains("passed") && !last.hasPrefix("0 passed"))
            #expect(try await server.stop() == 0, "\(server.log)")
        }

        @Test("the queries of Loki's own benchmark parse, are answered, and have the type that they say")
        func benchmarkQueries() async throws {
            let file = Location.shared.appending(path: "conformance/logql/bench-queries.json")
            guard let data = try? Data(contentsOf: file) else {
                print("SKIPPED: ../shared/conformance/logql/bench-queries.json is not present")
                return
            }
            let server = try await ServerProcess.start()
            let cases = try JSONValue.decode([UInt8](data)).array
            #expect(!cases.isEmpty)
            for item in cases {
                let query = (item["query"].string ?? "")
                    .replacingOccurrences(of: "${SELECTOR}", with: #"{service_name="bench"}"#)
                    .replacingOccurrences(of: "${RANGE}", with: "5m")
                    .replacingOccurrences(of: "${LABEL_NAME}", with: "service_name")
                    .replacingOccurrences(of: "${LABEL_VALUE}", with: "bench")
                let answer = try await server.get(
                    "loki",
                    ServerProcess.path(
                        "/loki/api/v1/query_range",
                        [
                            ("query", query), ("step", "60000ms"),
                        ]))
                guard answer.status == 200 else {
                    Issue.record("status \(answer.status) for \(query): \(answer.text)")
                    continue
                }
                guard let kind = item["kind"].string else { continue }
                let type = try answer.json()["data"]["resultType"].string
                #expect((type == "streams") == (kind == "log"), "\(query)")
            }
            #expect(try await server.stop() == 0, "\(server.log)")
        }

        @Test("a line in a followed file becomes the processed event that Filebeat would make of it")
        func filebeat() async throws {
            let file = Location.shared.appending(path: "conformance/filebeat/cases.json")
            guard let data = try? Data(contentsOf: file) else {
                print("SKIPPED: ../shared/conformance/filebeat/cases.json is not present")
                return
            }
            let server = try await ServerProcess.start()
            let cases = try JSONValue.decode([UInt8](data)).array
            #expect(!cases.isEmpty)
            func path(_ index: Int) -> String { server.data.path + "/logs/case\(index).log" }
            for (index, item) in cases.enumerated() {
                try Data(((item["line"].string ?? "") + "\n").utf8).write(to: URL(filePath: path(index)))
            }
            let output = server.data.appending(path: "processed/filebeat-processed-logs.jsonl")
            let events = try await poll("the processed lines") { () -> [String: JSONValue]? in
                let text = text(output)
                // The last line may be half written.
                guard text.hasSuffix("\n") else { return nil }
                let lines = try text.split(separator: "\n").map { try JSONValue.decode(Array($0.utf8)) }
                guard lines.count >= cases.count else { return nil }
                return Dictionary(lines.map { ($0["log.file.path"].string ?? "", $0) }) { $1 }
            }
            #expect(events.count == cases.count)
            for (index, item) in cases.enumerated() {
                let event = try #require(events[path(index)], "no event of \(item["name"])")
                for (name, value) in item["expect"].object {
                    // The file lies elsewhere here.
                    let expected = name == "log.file.path" ? .string(path(index)) : value
                    #expect(event[name] == expected, "\(item["name"]): \(name)")
                }
            }
            #expect(try await server.stop() == 0, "\(server.log)")
        }
    }
}
