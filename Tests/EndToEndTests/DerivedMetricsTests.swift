import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// Span metrics and the service graph as they are found by PromQL after a flush.
    @Suite
    struct DerivedMetricsTests {
        private static let millisecond: UInt64 = 1_000_000

        /// Six requests from one service to the next, and what each took there.
        private struct Calls {
            let run = uniqueRun()
            let spans: [(service: String, spans: [TestSpan])]
            static let serverMilliseconds: [UInt64] = [1, 2, 3, 200, 500, 20_000]
            var web: String { "web-\(run)" }
            var stock: String { "stock-\(run)" }

            init() {
                var web: [TestSpan] = []
                var stock: [TestSpan] = []
                let now = TestSpan.now() - 30_000_000_000
                for (number, milliseconds) in Self.serverMilliseconds.enumerated() {
                    let client = TestSpan(
                        name: "POST", kind: 3, start: now, duration: milliseconds * DerivedMetricsTests.millisecond)
                    web.append(client)
                    stock.append(
                        TestSpan(
                            trace: client.trace, parent: client.id, name: "POST /take", kind: 2, start: now,
                            duration: milliseconds * DerivedMetricsTests.millisecond, status: number < 2 ? 2 : 0))
                }
                spans = [("web-\(run)", web), ("stock-\(run)", stock)]
            }

            func traces(_ service: String, milliseconds: UInt64) -> [String] {
                spans.filter { $0.service == service }.flatMap(\.spans)
                    .filter { $0.duration == milliseconds * DerivedMetricsTests.millisecond }.map(\.trace)
            }
        }

        /// The increases of all series that a selector matches, from their raw samples: a value that falls is a reset.
        private func increases(_ server: ServerProcess, _ selector: String) async throws -> Double {
            let answer = try await server.json("prometheus", "/api/v1/query", [("query", "\(selector)[1h]")])
            var sum = 0.0
            for series in answer["data"]["result"].array {
                var last: Double?
                for sample in series["values"].array {
                    guard let value = sample[1].string.flatMap({ Double($0) }) else { continue }
                    if let last { sum += value < last ? value : value - last }
                    last = value
                }
            }
            return sum
        }

        @Test("counts, failures, sums and buckets are exact after a flush, and exemplars name the traces")
        func exact() async throws {
            let server = try await ServerProcess.start()
            let calls = Calls()
            try await server.send(calls.spans)
            try await server.flush()

            let counts = try await server.promQL("traces_spanmetrics_calls_total{service=\"\(calls.stock)\"}")
            func series(_ status: String) -> [String: String] {
                [
                    "__name__": "traces_spanmetrics_calls_total", "service": calls.stock, "span_name": "POST /take",
                    "span_kind": "SPAN_KIND_SERVER", "status_code": status,
                ]
            }
            #expect(counts == [series("STATUS_CODE_UNSET"): "4", series("STATUS_CODE_ERROR"): "2"])
            let clients = try await server.promQL("traces_spanmetrics_calls_total{service=\"\(calls.web)\"}")
            #expect(clients.count == 1 && clients.keys.first?["span_kind"] == "SPAN_KIND_CLIENT")

            let buckets = try await server.promQL(
                "sum by (le) (traces_spanmetrics_latency_bucket{service=\"\(calls.stock)\"})")
            let latency = Dictionary(buckets.map { ($0.key["le"] ?? "", $0.value) }) { $1 }
            // A bound is part of its bucket: 2 ms is in the first.
            for (bound, count) in [
                ("0.002", "2"), ("0.004", "3"), ("0.128", "3"), ("0.256", "4"), ("0.512", "5"), ("16.384", "5"),
                ("+Inf", "6"),
            ] {
                #expect(latency[bound] == count, "le=\(bound)")
            }
            let sum = try await server.promQLValue(
                "sum(traces_spanmetrics_latency_sum{service=\"\(calls.stock)\"})")
            #expect(abs((sum ?? 0) - 20.706) < 1e-9)
            let count = try await server.promQLValue(
                "sum(traces_spanmetrics_latency_count{service=\"\(calls.stock)\"})")
            #expect(count == 6)

            let edge = "{client=\"\(calls.web)\",server=\"\(calls.stock)\"}"
            #expect(try await server.promQLValue("traces_service_graph_request_total\(edge)") == 6)
            #expect(try await server.promQLValue("traces_service_graph_request_failed_total\(edge)") == 2)
            for side in ["server", "client"] {
                let name = "traces_service_graph_request_\(side)_seconds"
                let graph = try await server.promQL("\(name)_bucket\(edge)")
                let byBound = Dictionary(graph.map { ($0.key["le"] ?? "", $0.value) }) { $1 }
                for (bound, count) in [("0.1", "3"), ("0.2", "4"), ("0.8", "5"), ("12.8", "5"), ("+Inf", "6")] {
                    #expect(byBound[bound] == count, "\(name) le=\(bound)")
                }
                #expect(try await server.promQLValue("\(name)_count\(edge)") == 6)
            }
            // A new series begins with a zero, so that rate sees its first increment.
            #expect(try await increases(server, "traces_spanmetrics_calls_total{service=\"\(calls.stock)\"}") == 6)

            let now = Int(Date().timeIntervalSince1970)
            let exemplars = try await server.json(
                "prometheus", "/api/v1/query_exemplars",
                [
                    ("query", "traces_spanmetrics_latency_bucket{service=\"\(calls.stock)\"}"),
                    ("start", "\(now - 600)"), ("end", "\(now + 60)"),
                ])["data"].array
            #expect(!exemplars.isEmpty)
            var named: Set<String> = []
            for series in exemplars {
                #expect(series["seriesLabels"]["service"].string == calls.stock)
                for exemplar in series["exemplars"].array {
                    #expect(Set(exemplar.object.keys) == ["labels", "value", "timestamp"])
                    let trace = exemplar["labels"]["trace_id"].string ?? ""
                    let seconds = exemplar["value"].string.flatMap { Double($0) } ?? -1
                    let milliseconds = UInt64((seconds * 1000).rounded())
                    #expect(calls.traces(calls.stock, milliseconds: milliseconds).contains(trace))
                    named.insert(trace)
                }
            }
            // The jump from metric to trace.
            let trace = try #require(named.first)
            #expect(try await server.spans(ofTrace: trace).count == 2)
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }

        @Test("what was counted before kill -9 is not counted again after it")
        func killed() async throws {
            let server = try await ServerProcess.start()
            let calls = Calls()
            try await server.send(calls.spans)
            try await server.flush()
            server.kill(SIGKILL)
            try await server.waitForExit()
            try await server.start()
            // The first two calls, both failed, once more in other traces: eight and four in all.
            let spans = calls.spans.map { ($0.service, Array($0.spans.prefix(2))) }
            let more = spans.map { service, spans in
                (
                    service: service,
                    spans: spans.map { span in
                        var again = span
                        again.trace = String(span.trace.reversed())
                        return again
                    }
                )
            }
            try await server.send(more)
            try await server.flush()
            #expect(try await increases(server, "traces_spanmetrics_calls_total{service=\"\(calls.stock)\"}") == 8)
            #expect(
                try await increases(server, "traces_spanmetrics_latency_count{service=\"\(calls.stock)\"}") == 8)
            let edge = "{client=\"\(calls.web)\",server=\"\(calls.stock)\"}"
            #expect(try await increases(server, "traces_service_graph_request_total\(edge)") == 8)
            #expect(try await increases(server, "traces_service_graph_request_failed_total\(edge)") == 4)
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }

        @Test("nothing is counted twice when kill -9 comes before anything is known to be stored")
        func killedAtOnce() async throws {
            let server = try await ServerProcess.start()
            let calls = Calls()
            try await server.send(calls.spans)
            server.kill(SIGKILL)
            try await server.waitForExit()
            try await server.start()
            try await server.flush()
            let row = try await server.row(
                "SELECT count() AS n FROM telemetry.spans WHERE service = '\(calls.stock)'")
            #expect(row["n"] == 6)
            // All of them, or none where the store had them and the next emission was still to come.
            let counted = try await increases(server, "traces_spanmetrics_calls_total{service=\"\(calls.stock)\"}")
            #expect(counted == 6 || counted == 0)
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }

        @Test("a stop in order loses no count, not even without a flush")
        func stopped() async throws {
            let server = try await ServerProcess.start()
            let calls = Calls()
            try await server.send(calls.spans)
            #expect(try await server.stop() == 0)
            try await server.start()
            #expect(try await increases(server, "traces_spanmetrics_calls_total{service=\"\(calls.stock)\"}") == 6)
            let edge = "{client=\"\(calls.web)\",server=\"\(calls.stock)\"}"
            #expect(try await increases(server, "traces_service_graph_request_total\(edge)") == 6)
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }

        @Test("label sets beyond traces.max_series are counted as refused, those within stay exact")
        func bounded() async throws {
            let server = try await ServerProcess.start(settings: ["traces.max_series": "5"])
            let service = "many-\(uniqueRun())"
            try await server.send(service, (0..<20).map { TestSpan(name: "name \($0)") })
            // Spans of names that are known go on to be counted.
            try await server.flush()
            try await server.send(service, (0..<20).map { TestSpan(name: "name \($0)") })
            try await server.flush()
            let counts = try await server.promQL("traces_spanmetrics_calls_total{service=\"\(service)\"}")
            #expect(counts.count == 5 && counts.values.allSatisfy { $0 == "2" })
            #expect(try await server.counter("martlet_derived_label_sets") == 5)
            #expect(try await server.counter("martlet_derived_spans_refused") == 30)
            #expect(try await server.counter("martlet_derived_spans_observed") == 40)
            // Nothing of the spans themselves is lost.
            let row = try await server.row("SELECT count() AS n FROM telemetry.spans WHERE service = '\(service)'")
            #expect(row["n"] == 40)
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }

        @Test("dimensions become labels, and what is switched off is not there")
        func settings() async throws {
            let server = try await ServerProcess.start(settings: [
                "traces.span_metrics_dimensions": "http.method", "traces.service_graph": "false",
            ])
            let service = "dimensions-\(uniqueRun())"
            let spans = ["GET", "GET", "PUT"].map {
                TestSpan(name: "call", kind: 2, attributes: ["http.method": $0])
            }
            try await server.send(service, spans)
            try await server.flush()
            let counts = try await server.promQL("sum by (http_method) (traces_spanmetrics_calls_total)")
            #expect(counts == [["http_method": "GET"]: "2", ["http_method": "PUT"]: "1"])
            #expect(try await server.promQL("{__name__=~\"traces_service_graph_.*\"}").isEmpty)
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }
    }
}
