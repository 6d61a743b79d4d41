import TelemetryModel
import TraceQL

/// Finds the spans of one trace that stand in a relation to others of it.
///
/// With left and right spans given, for each form:
/// - plain: right spans for which there is such a left span;
/// - negated: right spans for which there is none, so all of them when there are no left spans at all;
/// - union: right spans that have a left one, and left spans that have a right one.
///
/// Siblings are different spans with the same parent id, whether the parent is stored or not; roots, which have none,
/// are siblings of each other (Tempo gives them the same nested-set parent).
///
/// - Cost: linear in the spans of the trace.
struct RelationMatcher {
    private let table: SpanTable
    private let forest: SpanForest
    private var isLeft: [Bool]
    private var isRight: [Bool]
    /// Whether the row has a left (right) span among its ancestors, descendants, children or siblings, as asked.
    private var hasLeft: [Bool]
    private var hasRight: [Bool]

    init(_ table: SpanTable, _ forest: SpanForest) {
        self.table = table
        self.forest = forest
        isLeft = [Bool](repeating: false, count: table.rows)
        isRight = isLeft
        hasLeft = isLeft
        hasRight = isLeft
    }

    /// - Parameters: rows of the trace, sorted.
    /// - Returns: rows, sorted.
    mutating func match(
        _ relation: SpansetOperator.Relation, _ form: SpansetOperator.Form, left: [Int32], right: [Int32], trace: Int
    ) -> [Int32] {
        if right.isEmpty { return [] }
        if left.isEmpty { return form == .negated ? right : [] }
        let rows = table.rows(ofTrace: trace)
        for row in left { isLeft[Int(row)] = true }
        for row in right { isRight[Int(row)] = true }
        let isUnion = form == .union
        switch relation {
        case .descendant:
            Self.spreadDown(forest, isLeft, into: &hasLeft, rows)
            if isUnion { Self.spreadUp(forest, isRight, into: &hasRight, rows) }
        case .ancestor:
            Self.spreadUp(forest, isLeft, into: &hasLeft, rows)
            if isUnion { Self.spreadDown(forest, isRight, into: &hasRight, rows) }
        case .child:
            Self.takeFromParent(forest, isLeft, into: &hasLeft, rows)
            if isUnion { Self.giveToParent(forest, isRight, into: &hasRight, rows) }
        case .parent:
            Self.giveToParent(forest, isLeft, into: &hasLeft, rows)
            if isUnion { Self.takeFromParent(forest, isRight, into: &hasRight, rows) }
        case .sibling:
            let families = families(rows)
            Self.markSiblings(isLeft, into: &hasLeft, rows, families)
            if isUnion { Self.markSiblings(isRight, into: &hasRight, rows, families) }
        }
        var result: [Int32] = []
        switch form {
        case .plain: result = right.filter { hasLeft[Int($0)] }
        case .negated: result = right.filter { !hasLeft[Int($0)] }
        case .union:
            for row in rows where (isRight[row] && hasLeft[row]) || (isLeft[row] && hasRight[row]) {
                result.append(Int32(truncatingIfNeeded: row))
            }
        }
        for row in left { isLeft[Int(row)] = false }
        for row in right { isRight[Int(row)] = false }
        return result
    }

    // Static, because a method would hold a second reference to the marks and each call would copy them.

    /// Marks the descendants of the given spans.
    private static func spreadDown(
        _ forest: SpanForest, _ given: [Bool], into marks: inout [Bool], _ rows: Range<Int>
    ) {
        for place in rows {
            let row = Int(forest.order[place])
            let parent = Int(forest.parents[row])
            marks[row] = parent >= 0 && (given[parent] || marks[parent])
        }
    }

    /// Marks the ancestors of the given spans.
    private static func spreadUp(
        _ forest: SpanForest, _ given: [Bool], into marks: inout [Bool], _ rows: Range<Int>
    ) {
        for row in rows { marks[row] = false }
        for place in rows.reversed() {
            let row = Int(forest.order[place])
            let parent = Int(forest.parents[row])
            if parent >= 0, given[row] || marks[row] { marks[parent] = true }
        }
    }

    /// Marks the children of the given spans.
    private static func takeFromParent(
        _ forest: SpanForest, _ given: [Bool], into marks: inout [Bool], _ rows: Range<Int>
    ) {
        for row in rows {
            let parent = Int(forest.parents[row])
            marks[row] = parent >= 0 && given[parent]
        }
    }

    /// Marks the parents of the given spans.
    private static func giveToParent(
        _ forest: SpanForest, _ given: [Bool], into marks: inout [Bool], _ rows: Range<Int>
    ) {
        for row in rows { marks[row] = false }
        for row in rows where given[row] {
            let parent = Int(forest.parents[row])
            if parent >= 0 { marks[parent] = true }
        }
    }

    /// Marks the siblings of the given spans.
    private static func markSiblings(
        _ given: [Bool], into marks: inout [Bool], _ rows: Range<Int>, _ families: Families
    ) {
        var counts = [Int](repeating: 0, count: families.count)
        for row in rows where given[row] { counts[families.ofRow[row - rows.lowerBound]] += 1 }
        for row in rows {
            marks[row] = counts[families.ofRow[row - rows.lowerBound]] > (given[row] ? 1 : 0)
        }
    }

    private struct Families {
        var ofRow: [Int]
        var count: Int
    }

    /// A number for each set of siblings: that of the parent, of the roots, or of a parent that is not stored.
    private func families(_ rows: Range<Int>) -> Families {
        var result = Families(ofRow: [], count: rows.count + 1)
        result.ofRow.reserveCapacity(rows.count)
        var missing: [SpanID: Int] = [:]
        for row in rows {
            let parent = Int(forest.parents[row])
            if parent >= 0 {
                result.ofRow.append(parent - rows.lowerBound)
            } else if table.parentIDs[row].isZero {
                result.ofRow.append(rows.count)
            } else if let known = missing[table.parentIDs[row]] {
                result.ofRow.append(known)
            } else {
                missing[table.parentIDs[row]] = result.count
                result.ofRow.append(result.count)
                result.count += 1
            }
        }
        return result
    }
}
