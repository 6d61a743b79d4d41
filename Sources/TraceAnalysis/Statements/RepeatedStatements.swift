/// Statements that one piece of work executes again and again where one statement for all could do: "N + 1 queries".
///
/// Executions of one fingerprint count together when they have the same parent span, or when their parents are of one
/// operation below the same span (a loop that calls a function that queries).
package struct RepeatedStatements: Sendable {
    package struct Finding: Sendable, Equatable {
        package enum Pattern: String, Sendable {
            /// One after the other.
            case sequential
            /// At least half of them began while an earlier one ran.
            case concurrent
        }

        package enum Place: String, Sendable {
            case sameParent
            case sameParentOperation
        }

        /// The span that the executions are below: their parent, or their parents' parent.
        package var parent: Int
        package var place: Place
        /// `StatementFingerprint.hash`.
        package var fingerprint: UInt64
        package var count: Int
        /// Nanoseconds: the sum of the executions' durations.
        package var total: Int64
        /// Nanoseconds in which at least one execution ran.
        package var elapsed: Int64
        package var pattern: Pattern
        /// Rows of the executions, by start; at most `RepeatedStatements.rowsMax`.
        package var rows: [UInt32]
    }

    private struct Key: Hashable {
        var parent: UInt32
        /// Of the parents, `UInt64.max` when the parent itself is the same.
        var operation: UInt64
        var fingerprint: UInt64
    }

    package static let countMinDefault = 5
    package static let rowsMax = 100
    package static let findingsMax = 1000

    /// The most time first.
    package let findings: [Finding]
    /// Findings beyond `findingsMax`.
    package let omitted: Int

    /// - Parameters:
    ///   - statements: rows of the tree with the hash of the statement that each executed; a row that occurs twice
    ///     counts twice.
    ///   - countMin: fewer executions are no finding.
    package init(_ tree: TraceTree, statements: [(row: Int, fingerprint: UInt64)], countMin: Int = countMinDefault) {
        let countMin = max(2, countMin)
        // By row is by start.
        let statements = statements.filter { tree.skeleton.starts.indices.contains($0.row) }.sorted {
            ($0.row, $0.fingerprint) < ($1.row, $1.fingerprint)
        }
        func groups(_ key: (Int, UInt64) -> Key?) -> [Key: [UInt32]] {
            var groups: [Key: [UInt32]] = [:]
            for statement in statements {
                guard let key = key(statement.row, statement.fingerprint) else { continue }
                groups[key, default: []].append(UInt32(truncatingIfNeeded: statement.row))
            }
            return groups.filter { $0.value.count >= countMin }
        }
        let byParent = groups { row, fingerprint in
            tree.parent(of: row).map {
                Key(parent: UInt32(truncatingIfNeeded: $0), operation: .max, fingerprint: fingerprint)
            }
        }
        let byOperation = groups { row, fingerprint in
            guard let parent = tree.parent(of: row), let above = tree.parent(of: parent) else { return nil }
            let key = Key(parent: UInt32(truncatingIfNeeded: parent), operation: .max, fingerprint: fingerprint)
            // What is found below one parent already is not found again above it.
            guard byParent[key] == nil else { return nil }
            let operation = UInt64(tree.skeleton.services[parent]) << 32 | UInt64(tree.skeleton.operations[parent])
            return Key(parent: UInt32(truncatingIfNeeded: above), operation: operation, fingerprint: fingerprint)
        }
        let found = [byParent, byOperation].joined().map { Self.finding(tree, $0.key, $0.value) }.sorted { one, two in
            if one.total != two.total { return one.total > two.total }
            return (one.parent, one.fingerprint, one.rows.first ?? 0) < (
                two.parent, two.fingerprint, two.rows.first ?? 0
            )
        }
        findings = Array(found.prefix(Self.findingsMax))
        omitted = found.count - findings.count
    }

    private static func finding(_ tree: TraceTree, _ key: Key, _ rows: [UInt32]) -> Finding {
        var total: Int64 = 0
        var elapsed: Int64 = 0
        var overlapping = 0
        var latest = Int64.min
        for row in rows.lazy.map(Int.init) {
            let start = tree.skeleton.starts[row]
            let end = tree.skeleton.end(of: row)
            total = total.addingClamped(end - start)
            if start < latest { overlapping += 1 }
            if end > latest {
                elapsed = elapsed.addingClamped(end - max(start, latest))
                latest = end
            }
        }
        return Finding(
            parent: Int(key.parent), place: key.operation == .max ? .sameParent : .sameParentOperation,
            fingerprint: key.fingerprint, count: rows.count, total: total, elapsed: elapsed,
            pattern: overlapping * 2 >= rows.count ? .concurrent : .sequential,
            rows: Array(rows.prefix(rowsMax)))
    }
}
