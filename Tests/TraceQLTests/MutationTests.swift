import Testing
import TraceQL

/// Valid queries with pieces moved, dropped, doubled and swapped. Nothing may trap, and what parses prints a text that
/// parses to the same tree.
@Suite struct MutationTests {
    private static let queries = [
        "{ .a = \"b\" && (duration > 1h30m || !span.\"c d\") } >> { status = error } | count() > 2 | select(.a, name)",
        "({ true } | by(1 + .a) | avg(duration) >= -1.5s) !~ ({ kind = server }) // end",
        "({ resource.x =~ `y.*` } | count()) / ({ } | max(.z * 2 ^ 3)) = 1e3",
        "({} | rate() by (name, .b) > 6) * 100 - 3 / 2 <= 5 | topk(3) != 0 with (sample=0.1, exemplars=true)",
        "{ parent.span.a - -5 < nestedSetLeft } &<< { event:name != nil } | quantile_over_time(duration, 0, .9, 1)",
        "{} | compare({ status = unset }, 10, 1, 2)", "service.name = \"x\" && http.status_code >= 500",
    ]
    private static let pieces = [
        "(", ")", "{", "}", ",", "|", "||", "&&", "&", "!", "!=", "=", "=~", "!~", "~", ">", ">>", "!>", "!<<", "&>>",
        "&~", "<", "<=", "+", "-", "*", "/", "%", "^", "//", "/*", "*/", ".", ".a", "span.", "parent.", "parent",
        "span:", "trace:id", "event:name", "duration", "nil", "true", "ok", "server", "count()", "avg(", "by(",
        "select(", "coalesce()", "rate()", "topk(2)", "compare({})", "with(", "with (a=1)", "{ }", "({ })", "0", "1",
        "9223372036854775808", "99999999999999999999", "1e308", "1e999", ".5", "1.", "1h", "300y", "1.5.5", "5mm",
        "\"\"", "\"a\"", "`", "\"", "\"\\", "\\", "'", "#", "\n", "\u{0}", "é", "😀", "\u{FFFD}", "\u{A0}", "µs", "x.y",
        "resource.\"", "-9223372036854775808", "1 ^", "!!", "--",
    ]

    @Test("A mutated query never traps, and prints stably when it parses", arguments: queries)
    func mutations(_ query: String) {
        var random = SplitMix(state: UInt64(query.utf8.count) &* 0x9E37_79B9)
        var parsed = 0
        for _ in 0..<1500 {
            var tokens = Self.split(query)
            for _ in 0...random.below(4) { mutate(&tokens, &random) }
            if check(tokens.joined(separator: random.below(4) == 0 ? " " : "")) { parsed += 1 }
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
                for _ in 0...random.below(3) {
                    changed[random.below(changed.count)] = UInt8(truncatingIfNeeded: random.next())
                }
                _ = check(String(decoding: changed, as: UTF8.self))
            }
        }
        for _ in 0..<2000 {
            let noise = (0..<random.below(40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            _ = check(String(decoding: noise, as: UTF8.self))
        }
        for _ in 0..<3000 {
            let soup = (0..<random.below(12)).map { _ in random.one(of: Self.pieces) }
            _ = check(soup.joined(separator: random.below(2) == 0 ? " " : ""))
        }
    }

    /// Whether it parses.
    private func check(_ text: String) -> Bool {
        if let attribute = Attribute(parsing: text) {
            #expect(Attribute(parsing: attribute.description) == attribute, "from \(text)")
        }
        do throws(TraceQLError) {
            let query = try TraceQLParser.parseWithoutChecks(text)
            let printed = query.description
            do throws(TraceQLError) {
                let again = try TraceQLParser.parseWithoutChecks(printed)
                #expect(again == query, "from \(text)")
            } catch {
                Issue.record("\(text) prints as \(printed), which does not parse: \(error)")
            }
            _ = query.attributes
            _ = try? TraceQLParser.parse(text)
            return true
        } catch {
            let count = text.utf8.count
            #expect(error.range.start >= 0 && error.range.start <= error.range.end && error.range.end <= count)
            #expect(!error.message.isEmpty && error.line > 0 && error.column > 0)
            return false
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
