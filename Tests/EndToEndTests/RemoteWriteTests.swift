import Foundation
import Testing

extension EndToEnd {
    @Suite(.server())
    struct RemoteWriteTests {
        struct Answer: Decodable {
            let name: String
            let status: Int
            let message: String
            let written: [String: Int]
        }

        @Test("remote write 1.0 and 2.0: what is right is found, what is wrong is refused with its reason")
        func remoteWrite() async throws {
            let server = try ServerProcess.shared
            let name = "rw_\(uniqueRun())"
            let (answers, _) = try await PythonEnvironment.client(
                "remote_write.py", [server.url("prometheus"), name], as: [Answer].self)
            let statuses = Dictionary(answers.map { ($0.name, $0.status) }) { $1 }
            #expect(
                statuses == [
                    "v1": 204, "v1 again": 204, "v1 conflict": 400, "v1 future": 400, "v1 no name": 400,
                    "v1 label twice": 400, "v1 unsorted": 204, "v1 stale": 204, "v1 stale marker": 204, "v2": 204,
                    "v2 native": 204, "v2 bad reference": 400, "v2 first symbol": 400, "not snappy": 400,
                    "garbage": 400, "json": 415, "gzip": 415, "other message": 415, "empty": 204,
                ])
            #expect(answers.allSatisfy { $0.status == 204 || !$0.message.isEmpty })
            let written = Dictionary(answers.map { ($0.name, $0.written) }) { $1 }
            #expect(written["v2"] == ["samples": 1, "histograms": 0, "exemplars": 0])
            #expect(written["v2 native"] == ["samples": 0, "histograms": 1, "exemplars": 0])
            let found = try await server.promQL(name)
            func labels(_ test: String) -> [String: String] { ["__name__": name, "case": test] }
            #expect(
                found == [
                    labels("v1"): "2", labels("unsorted"): "7", labels("v2"): "4", labels("native"): "histogram",
                ])
            #expect(try await server.promQLValue("histogram_count(\(name){case=\"native\"})") == 5)
            #expect(try await server.promQLValue("histogram_sum(\(name){case=\"native\"})") == 12.5)
        }

        @Test("the metrics of Debian's Prometheus arrive by its remote write, and Martlet's page is scraped by it")
        func realPrometheus() async throws {
            let program = URL(filePath: "/usr/bin/prometheus")
            guard FileManager.default.isExecutableFile(atPath: program.path) else {
                print("SKIPPED: there is no /usr/bin/prometheus (apt-get install prometheus)")
                return
            }
            let server = try ServerProcess.shared
            let directory = try TemporaryDirectory()
            let port = try FreePorts.one()
            let name = "prom\(uniqueRun())"
            let file = directory.url.appending(path: "prometheus.yml")
            try """
            global: {scrape_interval: 1s, external_labels: {origin: \(name)}}
            scrape_configs:
              - job_name: self
                static_configs: [{targets: ["127.0.0.1:\(port)"]}]
              - job_name: martlet
                static_configs: [{targets: ["\(server.address("self_metrics"))"]}]
              - job_name: exposition
                static_configs: [{targets: ["\(server.address("exposition"))"]}]
            remote_write:
              - url: \(server.url("prometheus"))/api/v1/write
                metadata_config: {send_interval: 1s}
            """.write(to: file, atomically: true, encoding: .utf8)
            let child = try ChildProcess.start(
                program,
                [
                    "--config.file", file.path, "--storage.tsdb.path", directory.url.appending(path: "data").path,
                    "--web.listen-address", "127.0.0.1:\(port)",
                ], environment: childEnvironment(), directory: directory.url, output: nil,
                errors: directory.url.appending(path: "log"))
            defer { child.reap() }
            let up = try await poll("three targets of Prometheus in Martlet") { () -> [[String: String]: String]? in
                let found = try await server.promQL("up{origin=\"\(name)\"}")
                return found.count == 3 && found.values.allSatisfy { $0 == "1" } ? found : nil
            }
            #expect(Set(up.keys.compactMap { $0["job"] }) == ["self", "martlet", "exposition"])
            let rate = try await poll("a rate over what Prometheus wrote") {
                try await server.promQLValue(
                    "sum(rate(prometheus_http_requests_total{origin=\"\(name)\", handler=\"/metrics\"}[30s]))")
            }
            #expect(rate >= 0)
            let metadata = try await poll("metadata that Prometheus sent apart from series") { () -> String? in
                let text = try await server.get("prometheus", "/api/v1/metadata?metric=prometheus_http_requests_total")
                    .text
                return text.contains("\"type\":\"counter\"") ? text : nil
            }
            #expect(metadata.contains("Counter of HTTP requests"))
        }
    }
}
