import Foundation
import Testing

extension EndToEnd {
    /// Rules, alerts and scraping by a file in Prometheus' form, and the terminal.
    @Suite struct RuleTests {
        @Test("a rule records, an alert fires, is told to a webhook and resolves; reload reads the file again")
        func rulesAndAlerts() async throws {
            let directory = try TemporaryDirectory()
            let port = try FreePorts.one()
            let told = directory.url.appending(path: "told.jsonl")
            let sink = try ChildProcess.start(
                try await PythonEnvironment.python(),
                [Location.python.appending(path: "webhook_sink.py").path, "\(port)", told.path],
                environment: childEnvironment(), directory: directory.url, output: nil,
                errors: directory.url.appending(path: "sink.log"))
            defer { sink.reap() }
            let rules = directory.url.appending(path: "rules.yml")
            try """
            groups:
              - name: shop
                interval: 1s
                rules:
                  - record: job:carts:sum
                    expr: sum by (region) (shop_carts_total)
                  - alert: ManyCarts
                    expr: job:carts:sum > 5
                    labels: {severity: page}
                    annotations: {summary: "{{ $value }} carts in {{ $labels.region }}"}
            """.write(to: rules, atomically: true, encoding: .utf8)
            let file = directory.url.appending(path: "prometheus.yml")
            try """
            global: {evaluation_interval: 1s}
            rule_files: [rules.yml]
            receivers:
              - name: people
                webhook_configs: [{url: "http://127.0.0.1:\(port)/hook"}]
            """.write(to: file, atomically: true, encoding: .utf8)
            let server = try await ServerProcess.start(
                settings: ["prometheus.config_file": file.path, "statsd.flush_interval": "500ms"])
            let address = server.address("statsd").split(separator: ":").map(String.init)
            let sent = try await run(
                URL(filePath: "/usr/bin/env"),
                [
                    "python3", "-c",
                    "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto("
                        + "b'shop.carts:9|c|#region:eu', ('\(address[0])', \(address[1])))",
                ])
            #expect(sent.exitCode == 0)
            let recorded = try await poll("the recorded series") { () -> Double? in
                try await server.promQLValue("job:carts:sum{region=\"eu\"}")
            }
            #expect(recorded == 9)
            let body = try await poll("the webhook") { () -> JSONValue? in
                try text(told).split(separator: "\n").first.map { try JSONValue.decode(Array($0.utf8)) }
            }
            #expect(body["status"] == "firing" && body["receiver"] == "people" && body["version"] == "4")
            let alert = body["alerts"].array.first ?? .null
            #expect(alert["labels"]["alertname"] == "ManyCarts" && alert["labels"]["severity"] == "page")
            #expect(alert["annotations"]["summary"] == "9 carts in eu")
            let firing = try await poll("the series of the alert") { () -> Double? in
                try await server.promQLValue("ALERTS{alertstate=\"firing\", alertname=\"ManyCarts\"}")
            }
            #expect(firing == 1)
            let shown = try await server.martlet("promql", "job:carts:sum")
            #expect(
                shown.exitCode == 0 && shown.output.contains("eu") && shown.output.contains("9"), "\(shown.summary)")
            let range = try await server.martlet("promql", "job:carts:sum", "--start", "-1m", "--step", "5s", "--json")
            #expect(range.exitCode == 0 && range.output.contains("\"matrix\""), "\(range.summary)")
            let wrong = try await server.martlet("promql", "sum(")
            #expect(wrong.exitCode == 2 && wrong.errors.contains("unclosed left parenthesis"), "\(wrong.summary)")

            try """
            groups: [{name: shop, interval: 1s, rules: [{alert: ManyCarts, expr: "job:carts:sum > 50"}]}]
            """.write(to: rules, atomically: true, encoding: .utf8)
            let reloaded = try await HTTPExchange(method: "POST", url: server.url("prometheus") + "/-/reload").answer()
            #expect(reloaded.status == 200, "\(reloaded.text)")
            let groups = try await server.get("prometheus", "/api/v1/rules").json()["data"]["groups"].array
            #expect(groups.first?["rules"].array.map { $0["query"] } == ["job:carts:sum > 50"])
            try "groups: [{name: shop, rules: [{alert: A, expr: \"sum(\"}]}]".write(
                to: rules, atomically: true, encoding: .utf8)
            let refused = try await HTTPExchange(method: "POST", url: server.url("prometheus") + "/-/reload").answer()
            #expect(refused.status == 500 && refused.text.contains("rules.yml"), "\(refused.text)")
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }

        @Test("a target is scraped with its labels, is down when it does not answer, and its series end")
        func scraping() async throws {
            let other = try await ServerProcess.start()
            let directory = try TemporaryDirectory()
            let file = directory.url.appending(path: "prometheus.yml")
            try """
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
              - job_name: other
                static_configs: [{targets: ["\(other.address("self_metrics"))"], labels: {team: core}}]
                metric_relabel_configs: [{source_labels: [__name__], regex: process_threads, action: drop}]
            """.write(to: file, atomically: true, encoding: .utf8)
            let server = try await ServerProcess.start(settings: ["prometheus.config_file": file.path])
            let up = "up{job=\"other\", team=\"core\"}"
            _ = try await poll("the target to be up") { try await server.promQLValue(up) == 1 ? true : nil }
            #expect(try await server.promQL("process_cpu_seconds_total{job=\"other\"}").count == 1)
            #expect(try await server.promQL("process_threads").isEmpty)
            let targets = try await server.get("prometheus", "/api/v1/targets").json()["data"]["activeTargets"].array
            #expect(targets.map { $0["health"] } == ["up"])
            try await other.stop()
            _ = try await poll("the target to be down") { try await server.promQLValue(up) == 0 ? true : nil }
            let ended = try await poll("its series to end") {
                try await server.promQL("process_cpu_seconds_total{job=\"other\"}").isEmpty ? true : nil
            }
            #expect(ended)
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }
    }
}
