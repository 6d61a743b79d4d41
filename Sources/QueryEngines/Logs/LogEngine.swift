import ClickHouse
import LogQL
import LogQLEvaluation
import PrometheusModel
import PromQLEvaluation
import SQLSyntax
import TelemetryModel
package import TelemetryStore

/// Answers questions about logs from the store.
///
/// SQL finds records: by time and stream, and by what of the pipeline the columns can tell. The pipeline itself runs over
/// them in Swift, so that answers are exact whatever SQL cannot say; where SQL can say all of a metric query, it counts
/// (Documentation/Decisions/0016-logql-over-columns.md).
package final class LogEngine: LogQueries {
    let store: TelemetryStore
    let limits: LogEngineLimits
    let streams: LogStreamIndex
    /// Has what was acknowledged stored; awaited by who follows new records.
    let freshen: @Sendable () async -> Void
    private let gate: QueryGate

    package init(
        _ store: TelemetryStore, limits: LogEngineLimits = LogEngineLimits(),
        freshen: @escaping @Sendable () async -> Void = {}
    ) {
        self.freshen = freshen
        self.store = store
        self.limits = limits
        streams = LogStreamIndex(store)
        gate = QueryGate(width: limits.queriesMax, waitersMax: limits.waitersMax)
    }

    /// Runs a query when there is room for it, and words its errors.
    func answering<Value>(_ work: () async throws -> Value) async throws -> Value {
        switch await gate.enter() {
        case .entered: break
        case .full: throw LogQueryError(.overloaded, "too many queries of logs wait already; try again later")
        case .cancelled: throw LogQueryError(.cancelled, "the query was cancelled")
        }
        defer { gate.leave() }
        return try await wording(work)
    }

    /// Words the errors of what answers from.
    func wording<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch {
            throw Self.worded(error)
        }
    }

    func wordingAtOnce<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch {
            throw Self.worded(error)
        }
    }

    private static func worded(_ error: any Error) -> any Error {
        switch error {
        case let error as LogQLEvaluationError: LogQueryError(error.kind, error.message)
        case let error as LogQLError: LogQueryError(error.code == .unsupported ? .unsupported : .invalid, "\(error)")
        case let error as QueryError: LogQueryError(error.kind.general, error.message)
        case let error as EngineError: LogQueryError(error.kind, error.message)
        case let error as StoreError: LogQueryError(error.kind, error.message)
        case is CancellationError: LogQueryError(.cancelled, "the query was cancelled")
        default: error
        }
    }

    /// Rows of a statement, with the limits of a query.
    func rows(_ select: Select) async throws -> [[ResultValue]] {
        try await store.engine.rows(select.statement, access: .own(settings: limits.settings))
    }

    /// Until when a query that begins now may go on.
    var deadline: ContinuousClock.Instant { .now + limits.timeMax }

    func check(_ deadline: ContinuousClock.Instant) throws(LogQueryError) {
        guard ContinuousClock.now >= deadline else { return }
        throw LogQueryError(
            .timeout, "the query took longer than \(limits.timeMax.components.seconds) s; narrow it, or its time range")
    }

    /// The records of a selection whose time is in the range, for conditions: of the selector and of what of the stages
    /// the columns tell.
    func condition(
        of selection: LogSelection, _ range: LogTimeRange, _ snapshot: LogStreamIndex.Snapshot
    ) -> RowCondition {
        let rows = LogRows(streams: snapshot, keys: store.attributeKeys)
        return .all([Self.times(range), rows.selector(selection.matchers), rows.pipeline(selection.stages)])
    }

    static func times(_ range: LogTimeRange) -> RowCondition {
        guard range.start < range.end else { return .never }
        return .exact(
            .and([
                .comparison(.column("time"), .greaterOrEqual, .time(range.start)),
                .comparison(.column("time"), .less, .time(range.end)),
            ]))
    }

    /// Hands over the records for which a condition holds, batch by batch, in the order asked for.
    ///
    /// - Parameters:
    ///   - receive: false ends the reading.
    func read(
        _ condition: RowCondition, _ needs: RecordNeeds, _ snapshot: LogStreamIndex.Snapshot,
        shown: ShownLabels, order: [Select.Order] = [], limit: Int? = nil, receive: (LogRecords) async throws -> Bool
    ) async throws {
        guard !condition.isNever else { return }
        struct Enough: Error {}
        let reading = RecordReading(needs, keys: store.attributeKeys, shown: shown)
        var builder = RecordBuilder(reading, snapshot)
        let select = Select(
            reading.outputs, from: TelemetrySchema.logs.name, where: condition.isAlways ? nil : condition.sql,
            orderBy: order, limit: limit)
        let deadline = deadline
        do {
            try await store.engine.query(select.statement, access: .own(settings: limits.settings)) { batch in
                let columns = try RecordColumns(batch, reading)
                try await self.learnScopes(of: columns, &builder)
                try self.check(deadline)
                guard try await receive(builder.records(columns)) else { throw Enough() }
            }
        } catch is Enough {
            return
        }
    }

    func learnScopes(of columns: RecordColumns, _ builder: inout RecordBuilder) async throws {
        let unknown = builder.unknownScopes(columns)
        guard !unknown.isEmpty else { return }
        let found = try await store.scopes(unknown)
        for id in unknown { builder.scopes[id] = found[id].map(Self.metadata) ?? [] }
    }

    private static func metadata(_ scope: StoredScope) -> [(name: String, value: String)] {
        var entries: [(name: String, value: String)] = []
        if !scope.name.isEmpty { entries.append(("scope_name", scope.name)) }
        if !scope.version.isEmpty { entries.append(("scope_version", scope.version)) }
        return entries + scope.attributes.map { (LogLabelName.sanitized($0.key), $0.text) }
    }
}

/// What bounds questions about logs.
package struct LogEngineLimits: Sendable {
    /// Queries in work, and queries that wait.
    package var queriesMax = 20
    package var waitersMax = 1024
    /// Settings of every statement, as the engine names them.
    package var settings: [(name: String, value: String)] = []
    /// The longest time of a query.
    package var timeMax = Duration.seconds(120)
    /// Series of a metric query, before they are aggregated.
    package var seriesMax = 500_000
    /// Samples of a metric query that are held at once; 16 bytes each.
    package var samplesMax = 50_000_000
    /// Series in an answer, as Loki's `max_query_series`, but more.
    package var answerSeriesMax = 50_000
    /// Lines that templates are made of at most; of more a part is taken.
    package var patternLinesMax = 500_000
    /// Bytes of lines in an answer.
    package var answerBytesMax = 256 << 20
    /// Values of all series at all steps of a range aggregation; 16 bytes each.
    package var cellsMax = 50_000_000

    package init() {}
}

extension QueryError.Kind {
    fileprivate var general: ErrorKind {
        switch self {
        case .invalid, .execution: .invalid
        case .timeout: .timeout
        case .cancelled: .cancelled
        case .storage: .internal
        }
    }
}
