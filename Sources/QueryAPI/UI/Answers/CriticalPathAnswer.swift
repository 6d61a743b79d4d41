import Codecs
import TraceAnalysis

/// What is waited for, by operation.
struct CriticalPathAnswer {
    let path: AggregatedCriticalPath
    /// Operations that are answered, those with the most time.
    let top: Int

    /// `[{"service","operation","time","share","traces"}]` under a name, and `otherOperations`: null, or what is not
    /// in the list.
    ///
    /// - Returns: whether the list is all.
    @discardableResult
    func write(_ name: StaticString, into writer: inout JSONWriter) -> Bool {
        let entries = path.entries
        writer.list(name, entries.prefix(top)) { writer, entry in
            writer.member("service", entry.key.service)
            writer.member("operation", entry.key.operation)
            writer.member("time", entry.time)
            writer.member("share", entry.share)
            writer.member("traces", entry.traces)
        }
        let others = entries.dropFirst(top)
        let isComplete = others.isEmpty && path.other == 0
        writer.object("otherOperations", unless: isComplete) { writer in
            // Those that found no room are not counted one by one.
            writer.member("operations", others.count)
            writer.member("time", others.reduce(path.other) { $0.addingSaturated($1.time) })
        }
        return isComplete
    }
}
