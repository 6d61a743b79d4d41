import Codecs
import HTTPSurface
import Logging
import NIOCore
import NIOPosix
import OTLPMessages
import QueryEngines
import ServiceLifecycle
import SwiftProtobuf
import TelemetryModel
import TraceQL
import Testing

@testable import QueryAPI

/// Through a socket, on a port that the system chooses.
@Suite("the Tempo API through a socket")
struct TempoSurfaceTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func withSurface(
        _ queries: TempoFakeQueries, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, reporter) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let surface = TempoSurface.make(
            SurfaceOptions(
                name: "tempo", host: "127.0.0.1", port: 0,
                access: AccessRule(requiresLoopbackHost: true, token: nil, origins: [])),
            dependencies: TempoDependencies(queries: queries, now: { TempoSamples.now }), logger: Self.logger
        ) { reporter.yield($0) }
        let group = ServiceGroup(services: [surface], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                do {
                    try await body(port)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    /// Sends one request and reads until the server closes.
    private func answer(
        _ port: Int, _ method: String, _ target: String, _ fields: [String] = [], body: String = ""
    ) async throws -> (head: String, body: [UInt8], text: String) {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: localhost", "Connection: close"] + fields
        if !body.isEmpty {
            lines += ["Content-Type: application/x-www-form-urlencoded", "Content-Length: \(body.utf8.count)"]
        }
        let request = (lines + ["", ""]).joined(separator: "\r\n") + body
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let bytes = try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var answer: [UInt8] = []
            do {
                for try await piece in inbound { answer += piece.readableBytesView }
            } catch {
                // A connection that is cut off: what came before is looked at.
            }
            return answer
        }
        let end = bytes.indices.first { bytes[$0...].starts(with: "\r\n\r\n".utf8) } ?? bytes.endIndex
        let content = Array(bytes[end...].dropFirst(4))
        return (
            String(decoding: bytes[..<end], as: UTF8.self).lowercased() + "\r\n", content,
            String(decoding: content, as: UTF8.self)
        )
    }

    /// The content of chunks, and whether the last one is there.
    private static func dechunked(_ bytes: [UInt8]) -> (content: [UInt8], isComplete: Bool) {
        var content: [UInt8] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0D) {
            guard let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16) else { break }
            if size == 0 { return (content, true) }
            let start = end + 2
            guard rest.endIndex >= start + size else { break }
            content += rest[start..<start + size]
            rest = rest[(start + size)...].dropFirst(2)
        }
        return (content, false)
    }

    @Test("each request of Grafana's is answered")
    func grafana() async throws {
        let queries = TempoFakeQueries {
            $0.found = TraceSearchResult(traces: [TempoSamples.found], inspectedTraces: 1, inspectedSpans: 1)
            $0.pages = [TempoSamples.page(1..<3)]
            $0.values = [TagValue(type: "string", text: "shop")]
        }
        try await withSurface(queries) { port in
            let json = ["Accept: application/json", "X-Scope-OrgID: team"]
            let echo = try await answer(port, "GET", "/api/echo")
            #expect(echo.head.hasPrefix("http/1.1 200 ") && echo.text == "echo")
            let search = try await answer(
                port, "GET",
                "/api/search?q=%7Bresource.service.name%3D%22a%22+%26%26+duration%3E100ms%7D&limit=20&spss=3"
                    + "&start=1767200000&end=1767225600", json)
            #expect(search.head.hasPrefix("http/1.1 200 "))
            #expect(search.head.contains("content-type: application/json\r\n"))
            #expect(search.text.hasPrefix(#"{"traces":[{"traceID":"abcdef01234567""#))
            let trace = try await answer(
                port, "GET", "/api/v2/traces/\(TempoSamples.id.hex)", ["Accept: application/protobuf"])
            #expect(trace.head.contains("content-type: application/protobuf\r\n"))
            #expect(trace.body.first == 0x0A)
            let old = try await answer(
                port, "GET", "/api/traces/\(TempoSamples.id.hex)", ["Accept: application/protobuf"])
            #expect(try OTLPTracesData(serializedBytes: old.body).resourceSpans.count == 1)
            let missing = try await answer(port, "GET", "/api/v2/traces/12", ["Accept: application/protobuf"])
            #expect(missing.head.hasPrefix("http/1.1 404 "))
            let tags = try await answer(port, "GET", "/api/v2/search/tags?limit=5000&start=1&end=2", json)
            #expect(tags.text.hasPrefix(#"{"scopes":["#))
            let values = try await answer(
                port, "GET",
                "/api/v2/search/tag/resource.service.name/values?limit=5000&tag=resource.service.name"
                    + "&q=%7Bspan.foo%3D%7D&start=1&end=2", json)
            #expect(values.text.hasPrefix(#"{"tagValues":[{"type":"string","value":"shop"}]"#))
            let range = try await answer(
                port, "GET",
                "/api/metrics/query_range?q=%7B%7D%7Crate()&start=1767200000&end=1767225600&step=30s&exemplars=100",
                json)
            #expect(range.text.hasPrefix(#"{"series":["#))
            let instant = try await answer(
                port, "GET", "/api/metrics/query?q=%7B%7D%7Crate()&start=1767200000&end=1767225600", json)
            #expect(instant.text.hasPrefix(#"{"series":["#))
        }
    }

    @Test("names with slashes and escapes reach the store")
    func names() async throws {
        let queries = TempoFakeQueries()
        try await withSurface(queries) { port in
            for name in ["span.a%2Fb", "span.a%252Fb", "span.a/b", "span.a/values"] {
                let typed = try await answer(port, "GET", "/api/v2/search/tag/\(name)/values")
                #expect(typed.head.hasPrefix("http/1.1 200 "), "\(name) \(typed.text)")
                let plain = try await answer(port, "GET", "/api/search/tag/\(name)/values")
                #expect(plain.head.hasPrefix("http/1.1 200 "), "\(name) \(plain.text)")
            }
            for path in ["/api/v2/search/tag//values", "/api/v2/search/tag/a", "/api/v2/search/tag/values"] {
                let none = try await answer(port, "GET", path)
                #expect(none.head.hasPrefix("http/1.1 404 "), "\(path)")
            }
        }
        let wanted: [Attribute.Target] = ["a/b", "a/b", "a/b", "a/values"].flatMap {
            [.attribute(.span, $0), .attribute(.any, "span." + $0)]
        }
        #expect(queries.asked.tagValues.map(\.target) == wanted)
    }

    @Test("HEAD has no body, POST takes a form, other methods and paths are refused")
    func methods() async throws {
        let queries = TempoFakeQueries()
        try await withSurface(queries) { port in
            let head = try await answer(port, "HEAD", "/api/search?q=%7B%7D")
            #expect(head.head.hasPrefix("http/1.1 200 ") && head.body.isEmpty)
            let ready = try await answer(port, "HEAD", "/ready")
            #expect(ready.head.hasPrefix("http/1.1 200 ") && ready.body.isEmpty)
            let post = try await answer(port, "POST", "/api/search", body: "q=%7B%7D&limit=3")
            #expect(post.head.hasPrefix("http/1.1 200 "))
            #expect(queries.asked.search.last?.limit == 3)
            let delete = try await answer(port, "DELETE", "/api/search")
            #expect(
                delete.head.hasPrefix("http/1.1 405 ") && delete.head.contains("allow: get, head, options, post\r\n"))
            let values = try await answer(port, "DELETE", "/api/v2/search/tag/span.a/values")
            #expect(values.head.hasPrefix("http/1.1 405 "))
            let unknown = try await answer(port, "GET", "/api/nothing")
            #expect(unknown.head.hasPrefix("http/1.1 404 ") && unknown.text == "404 page not found\n")
            let unsupported = try await answer(port, "GET", "/api/overrides")
            #expect(
                unsupported.head.hasPrefix("http/1.1 501 ") && unsupported.text == "/api/overrides is not supported")
            let wrong = try await answer(port, "GET", "/api/search?q=%zz")
            #expect(wrong.head.hasPrefix("http/1.1 400 "))
            let broken = try await answer(port, "GET", "/api/search?q=%7B")
            #expect(broken.head.hasPrefix("http/1.1 400 "))
            #expect(broken.head.contains("content-type: text/plain"))
        }
    }

    @Test("a large answer is compressed for who takes that")
    func compression() async throws {
        let queries = TempoFakeQueries {
            $0.values = (0..<200).map { TagValue(type: "string", text: "value \($0)") }
        }
        try await withSurface(queries) { port in
            let packed = try await answer(port, "GET", "/api/v2/search/tag/name/values", ["Accept-Encoding: gzip"])
            #expect(packed.head.contains("content-encoding: gzip\r\n"))
            let plain = try await answer(port, "GET", "/api/v2/search/tag/name/values")
            #expect(!plain.head.contains("content-encoding"))
            #expect(plain.body.count > packed.body.count)
        }
    }

    @Test("a trace of many pages comes in chunks")
    func streaming() async throws {
        let queries = TempoFakeQueries {
            for page in 0..<50 as Range<UInt64> {
                $0.pages.append(TempoSamples.page(page * 100 + 1..<page * 100 + 101))
            }
        }
        try await withSurface(queries) { port in
            let trace = try await answer(
                port, "GET", "/api/traces/\(TempoSamples.id.hex)", ["Accept: application/protobuf"])
            #expect(trace.head.contains("transfer-encoding: chunked\r\n"))
            let (content, isComplete) = Self.dechunked(trace.body)
            #expect(isComplete)
            let message = try OTLPTracesData(serializedBytes: content)
            let counts = message.resourceSpans.map { $0.scopeSpans.first?.spans.count }
            #expect(counts == [Int?](repeating: 100, count: 50))
            let head = try await answer(port, "HEAD", "/api/traces/\(TempoSamples.id.hex)")
            #expect(head.head.hasPrefix("http/1.1 200 ") && head.body.isEmpty)
        }
    }

    @Test("an error in the middle of a trace cuts the connection off, without a last chunk")
    func cutOff() async throws {
        let queries = TempoFakeQueries {
            $0.pages = [TempoSamples.page(1..<3), TempoSamples.page(3..<5)]
            $0.failure = (1, TraceQueryError(.unavailable, "the store is gone"))
        }
        try await withSurface(queries) { port in
            let trace = try await answer(port, "GET", "/api/traces/\(TempoSamples.id.hex)")
            #expect(trace.head.hasPrefix("http/1.1 200 "))
            let (content, isComplete) = Self.dechunked(trace.body)
            #expect(!isComplete)
            #expect(!content.isEmpty)
        }
    }
}
