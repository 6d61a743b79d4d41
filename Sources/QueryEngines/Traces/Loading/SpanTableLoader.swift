import ClickHouse
import SQLSyntax
import TelemetryModel
import TelemetryStore
import TraceQL
import TraceQLEvaluation

/// Loads whole traces as a `SpanTable` with the fields that a query needs.
///
/// ```sql
/// SELECT trace_id, span_id, parent_span_id, start_time, duration, kind, status_code, service, name, resource_id,
///        scope_id, … FROM telemetry.spans WHERE trace_id IN {…} ORDER BY trace_id, start_time, span_id
/// ```
struct SpanTableLoader: Sendable {
    let store: TelemetryStore
    let settings: [(name: String, value: String)]
    let targets: [Attribute.Target]
    /// Rows of one table at most.
    let spansMax: Int

    /// Ids that a statement names.
    private static let idsMax = 8_000

    /// - Parameter bounds: first and last start of any span of the traces, when they are known: then only that part of
    ///   the table is looked at.
    /// - Throws: `TraceQueryError` `.tooLarge` when the traces have more than `spansMax` spans.
    func load(_ traces: [TraceID], bounds: ClosedRange<Int64>? = nil) async throws -> SpanTable {
        guard !traces.isEmpty else { return SpanTable() }
        let readings = targets.compactMap { FieldReading($0, keys: store.attributeKeys) }
        var builder = SpanTableBuilder(readings)
        let select = Self.select(traces, readings, bounds: bounds)
        try await store.engine.query(select.statement, access: .own(settings: settings)) { batch in
            try builder.add(batch)
            guard builder.rows <= spansMax else {
                throw TraceQueryError(
                    .tooLarge,
                    "the \(traces.count) traces to look at have more than \(spansMax) spans; narrow the query")
            }
        }
        for reference in [Reference.resource, .scope] {
            let ids = builder.references(reference)
            let wanted = builder.targets(of: reference)
            guard !ids.isEmpty, !wanted.isEmpty else { continue }
            builder.set(reference, try await values(of: reference, ids, wanted))
        }
        return builder.finish()
    }

    static func select(_ traces: [TraceID], _ readings: [FieldReading], bounds: ClosedRange<Int64>?) -> Select {
        var conditions: [Expression] = []
        if let bounds {
            conditions = [
                .comparison(.column("start_time"), .greaterOrEqual, .time(bounds.lowerBound)),
                .comparison(.column("start_time"), .lessOrEqual, .time(bounds.upperBound)),
            ]
        }
        conditions.append(.inTraces(traces))
        let columns: [Identifier] = [
            "trace_id", "span_id", "parent_span_id", "start_time", "duration", "kind", "status_code", "service", "name",
            "resource_id", "scope_id",
        ]
        return Select(
            columns.map { .init(.column($0)) }
                + readings.flatMap(\.allOutputs).enumerated().map {
                    .init($0.element, as: Identifier("f\($0.offset)"))
                },
            from: TelemetrySchema.spans.name, where: .and(conditions),
            orderBy: [
                .init(.column("trace_id")), .init(.column("start_time")), .init(.column("span_id")),
            ])
    }

    /// Fields of resources or scopes by id, in the order of `wanted`.
    private func values(
        of reference: Reference, _ ids: [UInt64], _ wanted: [Attribute.Target]
    ) async throws -> [UInt64: [Value]] {
        var found: [UInt64: [Value]] = [:]
        var outputs: [Select.Output] = [.init(.column("id"))]
        for target in wanted {
            switch target {
            case .attribute(_, let key):
                let map = AttributeMap.ofRow(key, mayBeArray: false)
                outputs.append(.init(map.value, as: Identifier("v\(outputs.count)")))
                outputs.append(.init(map.letter ?? .integer(0), as: Identifier("v\(outputs.count)")))
            case .intrinsic(.instrumentationName): outputs.append(.init(.column("name")))
            case .intrinsic(.instrumentationVersion): outputs.append(.init(.column("version")))
            case .intrinsic: outputs.append(.init(.integer(0), as: Identifier("v\(outputs.count)")))
            }
        }
        for start in stride(from: 0, to: ids.count, by: Self.idsMax) {
            let part = Array(ids[start..<min(start + Self.idsMax, ids.count)])
            let select = Select(
                outputs, from: reference.table, where: .inArray(.column("id"), .unsigned(part)))
            for row in try await store.engine.rows(select.statement, access: .own(settings: settings)) {
                var column = 1
                let values: [Value] = wanted.map { target in
                    defer { column += 1 }
                    guard case .attribute = target else {
                        let text = row[column].text ?? ""
                        return text.isEmpty ? .none : .string(text)
                    }
                    let letter = row[column + 1].text?.utf8.first
                    let text = row[column].text ?? ""
                    column += 1
                    return letter.map { StoredValue.read(text, $0) } ?? .none
                }
                found[row[0].unsignedInteger ?? 0] = values
            }
        }
        return found
    }
}

extension Expression {
    /// `trace_id IN` these.
    static func inTraces(_ traces: [TraceID]) -> Expression {
        if traces.count == 1 { return .equal(.column("trace_id"), .call("unhex", .parameter(.string(traces[0].hex)))) }
        // As a subquery: with a list of expressions the index on the column is not used, and each row costs the list.
        return .inSubquery(
            .column("trace_id"),
            // Of its own length, or the zeros at the end of an id would be cut in the set.
            Select(eachOf: .strings(traces.map(\.hex))) { .call("toFixedString", .call("unhex", $0), .integer(16)) })
    }
}
