import Foundation
import Testing

extension EndToEnd {
    /// `tempopb.StreamingQuerier` on the port of the Tempo API, as Grafana uses it with streaming switched on, with real
    /// grpcio.
    @Suite(.server())
    struct TempoStreamingTests {
        private static let service = "/tempopb.StreamingQuerier/"

        private func call(
            _ server: ServerProcess, _ method: String, _ request: String
        ) async throws -> RPC.Answer {
            try await RPC.call(server.address("tempo"), Self.service + method, request)
        }

        /// Traces of two spans each, a second apart.
        private func send(_ count: Int, to server: ServerProcess) async throws -> (service: String, traces: [String]) {
            let service = "streamed-\(uniqueRun())"
            var spans: [TestSpan] = []
            let now = TestSpan.now()
            for number in 0..<count {
                let start = now - UInt64(number + 5) * 1_000_000_000
                let root = TestSpan(
                    name: "root", kind: 2, start: start, duration: 500_000_000, attributes: ["n": "\(number)"])
                let child = TestSpan(trace: root.trace, parent: root.id, name: "child", start: start, status: 2)
                spans += [root, child]
            }
            try await server.send(service, spans)
            return (service, spans.filter { $0.parent.isEmpty }.map(\.trace))
        }

        @Test("Save & test of a data source with streaming ends without an error on an empty store")
        func emptyStore() async throws {
            let server = try await ServerProcess.start()
            let now = Int(Date().timeIntervalSince1970)
            let health = try await call(
                server, "Search", #"{"Query": "{}", "Limit": 1, "start": \#(now - 900), "end": \#(now)}"#)
            #expect(health.code == "OK" && health.all("traces").isEmpty)
            let values = try await call(
                server, "MetricsQueryRange",
                #"{"query": "{} | rate()", "start": \#(now - 900)000000000, "end": \#(now)000000000}"#)
            #expect(values.code == "OK" && values.all("series").isEmpty)
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }

        @Test("a streamed search gives the traces of the search over HTTP")
        func search() async throws {
            let server = try ServerProcess.shared
            let (service, traces) = try await send(30, to: server)
            let query = #"{ resource.service.name = "\#(service)" && status = error }"#
            let answer = try await call(
                server, "Search",
                #"{"Query": \#(query.debugDescription), "Limit": 100, "SpansPerSpanSet": 3}"#)
            #expect(answer.code == "OK")
            // A trace may come again, as an update.
            let found = Dictionary(answer.all("traces").map { ($0["traceID"].string ?? "", $0) }) { $1 }
            let overHTTP = try await server.json("tempo", "/api/search", [("q", query), ("limit", "100")])
            #expect(found.count == traces.count)
            #expect(Set(found.keys) == Set(overHTTP["traces"].array.compactMap { $0["traceID"].string }))
            for trace in found.values {
                #expect(trace["rootServiceName"].string == service && trace["rootTraceName"] == "root")
                #expect(trace["durationMs"] == 500)
                #expect(trace["spanSets"][0]["matched"] == 1)
                #expect(trace["spanSets"][0]["spans"][0]["name"] == "child")
            }
            // The progress bar ends at the full.
            let metrics = answer.messages.last?["metrics"] ?? .null
            #expect(metrics["completedJobs"] == metrics["totalJobs"])
            let limited = try await call(
                server, "Search", #"{"Query": \#(query.debugDescription), "Limit": 5}"#)
            let newest = Set(limited.all("traces").compactMap { $0["traceID"].string })
            #expect(newest.count == 5)
        }

        @Test("streamed metrics are those over HTTP; times are nanoseconds here")
        func metrics() async throws {
            let server = try ServerProcess.shared
            let (service, traces) = try await send(10, to: server)
            let now = Int(Date().timeIntervalSince1970)
            let query = #"{ resource.service.name = "\#(service)" } | count_over_time() by (name)"#
            let range = #""start": "\#(now - 600)000000000", "end": "\#(now + 60)000000000""#
            let lines = try await call(
                server, "MetricsQueryRange",
                #"{"query": \#(query.debugDescription), \#(range), "step": "30000000000", "exemplars": 10}"#)
            #expect(lines.code == "OK")
            let last = lines.messages.last?["series"].array ?? []
            let labels = last.compactMap { $0["labels"][0]["value"]["string_value"].string }
            #expect(labels.sorted() == ["child", "root"])
            for line in last {
                #expect(line["samples"].array.reduce(0) { $0 + ($1["value"].double ?? 0) } == Double(traces.count))
                #expect(!line["exemplars"].array.isEmpty)
            }
            let values = try await call(
                server, "MetricsQueryInstant", #"{"query": \#(query.debugDescription), \#(range)}"#)
            #expect(values.code == "OK")
            let counts = (values.messages.last?["series"].array ?? []).map { $0["value"].double }
            #expect(counts == [10, 10])
        }

        @Test("tags and values are streamed")
        func tags() async throws {
            let server = try ServerProcess.shared
            let (service, _) = try await send(3, to: server)
            let tags = try await call(server, "SearchTagsV2", "{}")
            let span = tags.all("scopes").first { $0["name"] == "span" } ?? .null
            #expect(span["tags"].array.contains("n"))
            #expect(try await call(server, "SearchTags", "{}").all("tagNames").contains("service.name"))
            let filter = #"{ resource.service.name = "\#(service)" }"#.debugDescription
            let values = try await call(
                server, "SearchTagValuesV2", #"{"tagName": "span.n", "query": \#(filter)}"#)
            #expect(Set(values.all("tagValues").compactMap { $0["value"].string }) == ["0", "1", "2"])
            let services = try await call(server, "SearchTagValues", #"{"tagName": "service.name"}"#)
            #expect(services.all("tagValues").contains(.string(service)))
        }

        @Test("what HTTP refuses with 400 is INVALID_ARGUMENT, with the same sentence")
        func refused() async throws {
            let server = try ServerProcess.shared
            for query in ["{", "{ x }", "{} | rate()"] {
                let answer = try await call(server, "Search", #"{"Query": \#(query.debugDescription)}"#)
                #expect(answer.code == "INVALID_ARGUMENT", "\(query)")
                let overHTTP = try await server.get("tempo", ServerProcess.path("/api/search", [("q", query)]))
                #expect(overHTTP.status == 400 && overHTTP.text == answer.details, "\(query)")
            }
        }
    }
}
