import LogProcessing
import PrometheusModel
import Testing

struct ConfigurationTests {
    @Test func unknownNamesAreErrorsWithASuggestion() {
        #expect(
            TestProcessors.message(["disect": ["tokenizer": "%{a}"]])
                == "line 1, column 1: unknown processor disect, did you mean dissect?")
        #expect(
            TestProcessors.message(["dissect": ["tokeniser": "x", "tokenizer": "%{a}"]])
                == "line 1, column 1: processor dissect: unknown key tokeniser, did you mean tokenizer?")
        #expect(
            TestProcessors.message(["drop_event": ["when": ["equal": ["a": "b"]]]])
                == "line 1, column 1: unknown condition equal, did you mean equals?")
        #expect(TestProcessors.message(["mask": ["values": ["email"]]])?.contains("did you mean emails?") == true)
        #expect(TestProcessors.message(["nothing_like_it": [:]])?.contains("did you mean") == false)
    }

    @Test(
        arguments: [
            ["dissect": [:]], ["dissect": ["tokenizer": "%{a"]], ["dissect": ["tokenizer": "%{a}%{b}"]],
            ["parse_regex": ["pattern": "("]], ["parse_regex": ["pattern": "(a)"]], ["truncate": [:]],
            ["truncate": ["max_bytes": "-1"]], ["convert": ["fields": [["from": "a", "type": "number"]]]],
            ["timestamp": ["field": "a", "layouts": ["abc"]]], ["timestamp": ["field": "a", "timezone": "Mars/Base"]],
            ["timestamp": ["field": "a", "layouts": ["UNIX"], "test": ["x"]]], ["drop_event": ["when": [:]]],
            ["drop_event": ["when": ["range": ["a": "5"]]]], ["drop_event": ["when": ["regexp": ["a": "["]]]],
            ["a": [:], "b": [:]], ["rename": [:]], [["a"]], ["mask": ["fields": [["a": "b"]]]],
        ] as [ConfigurationTree])
    func whatCannotRunIsRefused(_ tree: ConfigurationTree) { #expect(TestProcessors.message(tree) != nil) }

    @Test(
        arguments: [
            (["equals": ["level": "info", "n": "5"]], true), (["equals": ["n": "6"]], false),
            (["contains": ["message": "ell"]], true), (["contains": ["tags": "a"]], true),
            (["contains": ["tags": "c"]], false),
            (["regexp": ["message": "^h.*o$"]], true), (["has_fields": ["n", "o"]], true),
            (["has_fields": ["zz"]], false),
            (["range": ["n.gte": "5", "n.lt": "6"]], true), (["range": ["n": ["gt": "5"]]], false),
            (["and": [["equals": ["n": "5"]], ["not": ["has_fields": ["zz"]]]]], true),
            (["or": [["equals": ["n": "6"]], ["equals": ["service": "s"]]]], true),
            (["equals": ["service.name": "s", "o.x": "1"]], true), (["equals": ["missing": ""]], false),
        ] as [(ConfigurationTree, Bool)])
    func conditionsHold(_ when: ConfigurationTree, _ holds: Bool) throws {
        let line = #"{"level":"info","message":"hello","n":5,"tags":["a","b"],"o":{"x":1},"service":"s"}"#
        let event = try TestProcessors.run(line, ["drop_event": ["when": when]])
        #expect(event.drafts.isEmpty == holds)
    }
}

struct InputConfigurationTests {
    private func options(_ tree: ConfigurationTree) throws -> LineProcessorOptions {
        var map = try ConfigurationMap(tree, path: "input")
        let options = try LineProcessorOptions(&map)
        try map.finish()
        return options
    }

    @Test func anInputSaysHowLinesBecomeRecords() throws {
        let read = try options([
            "format": "spacetimedb", "encoding": "utf-16le", "timezone": "+02:00", "keep_original": "true",
            "processors": ["strip_ansi", ["drop_fields": ["fields": ["a"]]]],
        ])
        #expect(read.format == .rust)
        #expect(read.encoding == .utf16LittleEndian)
        #expect(read.zone == .fixed(7200))
        #expect(read.keepsOriginal)
        #expect(read.processors.map(\.name) == ["strip_ansi", "drop_fields"])
    }

    @Test(
        arguments: [["formt": "json"], ["format": "jsn"], ["encoding": "ebcdic"], ["processors": "x"]]
            as [ConfigurationTree])
    func whatAnInputCannotHaveIsRefused(_ tree: ConfigurationTree) {
        #expect(throws: LogProcessingError.self) { try options(tree) }
    }

    @Test func multilineIsRead() throws {
        let options = try MultilineOptions([
            "pattern": "^\\{", "negate": "true", "match": "after", "max_lines": "10", "max_bytes": "100",
            "timeout": "3s", "flush_pattern": "^end",
        ])
        guard case .pattern(let pattern, true, .after, let flush) = options.mode else {
            Issue.record("another mode")
            return
        }
        #expect(pattern.source == "^\\{")
        #expect(flush?.source == "^end")
        #expect(options.linesMax == 10)
        #expect(options.bytesMax == 100)
        #expect(options.timeout == .seconds(3))
        guard case .none = try MultilineOptions("none").mode else {
            Issue.record("another mode")
            return
        }
        guard case .count(4) = try MultilineOptions(["type": "count", "count_lines": "4"]).mode else {
            Issue.record("another mode")
            return
        }
    }

    @Test(
        arguments: [
            "stacktraces", ["type": "pattern"], ["pattern": "("], ["pattern": "a", "match": "behind"],
            ["type": "count"],
            ["pattern": "a", "negat": "true"], ["timeout": "soon"], ["max_lines": "0"],
        ] as [ConfigurationTree])
    func whatCannotJoinLinesIsRefused(_ tree: ConfigurationTree) {
        #expect(throws: LogProcessingError.self) { try MultilineOptions(tree) }
    }
}
