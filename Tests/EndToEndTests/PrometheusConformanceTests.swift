import Foundation
import Testing

extension EndToEnd {
    /// The shared runners and cases of metrics against a server; each says when it is not there.
    @Suite(.server(["statsd.flush_interval": "1s"]))
    struct PrometheusConformanceTests {
        @Test("every evaluation of promqltest 3.5 over HTTP: values, order, annotations, failures")
        func promqltest() async throws {
            let server = try ServerProcess.shared
            try await runShared(
                "promqltest.py", ["--base-url", server.url("prometheus"), "--version", "3.5", "--annotations"])
        }

        @Test("the cases of StatsD lines are read back by PromQL")
        func statsdLines() async throws {
            let server = try ServerProcess.shared
            try await runShared(
                "statsd_lines.py",
                ["--base-url", server.url("prometheus"), "--statsd", server.address("statsd"), "--timeout", "30"])
        }

        struct Differences: Decodable {
            let cases: Int
            let failures: [String]
        }

        @Test("OTLP metrics have the names, labels and values that the specification gives them in PromQL")
        func otelPrometheus() async throws {
            let cases = Location.shared.appending(path: "conformance/otel-prometheus/cases.json")
            guard FileManager.default.fileExists(atPath: cases.path) else {
                print("SKIPPED: ../shared/conformance/otel-prometheus is not present")
                return
            }
            let server = try ServerProcess.shared
            let (result, _) = try await PythonEnvironment.client(
                "otel_prometheus.py", [server.url("otlp_http"), server.url("prometheus"), cases.path],
                as: Differences.self)
            print("otel-prometheus: \(result.cases) cases, \(result.failures.count) failures")
            #expect(result.cases > 0)
            #expect(result.failures.isEmpty, "\(result.failures.joined(separator: "\n"))")
        }

        @Test("a page is scraped or refused as Prometheus 3.5.3 does")
        func scrapeCases() async throws {
            let runner = Location.shared.appending(path: "tools/scrape_cases.py")
            guard FileManager.default.fileExists(atPath: runner.path) else {
                print("SKIPPED: ../shared/tools/scrape_cases.py is not present")
                return
            }
            let directory = try TemporaryDirectory()
            let port = "\(try FreePorts.one())"
            let file = directory.url.appending(path: "prometheus.yml")
            let written = try await run(
                try await PythonEnvironment.python(),
                [runner.path, "--write-config", file.path, "--port", port])
            #expect(written.exitCode == 0, "\(written.summary)")
            let server = try await ServerProcess.start(settings: ["prometheus.config_file": file.path])
            try await runShared("scrape_cases.py", ["--base-url", server.url("prometheus"), "--port", port])
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }

        private func runShared(_ name: String, _ arguments: [String]) async throws {
            let runner = Location.shared.appending(path: "tools/\(name)")
            guard FileManager.default.fileExists(atPath: runner.path) else {
                print("SKIPPED: ../shared/tools/\(name) is not present")
                return
            }
            let result = try await run(
                try await PythonEnvironment.python(), [runner.path] + arguments,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"], deadline: .seconds(500))
            let last = result.output.split(separator: "\n").last ?? ""
            print("\(name): \(last)")
            #expect(result.exitCode == 0, "\(result.summary)")
            // A runner that ran nothing must not pass for one that found nothing.
            #expect(last.contains("passed") && !last.hasPrefix("0 passed"))
        }
    }
}
