/// Guesses what someone meant by a name that does not exist.
package enum Suggestion {
    /// Longer names are no slips of the pen; the bound keeps the table of the distance small.
    package static let nameLengthMax = 100

    /// The nearest candidate, if it is near enough to be a slip; else the only one that ends in the same word.
    ///
    /// - Parameter separator: what stands between the words of a name, so that `otlp_grpc` finds `ports.otlp_grpc`.
    package static func nearest(to name: String, in candidates: [String], separator: String) -> String? {
        guard name.utf8.count <= nameLengthMax else { return nil }
        let name = name.lowercased()
        let ranked = candidates.map { (candidate: $0, distance: distance(name, $0.lowercased())) }
        if let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= max(1, name.count / 4) {
            return best.candidate
        }
        let sameEnd = candidates.filter { $0.lowercased().hasSuffix(separator + name) }
        return sameEnd.count == 1 ? sameEnd[0] : nil
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one name into the other (optimal string
    /// alignment). Swaps count once, because `grcp` for `grpc` is the most usual slip.
    package static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let replacement = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(replacement, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
