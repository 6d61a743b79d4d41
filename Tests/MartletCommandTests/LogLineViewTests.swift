import Testing

@testable import martlet

@Suite struct LogLineViewTests {
    private static func line(_ text: String, level: String = "error", service: String = "shop") -> LogRecordLine {
        LogRecordLine(
            time: 1_767_323_045_678_000_000, line: text, stream: [.init(name: "service_name", value: service)],
            metadata: [.init(name: "detected_level", value: level), .init(name: "user_id", value: "a b")])
    }

    @Test func `time, level, service and message stand in columns`() {
        var view = LogLineView()
        let lines = [Self.line("refused"), Self.line("ok", level: "info", service: "checkout")]
        view.fit(lines)
        #expect(view.text(lines[0]) == "2026-01-02T03:04:05.678Z ERROR shop      refused\n")
        #expect(view.text(lines[1]) == "2026-01-02T03:04:05.678Z INFO  checkout  ok\n")
        view.labels = true
        #expect(view.text(lines[0]) == "2026-01-02T03:04:05.678Z ERROR shop      refused  user_id=\"a b\"\n")
    }

    @Test func `a body of several lines is indented`() {
        #expect(
            LogLineView().text(Self.line("boom\n\tat a(b.js:1)\r\nend\n"))
                == "2026-01-02T03:04:05.678Z ERROR boom\n        at a(b.js:1)\n    end\n")
    }

    @Test func `the level has its colour`() {
        let view = LogLineView(colors: true)
        #expect(view.text(Self.line("x")).contains("\u{1B}[31mERROR\u{1B}[0m x"))
        #expect(view.text(Self.line("x", level: "warn")).contains("\u{1B}[33mWARN "))
        #expect(view.text(Self.line("x", level: "debug")).contains("\u{1B}[90mx\u{1B}[0m"))
        #expect(LogLineView.wantsColors(isTerminal: true, environment: [:]))
        #expect(!LogLineView.wantsColors(isTerminal: true, environment: ["NO_COLOR": "1"]))
        #expect(!LogLineView.wantsColors(isTerminal: false, environment: [:]))
    }

    @Test(arguments: [
        ("\u{1B}[31mred\u{1B}[0m", "red"), ("\u{1B}]0;title\u{07}x", "x"), ("\u{1B}]8;;u\u{1B}\\x", "x"),
        ("\u{9B}31mx", "x"), ("\u{1B}(Bx", "x"), ("\u{1B}cx", "x"), ("\u{1B}[2J\u{1B}[Hx", "x"), ("a\u{1B}", "a\u{1B}"),
        ("\u{1B}P1;2q", "1;2q"), ("é Â", "é Â"),
    ])
    func `sequences of a terminal are taken out`(_ text: String, _ plain: String) {
        #expect(LogTerminalText.withoutSequences(text) == plain)
    }

    @Test func `nothing that a terminal obeys is left of a line`() {
        for text in ["a\u{07}b", "a\rb", "\u{1B}", "\u{1B}[", "\u{202E}x", "\u{9D}x", "a\u{8}b", "\u{1B}]x"] {
            for line in LogTerminalText.lines(text) {
                #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
                #expect(!line.contains("\u{202E}"))
            }
        }
    }

    @Test func `no lines, and as many as were asked for, are said`() {
        #expect(
            LogLineView.text([], limit: 5, isForward: false, colors: false, labels: false)
                == "no lines in that time; --since looks further back\n")
        let text = LogLineView.text(
            [Self.line("x")], limit: 1, isForward: false, colors: false, labels: false)
        #expect(text.hasSuffix("\n1 line, the newest; there may be more: --limit\n"))
    }
}
