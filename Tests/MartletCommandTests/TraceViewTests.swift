import ArgumentParser
import Codecs
import OTLPMessages
import TelemetryModel
import Testing
import TraceAnalysis

@testable import martlet

private struct Made {
    var id: UInt64
    var parent: UInt64
    var start: Int64
    var duration: Int64
    var service: String
    var name: String
    var status: UInt8
}

private func span(
    _ id: UInt64, _ parent: UInt64 = 0, _ start: Int64 = 0, _ duration: Int64 = 100, service: String = "api",
    name: String? = nil, error: Bool = false
) -> Made {
    Made(
        id: id, parent: parent, start: start, duration: duration, service: service, name: name ?? "span \(id)",
        status: error ? 2 : 0)
}

private func tree(_ spans: [Made]) -> TraceTree {
    var builder = TraceSkeletonBuilder()
    for span in spans {
        builder.add(
            id: SpanID(value: span.id), parent: SpanID(value: span.parent), start: span.start,
            duration: span.duration, service: span.service, operation: span.name, kind: 1, status: span.status)
    }
    return TraceTree(builder.finish())
}

private func draw(
    _ spans: [Made], messages: [SpanID: String] = [:], width: Int = 100, colors: Bool = false, limit: Int? = nil
) -> [String] {
    TraceWaterfallView(tree: tree(spans), messages: messages, width: width, colors: colors, limit: limit).lines
}

private func large(
    _ count: Int, parent: (Int) -> UInt64, duration: (Int) -> Int64 = { _ in 1 }, status: (Int) -> UInt8 = { _ in 0 }
) -> TraceTree {
    TraceTree(
        TraceSkeleton(
            spanIDs: (0..<count).map { SpanID(value: UInt64($0) + 1) },
            parentIDs: (0..<count).map { SpanID(value: parent($0)) }, starts: (0..<count).map { Int64($0) },
            durations: (0..<count).map(duration), services: Array(repeating: 0, count: count),
            operations: Array(repeating: 0, count: count), kinds: Array(repeating: 1, count: count),
            statuses: (0..<count).map(status), serviceNames: ["api"], operationNames: ["op"]))
}

