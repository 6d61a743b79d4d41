import ClickHouse
package import SQLSyntax
import Synchronization
import TelemetryModel
import TelemetryStore

/// What spans refer to by id.
package enum Reference: Sendable, Hashable {
    case resource, scope

    /// The column of `spans`.
    var column: Identifier { self == .resource ? "resource_id" : "scope_id" }
    var table: TableName { self == .resource ? TelemetrySchema.resources.name : TelemetrySchema.scopes.name }
}

/// The resources or scopes for which a condition holds.
package enum ReferencedRows: Sendable, Hashable {
    case ids([UInt64])
    /// More than a statement should list.
    case tooMany

    /// The condition on a row of `spans` that it refers to one of them.
    func condition(_ reference: Reference, where condition: Expression) -> RowCondition {
        switch self {
        case .ids(let ids) where ids.isEmpty: .never
        case .ids(let ids): .exact(.inArray(.column(reference.column), .unsigned(ids)))
        case .tooMany:
            .exact(
                .inSubquery(
                    .column(reference.column),
                    Select([.init(.column("id"))], from: reference.table, where: condition)))
        }
    }
}

/// Finds resources and scopes by condition, so that a statement on `spans` names ids, and nothing at all is asked of
/// `spans` when there are none.
package protocol ReferenceFinder: Sendable {
    func find(_ reference: Reference, where condition: Expression) async throws -> ReferencedRows

    /// An attribute of all resources or scopes that have it: text behind the letter of its type. Nil when there are more
    /// than a statement should list.
    func values(of key: String, in reference: Reference) async throws -> [UInt64: String]?
}

/// Asks the store.
///
/// ```sql
/// SELECT DISTINCT id FROM telemetry.resources WHERE … LIMIT 2001
/// ```
struct StoredReferenceFinder: ReferenceFinder {
    /// Ids and values that a statement lists for one condition or group, of which it may have many; for more there is a
    /// subquery, or evaluation.
    static let idsMax = 2_000
    static let valuesMax = 4_000

    let store: TelemetryStore
    let settings: [(name: String, value: String)]
    let memory: ReferenceAnswers

    func find(_ reference: Reference, where condition: Expression) async throws -> ReferencedRows {
        var select = Select(
            [.init(.column("id"))], from: reference.table, where: condition, limit: Self.idsMax + 1)
        select.isDistinct = true
        let statement = select.statement
        let generation = store.referenceGeneration
        if let known = memory.answer(to: statement, generation) { return known }
        let rows = try await store.engine.rows(statement, access: .own(settings: settings))
        let found =
            rows.count <= Self.idsMax
            ? ReferencedRows.ids(rows.compactMap { $0[0].unsignedInteger }.sorted()) : .tooMany
        memory.keep(found, for: statement, generation)
        return found
    }

    /// ```sql
    /// SELECT DISTINCT id, concat(<letter>, attributes[{p0:String}]) FROM telemetry.resources
    ///     WHERE mapContains(attributes, …) LIMIT 4001
    /// ```
    func values(of key: String, in reference: Reference) async throws -> [UInt64: String]? {
        let map = AttributeMap.ofRow(key, mayBeArray: false)
        var select = Select(
            [
                .init(.column("id")),
                .init(.call("concat", .call("toString", map.letter ?? .integer(0)), map.value), as: "value"),
            ], from: reference.table, where: map.exists, limit: Self.valuesMax + 1)
        select.isDistinct = true
        let rows = try await store.engine.rows(select.statement, access: .own(settings: settings))
        guard rows.count <= Self.valuesMax else { return nil }
        var values: [UInt64: String] = [:]
        for row in rows { values[row[0].unsignedInteger ?? 0] = row[1].text ?? "" }
        return values
    }
}

/// What was found lately, until resources or scopes are written again.
final class ReferenceAnswers: Sendable {
    /// Up to 16 KiB each. Past it everything is forgotten.
    private static let answersMax = 256

    private struct State {
        var generation: UInt64 = 0
        var answers: [BoundStatement: ReferencedRows] = [:]
    }

    private let state = Mutex(State())

    func answer(to statement: BoundStatement, _ generation: UInt64) -> ReferencedRows? {
        state.withLock { $0.generation == generation ? $0.answers[statement] : nil }
    }

    /// - Parameter generation: of before the question.
    func keep(_ found: ReferencedRows, for statement: BoundStatement, _ generation: UInt64) {
        state.withLock { state in
            guard generation >= state.generation else { return }
            if generation > state.generation || state.answers.count >= Self.answersMax { state.answers = [:] }
            state.generation = generation
            state.answers[statement] = found
        }
    }
}
