import AsyncHTTPClient
import Foundation
import MartletServer
import NIOCore
import NIOHTTP1

/// Questions about traces, over HTTP, to a server of its own.
struct TraceQueriesCase: BenchmarkCase {
    static let name = "traces"
    static let summary =
        "TraceQL, traces by id and tags on 1 M and 10 M spans over HTTP, median of 9; a trace of 1 M spans"

    private struct Question {
        let label: String
        /// Path and query of the n-th time: values differ, so that no answer is one that was kept.
        let path: (Int) -> (path: String, query: [(String, String)])

        init(_ label: String, _ path: String, _ query: @escaping (Int) -> [(String, String)]) {
            self.label = label
            self.path = { (path, query($0)) }
        }

        static func search(_ label: String, _ query: @escaping (Int) -> String) -> Question {
            Question(label, "/api/search") { [("q", query($0)), ("limit", "20")] }
        }

        static func metrics(_ label: String, _ query: String) -> Question {
            let end = Int(Date().timeIntervalSince1970) + 60
            return Question(label, "/api/metrics/query_range") { _ in
                [("q", query), ("start", "\(end - 3600)"), ("end", "\(end)"), ("step", "60s")]
            }
        }
    }

    func run(_ bench: Bench) async throws {
        for millions in [1, 10] {
            let server = try LoadedServer(bench, name: "traces-\(millions)")
            _ = try server.load(["--items", "\(millions)000000", "--connections", "8", "--no-verify"])
            try await server.waitForMerges()
            let ids = try await Self.ids(server)
            var users = SystemRandomNumberGenerator()
            let user = { (_: Int) in "user-\(Int.random(in: 1..<100_000, using: &users))" }
            let questions: [Question] = [
                Question("trace by id", "/api/traces/") { [("", ids[$0 % ids.count])] },
                .search("service and one user of 100,000") {
                    #"{ resource.service.name = "cart" && span.user.id = "\#(user($0))" }"#
                },
                .search("one user of 100,000") { #"{ span.user.id = "\#(user($0))" }"# },
                .search("service and status") { _ in #"{ resource.service.name = "cart" && status = error }"# },
                .search("service and operation") { _ in
                    #"{ resource.service.name = "cart" && name = "GET /api/v1/carts/{id}" }"#
                },
                .search("{ } >> { status = error }") { _ in "{ } >> { status = error }" },
                .metrics(
                    "quantile_over_time by service",
                    "{ } | quantile_over_time(duration, 0.95) by (resource.service.name)"),
                Question("values of a tag", "/api/v2/search/tag/span.http.route/values") { _ in [] },
                Question("values of a tag, in an hour", "/api/v2/search/tag/span.http.route/values") { _ in
                    [("start", "1"), ("end", "\(Int(Date().timeIntervalSince1970) - 1)")]
                },
            ]
            for question in questions { try await Self.measure(question, server, "\(millions) M spans") }
            try server.stop()
        }
        try await largeTrace(bench)
    }

    private static func measure(_ question: Question, _ server: LoadedServer, _ workload: String) async throws {
        var times: [Double] = []
        var bytes = 0
        let before = server.cpuSeconds
        for index in 0..<9 {
            let begin = ContinuousClock.now
            let asked = question.path(index)
            bytes = try await get(server, "tempo", asked.path, asked.query).count
            times.append((ContinuousClock.now - begin).inSeconds * 1000)
        }
        let cpu = (server.cpuSeconds - before) / 9 * 1000
        times.sort()
        Bench.report(
            question.label, "\(times[4].text(1)) ms",
            "\(cpu.text(0)) ms CPU; fastest \(times[0].text(1)), slowest \(times[8].text(1)); \(bytes) B; \(workload)")
    }

    private func largeTrace(_ bench: Bench) async throws {
        let server = try LoadedServer(bench, name: "traces-large")
        _ = try server.load([
            "--items", "1000000", "--trace-spans", "1000000", "--batch", "20000", "--connections", "2", "--no-verify",
        ])
        try await server.waitForMerges()
        guard let id = try await Self.ids(server).first else { throw LoadedServer.Failure(message: "no trace") }
        for (label, api, path) in [
            ("summary", "api", "/api/ui/trace/\(id)"),
            ("first page of its shape", "api", "/api/ui/trace/\(id)/skeleton"),
            ("second page", "api", "/api/ui/trace/\(id)/skeleton?from=100000&count=100000&spans=1000000"),
        ] {
            let begin = ContinuousClock.now
            let bytes = try await Self.get(server, api, path, []).count
            Bench.report(
                "a trace of 1 M spans, \(label)",
                "\(((ContinuousClock.now - begin).inSeconds * 1000).text(0)) ms", "\(bytes) B")
        }
        Bench.report(
            "peak memory", "\((Double(server.peakMemoryBytes) / 1_048_576).text(0)) MiB resident", "since the start")
        try server.stop()
    }

    private static func ids(_ server: LoadedServer) async throws -> [String] {
        let answer = try await get(server, "tempo", "/api/search", [("q", "{ }"), ("limit", "100")])
        let object = try JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any]
        return (object?["traces"] as? [[String: Any]] ?? []).compactMap { $0["traceID"] as? String }
    }

    /// - Parameter query: a pair without a name is the end of the path.
    private static func get(
        _ server: LoadedServer, _ api: String, _ path: String, _ query: [(String, String)]
    ) async throws -> [UInt8] {
        guard let base = server.url(api) else { throw LoadedServer.Failure(message: "no port \(api)") }
        var components = URLComponents()
        components.queryItems = query.filter { $0.0 != "" }.map { URLQueryItem(name: $0.0, value: $0.1) }
        let end = query.first { $0.0 == "" }?.1 ?? ""
        let encoded = (components.percentEncodedQuery ?? "").replacingOccurrences(of: "+", with: "%2B")
        var request = HTTPClientRequest(url: base + path + end + (encoded.isEmpty ? "" : "?" + encoded))
        request.headers.add(name: "Accept-Encoding", value: "identity")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let body = try await response.body.collect(upTo: 1 << 30)
        guard response.status == .ok else {
            throw LoadedServer.Failure(message: "\(path): \(response.status) \(String(buffer: body))")
        }
        return Array(body.readableBytesView)
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
