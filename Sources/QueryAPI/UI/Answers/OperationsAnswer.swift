import Codecs
import TraceAnalysis

/// Counts and durations by operation.
struct OperationsAnswer {
    let statistics: OperationStatistics
    /// Operations that are answered, those with the most time.
    let top: Int
    /// Of the time that was looked at; without it no rates are told.
    var seconds: Double?

    /// `"operations"`: `[{"service","operation","count","errors","rate","total","self","min","p50","p95","p99","max"}]`
    /// and `"otherOperations"`: null, or what is not in the list.
    ///
    /// - Returns: whether the list is all.
    @discardableResult
    func write(into writer: inout JSONWriter) -> Bool {
        let entries = statistics.entries
        writer.list("operations", entries.prefix(top)) { writer, entry in
            writer.member("service", entry.key.service)
            writer.member("operation", entry.key.operation)
            writer.member("count", entry.figures.count)
            writer.member("errors", entry.figures.errors)
            if let seconds { writer.member("rate", seconds > 0 ? Double(entry.figures.count) / seconds : 0) }
            writer.member("total", entry.figures.total)
            writer.member("self", entry.figures.own)
            writer.quantiles(of: entry.figures.durations)
        }
        let others = entries.dropFirst(top)
        let isComplete = others.isEmpty && statistics.other.count == 0
        writer.object("otherOperations", unless: isComplete) { writer in
            // Those that found no room are not counted one by one.
            writer.member("operations", others.count)
            writer.member("count", others.reduce(statistics.other.count) { $0 + $1.figures.count })
            writer.member("errors", others.reduce(statistics.other.errors) { $0 + $1.figures.errors })
            writer.member("total", others.reduce(statistics.other.total) { $0.addingSaturated($1.figures.total) })
            writer.member("self", others.reduce(statistics.other.own) { $0.addingSaturated($1.figures.own) })
        }
        return isComplete
    }
}

extension JSONWriter {
    /// `"min","p50","p95","p99","max"` in nanoseconds.
    mutating func quantiles(of durations: DurationDistribution) {
        let values = durations.quantiles([0.5, 0.95, 0.99])
        member("min", durations.min)
        member("p50", values[0])
        member("p95", values[1])
        member("p99", values[2])
        member("max", durations.max)
    }
}
