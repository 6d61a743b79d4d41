/// Finds the name that was probably meant.
enum Suggestion {
    /// `, did you mean x?` for a name that is near enough, else nothing.
    static func text(for name: String, among names: [String]) -> String {
        let limit = max(1, name.utf8.count / 3)
        let nearest =
            names
            .map { (distance: distance(Array(name.lowercased().utf8), Array($0.lowercased().utf8)), name: $0) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= limit else { return "" }
        return ", did you mean \(nearest.name)?"
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); names past 64 bytes are
    /// near to nothing.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard left.count <= 64, right.count <= 64 else { return 64 }
        var before: [Int] = []
        var above = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                var cost = min(
                    above[column + 1] + 1, current[column] + 1, above[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            before = above
            above = current
        }
        return above.last ?? 0
    }
}
