package import TelemetryModel
package import TraceAnalysis
package import TraceQL

/// What the web page and the command line ask of traces beyond the usual APIs.
///
/// - Throws: every method throws `TraceQueryError`; cancelling the task ends the statement in the engine.
package protocol TraceAnalyses: Sendable {
    /// The shape of a whole trace, sorted by start and span id; nil when there is none.
    func skeleton(_ id: TraceID) async throws -> TraceSkeleton?
    /// Some spans of a trace with everything that is stored of them; ids that it does not have are left out.
    func spans(_ ids: [SpanID], of trace: TraceID) async throws -> StoredTrace
    /// The spans of a trace that a query answers, sorted by start; nil when there is no such trace.
    func spans(answering pipeline: Pipeline, in trace: TraceID) async throws -> [SpanID]?
    /// The spans of a trace that have a text, in either case, in their name, service, status message or in a key or
    /// value of an attribute; sorted by start, at most `limit`.
    func spans(containing text: String, in trace: TraceID, limit: Int) async throws -> [SpanID]
    /// Hands over the newest traces that a query answers, whole, one after the other, each when the visit of the one
    /// before is over.
    func visitTraces(
        answering query: Query, _ range: TraceTimeRange, limit: Int,
        visit: @Sendable (AnalysedTrace) async throws -> Void
    ) async throws -> TraceVisit
}

package struct AnalysedTrace: Sendable {
    package struct Statement: Sendable {
        /// Row of the skeleton.
        package var row: Int
        package var text: String
        /// `db.system.name` or `db.system`, else empty.
        package var system: String
        /// The attribute that held the text: `db.query.text`, `db.statement` or `rql`.
        package var key: String

        package init(row: Int, text: String, system: String, key: String) {
            self.row = row
            self.text = text
            self.system = system
            self.key = key
        }
    }

    package var id: TraceID
    package var skeleton: TraceSkeleton
    package var statements: [Statement]
    /// Rows of the skeleton that the query answers.
    package var matched: [Int]

    package init(id: TraceID, skeleton: TraceSkeleton, statements: [Statement], matched: [Int]) {
        self.id = id
        self.skeleton = skeleton
        self.statements = statements
        self.matched = matched
    }
}

package struct TraceVisit: Sendable, Equatable {
    package var traces: Int
    package var spans: Int
    /// False: there are more traces than the limit.
    package var isComplete: Bool

    package init(traces: Int, spans: Int, isComplete: Bool) {
        self.traces = traces
        self.spans = spans
        self.isComplete = isComplete
    }
}
