package import SQLSyntax
package import TelemetryModel

/// Which stored items are exported.
package struct ExportSelection: Sendable {
    /// Of the items' own time (a span's start), nanoseconds since the Unix epoch, inclusive; nil is no bound.
    package var start: Int64?
    /// Exclusive.
    package var end: Int64?
    /// Values of `service.name` (of Prometheus' series `job`); empty for all.
    package var services: [String] = []
    /// Items of these traces only; nil for all. Metrics have none.
    package var traces: [TraceID]?
    /// A condition on the rows besides.
    package var condition: Expression?
    /// Ids of stored metric series; nil for all but those that are derived of spans (`DerivedMetricNames`).
    package var series: Set<UInt64>?
    /// Settings of every statement, as the engine names them.
    package var settings: [(name: String, value: String)] = []

    package init(start: Int64? = nil, end: Int64? = nil) {
        self.start = start
        self.end = end
    }

    /// Conditions on a column of time.
    func times(_ column: Identifier) -> [Expression] {
        var conditions: [Expression] = []
        if let start { conditions.append(.comparison(.column(column), .greaterOrEqual, .exportTime(start))) }
        if let end { conditions.append(.comparison(.column(column), .less, .exportTime(end))) }
        return conditions
    }

    /// The same with a column of hours, by which points are sorted first.
    var pointTimes: [Expression] {
        var conditions: [Expression] = []
        if let start {
            let hour = Int64(Timestamp(nanoseconds: start).hours)
            conditions.append(.comparison(.column("hour"), .greaterOrEqual, .integer(hour)))
        }
        if let end {
            let hour = Int64(Timestamp(nanoseconds: end).hours)
            conditions.append(.comparison(.column("hour"), .lessOrEqual, .integer(hour)))
        }
        return conditions + times("time")
    }

    /// Conditions on spans or log records, by the name of their column of time.
    func conditions(_ time: Identifier, traces: [TraceID]?) -> [Expression] {
        var conditions = times(time)
        if !services.isEmpty { conditions.append(.inArray(.column("service"), .strings(services))) }
        if let traces {
            conditions.append(
                .inSubquery(
                    .column("trace_id"),
                    // Of its own length, or the zeros at the end of an id would be cut in the set.
                    Select(eachOf: .strings(traces.map(\.hex))) {
                        .call("toFixedString", .call("unhex", $0), .integer(16))
                    }))
        }
        if let condition { conditions.append(condition) }
        return conditions
    }
}

extension Expression {
    static func exportTime(_ nanoseconds: Int64) -> Expression {
        .call("fromUnixTimestamp64Nano", .integer(nanoseconds))
    }
}
