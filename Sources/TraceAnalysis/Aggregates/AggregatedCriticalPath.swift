/// What many traces wait for, by operation.
///
/// Bounded: an operation that finds no room is counted in `other`.
package struct AggregatedCriticalPath: Sendable {
    package struct Entry: Sendable, Equatable {
        package var key: OperationKey
        /// Nanoseconds on critical paths.
        package var time: Int64
        /// Of the time of all critical paths, 0 to 1.
        package var share: Double
        /// Traces on whose critical path the operation is.
        package var traces: Int
    }

    /// Nanoseconds of all critical paths.
    package private(set) var total: Int64 = 0
    package private(set) var traceCount = 0
    /// Nanoseconds of operations that found no room.
    package private(set) var other: Int64 = 0
    private var table: OperationTable
    private var times: [Int64] = []
    private var traces: [Int] = []
    /// The last trace that an operation was seen in, so that it is counted once.
    private var lastTrace: [Int] = []

    package init(operationsMax: Int = 10_000) {
        table = OperationTable(countMax: Swift.max(0, operationsMax))
    }

    /// - Parameter path: of this tree; found here if it is not given.
    package mutating func add(_ tree: TraceTree, path: CriticalPath? = nil) {
        traceCount += 1
        // Only what is on a path gets an entry.
        let skeleton = tree.skeleton
        var known: [UInt64: Int32] = [:]
        for section in (path ?? CriticalPath(tree)).sections where section.row < tree.count {
            let row = section.row
            let pair = UInt64(skeleton.services[row]) << 32 | UInt64(skeleton.operations[row])
            let operation: Int
            if let index = known[pair] {
                operation = Int(index)
            } else {
                let index = table.index(
                    of: OperationKey(
                        service: skeleton.serviceName(of: row), operation: skeleton.operationName(of: row)))
                known[pair] = index
                operation = Int(index)
            }
            total = total.addingClamped(section.duration)
            guard operation >= 0 else {
                other = other.addingClamped(section.duration)
                continue
            }
            if operation == times.count {
                times.append(0)
                traces.append(0)
                lastTrace.append(0)
            }
            times[operation] = times[operation].addingClamped(section.duration)
            if lastTrace[operation] != traceCount {
                lastTrace[operation] = traceCount
                traces[operation] += 1
            }
        }
    }

    /// The most time first, then by name.
    package var entries: [Entry] {
        times.indices.map { index in
            Entry(
                key: table.keys[index], time: times[index],
                share: total > 0 ? Double(times[index]) / Double(total) : 0, traces: traces[index])
        }.sorted { one, two in
            if one.time != two.time { return one.time > two.time }
            return (one.key.service, one.key.operation) < (two.key.service, two.key.operation)
        }
    }
}
