/// What an operation is called: the service and the name of its spans.
package struct OperationKey: Hashable, Sendable {
    package var service: String
    package var operation: String

    package init(service: String, operation: String) {
        self.service = service
        self.operation = operation
    }
}

/// Numbers for the operations of many traces, whose skeletons each have tables of names of their own.
struct OperationTable: Sendable {
    private(set) var keys: [OperationKey] = []
    private var indexes: [OperationKey: Int32] = [:]
    private let countMax: Int

    /// Stands for an operation that found no room.
    static let other: Int32 = -1

    init(countMax: Int) {
        self.countMax = countMax
    }

    /// The operation of each row of a trace, `other` where the table is full.
    ///
    /// - Cost: names are looked up once for each pair of service and operation that the trace has.
    mutating func indexes(of skeleton: TraceSkeleton) -> [Int32] {
        var known: [UInt64: Int32] = [:]
        var result: [Int32] = []
        result.reserveCapacity(skeleton.count)
        var lastPair = UInt64.max
        var last = Self.other
        for row in 0..<skeleton.count {
            let pair = UInt64(skeleton.services[row]) << 32 | UInt64(skeleton.operations[row])
            // Spans of one operation often follow one another.
            if pair != lastPair || row == 0 {
                lastPair = pair
                if let index = known[pair] {
                    last = index
                } else {
                    last = index(
                        of: OperationKey(
                            service: skeleton.serviceName(of: row), operation: skeleton.operationName(of: row)))
                    known[pair] = last
                }
            }
            result.append(last)
        }
        return result
    }

    mutating func index(of key: OperationKey) -> Int32 {
        if let index = indexes[key] { return index }
        guard keys.count < countMax else { return Self.other }
        let index = Int32(truncatingIfNeeded: keys.count)
        indexes[key] = index
        keys.append(key)
        return index
    }
}
