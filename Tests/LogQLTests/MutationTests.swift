import LogQL
import Testing

/// Valid queries with pieces moved, dropped, doubled and swapped. Nothing may trap, and what parses prints a text that
/// parses to the same tree.
@Suite struct MutationTests {
    private static let queries = [
        #"{a="b", c!~"d.*"} |= "x" or ip("::1") != `y` | json e, f="g[0]" | status >= 500 and (h="i" or j > 1h30m, k < 2MB)"#,
        #"sum by (a, b) (rate({c="d"} |~ "(?i)e" | logfmt --strict | label_format f=g, h="{{.i}}" [5m] offset -1h)) > bool 1"#,
        #"topk(5, quantile_over_time(0.99, {a="b"} | pattern "<c> <_>" | unwrap duration(d) | __error__="" [1d]) by (e))"#,
        #"label_replace(vector(1.5) / on (a) group_left (b) (1 - vector(2) ^ 3), "c", "$1", "d", "(.*)") or vector(0) # x"#,
        #"count_over_time(({a="b"} | drop c, d="e" | keep f | decolorize | unpack | line_format "g")[5m])"#,
        #"max_over_time({a="b"}[90s] offset 1w | regexp "(?P<c>.)" | unwrap bytes(c)) without () unless 2 * vector(3)"#,
        #"{on="x", "a b"="2"}"#,
    ]
    private static let pieces = [
        "(", ")", "{", "}", "[", "]", ",", "|", "|=", "|~", "|>", "!", "!=", "=", "=~", "!~", "!>", "==", ">", "<=",
        "+",
        "-", "--", "--strict", "--keep-empty", "*", "/", "//", "/*", "*/", "%", "^", "#", ".", "a", "rate", "rate(",
        "sum(", "sum by (", "topk(2,", "by (a)", "without ()", "bool", "on (a)", "ignoring()", "group_left",
        "offset 5m",
        "offset", "[5m]", "[]", "[5", "json", "logfmt", "regexp", "pattern", "unpack", "unwrap", "| unwrap a", "ip",
        "ip(\"\")", "vector(1)", "label_replace(", "variants(", "or", "and", "unless", "{a=\"b\"}", "{}", "0", "1",
        "-1",
        "99999999999999999999", "1e308", "1e999", "1e", "0x", "0b1", "0B", "1_000", "1__0", ".5", "1.", "1..2", "5m",
        "-5m", "300y", "292y", "1h-1m", "5mm", "20MB", "1KiB", "18446744073709551615B", "1mb", "\"\"", "\"a\"", "`",
        "\"",
        "\"\\", "\\", "'", "'a'", "\n", "\u{0}", "é", "😀", "\u{FFFD}", "\u{A0}", "µs", "\"(\"", "\"<a><b>\"", "$",
    ]

    @Test("A mutated query never traps, and prints stably when it parses", arguments: queries)
    func mutations(_ query: String) {
        var random = SplitMix(state: UInt64(query.utf8.count) &* 0x9E37_79B9)
        for _ in 0..<1500 {
            var tokens = Self.split(query)
            for _ in 0...random.below(4) { mutate(&tokens, &random) }
            check(tokens.joined(separator: random.below(4) == 0 ? " " : ""))
        }
    }

    @Test("Any bytes are answered, and any prefix of a query")
    func bytes() {
        var random = SplitMix(state: 7)
        for query in Self.queries {
            let bytes = Array(query.utf8)
            for end in bytes.indices { check(String(decoding: bytes[..<end], as: UTF8.self)) }
            for _ in 0..<300 {
                var changed = bytes
                for _ in 0...random.below(3) {
                    changed[random.below(changed.count)] = UInt8(truncatingIfNeeded: random.next())
                }
                check(String(decoding: changed, as: UTF8.self))
            }
        }
        for _ in 0..<2000 {
            let noise = (0..<random.below(40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            check(String(decoding: noise, as: UTF8.self))
        }
        for _ in 0..<3000 {
            let soup = (0..<random.below(12)).map { _ in random.one(of: Self.pieces) }
            check(soup.joined(separator: random.below(2) == 0 ? " " : ""))
        }
    }

    private func check(_ text: String) {
        _ = try? LogQLParser.parseLabels(text)
        _ = try? LogQLParser.parseMatchers(text, allowsAll: true)
        do throws(LogQLError) {
            let query = try LogQLParser.parse(text)
            // Results of reductions that no number of the language is.
            guard !query.description.contains("Inf"), !query.description.contains("NaN") else { return }
            for printed in [query.description, query.prettyPrinted(columns: 30)] {
                do throws(LogQLError) {
                    let again = try LogQLParser.parse(printed)
                    #expect(again == query, "from \(text)")
                } catch {
                    Issue.record("\(text) prints as \(printed), which does not parse: \(error)")
                }
            }
        } catch {
            let count = text.utf8.count
            if let range = error.range { #expect(range.start >= 0 && range.start <= range.end && range.end <= count) }
            #expect(!error.message.isEmpty && (error.line > 0) == (error.column > 0))
        }
    }

    private func mutate(_ tokens: inout [String], _ random: inout SplitMix) {
        let place = random.below(tokens.count)
        let piece = random.one(of: Self.pieces)
        switch random.below(6) {
        case 0: tokens.remove(at: place)
        case 1: tokens.insert(tokens[place], at: place)
        case 2: tokens.swapAt(place, random.below(tokens.count))
        case 3: tokens.insert(piece, at: place)
        case 4: tokens[place] = piece
        default: tokens.removeSubrange(place..<min(tokens.count, place + random.below(8)))
        }
        if tokens.isEmpty { tokens = [piece] }
    }

    /// Runs of letters, digits and dots, and everything else alone.
    private static func split(_ text: String) -> [String] {
        var tokens: [String] = []
        var isInWord = false
        for character in text {
            let isWord = character.isLetter || character.isNumber || character == "_" || character == "."
            if isWord, isInWord, let last = tokens.popLast() {
                tokens.append(last + String(character))
            } else {
                tokens.append(String(character))
            }
            isInWord = isWord
        }
        return tokens
    }
}
