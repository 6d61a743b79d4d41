import Codecs
import QueryEngines
import Synchronization
import TelemetryModel
import TraceAnalysis
import TraceQL

/// Which traces an answer is about: `q`, `start`, `end`, `limit`.
struct TraceSelection: Sendable {
    let query: Query
    let range: Range<Int64>
    /// Traces that are read at most, the newest.
    let limit: Int

    init(_ parameters: TraceUIParameters, now: Timestamp) throws(TraceUIFailure) {
        query = try parameters.query()
        range = try parameters.range(now: now)
        limit = try parameters.count("limit", default: TraceUILimits.tracesDefault, max: TraceUILimits.tracesMax)
    }
}

extension TraceUIAPI {
    /// Adds up what traces tell.
    ///
    /// - Parameter add: called for each trace, one after the other; that of a large trace on a thread of its own.
    func visitTraces<Sum: Sendable>(
        answering query: Query, _ range: TraceTimeRange, limit: Int, _ start: Sum,
        add: @escaping @Sendable (inout Sum, AnalysedTrace, TraceTree) -> Void
    ) async throws -> (sum: Sum, visit: TraceVisit) {
        await dependencies.freshen()
        let sum = SumBox(start)
        let visit = try await dependencies.analyses.visitTraces(answering: query, range, limit: limit) { trace in
            try await work.run(trace.skeleton.count) {
                let tree = TraceTree(trace.skeleton)
                sum.change { add(&$0, trace, tree) }
            }
        }
        return (sum.value, visit)
    }

    /// The answer about all traces that a query finds.
    ///
    /// `{"start","end","traces","spans","limit","moreTraces", …, "complete"}`
    ///
    /// - Parameter write: writes what the traces tell, and returns whether that is all of it.
    func answer<Sum: Sendable>(
        _ parameters: TraceUIParameters, _ start: Sum,
        add: @escaping @Sendable (inout Sum, AnalysedTrace, TraceTree) -> Void,
        write: @escaping @Sendable (Sum, TraceSelection, TraceVisit, inout JSONWriter) -> Bool
    ) async throws -> TraceUIAnswer {
        let selection = try TraceSelection(parameters, now: dependencies.now())
        let range = TraceTimeRange(start: selection.range.lowerBound, end: selection.range.upperBound)
        let (sum, visit) = try await visitTraces(
            answering: selection.query, range, limit: selection.limit, start, add: add)
        return try await work.run(visit.spans) {
            .json { writer in
                writer.time("start", selection.range.lowerBound)
                writer.time("end", selection.range.upperBound)
                writer.member("traces", visit.traces)
                writer.member("spans", visit.spans)
                writer.member("limit", selection.limit)
                writer.member("moreTraces", !visit.isComplete)
                let isAll = write(sum, selection, visit, &writer)
                writer.member("complete", visit.isComplete && isAll)
            }
        }
    }
}

/// A value that is changed where its traces are read.
private final class SumBox<Sum: Sendable>: Sendable {
    private let state: Mutex<Sum>

    init(_ sum: Sum) {
        state = Mutex(sum)
    }

    func change(_ body: (inout Sum) -> Void) { state.withLock { body(&$0) } }

    var value: Sum { state.withLock { $0 } }
}
