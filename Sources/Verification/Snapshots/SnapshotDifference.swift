/// A readable difference of two texts, line by line, as `diff -u` writes it.
///
/// - Cost: time and memory grow with the lines and with the square of the differences, up to `editsMax` of them; what
///   differs more is shown as all removed and all added.
package enum SnapshotDifference {
    /// Lines before and after a difference.
    private static let context = 3
    /// Removed and added lines up to which the shortest difference is looked for: 8 MiB are needed at this bound.
    private static let editsMax = 2000
    /// Lines times edits, which is the time in the worst case: about a second.
    private static let stepsMax = 200_000_000

    /// - Parameter linesMax: lines of the answer; what is beyond it is counted.
    /// - Returns: nil when the texts are equal, line ends apart (a checkout may have made CR LF of them).
    package static func unified(
        _ old: String, _ new: String, oldName: String, newName: String, linesMax: Int = 500
    ) -> String? {
        let left = lines(old)
        let right = lines(new)
        if left == right { return nil }
        let edits = edits(left, right)
        var result = ["--- \(oldName)", "+++ \(newName)"]
        for hunk in hunks(edits) {
            var oldCount = 0
            var newCount = 0
            for edit in edits[hunk] {
                if edit.kind != .added { oldCount += 1 }
                if edit.kind != .removed { newCount += 1 }
            }
            let first = edits[hunk.lowerBound]
            result.append(
                "@@ -\(range(first.left, oldCount)) +\(range(first.right, newCount)) @@")
            for edit in edits[hunk] {
                switch edit.kind {
                case .kept: result.append(" \(left[edit.left])")
                case .removed: result.append("-\(left[edit.left])")
                case .added: result.append("+\(right[edit.right])")
                }
            }
        }
        let rest = result.count - linesMax
        if rest > 0 { result = result.prefix(linesMax) + ["… and \(rest) more lines of the difference"] }
        return result.joined(separator: "\n") + "\n"
    }

    /// What stands in the header of a hunk: the first line and how many; of none, the line before.
    private static func range(_ start: Int, _ count: Int) -> String {
        count == 1 ? "\(start + 1)" : "\(count == 0 ? start : start + 1),\(count)"
    }

    private static func lines(_ text: String) -> [Substring] {
        // CR LF is one character.
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    // MARK: Edits

    private struct Edit {
        enum Kind { case kept, removed, added }

        var kind: Kind
        /// Lines of both texts that come next: of a removed line the first is it, of an added one the second.
        var left: Int
        var right: Int
    }

    private static func edits(_ left: [Substring], _ right: [Substring]) -> [Edit] {
        var start = 0
        while start < min(left.count, right.count), left[start] == right[start] { start += 1 }
        var end = 0
        while end < min(left.count, right.count) - start, left[left.count - 1 - end] == right[right.count - 1 - end] {
            end += 1
        }
        // Numbers stand for lines, so that to compare two is one step.
        var numbers: [Substring: Int32] = [:]
        func number(_ line: Substring) -> Int32 {
            let next = Int32(truncatingIfNeeded: numbers.count)
            if let number = numbers[line] { return number }
            numbers[line] = next
            return next
        }
        let old = left[start..<(left.count - end)].map(number)
        let new = right[start..<(right.count - end)].map(number)
        let middle =
            shortest(old, new)
            ?? old.indices.map { Edit(kind: .removed, left: $0, right: 0) }
            + new.indices.map { Edit(kind: .added, left: old.count, right: $0) }
        return (0..<start).map { Edit(kind: .kept, left: $0, right: $0) }
            + middle.map { Edit(kind: $0.kind, left: $0.left + start, right: $0.right + start) }
            + (0..<end).map {
                Edit(kind: .kept, left: left.count - end + $0, right: right.count - end + $0)
            }
    }

    /// The shortest sequence of edits; nil when it is longer than `editsMax`.
    ///
    /// A path goes right for a removed line, down for an added one, and diagonally as long as lines are equal; after
    /// `d` edits the furthest point on each diagonal is known from those after `d - 1` (Myers, "An O(ND) Difference
    /// Algorithm and Its Variations", Algorithmica 1, 1986).
    private static func shortest(_ old: [Int32], _ new: [Int32]) -> [Edit]? {
        let lines = old.count + new.count
        let limit = min(lines, editsMax, max(1, stepsMax / max(1, lines)))
        /// Per number of edits, the furthest `x` of the diagonals -d, -d + 2, …, d.
        var trace: [[Int32]] = []
        for edits in 0...limit {
            var furthest = [Int32](repeating: 0, count: edits + 1)
            for index in 0...edits {
                let diagonal = 2 * index - edits
                var x = 0
                if edits > 0 {
                    let previous = trace[edits - 1]
                    // Diagonal k + 1 after d - 1 edits is at `index`, k - 1 at `index - 1`.
                    let fromAbove = index < edits ? Int(previous[index]) : -1
                    let fromLeft = index > 0 ? Int(previous[index - 1]) + 1 : -1
                    x = max(fromAbove, fromLeft)
                }
                var y = x - diagonal
                while x < old.count, y >= 0, y < new.count, old[x] == new[y] {
                    x += 1
                    y += 1
                }
                furthest[index] = Int32(x)
                if x == old.count, y == new.count {
                    trace.append(furthest)
                    return path(trace, old.count, new.count)
                }
            }
            trace.append(furthest)
        }
        return nil
    }

    private static func path(_ trace: [[Int32]], _ oldCount: Int, _ newCount: Int) -> [Edit] {
        var edits: [Edit] = []
        var x = oldCount
        var y = newCount
        for count in stride(from: trace.count - 1, through: 1, by: -1) {
            let previous = trace[count - 1]
            let index = (x - y + count) / 2
            let fromAbove = index < count ? Int(previous[index]) : -1
            let fromLeft = index > 0 ? Int(previous[index - 1]) + 1 : -1
            let isAdded = fromAbove >= fromLeft
            let startX = isAdded ? fromAbove : fromLeft
            let diagonal = x - y
            while x > startX {
                x -= 1
                y -= 1
                edits.append(Edit(kind: .kept, left: x, right: y))
            }
            x = isAdded ? startX : startX - 1
            y = isAdded ? startX - diagonal - 1 : startX - diagonal
            edits.append(Edit(kind: isAdded ? .added : .removed, left: x, right: y))
        }
        while x > 0 {
            x -= 1
            y -= 1
            edits.append(Edit(kind: .kept, left: x, right: y))
        }
        return edits.reversed()
    }

    /// Differences with the lines around them; those that touch are one.
    private static func hunks(_ edits: [Edit]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (index, edit) in edits.enumerated() where edit.kind != .kept {
            let start = max(0, index - context)
            let end = min(edits.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= start {
                hunks[hunks.count - 1] = last.lowerBound..<end
            } else {
                hunks.append(start..<end)
            }
        }
        return hunks
    }
}
