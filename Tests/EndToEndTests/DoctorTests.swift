import Foundation
import Testing

extension EndToEnd {
    /// `martlet doctor` says why nothing arrives, what is wrong with what does, and what of others' files never works.
    @Suite
    struct DoctorTests {
        struct Mistake: Sendable, CustomTestStringConvertible {
            /// Of `doctor_senders.py`.
            var sender: String
            var check: String
            /// In the text or the evidence, in any case.
            var words: [String]
            var testDescription: String { sender }
        }

        static let mistakes = [
            Mistake(sender: "grpc_to_http", check: "misdirected", words: ["gRPC came to the port otlp_http"]),
            Mistake(sender: "http_to_grpc", check: "misdirected", words: ["HTTP/1.1 came to the port otlp_grpc"]),
            Mistake(
                sender: "tls", check: "misdirected",
                words: ["TLS came to the port otlp_http", "TLS came to the port otlp_grpc"]),
            Mistake(sender: "path", check: "misdirected", words: ["/v1/trace ", "/v1/traces"]),
            Mistake(sender: "encoding", check: "refused", words: ["content_encoding", "gzip"]),
            Mistake(sender: "no_service", check: "missing-service-name", words: ["OTEL_SERVICE_NAME"]),
            Mistake(sender: "orphan", check: "orphan-parents", words: ["00f067aa0ba902b7"]),
        ]

        private func findings(_ answer: JSONValue, _ state: JSONValue) -> [(check: String, text: String)] {
            answer["findings"].array.filter { $0["state"] == state }.map {
                (
                    $0["check"].string ?? "",
                    ([$0["text"]] + $0["evidence"].array).compactMap(\.string).joined(separator: "\n")
                )
            }
        }

