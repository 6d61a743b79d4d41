package import TelemetryModel

/// Values of OTLP that decide how a trace is read.
package enum SpanKindCode {
    /// trace.proto, `SPAN_KIND_CONSUMER`: "a consumer receiving a message from a broker", for which nobody waits.
    package static let consumer: UInt8 = 5
}

package enum SpanStatusCode {
    package static let error: UInt8 = 2
}

extension TraceSkeleton {
    /// Whether all columns have one length, which each user of a skeleton needs.
    package var isWellFormed: Bool {
        let count = starts.count
        return spanIDs.count == count && parentIDs.count == count && durations.count == count
            && services.count == count && operations.count == count && kinds.count == count
            && statuses.count == count
    }

    /// Nanoseconds since the Unix epoch; a negative duration counts as none, and a sum beyond what fits stays at the
    /// latest time there is.
    package func end(of row: Int) -> Int64 {
        let (end, overflow) = starts[row].addingReportingOverflow(Swift.max(0, durations[row]))
        return overflow ? .max : end
    }

    /// Empty when the row's index is not in the table.
    package func serviceName(of row: Int) -> String {
        let index = Int(services[row])
        return index < serviceNames.count ? serviceNames[index] : ""
    }

    package func operationName(of row: Int) -> String {
        let index = Int(operations[row])
        return index < operationNames.count ? operationNames[index] : ""
    }

    package var isSorted: Bool {
        for row in stride(from: 1, to: count, by: 1) {
            if starts[row - 1] > starts[row] { return false }
            if starts[row - 1] == starts[row], spanIDs[row - 1].value > spanIDs[row].value { return false }
        }
        return true
    }

    /// The same spans sorted by start and then by span id; equal ones keep their order.
    package func sorted() -> TraceSkeleton {
        guard !isSorted else { return self }
        let order = (0..<count).sorted { one, two in
            (starts[one], spanIDs[one].value, one) < (starts[two], spanIDs[two].value, two)
        }
        return TraceSkeleton(
            spanIDs: order.map { spanIDs[$0] }, parentIDs: order.map { parentIDs[$0] },
            starts: order.map { starts[$0] }, durations: order.map { durations[$0] },
            services: order.map { services[$0] }, operations: order.map { operations[$0] },
            kinds: order.map { kinds[$0] }, statuses: order.map { statuses[$0] }, serviceNames: serviceNames,
            operationNames: operationNames)
    }
}

/// Puts a skeleton together span by span, in any order.
package struct TraceSkeletonBuilder: Sendable {
    private var skeleton = TraceSkeleton()
    private var serviceIndexes: [String: UInt32] = [:]
    private var operationIndexes: [String: UInt32] = [:]

    package init() {}

    package mutating func reserveCapacity(_ count: Int) {
        skeleton.spanIDs.reserveCapacity(count)
        skeleton.parentIDs.reserveCapacity(count)
        skeleton.starts.reserveCapacity(count)
        skeleton.durations.reserveCapacity(count)
        skeleton.services.reserveCapacity(count)
        skeleton.operations.reserveCapacity(count)
        skeleton.kinds.reserveCapacity(count)
        skeleton.statuses.reserveCapacity(count)
    }

    /// - Parameters:
    ///   - start: nanoseconds since the Unix epoch.
    ///   - duration: nanoseconds.
    ///   - kind, status: as in OTLP.
    package mutating func add(
        id: SpanID, parent: SpanID, start: Int64, duration: Int64, service: String, operation: String, kind: UInt8,
        status: UInt8
    ) {
        skeleton.spanIDs.append(id)
        skeleton.parentIDs.append(parent)
        skeleton.starts.append(start)
        skeleton.durations.append(duration)
        skeleton.services.append(Self.index(of: service, in: &serviceIndexes, &skeleton.serviceNames))
        skeleton.operations.append(Self.index(of: operation, in: &operationIndexes, &skeleton.operationNames))
        skeleton.kinds.append(kind)
        skeleton.statuses.append(status)
    }

    /// The skeleton, sorted.
    package consuming func finish() -> TraceSkeleton { skeleton.sorted() }

    private static func index(
        of name: String, in indexes: inout [String: UInt32], _ names: inout [String]
    ) -> UInt32 {
        if let index = indexes[name] { return index }
        let index = UInt32(truncatingIfNeeded: names.count)
        indexes[name] = index
        names.append(name)
        return index
    }
}
