import Testing

@testable import martlet

private func span(
    _ id: String, _ parent: String? = nil, _ start: UInt64 = 0, _ duration: Int64 = 100, service: String = "api",
    error: Bool = false, message: String = ""
) -> WaterfallSpan {
    WaterfallSpan(
        id: id, parentID: parent, name: "span \(id)", service: service, startNanoseconds: start,
        durationNanoseconds: duration, isError: error, statusMessage: message)
}

private func draw(_ spans: [WaterfallSpan], width: Int = 100, colors: Bool = false) -> [String] {
    Waterfall(spans: spans, width: width, colors: colors).lines
}

@Suite struct WaterfallTests {
    @Test func `a tree with guides, services, durations and bars on one axis`() {
        let lines = draw(
            [
                span("root", nil, 1_000, 8_000_000, service: "web"),
                span("b", "root", 4_001_000, 4_000_000, service: "db", error: true, message: "no rows"),
                span("a", "root", 1_000, 2_000_000, service: "web"),
                span("a1", "a", 1_001_000, 1_000_000, service: "web"),
            ], width: 62)
        // 25 cells for 8 ms: 2 ms are 6¼ cells, 1 ms begins at 3⅛ (drawn from 3), 4 ms at 12½ (drawn from the half).
        #expect(
            lines == [
                "4 spans · 2 services (web, db) · 8.00 ms · 1 error",
                "span root  web              8.00 ms  █████████████████████████",
                "├─ span a                   2.00 ms  ██████▎",
                "│ └─ span a1                1.00 ms     ███▎",
                "└─ span b  db — no rows !   4.00 ms              ▐████████████",
            ])
    }

    @Test func `children are sorted by start, equal starts keep their order`() {
        let lines = draw([span("r"), span("c", "r", 50, 5), span("a", "r", 10, 5), span("b", "r", 10, 5)])
        #expect(lines.dropFirst(2).map { $0.split(separator: " ")[2] } == ["a", "b", "c"])
    }

    @Test func `an orphan is a further root and names the parent that is missing`() {
        let lines = draw([span("r"), span("o", "gone", 10, 5), span("below", "o", 11, 2)])
        #expect(lines.count == 4)
        #expect(lines[2].hasPrefix("span o  api (parent gone missing)"))
        #expect(lines[3].hasPrefix("└─ span below "))
    }

    @Test func `a span that is its own parent is shown once`() {
        let lines = draw([span("self", "self")])
        #expect(lines.count == 2)
        #expect(lines[1].contains("(parent cycle)"))
    }

    @Test func `a circle of parents is opened at its earliest span`() {
        let lines = draw([
            span("x", "z", 30, 10), span("y", "x", 10, 80), span("z", "y", 20, 60), span("t", "z", 25, 5),
        ])
        #expect(lines.count == 5)
        #expect(lines[1].hasPrefix("span y  api (parent cycle)"))
        #expect(lines[2].hasPrefix("└─ span z"))
        #expect(lines.count { $0.contains("(parent cycle)") } == 1)
    }

    @Test func `spans of one id are all shown, the later ones flagged`() {
        let lines = draw([
            span("r"), span("d", "r", 10, 5), span("d", "r", 20, 5), span("d", "r", 30, 5), span("k", "d", 11, 2),
        ])
        #expect(lines.count == 6)
        #expect(lines.count { $0.contains("(duplicate id)") } == 2)
        #expect(lines.count { $0.contains("span k") } == 1)
    }

    @Test func `a thousand random tangles show each span exactly once`() {
        // A linear congruential generator is random enough here, and the same on each run.
        var state: UInt64 = 1
        func random(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        for _ in 0..<1_000 {
            let count = random(12) + 1
            let spans = (0..<count).map { number in
                // Few ids, so that duplicates, circles and missing parents are frequent.
                var made = span(
                    "\(random(8))", random(4) == 0 ? nil : "\(random(10))", random(100), Int64(random(50)) - 5)
                made.name = "<\(number)>"
                return made
            }
            let body = draw(spans, width: 160).dropFirst()
            #expect(body.count == spans.count)
            for made in spans {
                #expect(body.count { $0.contains(made.name) } == 1)
            }
        }
    }

    @Test func `a child outside its parent and a negative duration are marked`() {
        let lines = draw([
            span("r", nil, 100, 100), span("early", "r", 50, 20), span("late", "r", 150, 100),
            span("in", "r", 100, 100),
            span("negative", "r", 120, -5),
        ])
        #expect(lines[0].hasSuffix("3 with odd times (~)"))
        #expect(lines.dropFirst().map { $0.contains("~") } == [false, true, false, true, true])
        #expect(lines[4].contains("-5 ns"))
    }

    @Test func `a span that takes no time still has a mark, also at the very end`() {
        let lines = draw(
            [span("r", nil, 0, 1_000_000), span("zero", "r", 500_000, 0), span("end", "r", 1_000_000, 0)], width: 80)
        #expect(lines[2].hasSuffix(" ▏"))
        #expect(lines[3].hasSuffix(" ▏"))
        #expect(TerminalText.width(lines[3]) <= 80)
    }

    @Test func `a trace that takes no time and a trace of nothing are drawn`() {
        #expect(draw([]) == ["0 spans · 0 services · 0 ns · 0 errors"])
        #expect(draw([span("r", nil, 7, 0)]).count == 2)
    }

    @Test func `extreme times do not trap`() {
        let lines = draw([
            span("r", nil, 0, .max), span("m", "r", .max, .max), span("n", "r", .max, .min), span("o", "r", 0, .min),
        ])
        #expect(lines.count == 5)
    }

    @Test(.timeLimit(.minutes(1)))
    func `ten thousand levels overflow neither the stack nor the line`() {
        let spans = (0..<10_000).map { span("\($0)", $0 == 0 ? nil : "\($0 - 1)", UInt64($0), 20_000 - 2 * Int64($0)) }
        let lines = draw(spans, width: 100)
        #expect(lines.count == 10_001)
        #expect(lines.allSatisfy { TerminalText.width($0) <= 100 })
        #expect(lines[10_000].contains("⋯9999 span 9999"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a circle of ten thousand and ten thousand siblings are drawn`() {
        let circle = (0..<10_000).map { span("c\($0)", "c\(($0 + 1) % 10_000)") }
        let siblings = (0..<10_000).map { span("s\($0)", "r", UInt64($0 % 97), 1) }
        let lines = draw(circle + [span("r")] + siblings)
        #expect(lines.count == 20_002)
        #expect(lines.count { $0.contains("(parent cycle)") } == 1)
    }

    @Test(arguments: [0, 1, 10, 24, 40, 80, 200])
    func `lines fit the terminal if it has room for the numbers`(width: Int) {
        let lines = draw(
            [
                span("root", nil, 0, 1_000_000), span(String(repeating: "長い", count: 60), "root", 10, 500),
                span("x", String(repeating: "p", count: 500), 20, 900),
            ], width: width)
        #expect(lines.count == 4)
        // Below this the numbers alone are wider than the terminal.
        if width >= 24 { #expect(lines.allSatisfy { TerminalText.width($0) <= width }) }
        if width >= 120 { #expect(lines[3].contains("(parent ppppppppppppppp… missing)")) }
        #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
    }

    @Test func `names, services, messages and ids cannot control the terminal`() {
        let evil = "\u{1B}[2J\n"
        var made = span("r", evil, service: evil, message: evil)
        made.name = evil
        for line in draw([made], width: 200) {
            #expect(!line.contains("\u{1B}") && !line.contains("\n"))
        }
    }

    @Test func `colors: red for an error, one color per service, and the same text without them`() {
        let spans = [span("r"), span("d", "r", 10, 20, service: "db"), span("e", "r", 40, 20, error: true)]
        let colored = draw(spans, colors: true)
        #expect(colored[1].contains("\u{1B}[36m█"))
        #expect(colored[2].contains("\u{1B}[32m"))
        #expect(colored[3].contains("\u{1B}[31m! \u{1B}[0m"))
        let stripped = colored.map { line in
            var plain = line
            for code in ["\u{1B}[0m", "\u{1B}[31m", "\u{1B}[32m", "\u{1B}[36m"] {
                plain = plain.split(separator: code, omittingEmptySubsequences: false).joined()
            }
            return plain
        }
        #expect(stripped == draw(spans))
    }
}
