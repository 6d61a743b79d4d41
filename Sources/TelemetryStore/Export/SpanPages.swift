import ClickHouse
import SQLSyntax
package import TelemetryModel

/// The spans of a selection in order of start, trace, id and, for what is still the same, content.
///
/// - Cost: a statement a page, and one for what it refers to. The table is sorted by start: a page is read from where
///   the last one ended.
/// - Archive: of traces that are named, those of which the archive has more come from there, after the others.
package struct SpanPages: StoredPages {
    package static let itemsPerPage = 5_000

    private let store: TelemetryStore
    /// What is left to be read, the last first.
    private var readings: [(tables: TraceTables, pages: ExportPages)]

    package init(
        _ store: TelemetryStore, _ selection: ExportSelection, perPage: Int = Self.itemsPerPage
    ) async throws {
        self.store = store
        let (stored, archived) = try await store.places(of: selection.traces)
        readings = []
        if !archived.isEmpty { readings.append((.archived, Self.pages(selection, archived, .archived, perPage))) }
        if stored?.isEmpty != true { readings.append((.stored, Self.pages(selection, stored, .stored, perPage))) }
    }

    package mutating func next() async throws -> StoredTrace? {
        while let last = readings.indices.last {
            let tables = readings[last].tables
            guard let page = try await readings[last].pages.next(store.engine) else {
                readings.removeLast()
                continue
            }
            let spans = page.rows.map { StoredSpan($0) }
            async let resources = store.resources(Set(spans.map(\.resourceID)), from: tables)
            async let scopes = store.scopes(Set(spans.map(\.scopeID)), from: tables)
            return StoredTrace(spans: spans, resources: try await resources, scopes: try await scopes)
        }
        return nil
    }

    private static func pages(
        _ selection: ExportSelection, _ traces: [TraceID]?, _ tables: TraceTables, _ perPage: Int
    ) -> ExportPages {
        let columns = TelemetryStore.spanColumns
        return ExportPages(
            table: tables.spans, columns: columns.map { .column($0) },
            conditions: selection.conditions("start_time", traces: traces),
            keys: [
                .column("start_time"), .column("trace_id"), .column("span_id"),
                .contentHash(columns.filter { !["start_time", "trace_id", "span_id"].contains($0) }),
            ], rowsPerPage: perPage, settings: selection.settings)
    }
}

extension TelemetryStore {
    /// Which traces are read from the table of spans, and which from the archive.
    fileprivate func places(of traces: [TraceID]?) async throws -> (stored: [TraceID]?, archived: [TraceID]) {
        guard let traces, archiveState.hasTraces else { return (traces, []) }
        func counts(_ tables: TraceTables) async throws -> [TraceID: UInt64] {
            let select = Select(
                [.init(.column("trace_id")), .init(.call("count"))], from: tables.spans,
                where: .and(ExportSelection().conditions("start_time", traces: traces)),
                groupBy: [.column("trace_id")])
            var counts: [TraceID: UInt64] = [:]
            for row in try await engine.rows(select.statement) {
                guard let id = TraceID(bytes: row[0].rawBytes ?? []) else { continue }
                counts[id] = row[1].unsignedInteger ?? 0
            }
            return counts
        }
        let stored = try await counts(.stored)
        let archived = try await counts(.archived).filter { $0.value > stored[$0.key] ?? 0 }
        return (traces.filter { archived[$0] == nil }, traces.filter { archived[$0] != nil })
    }
}

extension Expression {
    /// A hash of columns by which rows stand in one order whenever they were stored.
    static func contentHash(_ columns: [Identifier]) -> Expression {
        .call("cityHash64", columns.map { .column($0) })
    }
}
