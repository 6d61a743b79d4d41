import Foundation
import Testing

@testable import MartletServer

/// The problems of a configuration that must not load.
func configurationProblems(
    _ text: String?, environment: [String: String] = [:], flags: [(path: String, value: String)] = []
) -> [ConfigurationProblem] {
    do throws(ConfigurationError) {
        _ = try ConfigurationLoader.load(text: text, environment: environment, flags: flags)
        return []
    } catch {
        return error.problems
    }
}

@Suite("configuration loader")
struct ConfigurationLoaderTests {
    // MARK: Precedence

    @Test("a flag beats a variable, a variable beats the file, the file beats the default")
    func precedence() throws {
        let text = """
            data: file
            ports:
                tempo: 1001
                health: 1002
            log:
                level: debug
            """
        let loaded = try ConfigurationLoader.load(
            text: text, environment: ["MARTLET_DATA": "variable", "MARTLET_PORTS_TEMPO": "2001", "PATH": "/bin"],
            flags: [("data", "first"), ("data", "flag")])
        #expect(loaded.configuration.data == "flag")
        #expect(loaded.configuration.ports.tempo == .port(2001))
        #expect(loaded.configuration.ports.health == .port(1002))
        #expect(loaded.configuration.ports.otlpGRPC == .port(4317))
        #expect(loaded.sources["data"] == .flag)
        #expect(loaded.sources["ports.tempo"] == .environment)
        #expect(loaded.sources["ports.health"] == .file)
        #expect(loaded.sources["ports.otlp_grpc"] == .default)
        #expect(loaded.origins["log.level"] == .file(name: "martlet.yaml", line: 6, column: 12))
        #expect(loaded.sources.count == Setting.all.count)
        #expect(loaded.file == "martlet.yaml")
    }

    @Test(
        "a file that says nothing gives the defaults",
        arguments: [nil, "", "# a comment\n", "---\n", "~", "ports:\n", "ports:\n    # tempo: 1\notlp: {}\n"])
    func emptyFile(text: String?) throws {
        let loaded = try ConfigurationLoader.load(text: text)
        #expect(loaded.configuration == Configuration())
        #expect(loaded.sources.values.allSatisfy { $0 == .default })
    }

    @Test("every setting can be written in the file, in a variable and in a flag", arguments: Setting.all.map(\.path))
    func everySetting(path: String) throws {
        let setting = try #require(Setting.byPath[path])
        let value = setting.otherText
        let line = "\(setting.key): \"\(value)\""
        let byFile = try ConfigurationLoader.load(
            text: setting.section.isEmpty ? line : "\(setting.section):\n  \(line)")
        let byVariable = try ConfigurationLoader.load(text: nil, environment: [setting.environmentName: value])
        let byFlag = try ConfigurationLoader.load(text: nil, flags: [(path, value)])
        #expect(byFile.configuration != Configuration())
        #expect(byFile.configuration == byVariable.configuration)
        #expect(byFile.configuration == byFlag.configuration)
        #expect(byFile.sources[path] == .file)
        #expect(byVariable.sources[path] == .environment)
        #expect(byFlag.sources[path] == .flag)
    }

    // MARK: Names

