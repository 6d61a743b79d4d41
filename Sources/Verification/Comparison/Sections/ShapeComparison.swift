import TraceAnalysis

/// Shapes of traces: of each root operation that both sides have, which shapes are new, gone, or have another share.
enum ShapeComparison {
    private static let shareMin = 0.05

    static func candidates(_ context: ComparisonContext) -> [Candidate] {
        var candidates: [Candidate] = []
        let (one, two) = (byRoot(context.a.shapes), byRoot(context.b.shapes))
        let roots = Set(one.keys).intersection(two.keys).sorted {
            ($0.service, $0.operation) < ($1.service, $1.operation)
        }
        for root in roots {
            guard let first = one[root], let second = two[root] else { continue }
            let totals = (first.values.reduce(0, +), second.values.reduce(0, +))
            let hashes = Set(first.keys).union(second.keys).sorted { left, right in
                let counts = ((first[left] ?? 0) + (second[left] ?? 0), (first[right] ?? 0) + (second[right] ?? 0))
                return counts.0 == counts.1 ? left < right : counts.0 > counts.1
            }
            for hash in hashes {
                let counts = (first[hash] ?? 0, second[hash] ?? 0)
                let kind: ComparisonFinding.Kind =
                    counts.0 == 0 ? .newShape : counts.1 == 0 ? .goneShape : .shapeShare
                var finding = ComparisonFinding(kind, service: root.service, name: root.operation)
                finding.detail = "shape of \(max(counts.0, counts.1)) traces"
                finding.lines = lines(kind, hash, first, second, context)
                candidates.append(
                    ShareTest.candidate(
                        finding, (counts.0, of: totals.0), (counts.1, of: totals.1), sameWork: context.isSameWork,
                        shareMin: kind == .shapeShare ? max(shareMin, context.options.shareMin) : 0))
            }
        }
        return candidates
    }

    private static func byRoot(_ shapes: TraceShapes) -> [OperationKey: [UInt64: Int]] {
        var result: [OperationKey: [UInt64: Int]] = [:]
        for (hash, count) in shapes.counts {
            guard let node = shapes.nodes[hash] else { continue }
            result[node.key, default: [:]][hash] = count
        }
        return result
    }

    /// The tree of a new or gone shape beside the other side's most frequent one.
    private static func lines(
        _ kind: ComparisonFinding.Kind, _ hash: UInt64, _ first: [UInt64: Int], _ second: [UInt64: Int],
        _ context: ComparisonContext
    ) -> [String] {
        func usual(_ counts: [UInt64: Int]) -> UInt64? {
            counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        }
        switch kind {
        case .newShape:
            let before = usual(first).map { context.a.shapes.lines($0) } ?? []
            return LineDifference.lines(before, context.b.shapes.lines(hash))
        case .goneShape:
            let after = usual(second).map { context.b.shapes.lines($0) } ?? []
            return LineDifference.lines(context.a.shapes.lines(hash), after)
        default: return context.a.shapes.lines(hash).map { "  " + $0 }
        }
    }
}

/// Two lists of lines as one: `  ` in both, `- ` in the first, `+ ` in the second.
enum LineDifference {
    /// Spec: the longest common subsequence, by dynamic programming (E. W. Myers, "An O(ND) difference algorithm",
    /// describes the problem).
    ///
    /// - Parameters:
    ///   - first, second: some dozens of lines (`TraceShapes.linesMax`).
    static func lines(_ first: [String], _ second: [String]) -> [String] {
        var lengths = Array(repeating: Array(repeating: 0, count: second.count + 1), count: first.count + 1)
        for row in first.indices.reversed() {
            for column in second.indices.reversed() {
                lengths[row][column] =
                    first[row] == second[column]
                    ? lengths[row + 1][column + 1] + 1 : max(lengths[row + 1][column], lengths[row][column + 1])
            }
        }
        var (row, column) = (0, 0)
        var result: [String] = []
        while row < first.count || column < second.count {
            if row < first.count, column < second.count, first[row] == second[column] {
                result.append("  " + first[row])
                row += 1
                column += 1
            } else if column == second.count
                || row < first.count && lengths[row + 1][column] >= lengths[row][column + 1]
            {
                result.append("- " + first[row])
                row += 1
            } else {
                result.append("+ " + second[column])
                column += 1
            }
        }
        return result
    }
}
