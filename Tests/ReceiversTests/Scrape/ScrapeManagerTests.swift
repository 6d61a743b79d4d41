import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import PrometheusModel
import ServiceLifecycle
import Testing

@testable import Receivers

// Real time and, in the last test, real sockets: these tests wait for what has to happen, they do not measure when.
struct ScrapeManagerTests {
    private let fetcher = RecordingFetcher()
    private let sink = RecordingSink()

    private func manager(
        _ jobs: [ScrapeJob], fetcher: (any ScrapeFetcher)? = nil, options: ScrapeManager.Options? = nil
    ) -> ScrapeManager {
        var configuration = PrometheusConfiguration()
        configuration.scrapeJobs = jobs
        return ScrapeManager(
            configuration, fetcher: fetcher ?? self.fetcher, sink: sink, logger: .silent,
            options: options ?? .init(userAgent: "Martlet/test"))
    }

    private func job(_ name: String, _ addresses: [String]) -> ScrapeJob {
        var job = ScrapeJob(name: name)
        job.interval = .milliseconds(50)
        job.timeout = .milliseconds(50)
        job.discoveries = [.fixed([TargetGroup(addresses: addresses)])]
        return job
    }

    private func wait(for condition: @Sendable () -> Bool) async throws {
        for _ in 0..<2000 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("what was waited for did not happen")
    }

