import Codecs
import Logging
import PrometheusModel
import Testing

@testable import Receivers

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

struct DiscoveryTests {
    /// A folder for one test.
    private final class Folder {
        let path: String

        init() {
            path = "/tmp/martlet-discovery-\(UInt64.random(in: 0...UInt64.max))"
            mkdir(path, 0o700)
        }

        deinit {
            for file in LocalFile.matching("\(path)/*") { unlink(file) }
            rmdir(path)
        }

        func write(_ name: String, _ text: String) {
            guard let file = fopen("\(path)/\(name)", "w") else { return }
            fputs(text, file)
            fclose(file)
        }
    }

    @Test("A list of groups is read from JSON")
    func json() throws {
        let groups = try TargetGroupReader.parseJSON(
            Array(#"[{"targets":["a:1","b:2"],"labels":{"x":"\u00e9"}},{"labels":null,"targets":[]}]"#.utf8))
        #expect(groups == [TargetGroup(addresses: ["a:1", "b:2"], labels: ["x": "é"]), TargetGroup(addresses: [])])
        let none = try TargetGroupReader.parseJSON(Array("[]".utf8))
        #expect(none.isEmpty)
    }

    @Test(
        "What is no list of groups is refused",
        arguments: ["", "{}", "[1]", "[{\"targets\":[1]}]", "[{\"target\":[]}]", "[{}] x", "[{\"targets\":{}}]", "[["])
    func wrongJSON(text: String) {
        #expect(throws: ScrapeFailure.self) { try TargetGroupReader.parseJSON(Array(text.utf8)) }
    }

    @Test("A list of groups is read from YAML")
    func yaml() throws {
        let groups = try TargetGroupReader.parseYAML(Array("- targets: [a:1]\n  labels: {x: \"1\"}\n".utf8))
        #expect(groups == [TargetGroup(addresses: ["a:1"], labels: ["x": "1"])])
        #expect(throws: ScrapeFailure.self) { try TargetGroupReader.parseYAML(Array("- target: [a]".utf8)) }
    }

    @Test("Files are read when they appear and change; a wrong one keeps its last targets, a gone one has none")
    func files() throws {
        let folder = Folder()
        var discovery = FileDiscovery(patterns: ["\(folder.path)/t*.json", "\(folder.path)/fixed.yml"])
        var polled = discovery.poll(isForced: false)
        #expect(polled == nil)
        folder.write("t1.json", #"[{"targets":["a:1"]}]"#)
        folder.write("other.json", #"[{"targets":["no:1"]}]"#)
        folder.write("fixed.yml", "- targets: [b:1]")
        polled = discovery.poll(isForced: false)
        var result = try #require(polled)
        #expect(result.groups.flatMap(\.targets).compactMap { $0["__address__"] } == ["b:1", "a:1"])
        #expect(result.groups.last?.labels == ["__meta_filepath": "\(folder.path)/t1.json"])
        polled = discovery.poll(isForced: false)
        #expect(polled == nil)

        folder.write("t1.json", "[{\"targets\":[\"longer:1\"")
        polled = discovery.poll(isForced: false)
        result = try #require(polled)
        #expect(result.problems.count == 1)
        #expect(result.groups.flatMap(\.targets).compactMap { $0["__address__"] } == ["b:1", "a:1"])

        folder.write("t1.json", #"[{"targets":["a:1","a:2"]}]"#)
        polled = discovery.poll(isForced: false)
        result = try #require(polled)
        #expect(result.problems.isEmpty && result.groups.flatMap(\.targets).count == 3)

        unlink("\(folder.path)/fixed.yml")
        polled = discovery.poll(isForced: false)
        result = try #require(polled)
        #expect(result.groups.flatMap(\.targets).count == 2)
    }

    @Test("Patterns end in json or yaml, with stars in the last part only")
    func patterns() {
        for path in ["a.json", "/x/*.yml", "b/t-?.yaml", "UP.JSON"] {
            #expect(FileDiscovery.isPattern(path), "\(path)")
        }
        for path in ["a.txt", "/x/*/a.yml", "json", ""] { #expect(!FileDiscovery.isPattern(path), "\(path)") }
    }

    private func source(_ fetcher: RecordingFetcher, _ client: ScrapeClientOptions = .init()) -> DiscoverySource {
        DiscoverySource(
            .http(url: "http://sd/x", refresh: .milliseconds(1500), client: client), jobName: "j",
            .init(
                fetcher: fetcher, sink: RecordingSink(), clock: ManualClock(), logger: .silent, userAgent: "Martlet/1"))
    }

    @Test("HTTP discovery says who asks and how often, and keeps the last list while it fails")
    func http() async {
        let fetcher = RecordingFetcher()
        let source = source(fetcher)
        var groups = await source.refresh()
        #expect(groups == nil)
        let body = Array(#"[{"targets":["a:1"]}]"#.utf8)
        fetcher.answer("http://sd/x", ScrapeResponse(contentType: "application/json; charset=UTF-8", body: body))
        groups = await source.refresh()
        #expect(groups == [TargetGroup(addresses: ["a:1"], labels: ["__meta_url": "http://sd/x"])])
        let headers = fetcher.requests.last?.headers ?? []
        #expect(headers.contains(.init("X-Prometheus-Refresh-Interval-Seconds", "1.5")))
        #expect(
            headers.contains(.init("User-Agent", "Martlet/1")) && headers.contains(.init("Accept", "application/json")))
        for response in [
            ScrapeResponse(contentType: "text/html", body: body), ScrapeResponse(contentType: nil, body: body),
            ScrapeResponse(status: 500, reason: "oh", contentType: "application/json", body: body),
            ScrapeResponse(contentType: "application/json", body: [0]),
            ScrapeResponse(contentType: "application/json", contentEncoding: "br", body: body),
        ] {
            fetcher.answer("http://sd/x", response)
            groups = await source.refresh()
            #expect(groups == nil)
        }
        if let packed = try? Gzip.compress(body) {
            fetcher.answer(
                "http://sd/x", ScrapeResponse(contentType: "application/json", contentEncoding: "gzip", body: packed))
            groups = await source.refresh()
            #expect(groups?.count == 1)
        }
    }

    @Test("Credentials and headers go with the request, secrets of files as they are then")
    func credentials() throws {
        let folder = Folder()
        folder.write("secret", "  p:ss\n")
        var client = ScrapeClientOptions()
        client.credentials = .basic(user: .text("user"), password: .file("\(folder.path)/secret"))
        client.headers = ["X-Team": [.text("a"), .text("b")]]
        var headers = try client.makeHeaders()
        #expect(
            headers == [
                .init("Authorization", "Basic dXNlcjpwOnNz"), .init("X-Team", "a"), .init("X-Team", "b"),
            ])
        client = ScrapeClientOptions()
        client.credentials = .authorization(type: "Bearer", credentials: .text("token"))
        headers = try client.makeHeaders()
        #expect(headers == [.init("Authorization", "Bearer token")])
        client.credentials = .authorization(type: "Bearer", credentials: .file("/nowhere/at/all"))
        #expect(throws: ScrapeFailure.self) { try client.makeHeaders() }
    }
}
