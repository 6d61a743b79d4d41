/// Counts and durations by operation over many traces.
///
/// Bounded: an operation that finds no room is counted in `other`.
package struct OperationStatistics: Sendable {
    package struct Figures: Sendable, Equatable {
        package var errors = 0
        /// Of spans; negative ones count as 0.
        package var durations = DurationDistribution()
        /// Nanoseconds.
        package var own: Int64 = 0

        package init() {}

        package var count: Int { durations.count }
        package var total: Int64 { durations.total }
    }

    package struct Entry: Sendable, Equatable {
        package var key: OperationKey
        package var figures: Figures
    }

    package private(set) var other = Figures()
    package private(set) var traceCount = 0
    private var table: OperationTable
    private var figures: [Figures] = []

    /// - Parameter operationsMax: at most a kilobyte each while there are few spans, then at most 13.
    package init(operationsMax: Int = 5_000) {
        table = OperationTable(countMax: Swift.max(0, operationsMax))
    }

    /// - Parameters:
    ///   - selfTimes: of this tree, if they are known.
    ///   - rows: the spans to count, all without it.
    package mutating func add(_ tree: TraceTree, selfTimes: [Int64]? = nil, rows: [Int]? = nil) {
        if let rows {
            add(tree, selfTimes, of: rows)
        } else {
            add(tree, selfTimes, of: 0..<tree.count)
        }
    }

    private mutating func add(_ tree: TraceTree, _ selfTimes: [Int64]?, of rows: some Sequence<Int>) {
        traceCount += 1
        let times = selfTimes ?? tree.selfTimes()
        // Operations of which no span is counted have no figures, and are left out of the entries.
        let operations = table.indexes(of: tree.skeleton)
        while figures.count < table.keys.count { figures.append(Figures()) }
        for row in rows where tree.skeleton.starts.indices.contains(row) {
            let isError = tree.flags[row].contains(.error)
            let duration = tree.skeleton.durations[row]
            if operations[row] == OperationTable.other {
                Self.count(&other, duration, times[row], isError)
            } else {
                Self.count(&figures[Int(operations[row])], duration, times[row], isError)
            }
        }
    }

    package mutating func merge(_ added: OperationStatistics) {
        traceCount += added.traceCount
        for entry in added.entries {
            let index = table.index(of: entry.key)
            while figures.count < table.keys.count { figures.append(Figures()) }
            if index == OperationTable.other {
                Self.merge(&other, entry.figures)
            } else {
                Self.merge(&figures[Int(index)], entry.figures)
            }
        }
        Self.merge(&other, added.other)
    }

    /// The most time first, then by name.
    package var entries: [Entry] {
        let counted = figures.indices.filter { figures[$0].count > 0 }
        return counted.map { Entry(key: table.keys[$0], figures: figures[$0]) }.sorted { one, two in
            if one.figures.total != two.figures.total { return one.figures.total > two.figures.total }
            return (one.key.service, one.key.operation) < (two.key.service, two.key.operation)
        }
    }

    private static func count(_ figures: inout Figures, _ duration: Int64, _ own: Int64, _ isError: Bool) {
        figures.durations.add(duration)
        figures.own = figures.own.addingClamped(own)
        if isError { figures.errors += 1 }
    }

    private static func merge(_ figures: inout Figures, _ added: Figures) {
        figures.durations.merge(added.durations)
        figures.own = figures.own.addingClamped(added.own)
        figures.errors += added.errors
    }
}
