import LogPatterns
import Testing

@Suite struct PatternMinerTests {
    private static func mine(_ lines: [String], limits: PatternLimits = PatternLimits()) -> [MinedPattern] {
        var miner = PatternMiner(step: 10, limits: limits)
        for (index, line) in lines.enumerated() { miner.add(line: line, level: 0, time: Int64(index)) }
        return miner.patterns()
    }

    private static func template(_ line: String) -> String { mine([line]).first?.pattern ?? "" }

    @Test(arguments: [
        ("took 15 ms", "took <_> ms"),
        ("took 15ms, 3.5% of 1,234,567 in -2 steps", "took <_>, <_> of <_> in <_> steps"),
        ("job 7d9f8b6c-1234-4abc-9def-0123456789ab done", "job <_> done"),
        ("id deadbeefcafe01 0xFF", "id <_> <_>"),
        ("from 10.1.2.3:8080 and fe80::1 and aa:bb:cc:dd:ee:ff", "from <_> and <_> and <_>"),
        ("2026-01-02T03:04:05.678Z up", "<_> up"),
        ("2026-01-02 03:04:05,678 up", "<_> <_> up"),
        ("user-4711 and worker_7 and #12 and eth0", "user-<_> and worker_<_> and #<_> and eth<_>"),
        ("/api/v1/users/123/orders?page=2", "/api/v1/users/<_>/orders?page=<_>"),
        ("key \"a b c\" not found in 'my map'", "key \"<_>\" not found in '<_>'"),
        ("org.x.v2.app.Master of catalog-v1 at api.v2-17", "org.x.v2.app.Master of catalog-v1 at api.<_>"),
        ("don't panic, it's utf8 and sha256", "don't panic, it's utf8 and sha256"),
        ("main.go:123: connected (attempt 2/5)", "main.go:<_>: connected (attempt <_>)"),
        (
            "10.0.0.1 - - [02/Jan/2026:10:00:00 +0000] \"GET /users/5 HTTP/1.1\" 200 17 \"-\" \"Mozilla/5.0 (X)\"",
            "<_> - - [<_> <_>] \"GET /users/<_> HTTP/1.1\" <_> <_> \"<_>\" \"<_>\""
        ),
        ("a <b> c<d e", "a <_> <_> e"),
        ("\u{1B}[32mINFO\u{1B}[0m ready", "<_> ready"),
        ("-> 5", "-> <_>"),
        ("größe 5 über", "größe <_> über"),
        ("java.lang.Error: no\n\tat a.B.c(B.java:5)", "java.lang.Error: no<_>"),
        ("failed 5\nmore", "failed <_>"),
    ])
    func `numbers, ids, times, addresses and quotations are variables at once`(_ line: String, _ pattern: String) {
        #expect(Self.template(line) == pattern)
    }

