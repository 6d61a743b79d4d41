import Codecs
import TelemetryModel
import TraceAnalysis

/// A statement that one piece of work of a trace executed again and again.
struct StatementRepetition: Sendable {
    var trace: TraceID
    var finding: RepeatedStatements.Finding
    /// Of the span that the executions are below.
    var parentSpan: SpanID
    var service: String
    var name: String
    /// The statement without its values.
    var text: String
}

/// The repetitions that take the most time, of any number of traces.
struct RepetitionList: Sendable {
    private(set) var found: [StatementRepetition] = []
    /// What was found besides.
    private(set) var omitted = 0
    let max: Int

    init(max: Int) {
        self.max = max
    }

    mutating func add(_ new: [StatementRepetition], omitted: Int = 0) {
        self.omitted += omitted
        found += new
        // Sorted seldom, and never more than twice as many as are wanted and those of one trace.
        if found.count > 2 * max { cut() }
    }

    /// The most time first, then by trace, parent and statement.
    mutating func cut() {
        found.sort { one, two in
            if one.finding.total != two.finding.total { return one.finding.total > two.finding.total }
            let ids = ((one.trace.high, one.trace.low), (two.trace.high, two.trace.low))
            if ids.0 != ids.1 { return ids.0 < ids.1 }
            return (one.finding.parent, one.finding.fingerprint) < (two.finding.parent, two.finding.fingerprint)
        }
        guard found.count > max else { return }
        omitted += found.count - max
        found.removeSubrange(max...)
    }

    /// `"repeated"`: `[{"traceId","parent":{"row","spanId","service","name"},"place","hash","text","count","total",
    /// "elapsed","pattern","rows"}]` and `"otherRepeated"`: null, or how many are not in the list.
    ///
    /// - Returns: whether the list is all.
    @discardableResult
    consuming func write(into writer: inout JSONWriter) -> Bool {
        cut()
        writer.list("repeated", found) { writer, repetition in
            let finding = repetition.finding
            writer.member("traceId", repetition.trace.hex)
            writer.object("parent") { writer in
                writer.member("row", finding.parent)
                writer.member("spanId", repetition.parentSpan.hex)
                writer.member("service", repetition.service)
                writer.member("name", repetition.name)
            }
            writer.member("place", finding.place.rawValue)
            writer.member("hash", StatementHash.text(finding.fingerprint))
            writer.member("text", repetition.text)
            writer.member("count", finding.count)
            writer.member("total", finding.total)
            writer.member("elapsed", finding.elapsed)
            writer.member("pattern", finding.pattern.rawValue)
            // At most `RepeatedStatements.rowsMax`; `count` says how many there are.
            writer.numbers("rows", finding.rows)
        }
        writer.object("otherRepeated", unless: omitted == 0) { $0.member("findings", omitted) }
        return omitted == 0
    }
}