    /// Runs a service for the time of `body`, then shuts it down gracefully.
    private func run(_ manager: ScrapeManager, _ body: @escaping @Sendable () async throws -> Void) async throws {
        let group = ServiceGroup(services: [manager], logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test("Targets are scraped again and again, and an orderly stop ends no series, so that a restart is bridged")
    func stopEndsNothing() async throws {
        fetcher.show("http://a:1/metrics", "m 1\n")
        let manager = manager([job("j", ["a:1", "b:1"])])
        let (fetcher, sink) = (fetcher, sink)
        try await run(manager) {
            try await self.wait { fetcher.requests.count { $0.url == "http://a:1/metrics" } >= 3 }
            try await self.wait { manager.targets().active.map(\.health) == [.up, .down] }
        }
        #expect(sink.samples.contains { $0.labels.metricName == "m" && $0.value == 1 })
        #expect(!sink.samples.contains { $0.isStale })
        #expect(sink.counts.reduce(0, +) == sink.samples.count)
    }

    @Test("A target that is removed just before the stop has its series ended, the others do not")
    func removalBeforeStop() async throws {
        for name in ["a", "b"] { fetcher.show("http://\(name):1/metrics", "m 1\n") }
        let manager = manager([job("j", ["a:1", "b:1"])])
        let sink = sink
        try await run(manager) {
            try await self.wait { manager.targets().active.allSatisfy { $0.health == .up } }
            try await self.wait { sink.samples.count { $0.labels.metricName == "m" } >= 2 }
            manager.reload(jobs: [self.job("j", ["b:1"])])
        }
        let ended = Set(sink.samples.filter(\.isStale).map { $0.labels["instance"] })
        #expect(ended == ["a:1"])
    }

    @Test("A server that goes for good may end the series of all targets")
    func marksAtShutdown() async throws {
        fetcher.show("http://a:1/metrics", "m 1\n")
        var options = ScrapeManager.Options(userAgent: "Martlet/test")
        options.marksSeriesAtShutdown = true
        let manager = manager([job("j", ["a:1", "b:1"])], options: options)
        let (fetcher, sink) = (fetcher, sink)
        try await run(manager) {
            try await self.wait { fetcher.requests.count { $0.url == "http://a:1/metrics" } >= 3 }
            try await self.wait { manager.targets().active.map(\.health) == [.up, .down] }
        }
        let last = sink.samples.filter { $0.labels.metricName == "m" }.last
        #expect(last?.isStale == true && last?.labels["instance"] == "a:1")
        #expect(sink.samples.last { $0.labels.metricName == "up" }?.isStale == true)
        #expect(sink.counts.reduce(0, +) == sink.samples.count)
    }

    @Test("A reload adds and removes targets and jobs; what is removed is ended, what stays is not")
    func reload() async throws {
        for name in ["a", "b", "c"] { fetcher.show("http://\(name):1/metrics", "m 1\n") }
        let manager = manager([job("j", ["a:1", "b:1"]), job("k", ["a:1"])])
        let sink = sink
        try await run(manager) {
            try await self.wait { manager.targets().active.allSatisfy { $0.health == .up } }
            manager.reload(jobs: [self.job("j", ["b:1", "c:1"])])
            #expect(manager.targets().active.map(\.scrapeURL) == ["http://b:1/metrics", "http://c:1/metrics"])
            try await self.wait { manager.targets().active.allSatisfy { $0.health == .up } }
            try await self.wait {
                Set(
                    sink.samples.filter { $0.isStale && $0.labels.metricName == "m" }.map {
                        $0.labels["job"] + $0.labels["instance"]
                    })
                    == ["ja:1", "ka:1"]
            }
        }
    }

    @Test("Dropped targets and those of discovery are shown")
    func discovery() async throws {
        var job = job("j", ["drop:1"])
        job.targetRules = [try RelabelRule(.drop, sourceLabels: ["__address__"], expression: "drop:1")]
        job.discoveries.append(.http(url: "http://sd/x", refresh: .milliseconds(20), client: .init()))
        fetcher.answer(
            "http://sd/x",
            ScrapeResponse(contentType: "application/json", body: Array(#"[{"targets":["a:1"]}]"#.utf8)))
        fetcher.show("http://a:1/metrics", "m 1\n")
        let manager = manager([job])
        let fetcher = fetcher
        try await run(manager) {
            try await self.wait { manager.targets().active.map(\.health) == [.up] }
            let targets = manager.targets()
            #expect(targets.active.first?.discoveredLabels["__meta_url"] == "http://sd/x")
            #expect(targets.dropped.map { $0.discoveredLabels["__address__"] } == ["drop:1"])
            // A server of targets that fails changes nothing.
            fetcher.fail("http://sd/x", "gone")
            let before = fetcher.requests.count { $0.url == "http://sd/x" }
            try await self.wait { fetcher.requests.count { $0.url == "http://sd/x" } > before + 1 }
            #expect(manager.targets().active.count == 1)
        }
    }

    /// Answers each request with a page, or a redirect to it.
    private final class PageHandler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            let isMoved = head.uri == "/moved"
            let page =
                head.uri == "/large"
                ? String(repeating: "#\n", count: 100_000)
                : head.uri == "/who"
                    ? head.headers["Authorization"].joined()
                    : "m{agent=\"\(head.headers["User-Agent"].first ?? "")\"} 1\n"
            var headers = HTTPHeaders([
                ("Content-Type", "text/plain; version=0.0.4"), ("Content-Length", "\(page.utf8.count)"),
            ])
            if isMoved { headers.add(name: "Location", value: "/metrics") }
            let status: HTTPResponseStatus = isMoved ? .found : .ok
            context.write(
                wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: page)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    @Test("A server on the loopback is scraped over HTTP")
    func http() async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(PageHandler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = server.localAddress?.port ?? 0
        let fetcher = HTTPScrapeFetcher()
        func request(_ url: String, follows: Bool = true, bytesMax: Int = 1000) async -> Result<
            ScrapeResponse, ScrapeFailure
        > {
            do throws(ScrapeFailure) {
                return .success(
                    try await fetcher.fetch(
                        ScrapeRequest(
                            url: url, headers: [.init("User-Agent", "Martlet/test")], timeout: .seconds(20),
                            bodyBytesMax: bytesMax, followsRedirects: follows)))
            } catch {
                return .failure(error)
            }
        }
        let page = Array("m{agent=\"Martlet/test\"} 1\n".utf8)
        let plain = await request("http://127.0.0.1:\(port)/metrics")
        #expect(try plain.get().body == page && plain.get().contentType == "text/plain; version=0.0.4")
        let known = await request("http://Aladdin:open%20sesame@127.0.0.1:\(port)/who")
        #expect(try known.get().body == Array("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".utf8))
        let moved = await request("http://127.0.0.1:\(port)/moved")
        #expect(try moved.get().status == 200)
        let stayed = await request("http://127.0.0.1:\(port)/moved", follows: false)
        #expect(try stayed.get().status == 302)
        let large = await request("http://127.0.0.1:\(port)/large")
        #expect(throws: ScrapeFailure.bodyLimit(1000)) { try large.get() }

        let manager = manager([job("j", ["127.0.0.1:\(port)"])], fetcher: fetcher)
        try await run(manager) {
            try await self.wait { manager.targets().active.map(\.health) == [.up] }
        }
        #expect(sink.samples.contains { $0.labels["agent"] == "Martlet/test" && $0.value == 1 })

        try await server.close()
        let gone = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let freePort = gone.localAddress?.port ?? 0
        try await gone.close()
        let refused = await request("http://127.0.0.1:\(freePort)/metrics")
        #expect(throws: ScrapeFailure("connection refused")) {
            try refused.get()
        }
        try await fetcher.shutdown()
    }
}
