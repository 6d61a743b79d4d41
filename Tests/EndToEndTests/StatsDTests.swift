import Foundation
import Testing

extension EndToEnd {
    @Suite(.server(["statsd.flush_interval": "1s"]))
    struct StatsDTests {
        @Test("the Python clients of DogStatsD and StatsD: tags, buffers, pipelines, TCP; events become logs")
        func clients() async throws {
            let server = try ServerProcess.shared
            let prefix = "app\(uniqueRun())"
            let address = server.address("statsd").split(separator: ":").map(String.init)
            let sent = try await PythonEnvironment.runClient("statsd_clients.py", [address[0], address[1], prefix])
            #expect(sent.exitCode == 0, "\(sent.summary)")
            let views = "\(prefix)_page_views_total{env=\"test\", page=\"home\"}"
            #expect(try await poll("50 views") { try await server.promQLValue(views) == 50 ? true : nil })
            let values: [(String, Double)] = [
                ("\(prefix)_queue", 12.5), ("\(prefix)_users", 2), ("\(prefix)_render_count", 50),
                ("\(prefix)_render_sum", 600), ("\(prefix)_size_count", 50), ("\(prefix)_query_ms_count", 1),
                ("\(prefix)_query_ms_sum", 25), ("\(prefix)_plain_jobs_total", 3), ("\(prefix)_plain_depth", 12),
                ("\(prefix)_plain_took_ms_sum", 320), ("\(prefix)_tcp_lines_total", 10),
                ("histogram_count(\(prefix)_render_histogram)", 50),
                ("increase(\(prefix)_page_views_total[5m]) > bool 0", 1),
            ]
            for (query, expected) in values {
                let found = try await poll("\(query) = \(expected)") {
                    try await server.promQLValue(query) == expected ? expected : nil
                }
                #expect(found == expected)
            }
            // The name as it was sent, with its dots.
            #expect(try await server.promQLValue("{\"\(prefix).page.views\", page=\"home\"}") == 50)
            let quantile = try await server.promQLValue("histogram_quantile(0.5, \(prefix)_render_histogram)") ?? 0
            #expect(abs(quantile - 12) < 1.2)
            try await server.flush()
            let logs = try await server.rows(
                "SELECT event_name, body, severity_text FROM telemetry.logs "
                    + "WHERE attributes['dogstatsd.title'] = 'deployed' OR attributes['dogstatsd.check'] = 'db.up' "
                    + "ORDER BY event_name")
            #expect(logs.map { $0["event_name"].string } == ["dogstatsd.event", "dogstatsd.service_check"])
            #expect(logs.map { $0["severity_text"].string } == ["WARN", "ERROR"])
        }

        @Test("the administration port answers text commands and HTTP")
        func administration() async throws {
            let server = try ServerProcess.shared
            let page = try await server.get("statsd_admin", "/")
            #expect(page.status == 200)
            let port = server.address("statsd_admin").split(separator: ":").last.map(String.init) ?? ""
            let answered = try await run(
                URL(filePath: "/usr/bin/env"),
                [
                    "python3", "-c",
                    """
                    import socket
                    s = socket.create_connection(("127.0.0.1", \(port)))
                    s.sendall(b"health\\nnonsense\\nquit\\n")
                    text = b""
                    while True:
                        piece = s.recv(4096)
                        if not piece: break
                        text += piece
                    print(text.decode())
                    """,
                ])
            #expect(answered.output.contains("health: up") && answered.output.contains("ERROR"), "\(answered.summary)")
        }
    }
}
