import OTLPMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A ReifyDB server: traces only, each statement a deep tree of INTERNAL spans of one service.
///
/// Resource, scope and attributes are those of its exporter (tracing-opentelemetry 0.32); the span names have its form
/// `area::object::op`.
struct ReifyDBSampler: ApplicationSampler {
    init(random: inout RandomSource) {}

    func sample(traces: Int, in window: TimeWindow, random: inout RandomSource) -> SampleTelemetry {
        var spans: [OTLPSpan] = []
        var traceIDs: [String] = []
        for end in window.moments(traces, &random) {
            var execution = ReifyDBExecution(random: random)
            execution.run(ReifyDBStatement.pick(&execution.random))
            execution.finish(at: end)
            random = execution.random
            traceIDs.append(execution.trace.traceID.lowercaseHex)
            spans += execution.trace.spans
        }
        let resource = OTLPResource([
            ("service.name", "reifydb"), ("service.version", "0.9.0"), ("telemetry.sdk.name", "opentelemetry"),
            ("telemetry.sdk.language", "rust"), ("telemetry.sdk.version", "0.31.0"),
        ])
        return SampleTelemetry(
            traces: OTLPTraceRequest([(resource, OTLPScope(name: "reifydb"), spans)]),
            metrics: OTLPMetricsRequest(), logs: OTLPLogsRequest(), traceIDs: traceIDs)
    }
}

/// A statement that the sample clients send, with the plan that it gets.
struct ReifyDBStatement: Sendable {
    enum Kind: Sendable {
        case query
        /// Changes rows; `flows` views depend on the table.
        case command(operation: String, flows: Int)
        /// Does not parse.
        case malformed(message: String)
    }

    let rql: String
    let kind: Kind
    /// The operators of the plan, the outermost first; the last one reads the storage.
    let operators: [String]
    /// How many batches the last operator reads at the most.
    let batchesMax: Int

    private static let wellFormed: [ReifyDBStatement] = [
        ReifyDBStatement(
            rql: "from app.users filter {age > 30} map {id, name} take 50", kind: .query,
            operators: ["take", "map", "filter", "scan::table"], batchesMax: 12),
        ReifyDBStatement(
            rql: "from app.orders filter {status == \"open\"} sort {created_at: desc} take 100", kind: .query,
            operators: ["take", "sort", "filter", "scan::table"], batchesMax: 64),
        ReifyDBStatement(
            rql: "from app.orders aggregate {total: math::sum(amount)} by {customer_id} sort {total: desc}",
            kind: .query, operators: ["sort", "aggregate", "scan::table"], batchesMax: 80),
        ReifyDBStatement(
            rql: "from app.orders inner join {from app.users} as u using (user_id, u.id) map {u.name, amount}",
            kind: .query, operators: ["map", "join::hash", "scan::table"], batchesMax: 48),
        ReifyDBStatement(
            rql: "from app.revenue_by_day filter {day > $1}", kind: .query, operators: ["filter", "scan::view"],
            batchesMax: 6),
        ReifyDBStatement(
            rql: "insert app.orders [{user_id: $1, amount: $2, status: \"open\"}]",
            kind: .command(operation: "insert", flows: 2), operators: ["inline_data"], batchesMax: 1),
        ReifyDBStatement(
            rql: "update app.orders {status: \"paid\"} filter {id == $1}",
            kind: .command(operation: "update", flows: 2), operators: ["filter", "scan::table"], batchesMax: 8),
        ReifyDBStatement(
            rql: "delete app.sessions filter {expires_at < $1}", kind: .command(operation: "delete", flows: 0),
            operators: ["filter", "scan::table"], batchesMax: 16),
    ]

    private static let malformed = ReifyDBStatement(
        rql: "from app.users filter {age >} map {id}",
        kind: .malformed(message: "unexpected token `}`, expected an expression"), operators: [], batchesMax: 0)

    /// One in thirty statements does not parse.
    static func pick(_ random: inout RandomSource) -> ReifyDBStatement {
        random.chance(1.0 / 30) ? malformed : random.pick(wellFormed)
    }
}