@Suite struct TraceWaterfallViewTests {
    @Test func `a tree with guides, services, durations and bars on one axis`() {
        let lines = draw(
            [
                span(1, 0, 1_000, 8_000_000, service: "web", name: "root"),
                span(4, 1, 4_001_000, 4_000_000, service: "db", name: "b", error: true),
                span(2, 1, 2_000, 2_000_000, service: "web", name: "a"),
                span(3, 2, 1_001_000, 1_000_000, service: "web", name: "a1"),
            ], messages: [SpanID(value: 4): "no rows"], width: 62)
        #expect(
            lines == [
                "root  web · 8.00 ms · 4 spans · 2 services (web, db) · 1 error",
                "root  web              8.00 ms  ██████████████████████████████",
                "├─ a                   2.00 ms  ███████▌",
                "│ └─ a1                1.00 ms     ▐███▌",
                "└─ b  db — no rows !   4.00 ms                 ███████████████",
            ])
    }

    @Test func `what is odd is said above and on the line`() {
        let lines = draw(
            [
                span(1, 0, 100, 100), span(2, 9, 110, 5), span(3, 1, 50, 20), span(4, 1, 120, -5),
                span(5, 6, 130, 5), span(6, 5, 135, 5), span(2, 1, 140, 5),
            ], width: 140)
        #expect(lines[0].hasPrefix("span 1  api · "))
        #expect(
            Array(lines[1...5]) == [
                "! 1 span names a parent that is not stored: it is drawn as a root",
                "! 2 spans are each other's parents: the earliest is drawn as a root",
                "! 1 span has the id of an earlier one", "! 1 span starts before its parent (~)",
                "! 1 span ends before it starts (~)",
            ])
        #expect(lines.count == 6 + 7)
        #expect(lines.count { $0.contains("(parent 0000000000000009 missing)") } == 1)
        #expect(lines.count { $0.contains("(parent cycle)") } == 1)
        #expect(lines.count { $0.contains("(duplicate id)") } == 1)
        #expect(lines.dropFirst(6).count { $0.contains("~") } == 2)
        #expect(lines.contains { $0.contains("-5 ns") })
    }

    @Test func `a trace of nothing and one that takes no time are drawn`() {
        #expect(draw([]) == ["0 ns · 0 spans · 0 services · 0 errors"])
        #expect(draw([span(1, 0, 7, 0)]).count == 2)
    }

    @Test func `extreme times do not trap`() {
        let lines = draw([
            span(1, 0, .min, .max), span(2, 1, .max, .max), span(3, 1, .max, .min), span(4, 1, 0, .min),
        ])
        #expect(lines.filter { $0.contains("span ") && !$0.hasPrefix("!") }.count == 5)
    }

    @Test(arguments: [0, 1, 10, 24, 40, 80, 200])
    func `lines fit the terminal if it has room for the numbers`(width: Int) {
        let spans = [
            span(1, 0, 0, 1_000_000, name: "root"), span(2, 1, 10, 500, name: String(repeating: "長い", count: 60)),
            span(3, 99, 20, 900, service: String(repeating: "s", count: 500)),
        ]
        let lines = draw(spans, width: width)
        #expect(lines.count == 5)
        // Below this the numbers alone are wider than the terminal.
        if width >= 24 { #expect(lines.allSatisfy { TerminalText.width($0) <= width }) }
        #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
        let tree = tree(spans)
        let path = CriticalPathView(tree: tree, path: CriticalPath(tree), width: width).lines
        if width >= 40 { #expect(path.allSatisfy { TerminalText.width($0) <= width }) }
    }

    @Test func `names, services and messages cannot control the terminal`() {
        let evil = "\u{1B}[2J\n\u{202E}"
        let made = [span(1, 0, service: evil, name: evil), span(2, 1, 10, 20, service: "x", name: evil)]
        let tree = tree(made)
        let lines =
            draw(made, messages: [SpanID(value: 1): evil], width: 200)
            + CriticalPathView(tree: tree, path: CriticalPath(tree), width: 200).lines
        for line in lines { #expect(!line.contains("\u{1B}") && !line.contains("\n") && !line.contains("\u{202E}")) }
    }

    @Test func `colors: red for an error, one color per service, and the same text without them`() {
        let spans = [span(1), span(2, 1, 10, 20, service: "db"), span(3, 1, 40, 20, error: true)]
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

    @Test func `of many spans errors and the longest are shown, the others counted`() {
        var spans = [span(1, 0, 0, 10_000, name: "root")]
        for index in 0..<100 {
            let id = UInt64(index) + 2
            spans.append(
                span(id, 1, Int64(index), index == 50 ? 900 : 5, name: "child \(index)", error: index == 70))
        }
        let lines = draw(spans, limit: 4)
        #expect(lines.count == 1 + 4 + 2)
        #expect(lines.contains { $0.contains("child 50 ") } && lines.contains { $0.contains("child 70 ") })
        #expect(lines[5].hasPrefix("└─ … 97 more ") && lines[5].hasSuffix("≤ 5 ns"))
        #expect(lines[6] == "97 of 101 spans not shown; --all shows all")
        #expect(draw(spans, limit: 101).count == 102 && draw(spans).count == 102)
    }

    @Test func `hidden lines count what is below and its errors, and never stand for one span`() {
        let spans = [
            span(1, 0, 0, 100), span(2, 1, 1, 50), span(3, 2, 2, 1, error: true), span(4, 2, 3, 1), span(5, 1, 60, 10),
            span(6, 5, 61, 1), span(7, 5, 62, 1),
        ]
        let rows = TraceRows(tree(spans), limit: 2)
        // The root and span 2; below 2 two spans, below the root span 5 with two.
        #expect(
            rows.map(\.content) == [
                .span(0), .span(1), .hidden(.init(spans: 2, errors: 1, longest: 1)),
                .hidden(.init(spans: 3, errors: 0, longest: 10)),
            ])
        #expect(rows.shownCount == 2 && rows.hiddenCount == 5)
        #expect(TraceRows(tree(Array(spans.prefix(3))), limit: 2).hiddenCount == 0)
    }

    @Test func `tangles show each span once or count it, whatever the limit`() {
        var state: UInt64 = 1
        func random(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        for _ in 0..<1_000 {
            let spans = (0..<(random(14) + 1)).map { _ in
                span(
                    random(9) + 1, random(3) == 0 ? 0 : random(11) + 1, Int64(random(100)), Int64(random(50)) - 5,
                    error: random(6) == 0)
            }
            let tree = tree(spans)
            let limit = Int(random(16))
            let rows = TraceRows(tree, limit: limit)
            var seen = Set<Int>()
            var hidden = 0
            for line in rows {
                switch line.content {
                case .span(let row):
                    #expect(seen.insert(row).inserted && line.depth == Int(tree.depths[row]))
                    if let parent = tree.parent(of: row) { #expect(seen.contains(parent)) }
                case .hidden(let some):
                    #expect(some.spans > 1)
                    hidden += some.spans
                }
            }
            #expect(seen.count + hidden == spans.count && seen.count == rows.shownCount)
            let all = TraceRows(tree, limit: nil).map(\.content)
            #expect(all == tree.depthFirstRows.map { .span(Int($0)) })
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a million spans below one, and a chain of them`() {
        let star = large(
            1_000_000, parent: { $0 == 0 ? 0 : 1 }, duration: { $0 == 0 ? 2_000_000 : Int64($0 % 1000) },
            status: { $0 == 777_777 ? 2 : 0 })
        let lines = TraceWaterfallView(tree: star, width: 100).lines
        #expect(lines.count == 1 + 200 + 2 && lines.contains { $0.contains(" ! ") })
        #expect(lines[201].hasPrefix("└─ … 999,800 more"))
        let chain = large(
            1_000_000, parent: { UInt64($0) }, duration: { 2_000_000 - Int64(2 * $0) })
        var count = 0
        TraceWaterfallView(tree: chain, width: 100, limit: 50).write { line in
            count += 1
            #expect(TerminalText.width(line) <= 100)
        }
        #expect(count == 1 + 50 + 2)
        #expect(CriticalPathView(tree: chain, path: CriticalPath(chain), width: 100, limit: 10).lines.count < 30)
        // The walk itself, over all.
        #expect(TraceRows(chain, limit: nil).reduce(0) { count, _ in count + 1 } == 1_000_000)
    }
}

@Suite struct CriticalPathViewTests {
    private static let spans = [
        span(1, 0, 0, 12_000_000, service: "shop", name: "checkout"),
        span(2, 1, 4_000_000, 7_000_000, service: "bank", name: "pay"), span(3, 1, 5_000_000, 10, name: "beside"),
    ]

    @Test func `sections in the order of time and sums by operation`() {
        let tree = tree(Self.spans)
        let view = CriticalPathView(tree: tree, path: CriticalPath(tree), width: 60)
        #expect(
            view.lines == [
                "checkout  shop · critical path 12.0 ms · 3 sections · 2 ope…",
                "        at      time  share",
                "      0 ns   4.00 ms   33 %  checkout  shop",
                "   4.00 ms   7.00 ms   58 %  pay  bank",
                "   11.0 ms   1.00 ms    8 %  checkout  shop",
                "",
                "      time  share     spans",
                "   7.00 ms   58 %         1  pay  bank",
                "   5.00 ms   42 %         1  checkout  shop",
            ])
        let wide = CriticalPathView(tree: tree, path: CriticalPath(tree), width: 80).lines
        #expect(wide[2] == "      0 ns   4.00 ms   33 %  ██████▋               checkout  shop")
    }

    @Test func `of many sections the longest are shown`() {
        let tree = tree(Self.spans)
        let lines = CriticalPathView(tree: tree, path: CriticalPath(tree), width: 80, limit: 1).lines
        #expect(lines.count == 1 + 1 + 1 + 1 + 2 + 1 + 1)
        #expect(lines[2].hasSuffix("pay  bank") && lines[3] == "  … 2 shorter sections not shown; --all shows all")
        #expect(lines[7] == "  … 1 more operation; --all shows all")
    }

    @Test func `a trace of nothing has none`() {
        let none = tree([])
        #expect(CriticalPathView(tree: none, path: CriticalPath(none), width: 80).lines == ["no spans"])
        let instant = tree([span(1, 0, 5, 0)])
        #expect(CriticalPathView(tree: instant, path: CriticalPath(instant), width: 80).lines.count == 1)
    }
}

@Suite struct TraceJSONTests {
    private func text(_ write: (([UInt8]) -> Void) -> Void) -> String {
        var bytes: [UInt8] = []
        write { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `the waterfall as JSON, members in a fixed order`() {
        let document = TraceJSON(
            tree: tree([span(1, 0, 5, 10, name: "a\"b"), span(2, 1, 7, 3, error: true), span(3, 9, 8, 1)]),
            messages: [SpanID(value: 2): "bad"])
        let expected = [
            #"{"spanCount":3,"serviceCount":1,"startTimeUnixNano":"5","durationNanoseconds":10,"roots":2,"#,
            #""errors":1,"orphans":1,"cycleMembers":0,"duplicateIds":0,"clockSkews":0,"negativeDurations":0,"#,
            #""services":["api"],"spans":[{"spanId":"0000000000000001","parentSpanId":"","service":"api","#,
            #""operation":"a\"b","depth":0,"kind":1,"status":0,"startTimeUnixNano":"5","#,
            #""durationNanoseconds":10,"selfNanoseconds":7,"flags":["root"]},{"spanId":"0000000000000002","#,
            #""parentSpanId":"0000000000000001","service":"api","operation":"span 2","depth":1,"kind":1,"#,
            #""status":2,"statusMessage":"bad","startTimeUnixNano":"7","durationNanoseconds":3,"#,
            #""selfNanoseconds":3,"flags":["error"]},{"spanId":"0000000000000003","#,
            #""parentSpanId":"0000000000000009","service":"api","operation":"span 3","depth":0,"kind":1,"#,
            #""status":0,"startTimeUnixNano":"8","durationNanoseconds":1,"selfNanoseconds":1,"#,
            #""flags":["root","orphan"]}]}"#,
        ]
        let written = text(document.writeWaterfall)
        #expect(written == expected.joined())
        #expect(text(TraceJSON(tree: tree([])).writeWaterfall).hasSuffix(#""services":[],"spans":[]}"#))
    }

    @Test func `the critical path as JSON`() {
        let tree = tree([span(1, 0, 5, 10, name: "a"), span(2, 1, 5, 5, name: "b")])
        let document = TraceJSON(tree: tree)
        let expected = [
            #""criticalPath":{"rootSpanId":"0000000000000001","durationNanoseconds":10,"sections":["#,
            #"{"service":"api","operation":"b","spanId":"0000000000000002","fromUnixNano":"5","#,
            #""toUnixNano":"10","durationNanoseconds":5,"share":0.5},"#,
            #"{"service":"api","operation":"a","spanId":"0000000000000001","fromUnixNano":"10","#,
            #""toUnixNano":"15","durationNanoseconds":5,"share":0.5}],"operations":["#,
            #"{"service":"api","operation":"b","durationNanoseconds":5,"share":0.5,"spans":1},"#,
            #"{"service":"api","operation":"a","durationNanoseconds":5,"share":0.5,"spans":1}]}}"#,
        ]
        let written = text { document.writeCriticalPath(CriticalPath(tree), $0) }
        #expect(written.hasSuffix(expected.joined()))
    }

    @Test func `a large trace comes in pieces that are one document`() {
        let tree = large(2_000, parent: { UInt64($0) / 2 })
        var pieces = 0
        var bytes: [UInt8] = []
        TraceJSON(tree: tree).writeWaterfall {
            pieces += 1
            bytes += $0
        }
        #expect(pieces > 3)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.split(separator: "\"spanId\"").count == 2_001)
        #expect(!text.contains("}{") && !text.contains("} {") && text.hasSuffix("}]}"))
    }
}

@Suite struct TraceCommandTests {
    @Test func `a trace in OTLP becomes a skeleton`() {
        var resource = OTLPResourceSpans()
        var attribute = OTLPKeyValue()
        attribute.key = "service.name"
        attribute.value.stringValue = "shop"
        resource.resource.attributes = [attribute]
        var scope = OTLPScopeSpans()
        for number in UInt8(1)...2 {
            var span = OTLPSpan()
            span.spanID += SpanID(value: UInt64(number)).bytes
            if number == 2 { span.parentSpanID += SpanID(value: 1).bytes }
            span.name = "op \(number)"
            span.startTimeUnixNano = 100 - UInt64(number)
            span.endTimeUnixNano = number == 2 ? .max : 90
            span.kind = .client
            span.status.code = .error
            span.status.message = "m\(number)"
            scope.spans.append(span)
        }
        resource.scopeSpans = [scope]
        var trace = OTLPTracesData()
        trace.resourceSpans = [resource]
        let (skeleton, messages) = TraceCommand.skeleton(trace)
        #expect(skeleton.spanIDs.map(\.value) == [2, 1] && skeleton.parentIDs.map(\.value) == [1, 0])
        #expect(skeleton.durations == [.max - 98, -9] && skeleton.serviceNames == ["shop"])
        #expect(skeleton.kinds == [3, 3] && skeleton.statuses == [2, 2])
        #expect(messages == [SpanID(value: 1): "m1", SpanID(value: 2): "m2"])
    }

    @Test func `arguments that do not go together are refused`() throws {
        let command = try TraceCommand.parse(["abc", "--critical-path", "--json"])
        #expect(command.criticalPath && command.json && command.limit == 200)
        for arguments in [["xyz"], ["abc", "--otlp", "--json"], ["abc", "--limit", "-1"]] {
            #expect(throws: (any Error).self) { try TraceCommand.parse(arguments) }
        }
    }
}