    @Test("an unknown key is refused with its place and a suggestion")
    func unknownKey() {
        let found = configurationProblems("bind: 127.0.0.1\nports:\n    otlp_grcp: 1\n")
        #expect(
            found.map(\.description) == [
                "martlet.yaml:3:5: unknown key `ports.otlp_grcp`, did you mean `ports.otlp_grpc`?"
            ])
        #expect(found.map(\.code) == [.unknownKey])
    }

    @Test(
        "a suggestion names sections and keys that were written at the wrong place",
        arguments: [
            ("port:\n  tempo: 1", "unknown key `port`, did you mean `ports`?"),
            ("otlp_grpc: 1", "unknown key `otlp_grpc`, did you mean `ports.otlp_grpc`?"),
            ("Data: x", "unknown key `Data`, did you mean `data`?"),
            ("colour: red", "unknown key `colour`"),
            ("ports.tempo: 1", "unknown key `ports.tempo`, keys are nested: write `tempo` in a section `ports`"),
            ("otlp:\n  ports:\n    tempo: 1", "unknown key `otlp.ports`"),
            ("[a, b]: 1", "expected a key, got a list"),
        ])
    func suggestions(text: String, message: String) {
        #expect(configurationProblems(text).map(\.message).first == message)
    }

    @Test("an unknown variable or flag is refused with a suggestion, other people's variables are not looked at")
    func unknownVariable() throws {
        let found = configurationProblems(
            nil,
            environment: [
                "MARTLET_PORTS_OTLP_GRCP": "1", "MARTLET_CACHE": "/tmp", "MARTLET_TEST_X": "1", "martlet_data": "x",
                "OTEL_X": "1", "MARTLET_": "x",
            ], flags: [("log.levle", "debug")])
        #expect(
            found.map(\.description) == [
                "environment variable MARTLET_: unknown variable `MARTLET_`",
                "environment variable MARTLET_PORTS_OTLP_GRCP: unknown variable `MARTLET_PORTS_OTLP_GRCP`, "
                    + "did you mean `MARTLET_PORTS_OTLP_GRPC`?",
                "flag log.levle: unknown key `log.levle`, did you mean `log.level`?",
            ])
    }

    @Test(
        "a key that stands twice is refused, quoted or not",
        arguments: ["data: a\nbind: b\ndata: c\n", "data: a\n\"data\": c\n", "ports:\n  tempo: 1\n  tempo: 2\n"])
    func duplicateKeys(text: String) {
        let found = configurationProblems(text)
        #expect(found.map(\.code) == [.duplicateKey])
        guard case .file(_, let line, let column)? = found.first?.origin else {
            Issue.record("no place in the file")
            return
        }
        #expect(line > 0 && column > 0)
    }

    // MARK: Values

    @Test(
        "a wrong value says what was expected, with an example and its place",
        arguments: [
            (
                "ports:\n  tempo: http",
                "martlet.yaml:2:10: `ports.tempo`: expected a port from 1 to 65535, 0 for any free one, or off, "
                    + "as in `3200`, got `http`"
            ),
            (
                "ports: 4317",
                "martlet.yaml:1:8: `ports` is a section: expected keys below it, such as `otlp_grpc: 4317`, "
                    + "got a single value"
            ),
            ("data: [a]", "martlet.yaml:1:7: `data`: expected a path, as in `./data`, got a list"),
            ("data:\n", "martlet.yaml:1:6: `data`: expected a path, as in `./data`, got nothing"),
            ("data: \"\"", "martlet.yaml:1:7: `data`: expected a path, as in `./data`, got nothing"),
            ("data: {a: b}", "martlet.yaml:1:7: `data`: expected a path, as in `./data`, got keys and values"),
            (
                "retention:\n  logs: 7",
                "martlet.yaml:2:9: `retention.logs`: expected a duration of at least 1s, as in `7d`, "
                    + "but `7` has no unit, units are d, h, m, s, ms, us, ns"
            ),
            (
                "otlp:\n  cors_origins: [[a]]",
                "martlet.yaml:2:17: `otlp.cors_origins`: expected a list of origins, each `*` or scheme://host with "
                    + "an optional :port or :*, as in `[\"http://localhost:*\", \"http://127.0.0.1:*\"]`, got a list"
            ),
            (
                "- data",
                "martlet.yaml:1:1: expected keys and values, as in `bind: 127.0.0.1`, got a list"
            ),
        ])
    func wrongValues(text: String, description: String) {
        #expect(configurationProblems(text).map(\.description) == [description])
    }

    @Test("an empty variable is a value, and refused where nothing is no value")
    func emptyVariable() throws {
        let loaded = try ConfigurationLoader.load(
            text: "auth:\n  token: abc", environment: ["MARTLET_AUTH_TOKEN": ""])
        #expect(loaded.configuration.auth.token.isEmpty)
        #expect(configurationProblems(nil, environment: ["MARTLET_DATA": ""]).map(\.code) == [.wrongValue])
    }

    @Test("all problems of all sources are reported at once")
    func allProblems() {
        let found = configurationProblems(
            "dat: x\nports:\n  tempo: a\n  health: 99999\ningest:\n  log_bytes: 10MiB\n",
            environment: ["MARTLET_LOG_LEVEL": "loud"], flags: [("query.threads", "0")])
        #expect(
            found.map(\.code) == [
                .unknownKey, .wrongValue, .wrongValue, .wrongValue, .wrongValue, .conflict,
            ])
        // A text that is not YAML hides nothing of the other sources.
        let broken = configurationProblems("data: [", environment: ["MARTLET_LOG_LEVEL": "loud"])
        #expect(broken.map(\.code) == [.syntax, .wrongValue])
    }

    @Test(
        "a text that is not YAML is refused with its place",
        arguments: ["data: [a", "data: a: b", "\tdata: a", "data: *missing", "data: a\n---\ndata: b\n"])
    func syntax(text: String) {
        let found = configurationProblems(text)
        #expect(found.map(\.code) == [.syntax])
        #expect(found.allSatisfy { $0.description.contains(#/^martlet\.yaml:\d+:\d+: not valid YAML: ./#) })
    }

    @Test("nesting without end is refused, not followed", arguments: ["[", "- ", "{a: "])
    func nesting(opening: String) {
        #expect(!configurationProblems("data: \n " + String(repeating: opening, count: 100_000)).isEmpty)
    }

    @Test("a secret never stands in a message")
    func secretMessages() {
        let secret = "hunter2 hunter2"
        let found =
            configurationProblems("auth:\n  token: \"\(secret)\"")
            + configurationProblems("auth:\n  token: \"${S}\"", environment: ["S": secret])
            + configurationProblems(nil, environment: ["MARTLET_AUTH_TOKEN": secret])
            + configurationProblems(nil, flags: [("auth.token", secret)])
        #expect(found.count == 4)
        #expect(found.allSatisfy { !$0.description.contains("hunter2") && $0.message.contains("contains a space") })
    }

    // MARK: Interpolation

    @Test("variables are put into scalars of any kind, and into lists")
    func interpolation() throws {
        let text = """
            data: ${HOME}/martlet
            ports:
                tempo: ${PORT:-3201}
            auth:
                token: "${TOKEN:-}"
            otlp:
                cors_origins: ["http://${HOST}:*"]
            """
        let loaded = try ConfigurationLoader.load(text: text, environment: ["HOME": "/home/me", "HOST": "example.com"])
        #expect(loaded.configuration.data == "/home/me/martlet")
        #expect(loaded.configuration.ports.tempo == .port(3201))
        #expect(loaded.configuration.auth.token.isEmpty)
        #expect(loaded.configuration.otlp.corsOrigins == ["http://example.com:*"])
    }

    @Test("a variable without value and default is refused by name")
    func undefinedVariable() {
        let found = configurationProblems("data: a/${NOWHERE}\nbind: ${ALSO_NOT}")
        #expect(found.map(\.code) == [.interpolation, .interpolation])
        #expect(
            found.first?.description
                == "martlet.yaml:1:7: `data` needs the environment variable NOWHERE, which is not set "
                + "(`${NOWHERE:-…}` gives a default)")
    }

    // MARK: Files

    @Test("the default file is read if it exists, a named file must exist")
    func files() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "configuration-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "some.yaml").path

        let without = try ConfigurationLoader.load(file: nil, environment: [:], flags: [], defaultFile: path)
        #expect(without.configuration == Configuration())
        #expect(without.file == nil)

        try Data("data: x".utf8).write(to: URL(filePath: path))
        let with = try ConfigurationLoader.load(file: nil, environment: [:], flags: [], defaultFile: path)
        #expect(with.configuration.data == "x")
        #expect(with.file == path)
        let named = try ConfigurationLoader.load(file: path, environment: [:], flags: [])
        #expect(named == with)

        func message(_ path: String) -> String? {
            do throws(ConfigurationError) {
                _ = try ConfigurationLoader.load(file: path, environment: [:], flags: [])
                return nil
            } catch {
                return error.problems.first?.message
            }
        }
        #expect(message(path + ".missing") == "file does not exist")
        #expect(message(directory.path) == "is a directory, expected a file")
        try Data([0x64, 0xFF, 0xFE]).write(to: URL(filePath: path))
        #expect(message(path) == "file is not UTF-8")
        try Data(count: ConfigurationLoader.fileBytesMax + 1).write(to: URL(filePath: path))
        #expect(message(path) == "file has 1048577 bytes, limit is 1MiB")
    }
}
