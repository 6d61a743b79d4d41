import Testing

@testable import MartletServer

@Suite("configuration printer")
struct ConfigurationPrinterTests {
    @Test("the printed default loads again to the default")
    func defaultRoundTrip() throws {
        let text = ConfigurationPrinter.print(Configuration())
        #expect(try ConfigurationLoader.load(text: text).configuration == Configuration())
    }

    @Test(
        "texts of any characters load again",
        arguments: [
            "plain", "a b: c # d", "\"quoted\" 'too' \\ back", "${HOME} $${HOME} $$$", "~", "null", "off", "- a",
            "tab\tline\nend\r", "\u{85}\u{2028}\u{2029}\u{FEFF}\u{FFFE}\u{7F}\u{1B}", "ünïcode 🐦", " spaces ",
            "*** {}[]",
        ])
    func textRoundTrip(text: String) throws {
        var configuration = Configuration()
        configuration.data = text
        configuration.engine.library = text
        let loaded = try ConfigurationLoader.load(text: ConfigurationPrinter.print(configuration))
        #expect(loaded.configuration == configuration)
    }

    @Test("every changed value loads again, a secret when it is given again")
    func changedRoundTrip() throws {
        var configuration = Configuration()
        configuration.data = "/var/lib/martlet"
        configuration.bind = "::"
        configuration.auth.token = "hunter2"
        configuration.ports.otlpGRPC = .off
        configuration.ports.otlpHTTP = .any
        configuration.ports.tempo = .port(1)
        configuration.otlp.maxBodyBytes = 1_000_001
        configuration.otlp.bodyTimeout = .nanoseconds(1_500_000_001)
        configuration.otlp.corsOrigins = ["https://a,b", "*"]
        configuration.ingest.blockRows = .max
        configuration.retention.metrics = .seconds(86_400 + 3661)
        configuration.log.level = .trace
        let text = ConfigurationPrinter.print(configuration)
        #expect(!text.contains("hunter2"))
        #expect(text.contains("token: \"***\""))
        let loaded = try ConfigurationLoader.load(text: text, environment: ["MARTLET_AUTH_TOKEN": "hunter2"])
        #expect(loaded.configuration == configuration)
        // All values are in the file, also those that are the default.
        #expect(loaded.sources.filter { $0.value != .file } == ["auth.token": .environment])
    }

    @Test("each key has one comment line, with its source when it is not the default")
    func comments() throws {
        let loaded = try ConfigurationLoader.load(
            text: "data: x", name: "odd\nname.yaml", environment: ["MARTLET_LOG_LEVEL": "debug"],
            flags: [("ports.tempo", "off")])
        let text = ConfigurationPrinter.print(loaded)
        let lines = text.split(separator: "\n").map { $0.drop(while: { $0 == " " }) }
        #expect(lines.count { $0.hasPrefix("#") } == Setting.all.count)
        #expect(lines.count == 2 * Setting.all.count + Setting.sections.count)
        #expect(
            text.hasPrefix(
                """
                # directory of everything that is kept. Default: ./data. Variable: MARTLET_DATA. \
                Set by odd name.yaml:1:7.
                data: "x"
                # address of all ports;
                """))
        #expect(text.contains("Variable: MARTLET_LOG_LEVEL. Set by environment variable MARTLET_LOG_LEVEL.\n"))
        #expect(text.contains("Set by flag ports.tempo.\n    tempo: off\n"))
        #expect(lines.count { $0.contains("Set by") } == 3)
    }
}
