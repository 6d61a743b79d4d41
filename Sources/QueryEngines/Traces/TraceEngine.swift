import ClickHouse
import PromQLEvaluation
import SQLSyntax
import TelemetryModel
package import TelemetryStore
import TraceQL
import TraceQLEvaluation

/// Answers questions about traces from the store.
///
/// A search goes in two steps. SQL finds candidates: the newest spans for which a condition holds that is implied by the
/// query. Their traces are loaded whole and the query is evaluated over them in Swift, so that answers are exact
/// whatever SQL cannot say (Documentation/Decisions/0013-traceql-in-two-steps.md).
package final class TraceEngine: Sendable {
    let store: TelemetryStore
    let limits: TraceEngineLimits
    private let gate: QueryGate
    let archiving = QueryGate(width: 1, waitersMax: 64)
    private let referenceAnswers = ReferenceAnswers()
    let tagValueMemory = TagValueMemory()

    package init(_ store: TelemetryStore, limits: TraceEngineLimits = TraceEngineLimits()) {
        self.store = store
        self.limits = limits
        gate = QueryGate(width: limits.queriesMax, waitersMax: limits.waitersMax)
    }

    var references: StoredReferenceFinder {
        StoredReferenceFinder(store: store, settings: limits.settings, memory: referenceAnswers)
    }

    func lowering(for purpose: SpanLowering.Purpose) -> SpanLowering {
        SpanLowering(keys: store.attributeKeys, references: references, purpose: purpose)
    }

    func loader(_ attributes: [Attribute]) -> SpanTableLoader {
        var targets: [Attribute.Target] = []
        for attribute in attributes where !targets.contains(attribute.target) { targets.append(attribute.target) }
        return SpanTableLoader(
            store: store, settings: limits.settings, targets: targets, spansMax: limits.spansPerTableMax)
    }

    /// Rows of a statement, with the limits of a query.
    func rows(_ select: Select) async throws -> [[ResultValue]] {
        try await store.engine.rows(select.statement, access: .own(settings: limits.settings))
    }

    /// Until when a query that begins now may go on.
    var deadline: ContinuousClock.Instant { .now + limits.timeMax }

    /// - Throws: `.timeout` past a deadline.
    func check(_ deadline: ContinuousClock.Instant) throws(TraceQueryError) {
        guard ContinuousClock.now >= deadline else { return }
        throw TraceQueryError(
            .timeout, "the query took longer than \(limits.timeMax.components.seconds) s; narrow it, or its time range")
    }

    /// Runs a query when there is room for it, and words its errors.
    func answering<Value>(_ work: () async throws -> Value) async throws -> Value {
        switch await gate.enter() {
        case .entered: break
        case .full:
            throw TraceQueryError(.overloaded, "too many queries of traces wait already; try again later")
        case .cancelled: throw TraceQueryError(.cancelled, "the query was cancelled")
        }
        defer { gate.leave() }
        return try await wording(work)
    }

    /// Words the errors of what answers from.
    func wording<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as TraceQueryError {
            throw error
        } catch let error as TraceQLEvaluationError {
            throw TraceQueryError(error.kind, error.message)
        } catch let error as EngineError {
            throw TraceQueryError(error.kind, error.message)
        } catch let error as StoreError {
            throw TraceQueryError(error.kind, error.message)
        } catch is CancellationError {
            throw TraceQueryError(.cancelled, "the query was cancelled")
        }
    }
}

/// What bounds questions about traces.
package struct TraceEngineLimits: Sendable {
    /// Queries in work, and queries that wait.
    package var queriesMax = 20
    package var waitersMax = 1024
    /// Settings of every statement, as the engine names them.
    package var settings: [(name: String, value: String)] = []
    /// The longest time of a query that goes through traces in steps.
    package var timeMax = Duration.seconds(120)

    // Sizes of what is done at a time. No answer depends on them; tests make them small.

    /// Rows of the first page of candidates for each trace that is wanted, and at least. A trace has some ten spans in
    /// the middle.
    package var rowsPerTrace = 16
    package var pageRowsMin = 200
    /// Most rows of a page: past it, traces of so many spans are in the way that listing all is cheaper.
    package var pageRowsMax = 20_000
    /// Pages read newest first before all candidates are listed at once.
    package var pagesMax = 3
    /// Traces loaded and evaluated at a time while candidates come newest first.
    package var tracesPerStep = 20
    /// Spans loaded at a time when all candidates are gone through.
    package var spansPerStep = 200_000
    /// Traces loaded at a time: a statement names them all, and may have 256 KiB.
    package var tracesPerStepMax = 4_000
    /// Rows of one table at most: about a gigabyte with a few fields.
    package var spansPerTableMax = 6_000_000
    /// Spans above which a table is evaluated on a thread of its own.
    package var spansInPlace = 10_000
    /// Spans of a page of a streamed trace.
    package var spansPerPage = TelemetryStore.spansPerPage

    package init() {}
}
