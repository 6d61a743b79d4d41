import TelemetryModel
import Testing

@testable import martlet

@Suite struct TextTableTests {
    @Test func `columns are aligned and lines have no trailing spaces`() {
        let table = TextTable(
            columns: [("service", .left), ("spans", .right), ("note", .left)],
            rows: [["api", "12", "ok"], ["database", "1,234", ""]])
        #expect(
            table.text(width: nil) == """
                service   spans  note
                ────────  ─────  ────
                api          12  ok
                database  1,234

                """)
    }

    @Test func `a wide character takes two columns, a combining mark none`() {
        let table = TextTable(
            columns: [("n", .left), ("x", .left)], rows: [["日本", "1"], ["e\u{301}a", "2"], ["abcd", "3"]])
        #expect(table.text(width: 80) == "n     x\n────  ─\n日本  1\ne\u{301}a    2\nabcd  3\n")
    }

    @Test func `only what is wider than the terminal is cut, the widest column first`() {
        let table = TextTable(
            columns: [("id", .left), ("message", .left)], rows: [["abc", "a message that is far too long"]])
        #expect(table.text(width: 20) == "id   message\n───  ───────────────\nabc  a message that…\n")
        #expect(table.text(width: 35).contains("abc  a message that is far too long\n"))
        #expect(table.text(width: 34).contains("abc  a message that is far too lo…\n"))
    }

    @Test(arguments: 12...90)
    func `no line is wider than the terminal`(width: Int) {
        let table = TextTable(
            columns: [("a", .left), ("b", .right), ("c", .left)],
            rows: [["日本語の長いテキスト", "12345678901234567890", "a long text, longer than the others beside it"]])
        for line in table.text(width: width).split(separator: "\n") {
            #expect(TerminalText.width(String(line)) <= width)
        }
    }

    @Test(arguments: [0, 1, -5])
    func `a terminal without room does not trap`(width: Int) {
        #expect(TextTable(columns: [("abc", .left), ("def", .left)], rows: [["ghijk"]]).text(width: width).count > 3)
        #expect(TextTable(columns: [], rows: []).text(width: width).isEmpty)
    }

    @Test(arguments: [
        ("\u{1B}[2J\u{1B}]0;owned\u{7}", "\\u{1B}[2J\\u{1B}]0;owned\\u{7}"),
        ("two\nlines\r\tand tab", "two\\nlines\\r\\tand tab"),
        ("c1 \u{9B}31m", "c1 \\u{9B}31m"),
        ("bidi \u{202E}gnp.exe", "bidi \\u{202E}gnp.exe"),
        ("sep\u{2028}arator \u{FEFF}", "sep\\u{2028}arator \\u{FEFF}"),
        ("C:\\path 日本 é", "C:\\path 日本 é"),
    ])
    func `what a terminal would obey is spelled out`(text: String, expected: String) {
        #expect(TerminalText.escaped(text) == expected)
    }

    @Test func `a pile of combining marks is limited`() {
        let hostile = "a" + String(repeating: "\u{301}", count: 5_000) + "b"
        #expect(TerminalText.escaped(hostile).unicodeScalars.count == 10)
        #expect(TerminalText.width(TerminalText.escaped(hostile)) == 2)
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("日本", 4), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("ｶﾅ", 2), ("한글", 4), ("─│", 2), ("❤️", 2),
    ])
    func `the width is that on the screen`(text: String, width: Int) {
        #expect(TerminalText.width(text) == width)
    }

    @Test func `a cut never splits a wide character`() {
        #expect(TerminalText.cut("日本語", to: 6) == "日本語")
        #expect(TerminalText.cut("日本語", to: 5) == "日本…")
        #expect(TerminalText.cut("日本語", to: 4) == "日…")
        #expect(TerminalText.cut("日本語", to: 1) == "…")
        #expect(TerminalText.cut("日本語", to: 0) == "")
    }
}
