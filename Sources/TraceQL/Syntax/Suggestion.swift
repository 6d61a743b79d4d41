/// The known word that a mistyped one is nearest to.
enum Suggestion {
    /// `; did you mean `duration`?`, or nothing.
    static func text(for word: String, among known: [String]) -> String {
        guard let nearest = nearest(to: word, among: known) else { return "" }
        return "; did you mean `\(nearest)`?"
    }

    /// At most two edits away, and fewer than half of the word's letters.
    static func nearest(to word: String, among known: [String]) -> String? {
        let letters = Array(word.lowercased().utf8)
        guard letters.count <= 40 else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in known {
            let distance = distance(letters, Array(candidate.lowercased().utf8))
            if distance <= min(2, (letters.count - 1) / 2), distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.word
    }

    /// Insertions, deletions and replacements that make one of the other.
    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var row = Array(0...second.count)
        for (index, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in second.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[second.count]
    }
}
