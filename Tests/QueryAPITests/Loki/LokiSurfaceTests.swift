import Codecs
import HTTPSurface
import Logging
import PrometheusModel
import QueryEngines
import ServiceLifecycle
import TelemetryModel
import Testing

@testable import QueryAPI

/// Through a socket, on a port that the system chooses.
@Suite("the Loki API through a socket")
struct LokiSurfaceTests {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func withSurface(
        _ queries: RecordingLogQueries, _ body: @escaping @Sendable (Int, ServiceGroup) async throws -> Void
    ) async throws {
        let (ports, reporter) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let surface = LokiSurface.make(
            SurfaceOptions(
                name: "loki", host: "127.0.0.1", port: 0,
                access: AccessRule(requiresLoopbackHost: true, token: nil, origins: [])),
            dependencies: LokiDependencies(queries: queries, now: { LokiSamples.now }), logger: logger
        ) {
            reporter.yield($0)
        } otherRoutes: { router in
            LogUIRoutes.add(to: router, LogUIDependencies(queries: queries), logger: logger)
        }
        let group = ServiceGroup(services: [surface], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                do {
                    try await body(port, group)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    @Test("requests of Grafana's are answered")
    func grafana() async throws {
        let queries = RecordingLogQueries {
            $0.lines = LokiSamples.lines
            $0.names = ["shop"]
        }
        try await Self.withSurface(queries) { port, _ in
            let query = "/loki/api/v1/query_range?query=%7Bservice_name%3D%22shop%22%7D&limit=1000&direction=backward"
            let categorized = try await LokiConnection.answer(
                port, query, ["X-Loki-Response-Encoding-Flags: categorize-labels", "X-Query-Tags: Source=logsample"])
            #expect(categorized.head.hasPrefix("http/1.1 200 "))
            #expect(categorized.head.contains("content-type: application/json"))
            #expect(categorized.text.contains(#""encodingFlags":["categorize-labels"]"#))
            let plain = try await LokiConnection.answer(port, query)
            #expect(!plain.text.contains("encodingFlags"))
            let posted = try await LokiConnection.answer(
                port, "/loki/api/v1/query_range", method: "POST", body: "query=%7Ba%3D%22b%22%7D&limit=7")
            #expect(posted.head.hasPrefix("http/1.1 200 "))
            #expect(queries.record.selects.last?.limit == 7)
            let values = try await LokiConnection.answer(port, "/loki/api/v1/label/service%5Fname/values")
            #expect(values.text == #"{"status":"success","data":["shop"]}"#)
            #expect(queries.record.labels.last?.name == "service_name")
            let ready = try await LokiConnection.answer(port, "/ready")
            #expect(ready.text == "ready\n")
            let head = try await LokiConnection.answer(port, "/loki/api/v1/labels", method: "HEAD")
            #expect(head.head.hasPrefix("http/1.1 200 ") && head.body.isEmpty)
        }
    }

    @Test("failures are plain text")
    func failures() async throws {
        try await Self.withSurface(RecordingLogQueries()) { port, _ in
            let empty = try await LokiConnection.answer(port, "/loki/api/v1/query_range")
            #expect(empty.head.hasPrefix("http/1.1 400 "))
            #expect(empty.head.contains("content-type: text/plain; charset=utf-8"))
            #expect(empty.text == "parse error : syntax error: unexpected $end")
            let unknown = try await LokiConnection.answer(port, "/loki/api/v1/nothing")
            #expect(unknown.head.hasPrefix("http/1.1 404 ") && unknown.text == "404 page not found\n")
            let method = try await LokiConnection.answer(port, "/loki/api/v1/labels", method: "PUT")
            #expect(method.head.hasPrefix("http/1.1 405 "))
            let delete = try await LokiConnection.answer(port, "/loki/api/v1/delete", method: "PUT")
            #expect(delete.head.hasPrefix("http/1.1 501 "))
            let protobuf = try await LokiConnection.answer(
                port, "/loki/api/v1/labels", ["Accept: application/vnd.google.protobuf"])
            #expect(protobuf.head.hasPrefix("http/1.1 501 "))
        }
    }

    @Test("long answers are compressed for who takes that, and very long ones sent in chunks")
    func large() async throws {
        let line = String(repeating: "0123456789", count: 1 << 17)
        let queries = RecordingLogQueries {
            $0.lines = LogSelectResult(
                streams: LokiSamples.streams,
                entries: (0..<12).map { LogEntry(time: Int64($0), line: line, stream: $0 % 2) })
        }
        try await Self.withSurface(queries) { port, _ in
            let answer = try await LokiConnection.answer(
                port, "/loki/api/v1/query_range?query=%7Ba%3D%22b%22%7D", ["Accept-Encoding: gzip"])
            #expect(answer.head.contains("transfer-encoding: chunked"))
            #expect(answer.body.count > 12 * line.utf8.count)
            #expect(answer.text.hasSuffix("}}}}\r\n0\r\n\r\n"))
        }
        let small = RecordingLogQueries { $0.lines = LokiSamples.lines }
        try await Self.withSurface(small) { port, _ in
            let answer = try await LokiConnection.answer(
                port, "/loki/api/v1/query_range?query=%7Ba%3D%22b%22%7D", ["Accept-Encoding: gzip"])
            #expect(answer.head.contains("content-encoding: gzip"))
            var reserved = 0
            let text = try Gunzip.decompress(answer.body, bytesMax: 1 << 20, reserved: &reserved)
            #expect(String(decoding: text, as: UTF8.self).hasPrefix(#"{"status":"success""#))
        }
    }
}

@Suite("the tail of the Loki API through a socket")
struct LokiTailSurfaceTests {
    private static let piece = LogTailPiece(streams: LokiSamples.streams, entries: Array(LokiSamples.entries.suffix(2)))
    private static let path = "/loki/api/v1/tail?query=%7Ba%3D%22b%22%7D&limit=30&start=1767225000"

    @Test("stored and new lines come as messages; a close ends the tail in the engine, too")
    func messages() async throws {
        let queries = RecordingLogQueries { $0.pieces = [Self.piece] }
        try await LokiSurfaceTests.withSurface(queries) { port, _ in
            try await LokiConnection.ask(port, Self.path, LokiConnection.opening) { client in
                let head = try await client.head()
                #expect(head.hasPrefix("http/1.1 101 "))
                let message = try await client.frame()
                #expect(message?.first == 0x81)
                #expect(
                    message?.text
                        == #"{"streams":[{"stream":{"job":"a\"b","service_name":"bank"},"#
                        + #""values":[["1767225599999999998","two"]]},"#
                        + #"{"stream":{"service_name":"shop","trace_id":"ab"},"#
                        + #""values":[["1767225599999999997","three"]]}],"dropped_entries":null}"#)
                try await client.close()
                let close = try await client.frame()
                #expect(close?.first == 0x88)
                let end = try await client.frame()
                #expect(end == nil)
            }
            var endings = queries.endings.makeAsyncIterator()
            await endings.next()
        }
        let request = try #require(queries.record.tails.first)
        #expect(request.limit == 30)
        #expect(request.start == 1_767_225_000_000_000_000)
        #expect(request.selection == (try LokiSamples.selection("{a=\"b\"}")))
    }

    @Test("what cannot be followed is refused before the upgrade")
    func refusals() async throws {
        try await LokiSurfaceTests.withSurface(RecordingLogQueries()) { port, _ in
            for (query, message) in [
                ("query=rate(%7Ba%3D%22b%22%7D%5B1m%5D)", "only log selector is supported"),
                ("query=", "parse error : syntax error: unexpected $end"),
                ("query=%7Ba%3D%22b%22%7D&delay_for=6", "delay_for can't be greater than 5"),
                ("query=%7Ba%3D%22b%22%7D&limit=0", "limit must be a positive value"),
            ] {
                try await LokiConnection.ask(port, "/loki/api/v1/tail?" + query, LokiConnection.opening) { client in
                    let head = try await client.head()
                    #expect(head.hasPrefix("http/1.1 400 "), "\(query)")
                    let text = try await client.text(upTo: "\n")
                    #expect(text == message)
                }
            }
        }
    }

    @Test("when the server stops the client is told, and so it is when the engine fails")
    func ends() async throws {
        try await LokiSurfaceTests.withSurface(RecordingLogQueries { $0.pieces = [Self.piece] }) { port, group in
            try await LokiConnection.ask(port, Self.path, LokiConnection.opening) { client in
                _ = try await client.head()
                _ = try await client.frame()
                await group.triggerGracefulShutdown()
                let close = try await client.frame()
                #expect(close?.first == 0x88)
                #expect(close?.text.hasSuffix("the server stops") == true)
                try await client.close()
            }
        }
        let failing = RecordingLogQueries { $0.tailFailure = LogQueryError(.overloaded, "too many tails") }
        try await LokiSurfaceTests.withSurface(failing) { port, _ in
            try await LokiConnection.ask(port, Self.path, LokiConnection.opening) { client in
                _ = try await client.head()
                let close = try await client.frame()
                #expect(close?.first == 0x88)
                #expect(close?.text.hasSuffix("too many tails") == true)
                try await client.close()
            }
        }
    }
}