    @Test(arguments: [
        (#"{"level":"info","msg":"user 5 came","n":3}"#, #"<_>"msg":"user <_> came"<_>"#),
        (#"{"msg":"user 5 came"}"#, #"{"msg":"user <_> came"}"#),
        (#"{ "message": "up", "b": 1 }"#, #"{ "message": "up"<_>"#),
        (#"{"a":{"msg":"x"},"msg":"y"}"#, #"{"a":{"msg":"<_>"},"msg":"<_>"}"#),
        (#"{"a":1,"level":"warn","b":"x y"}"#, #"{"a":<_>,"level":"warn","b":<_>}"#),
        (#"{"a":1,"b":{"c":2}}"#, #"{"a":<_>,"b":<_>"#),
        (#"{"msg":"a"b":1}"#, #"{"msg":"<_>"b":<_>}"#),
        (#"{"event":"login","user":"bob"}"#, #"{"event":"login"<_>"#),
    ])
    func `an object is its message, or its keys`(_ line: String, _ pattern: String) throws {
        let mined = Self.template(line)
        #expect(mined == pattern)
        #expect(try LinePattern(mined).matches(Array(line.utf8)))
    }

    @Test(arguments: [
        ("level=info msg=\"user 5 came\" took=5ms user=bob", "level=info msg=\"user <_> came\" took=<_> user=<_>"),
        ("ts=1 caller=\"a b\" msg=up x=", "ts=<_> caller=<_> msg=up x="),
        ("a=\"x b=y\" b=2", "a=\"<_>\" b=<_>"),
    ])
    func `pairs keep their keys`(_ line: String, _ pattern: String) {
        #expect(Self.template(line) == pattern)
    }

    @Test func `words in which many lines differ are variables, those of a few are not`() {
        let names = ["ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "lee"]
        let logins = names.map { "user \($0) logged in" }
        let patterns = Self.mine(["connection opened to host", "connection closed to host"] + logins)
        #expect(
            patterns.map(\.pattern) == ["user <_> logged in", "connection closed to host", "connection opened to host"])
        #expect(patterns.map(\.count) == [12, 1, 1])
    }

    @Test func `counts stand by level and step, with an example`() {
        var miner = PatternMiner(step: 10)
        for (time, level) in [(5, 1), (7, 1), (31, 1), (12, 2), (-1, 2)] as [(Int64, UInt8)] {
            miner.add(line: "took \(time + 2) ms", level: level, time: time)
        }
        let patterns = miner.patterns()
        #expect(patterns.map(\.pattern) == ["took <_> ms", "took <_> ms"] && patterns.map(\.level) == [1, 2])
        #expect(patterns[0].samples == [.init(time: 0, count: 2), .init(time: 30, count: 1)])
        #expect(patterns[1].samples == [.init(time: -10, count: 1), .init(time: 10, count: 1)])
        #expect(patterns[0].example == "took 7 ms")
    }

    @Test func `the least frequent are leftovers, and every line is counted once`() {
        var limits = PatternLimits()
        limits.clusters = 20
        limits.patterns = 5
        var random = SplitMix(state: 1)
        var miner = PatternMiner(step: 0, limits: limits)
        for index in 0..<5000 {
            let line = index % 2 == 0 ? "often seen \(index)" : random.line()
            miner.add(line: line, level: 3, time: Int64(index))
        }
        miner.add(line: "", level: 3, time: 0)
        let patterns = miner.patterns()
        #expect(miner.lines == 5001 && miner.emptyLines == 1)
        #expect(patterns.reduce(0) { $0 + $1.count } == 5000)
        #expect(patterns.count <= 6 && patterns[0].pattern == "often seen <_>" && patterns.last?.pattern == "<_>")
    }

    @Test func `what two miners found together is what one would have`() {
        var random = SplitMix(state: 7)
        let lines = (0..<400).map { _ in random.line() }
        var whole = PatternMiner(step: 10)
        var halves = [PatternMiner(step: 10), PatternMiner(step: 10)]
        for (index, line) in lines.enumerated() {
            whole.add(line: line, level: 0, time: Int64(index))
            halves[index * 2 / lines.count].add(line: line, level: 0, time: Int64(index))
        }
        halves[0].merge(halves[1])
        let patterns = halves[0].patterns()
        #expect(patterns.reduce(0) { $0 + $1.count } == 400 && halves[0].lines == 400)
        for line in lines {
            #expect(patterns.contains { (try? LinePattern($0.pattern).matches(Array(line.utf8))) == true })
        }
    }

    @Test func `a line is looked at up to its limits`() throws {
        var limits = PatternLimits()
        limits.words = 4
        #expect(Self.mine(["a b c d e f"], limits: limits)[0].pattern == "a b c d <_>")
        #expect(Self.mine(["a b c 4 5 6"], limits: limits)[0].pattern == "a b c <_> <_>")
        limits = PatternLimits()
        limits.lineBytes = 8
        #expect(Self.mine(["ab cd ef gh"], limits: limits)[0].pattern == "ab cd ef<_>")
        #expect(Self.mine(["ab cd 12345"], limits: limits)[0].pattern == "ab cd <_>")
        let long = Self.mine([String(repeating: "word ", count: 200_000)])[0].pattern
        #expect(long.hasSuffix(" <_>") && long.utf8.count < 1000)
    }

    /// Lines of pieces that are hard for a template: of each, the template that counts it must match it.
    @Test(arguments: [UInt64(11), 22, 33, 44, 55, 66])
    func `a template matches every line that is counted under it`(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        // Each line comes with a level of its own kind, so that one can tell the template that counts it.
        var lines: [[UInt8]] = []
        for _ in 0..<3000 { lines.append(random.bytes()) }
        var limits = PatternLimits()
        limits.patterns = .max
        limits.clusters = seed % 2 == 0 ? 2000 : 50
        var miner = PatternMiner(step: 1, limits: limits)
        // The time tells the line.
        for (index, line) in lines.enumerated() {
            line.withUnsafeBufferPointer { miner.add(line: $0, level: 0, time: Int64(index)) }
        }
        var counted = 0
        for pattern in miner.patterns() {
            let matcher = try LinePattern(pattern.pattern)
            for sample in pattern.samples {
                counted += sample.count
                let line = lines[Int(sample.time)]
                if !matcher.matches(line) {
                    Issue.record(
                        "\(pattern.pattern.debugDescription) does not match \(String(decoding: line, as: UTF8.self).debugDescription)"
                    )
                }
            }
        }
        #expect(counted == lines.count - miner.emptyLines)
    }
}

/// Random lines.
struct SplitMix {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ value >> 31) % UInt64(bound))
    }

    mutating func line() -> String {
        let words = ["alpha", "beta", "gamma", "delta", "x", "GET", "failed", "because"]
        return (0..<(1 + next(5))).map { _ in words[next(words.count)] }.joined(separator: [" ", ", ", "="][next(3)])
    }

    mutating func object(depth: Int) -> String {
        let keys = ["a", "b", "msg", "level", "message", "log", "a b", "<k>", "é"]
        let members = (0..<next(5)).map { _ -> String in
            let key = keys[next(keys.count)]
            let gap = ["", " "][next(2)]
            return "\"\(key)\":\(gap)\(value(depth: depth))"
        }
        let space = ["", " "][next(2)]
        return "{\(space)\(members.joined(separator: ",\(space)"))\(space)}"
    }

    private mutating func value(depth: Int) -> String {
        switch next(depth > 0 ? 8 : 6) {
        case 0: return "\(next(100))"
        case 1: return "\"\""
        case 2: return "\"a \\\"b\\\":1,\\\"msg\\\":\\\"x\\\" 5\""
        case 3: return "\"\(line())\""
        case 4: return "\"info\""
        case 5: return ["null", "true", "-1.5e3", "\"},\\\"b\\\":\""][next(4)]
        case 6: return "[\(value(depth: depth - 1)), \(value(depth: depth - 1))]"
        default: return object(depth: depth - 1)
        }
    }

    mutating func pairs() -> String {
        let keys = ["a", "b", "msg", "level", "ts", "k.x"]
        return (0..<(1 + next(5))).map { _ -> String in
            let values = [
                "", "1", "info", "\"\"", "\"x b=1 y\"", "\"q \\\" a=\"", "x=y", "\"user 5 came\"", "a\"b", "<x>",
                "it's",
            ]
            return "\(keys[next(keys.count)])=\(values[next(values.count)])"
        }.joined(separator: [" ", "  "][next(2)]) + ["", " "][next(2)]
    }

    mutating func bytes() -> [UInt8] {
        let pieces = [
            "a", "b", "ab", "user", "1", "12", "user-7", "x=", "=", " ", " ", " ", "  ", ",", ".", ":", "/", "\"",
            "'", "<_>", "<a>", "<", ">", "\\\"", "{", "}", "[", "]", "msg=", "\"msg\":", "\"a\":", "level=info", "1,2",
            "10:11:12,5", ",3", "\n", "\r\n", "\t", "\u{1B}[1m", "é", "GET ", "\"GET /x/1 HTTP/1.1\"", "k=\"v w\"",
            " k=", "@", "#5", "-", "_", "0x1f", "abcdef12", "/9/", "5/6", "::", "a::b:c", "\u{0}", "msg=\"", "5.",
            "message",
        ]
        if next(4) == 0 { return Array((next(2) == 0 ? object(depth: 2) : pairs()).utf8) }
        var line: [UInt8] = []
        switch next(4) {
        case 0: line += Array("{\"a\":1,".utf8)
        case 1: line += Array("k=1 level=info ".utf8)
        default: break
        }
        let start = next(8) == 0 ? "{\"a\":\"x\",\"msg\":\"" : ""
        line += Array(start.utf8)
        for _ in 0..<next(12) { line += Array(pieces[next(pieces.count)].utf8) }
        if next(20) == 0 { line.append(0xFF) }
        switch next(6) {
        case 0: line += Array("\"}".utf8)
        case 1: line += Array("}".utf8)
        case 2: line += Array("\",\"z\":1}".utf8)
        default: break
        }
        return line
    }
}