        @Test("each mistake of a sender is found, and is exit code 1", arguments: mistakes)
        func found(_ mistake: Mistake) async throws {
            let server = try await ServerProcess.start()
            let (ends, _) = try await PythonEnvironment.client(
                "doctor_senders.py", [mistake.sender, server.address("otlp_http"), server.address("otlp_grpc")],
                as: [String].self)
            if ["no_service", "orphan"].contains(mistake.sender) {
                #expect(ends == ["200"])
                try await server.flush()
            } else {
                #expect(ends.allSatisfy { $0 != "200" && $0 != "OK" }, "\(ends)")
            }
            let answer = try await poll("the finding of \(mistake.sender)") {
                let result = try await server.martlet("doctor", "--json")
                let answer = try JSONValue.decode(Array(result.output.utf8))
                guard result.exitCode == 1 else { return JSONValue?.none }
                #expect(answer["ok"] == false)
                return answer
            }
            let found = findings(answer, "bad")
            let text = found.filter { $0.check == mistake.check }.map(\.text).joined(separator: "\n")
            for words in mistake.words { #expect(text.contains(words), "no \(words) in \(found)") }
            // Nothing is made up besides.
            // Where everything went astray, that nothing was received is said too.
            #expect(Set(found.map(\.check)).subtracting(["arrivals"]) == [mistake.check], "\(found)")
            let terminal = try await server.martlet("doctor")
            #expect(terminal.exitCode == 1 && terminal.output.contains(mistake.check), "\(terminal.summary)")
            #expect(try await server.stop() == 0)
        }

        @Test("a server to which all is sent rightly has nothing wrong")
        func sound() async throws {
            let server = try await ServerProcess.start()
            let (ends, _) = try await PythonEnvironment.client(
                "doctor_senders.py",
                ["sound", server.address("otlp_http"), server.address("otlp_grpc"), server.address("statsd")],
                as: [String].self)
            #expect(ends == ["200"])
            // StatsD has no service.name, and needs none.
            _ = try await poll("the counter") {
                try await server.flush()
                return try await server.promQL("doctor_jobs_total").isEmpty ? nil : true
            }
            let result = try await server.martlet("doctor", "--json")
            let answer = try JSONValue.decode(Array(result.output.utf8))
            #expect(result.exitCode == 0 && answer["ok"] == true, "\(findings(answer, "bad"))")
            #expect(answer["findings"].array.allSatisfy { $0["check"].string?.isEmpty == false }, "\(answer)")
            #expect(try await server.stop() == 0)
        }

        // MARK: Files of other tools

        struct File: Sendable, CustomTestStringConvertible {
            var name: String
            var text: String
            /// Lines with something that is wrong, and words that are said there.
            var wrong: [Int: String]
            var testDescription: String { name }
        }

        /// Fragments as the seeds' stacks have them (contracts/seeds.md, section 6).
        static let files = [
            File(
                name: "otel-collector-config.yaml",
                text: """
                    receivers:
                      otlp: {protocols: {grpc: {endpoint: 0.0.0.0:4317}, http: {endpoint: 0.0.0.0:4318}}}
                    processors:
                      batch: {timeout: 1s}
                      filter:
                        metrics:
                          include: {match_type: regexp, metric_names: ['spacetimedb\\..*', 'otel\\..*']}
                    exporters:
                      file/metrics: {path: /data/metrics/metrics.jsonl, format: json}
                      otlp/jaeger:
                        endpoint: jaeger:14250
                        tls: {insecure: true}
                    service:
                      telemetry:
                        metrics:
                          address: 0.0.0.0:8888
                      pipelines:
                        traces: {receivers: [otlp], processors: [batch], exporters: [otlp/jaeger]}
                        metrics: {receivers: [otlp], processors: [filter, batch], exporters: [file/metrics]}
                    """, wrong: [7: "", 11: "14250", 16: "address"]),
            File(
                name: "prometheus.yml",
                text: """
                    global:
                      scrape_interval: 15s
                    scrape_configs:
                      - job_name: spacetimedb-server
                        scrape_interval: 10s
                        scrape_timeout: 20s
                        static_configs:
                          - targets: ['localhost:9464']
                      - job_name: other
                        static_configs:
                          - targets: ['http://cadvisor:8080/metrics']
                    """, wrong: [6: "timeout", 11: "metrics_path"]),
            File(
                name: "tempo.yaml",
                text: """
                    server:
                      http_listen_port: 3200
                    distributor:
                      receivers: {otlp: {protocols: {grpc: {endpoint: 0.0.0.0:4317}}}}
                    ingester:
                      max_block_duration: 5m
                    compactor:
                      compaction: {block_retention: 168h}
                    storage:
                      trace: {backend: local, local: {path: /var/tempo/blocks}}
                    """, wrong: [5: "", 7: ""]),
            File(
                name: "filebeat.yml",
                text: """
                    filebeat.inputs:
                      - type: log
                        paths: [/data/logs/*.jsonl]
                    output.file:
                      path: /data/processed
                      filename: filebeat-processed
                      codec.format:
                        string: '%{[@timestamp]} %{[message]}'
                    """, wrong: [2: "", 8: "plain text"]),
            File(
                name: "config.js",
                text: """
                    {
                      port: 8125,
                      backends: ["./backends/console", "./backends/graphite"],
                      graphite: {
                        host: "otel-collector",
                        port: 2003
                      },
                      histogram: [{ metric: 'spacetimedb.database.query_time', bins: [0.1, 0.5, 1, 2, 5, 10] }]
                    }
                    """, wrong: [5: "", 8: "milliseconds"]),
        ]

        @Test("what of the seeds' configuration never works is told with its line", arguments: files)
        func configuration(_ file: File) async throws {
            let directory = try TemporaryDirectory()
            let path = directory.url.appending(path: file.name)
            try Data(file.text.utf8).write(to: path)
            let result = try await runMartlet(["doctor", path.path, "--json"])
            #expect(result.exitCode == 1, "\(result.summary)")
            let answer = try JSONValue.decode(Array(result.output.utf8))
            let found = findings(answer, "bad")
            for (line, words) in file.wrong {
                let here = found.filter { $0.check.hasSuffix("\(file.name):\(line)") }
                #expect(!here.isEmpty, "nothing at line \(line): \(found)")
                #expect(here.contains { words.isEmpty || $0.text.contains(words) }, "\(here)")
            }
        }

        @Test("a sound file is exit code 0; what is none, or is hostile, is exit code 2")
        func otherFiles() async throws {
            let directory = try TemporaryDirectory()
            func doctor(_ name: String, _ text: String) async throws -> CommandResult {
                let path = directory.url.appending(path: name)
                try Data(text.utf8).write(to: path)
                return try await runMartlet(["doctor", path.path, "--json"])
            }
            let sound = try await doctor(
                "collector.yaml",
                """
                receivers: {otlp: {protocols: {grpc: {endpoint: "0.0.0.0:4317"}}}}
                processors: {memory_limiter: {limit_mib: 512}, batch: {}}
                exporters: {otlp: {endpoint: "http://tempo:4317"}}
                service:
                  pipelines: {traces: {receivers: [otlp], processors: [memory_limiter, batch], exporters: [otlp]}}
                """)
            #expect(sound.exitCode == 0, "\(sound.summary)")
            for text in ["just words", "", "receivers: {", String(repeating: "[", count: 100_000), "\u{0}"] {
                let result = try await doctor("hostile.yaml", text)
                #expect(result.exitCode == 2, "\(text.prefix(20)): \(result.summary.prefix(2000))")
                #expect(result.errors.contains("hostile.yaml"))
            }
            let missing = try await runMartlet(["doctor", directory.url.appending(path: "missing.yaml").path])
            #expect(missing.exitCode == 2)
        }
    }
}
