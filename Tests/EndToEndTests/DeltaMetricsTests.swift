import Foundation
import Testing

extension EndToEnd {
    /// Delta streams, and counters that only say that they are cumulative, as PromQL sees them.
    @Suite struct DeltaMetricsTests {
        private func body(
            _ service: String, sdk: String?, name: String, temporality: Int, monotonic: Bool = true,
            points: [(start: Int64, time: Int64, value: Int)]
        ) -> String {
            var attributes = ["{\"key\":\"service.name\",\"value\":{\"stringValue\":\"\(service)\"}}"]
            if let sdk { attributes.append("{\"key\":\"telemetry.sdk.name\",\"value\":{\"stringValue\":\"\(sdk)\"}}") }
            let list = points.map {
                "{\"startTimeUnixNano\":\"\($0.start)\",\"timeUnixNano\":\"\($0.time)\",\"asInt\":\"\($0.value)\"}"
            }.joined(separator: ",")
            return """
                {"resourceMetrics":[{"resource":{"attributes":[\(attributes.joined(separator: ","))]},"scopeMetrics":[{
                "metrics":[{"name":"\(name)","sum":{"aggregationTemporality":\(temporality),"isMonotonic":\(monotonic),
                "dataPoints":[\(list)]}}]}]}]}
                """
        }

        private func send(_ body: String, to server: ServerProcess) async throws {
            let answer = try await server.post("metrics", Array(body.utf8))
            #expect(answer.status == 200, "\(answer.text)")
        }

        private var now: Int64 { Int64(Date().timeIntervalSince1970) * 1_000_000_000 }

        @Test("a delta counter is a cumulative one, whose first value counts, also across kill -9 and a restart")
        func deltaAcrossRestart() async throws {
            let server = try await ServerProcess.start()
            let service = "delta-\(uniqueRun())"
            let second: Int64 = 1_000_000_000
            let begin = now - 300 * second
            func points(_ range: Range<Int64>) -> [(start: Int64, time: Int64, value: Int)] {
                range.map { (begin + ($0 * 10) * second, begin + ($0 * 10 + 10) * second, 5) }
            }
            try await send(
                body(service, sdk: nil, name: "jobs.done", temporality: 1, points: points(0..<10)), to: server)
            #expect(try await server.promQLValue("jobs_done_total{job=\"\(service)\"}") == 50)
            server.kill(SIGKILL)
            try await server.waitForExit()
            try await server.start()
            try await send(
                body(service, sdk: nil, name: "jobs.done", temporality: 1, points: points(10..<20)), to: server)
            let end = Double(begin / second + 200)
            // 20 points of 5 in 200 s: all of it, with nothing lost at the first point nor at the restart.
            let increase = try await server.promQLValue("increase(jobs_done_total{job=\"\(service)\"}[210s])", at: end)
            #expect(abs((increase ?? 0) - 100) < 6, "\(String(describing: increase))")
            let rate = try await server.promQLValue("rate({\"jobs.done\", job=\"\(service)\"}[100s])", at: end)
            #expect(abs((rate ?? 0) - 0.5) < 0.03, "\(String(describing: rate))")
            // What was sent stays as it was sent.
            try await server.flush()
            let stored = try await server.rows(
                "SELECT sum(value) AS total, count() AS points FROM telemetry.metric_samples WHERE series_id IN "
                    + "(SELECT id FROM telemetry.metric_series WHERE name = 'jobs.done')")
            #expect(stored.first?["total"] == 100 && stored.first?["points"] == 20, "\(stored)")
            let exitCode = try await server.stop()
            #expect(exitCode == 0)
        }

        @Test("a late delta point is not lost, and makes no false reset")
        func latePoint() async throws {
            let server = try await ServerProcess.start()
            let second: Int64 = 1_000_000_000
            let begin = now - 100 * second
            let times: [Int64] = [10, 20, 15, 30]
            try await send(
                body(
                    "late", sdk: nil, name: "late.jobs", temporality: 1,
                    points: times.map { (begin, begin + $0 * second, 2) }), to: server)
            let end = Double(begin / second + 31)
            #expect(try await server.promQLValue("late_jobs_total", at: end) == 8)
            #expect(try await server.promQLValue("resets(late_jobs_total[60s])", at: end) == 0)
            try await server.stop()
        }

        @Test("a delta request that a client sends again is counted once")
        func repeatedRequest() async throws {
            let server = try await ServerProcess.start()
            let second: Int64 = 1_000_000_000
            let begin = now - 100 * second
            for _ in 0..<2 {
                try await send(
                    body(
                        "again", sdk: nil, name: "again.jobs", temporality: 1,
                        points: (1...5).map { (begin + ($0 - 1) * 10 * second, begin + $0 * 10 * second, 4) }),
                    to: server)
            }
            let end = Double(begin / second + 51)
            #expect(try await server.promQLValue("again_jobs_total", at: end) == 20)
            #expect(try await server.promQLValue("resets(again_jobs_total[100s])", at: end) == 0)
            try await server.stop()
        }

        @Test("counters of the Automagik SDKs, cumulative by their word, are added up; another SDK's are not")
        func mislabelled() async throws {
            let server = try await ServerProcess.start()
            let second: Int64 = 1_000_000_000
            let begin = now - 100 * second
            for sdk in ["automagik-telemetry", "opentelemetry"] {
                try await send(
                    body(
                        sdk, sdk: sdk, name: "calls", temporality: 2,
                        points: (1...5).map { (begin + $0 * second, begin + $0 * second, 3) }), to: server)
            }
            let end = Double(begin / second + 6)
            #expect(try await server.promQLValue("calls_total{job=\"automagik-telemetry\"}", at: end) == 15)
            #expect(try await server.promQLValue("calls_total{job=\"opentelemetry\"}", at: end) == 3)
            try await server.stop()
        }
    }
}
