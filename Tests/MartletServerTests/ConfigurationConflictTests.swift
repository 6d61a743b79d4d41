import Testing

@testable import MartletServer

@Suite("configuration conflicts")
struct ConfigurationConflictTests {
    @Test(
        "an address that others reach needs a token, or the word that none is wanted",
        arguments: ["0.0.0.0", "::", "192.168.1.5", "127.example.com", "127.0.0.1.example.com", "127.0.0.256", "127.1"])
    func foreignBind(bind: String) throws {
        let flags = [(path: "bind", value: bind)]
        let found = configurationProblems(nil, flags: flags)
        #expect(found.map(\.code) == [.conflict])
        #expect(found.first?.origin == .flag(path: "bind"))
        #expect(found.first?.message.contains("set `auth.token` (or say `auth.mode: none`") == true)
        _ = try ConfigurationLoader.load(text: "auth:\n  token: abc", flags: flags)
        _ = try ConfigurationLoader.load(text: "auth:\n  mode: none", flags: flags)
        #expect(configurationProblems("auth:\n  mode: token", flags: flags).map(\.code) == [.conflict])
    }

    @Test("loopback needs no token", arguments: ["127.0.0.1", "127.8.9.10", "::1", "localhost", "LocalHost"])
    func loopback(bind: String) throws {
        let loaded = try ConfigurationLoader.load(text: nil, flags: [("bind", bind)])
        #expect(loaded.configuration.isLoopback)
    }

    @Test("two settings cannot have one port, but any number can be off or any free one")
    func ports() throws {
        let found = configurationProblems("ports:\n  tempo: 4317\n  health: 4317\n")
        #expect(
            found.map(\.description) == [
                "martlet.yaml:2:10: `ports.otlp_grpc` and `ports.tempo` are both 4317",
                "martlet.yaml:3:11: `ports.otlp_grpc` and `ports.health` are both 4317",
            ])
        let loaded = try ConfigurationLoader.load(
            text: "ports: {tempo: 0, health: 0, clickhouse: off, self_metrics: off}")
        #expect(loaded.configuration.ports.tempo == .any)
        #expect(loaded.configuration.ports.clickHouse == .off)
        #expect(loaded.configuration.ports.clickHouse.number == nil)
    }

    @Test("the largest body fits into the memory and the log")
    func largestBody() throws {
        let found = configurationProblems("ingest:\n  memory_bytes: 255MiB\n  log_bytes: 10MiB\n")
        #expect(
            found.map(\.message) == [
                "`ingest.memory_bytes` is less than four times `otlp.max_body_bytes`: the largest bodies would never fit",
                "`ingest.log_bytes` is less than four times `otlp.max_body_bytes`: the log could not take the largest "
                    + "bodies",
            ])
        #expect(found.first?.origin == .file(name: "martlet.yaml", line: 2, column: 17))
        _ = try ConfigurationLoader.load(
            text: "otlp: {max_body_bytes: 1MiB}\ningest: {memory_bytes: 4MiB, log_bytes: 4MiB}")
    }

    @Test("a printed mask is no token, but may be overridden by one")
    func mask() throws {
        #expect(configurationProblems("auth:\n  token: \"***\"").map(\.code) == [.conflict])
        _ = try ConfigurationLoader.load(text: "auth:\n  token: \"***\"", environment: ["MARTLET_AUTH_TOKEN": "abc"])
    }

    @Test("settings whose values are not known are not compared")
    func unknownValues() {
        // The misspelt key is most likely the token that is missed.
        #expect(configurationProblems("bind: 0.0.0.0\nauth:\n  tokn: abc").map(\.code) == [.unknownKey])
        #expect(configurationProblems("bind: 0.0.0.0\nauth: abc").map(\.code) == [.wrongValue])
        #expect(configurationProblems("bind: 0.0.0.0\nauth:\n  token: ${NOWHERE}").map(\.code) == [.interpolation])
        #expect(
            configurationProblems("bind: 0.0.0.0", environment: ["MARTLET_AUTH_TOKN": "abc"]).map(\.code) == [
                .unknownKey
            ])
        #expect(configurationProblems("bind: 0.0.0.0", flags: [("auth.tokn", "abc")]).map(\.code) == [.unknownKey])
    }
}
