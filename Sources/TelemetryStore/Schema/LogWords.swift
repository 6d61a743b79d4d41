package import SQLSyntax

/// The words that the index of log bodies holds: runs of letters, in lower case. Digits and other ASCII characters
/// separate; bytes of other scripts count as letters.
package enum LogWords {
    /// The words of a text, as the engine computes them; the index is on this expression, and a condition uses it only
    /// when it is written the same.
    static let expression = "lower(translate(body, '0123456789', '          '))"

    /// ``expression`` as a tree.
    package static let tree: Expression = .call(
        "lower",
        .call(
            "translate", .column("body"), .literal(digits), .literal(String(repeating: " ", count: digits.count))))

    private static let digits = "0123456789"

    /// Runs of letters shorter than this are not looked up: they are in too many words
    /// (`text_index_like_min_pattern_length` of the engine).
    static let lettersMin = 4
    /// Runs of one text that are looked up.
    static let runsMax = 4

    /// A condition that holds for every body with `text` in it, and that the index answers; nil for a text without a run
    /// of letters that is long enough.
    package static func condition(containing text: String) -> Expression? {
        var runs: [[UInt8]] = [[]]
        for byte in text.utf8 {
            if byte >= 0x80 || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")) {
                runs[runs.count - 1].append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
            } else {
                runs.append([])
            }
        }
        let words = runs.compactMap { run -> String? in
            guard run.count >= lettersMin else { return nil }
            return String(validating: run, as: UTF8.self)
        }
        guard !words.isEmpty else { return nil }
        // The longest are the rarest.
        let chosen = Set(words).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }.prefix(runsMax)
        return .and(chosen.map { .call("like", tree, .parameter(.string("%\($0)%"))) })
    }
}
