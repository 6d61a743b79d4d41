/// Guesses which key of a configuration someone meant.
enum NearName {
    /// Longer names are no slips of the pen; the bound keeps the table of the distance small.
    private static let nameBytesMax = 100

    /// The nearest candidate if it is near enough to be a slip.
    static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
        guard name.utf8.count <= nameBytesMax else { return nil }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(Array(name.utf8), Array(candidate.utf8))
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(2, name.utf8.count / 4) else { return nil }
        return best.candidate
    }

    /// Insertions, deletions and replacements that turn one name into the other (Levenshtein).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let replacement = last[column] + (left[row] == right[column] ? 0 : 1)
                current.append(min(replacement, last[column + 1] + 1, current[column] + 1))
            }
            last = current
        }
        return last[right.count]
    }
}
