import PromQL
import Testing

/// Valid queries with pieces moved, dropped, doubled and swapped. Nothing may trap, and what parses prints a text that
/// parses to the same text again.
@Suite struct MutationTests {
    private static let queries = [
        "sum by (job) (rate(http_requests_total{code=~\"5..\", job!=\"a\"}[5m] offset 1h))",
        "histogram_quantile(0.99, sum without (instance) (rate(latency_bucket[5m:30s] @ start())))",
        "a * on (x, \"y.z\") group_left (w) b unless ignoring (q) c == bool 2 ^ -3 ^ 4",
        "{\"foo.bar\", \"l.x\"=\"y\", __name__!~'b.*',} offset -5m @ 1.5e3 or -(vector(0x1F) % 1_000)",
        "topk(3, avg_over_time(m{a='\\x41\\u00e9'}[(1h - 5m) * 2:step() + 1] @ end() offset (2 ^ 3))) # end",
        "label_replace(up, `a`, \"$1\", 'b', \"(.*)\") + count_values(\"v\", info(x, {k=~\".*\"})) atan2 +Inf",
        "quantile_over_time(0.5, rate(x[min(step(), 5m)])[1d1h1m1s1ms:]) > NaN and on () absent(y)",
    ]
    private static let pieces = [
        "(", ")", "[", "]", "{", "}", ",", ":", "::", "=", "==", "=~", "!~", "!=", "!", "+", "-", "*", "/", "%", "^",
        "@", "offset", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "and", "or", "unless",
        "atan2", "sum", "topk", "limit_ratio", "start()", "end()", "step()", "min(", "max_of(", "inf", "NaN", "0", "1",
        "-0", "1e308", "9223372036854775807", "1e-320", "0x", "0xFFFFFFFFFFFFFFFF", "5m", "1y", "292y", "0s", "1ms",
        "0.0004", "1_0", "\"\"", "\"a\"", "'", "`", "\"\\", "\\x", "\\u12", "#", "\n", "\u{0}", "é", "😀", "\u{FFFD}",
        "foo", "a:b", "__name__", "rate(", "time()", "{}", "[5m]", "[5m:]", "offset 5m", "@ 1", "[1+", "e", ".", "_",
    ]

    @Test("A mutated query never traps, and prints stably when it parses", arguments: queries)
    func mutations(_ query: String) {
        var random = SplitMix(state: UInt64(query.utf8.count) &* 0x9E37_79B9)
        var parsed = 0
        for _ in 0..<1500 {
            var tokens = Self.split(query)
            for _ in 0...Int(random.next() % 4) { mutate(&tokens, &random) }
            if check(tokens.joined(separator: random.next() % 4 == 0 ? " " : "")) { parsed += 1 }
        }
        #expect(parsed > 0)
    }

    @Test("Any bytes are answered, and any prefix of a query")
    func bytes() {
        var random = SplitMix(state: 7)
        for query in Self.queries {
            let bytes = Array(query.utf8)
            for end in bytes.indices { _ = check(String(decoding: bytes[..<end], as: UTF8.self)) }
            for _ in 0..<300 {
                var changed = bytes
                for _ in 0...Int(random.next() % 3) {
                    changed[Int(random.next() % UInt64(changed.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                _ = check(String(decoding: changed, as: UTF8.self))
            }
        }
        for _ in 0..<2000 {
            let noise = (0..<Int(random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            _ = check(String(decoding: noise, as: UTF8.self))
        }
        for _ in 0..<3000 {
            let count = Int(random.next() % 12)
            let soup = (0..<count).map { _ in Self.pieces[Int(random.next() % UInt64(Self.pieces.count))] }
            _ = check(soup.joined(separator: random.next() % 2 == 0 ? " " : ""))
        }
    }

    /// Whether it parses.
    private func check(_ text: String) -> Bool {
        _ = try? PromQLParser.parseMetricSelector(text)
        do throws(ParseError) {
            let expression = try PromQLParser.parse(text)
            let printed = expression.description
            for form in [printed, expression.prettyPrinted(columns: 20)] {
                do throws(ParseError) {
                    let again = try PromQLParser.parse(form)
                    #expect(again.description == printed, "from \(text)")
                } catch {
                    Issue.record("\(text) prints as \(form), which does not parse: \(error)")
                }
            }
            return true
        } catch {
            let count = text.utf8.count
            #expect(error.range.start >= 0 && error.range.start <= error.range.end && error.range.end <= count)
            #expect(!error.reason.isEmpty)
            return false
        }
    }

    private func mutate(_ tokens: inout [String], _ random: inout SplitMix) {
        let place = Int(random.next() % UInt64(tokens.count))
        let piece = Self.pieces[Int(random.next() % UInt64(Self.pieces.count))]
        switch random.next() % 6 {
        case 0: tokens.remove(at: place)
        case 1: tokens.insert(tokens[place], at: place)
        case 2: tokens.swapAt(place, Int(random.next() % UInt64(tokens.count)))
        case 3: tokens.insert(piece, at: place)
        case 4: tokens[place] = piece
        default: tokens.removeSubrange(place..<min(tokens.count, place + Int(random.next() % 8)))
        }
        if tokens.isEmpty { tokens = [piece] }
    }

    /// Runs of letters and digits, and everything else alone.
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

/// SplitMix64: the same numbers in every run.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
