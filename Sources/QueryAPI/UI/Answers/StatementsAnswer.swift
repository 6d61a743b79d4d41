import Codecs
import TelemetryModel
import TraceAnalysis

/// Counts and durations by statement.
struct StatementsAnswer {
    let statistics: StatementStatistics
    /// Statements that are answered, those with the most time.
    let top: Int

    /// `"statements"`: `[{"hash","text","truncated","system","services","moreServices","count","errors","total","min",
    /// "p50","p95","p99","max","sample","traceId","spanId"}]`, the last three of the slowest execution, and
    /// `"otherStatements"`: null, or what is not in the list.
    ///
    /// - Returns: whether the list is all.
    @discardableResult
    func write(into writer: inout JSONWriter) -> Bool {
        let entries = statistics.entries
        writer.list("statements", entries.prefix(top)) { writer, entry in
            writer.member("hash", StatementHash.text(entry.fingerprint.hash))
            writer.member("text", entry.fingerprint.text)
            writer.member("truncated", entry.fingerprint.isTruncated)
            writer.member("system", entry.system)
            writer.texts("services", entry.services)
            writer.member("moreServices", entry.hasMoreServices)
            writer.member("count", entry.count)
            writer.member("errors", entry.errors)
            writer.member("total", entry.total)
            writer.quantiles(of: entry.durations)
            writer.member("sample", entry.sample)
            writer.member("traceId", entry.sampleTrace.hex)
            writer.member("spanId", entry.sampleSpan.hex)
        }
        let others = entries.dropFirst(top)
        let isComplete = others.isEmpty && statistics.other.count == 0
        writer.object("otherStatements", unless: isComplete) { writer in
            // Those that found no room are not counted one by one.
            writer.member("statements", others.count)
            writer.member("count", others.reduce(statistics.other.count) { $0 + $1.count })
            writer.member("errors", others.reduce(statistics.other.errors) { $0 + $1.errors })
            writer.member("total", others.reduce(statistics.other.durations.total) { $0.addingSaturated($1.total) })
        }
        return isComplete
    }
}

enum StatementHash {
    /// 16 hex digits: as a number it would not fit JavaScript's.
    static func text(_ hash: UInt64) -> String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
